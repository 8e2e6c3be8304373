-- SPDX-License-Identifier: BSD-3-Clause
-- What the notification calls refuse.
-- conformance: ffa_notifications.fail_if_mbz_set_in_notification_get
-- conformance: ffa_notifications.fail_if_mbz_set_in_notification_set
-- conformance: ffa_notifications.fail_if_global_notif_vcpu_not_zero
-- conformance: ffa_notifications.fail_if_global_notif_set_as_per_vcpu
-- conformance: ffa_notifications.fail_if_mbz_set_in_notifications_bind
-- conformance: ffa_notifications.fails_info_get_from_sp
local VM = 3

-- The same rules on either side: `who` may speak for `me`, of whom `peer` is the partner.
local function rules(who, me, peer, what)
  local function refused(code, r, why)
    expect.error(code, r, what .. ": " .. why)
  end
  local function bad(r, why)
    refused("INVALID_PARAMETERS", r, why)
  end
  for bit = 0, 31 do
    bad(who:notification_bind { sender = peer, receiver = me, flags = 1 << bit }, "BIND's flags")
    bad(who:notification_unbind { sender = peer, receiver = me, flags = 1 << bit }, "UNBIND's")
    if bit >= 2 and bit < 16 then
      bad(who:notification_set { sender = me, receiver = peer, flags = 1 << bit }, "SET's")
    end
    if bit >= 4 then
      bad(who:notification_get { receiver = me, flags = 1 | 1 << bit }, "GET's flags")
    end
  end
  bad(who:notification_bind { sender = peer, receiver = me, w5 = 1 }, "reserved register")
  bad(who:notification_set { sender = me, receiver = peer, w5 = 1 }, "reserved register")
  bad(who:notification_get { receiver = me, w3 = 1 }, "reserved register")
  bad(who:notification_bind { sender = peer, receiver = me, bits = 0 }, "no notification")
  bad(who:notification_set { sender = me, receiver = peer, bits = 0 }, "no notification")
  bad(who:notification_bind { sender = me, receiver = me }, "oneself")
  bad(who:notification_set { sender = me, receiver = me }, "oneself")
  bad(who:notification_bind { sender = me, receiver = peer }, "in another's name")
  bad(who:notification_unbind { sender = me, receiver = peer }, "in another's name")
  bad(who:notification_set { sender = peer, receiver = me }, "in another's name")
  bad(who:notification_get { receiver = peer, flags = 1 }, "another's")
  for _, nobody in ipairs { 0x8000, 0x80ff, 0xffc0, 0xffff } do
    bad(who:notification_bind { sender = nobody, receiver = me }, "no partition")
    bad(who:notification_set { sender = me, receiver = nobody }, "no partition")
  end
  refused("DENIED", who:notification_set { sender = me, receiver = peer, bits = 1 << 20 }, "unbound")
  refused("DENIED", who:notification_unbind { sender = peer, receiver = me, bits = 1 << 20 },
          "unbound")
  expect.ok(who:notification_bind { sender = peer, receiver = me, bits = 1 << 20 })
  refused("DENIED", who:notification_unbind { sender = peer, receiver = me, bits = 3 << 20 },
          "in part")
  expect.ok(who:notification_unbind { sender = peer, receiver = me, bits = 1 << 20 })

  bad(who:notification_set { sender = me, receiver = peer, bits = 1, per_vcpu = true },
      "a global one for a vCPU")
  bad(who:notification_set { sender = me, receiver = peer, bits = 1, vcpu = 1 }, "a vCPU of one")
  bad(who:notification_set { sender = me, receiver = peer, bits = 1, vcpu = 1, per_vcpu = true },
      "both")
  bad(who:notification_get { receiver = me, vcpu = 9, flags = 1 }, "no such vCPU")
end

return scenario {
  name  = "rules of notifications",
  limit = "20 ms",
  tags  = { "notifications", "quick" },
  partitions = {
    { name = "a", manifest = "manifests/notify_a.dts", script = function(sp) sp:obey() end },
    { name = "b", manifest = "manifests/notify_b.dts", script = function(sp) sp:obey() end },
  },
  normal_world = function(nw)
    expect.eq(expect.ok(nw:features(4)).w2, 3, "no vCPU has notifications of its own")
    expect.ok(nw:notification_bitmap_create { vm = VM, vcpus = 2 })
    expect.ok(nw:notification_bind { sender = "a", receiver = VM, bits = 1 })
    nw:act("a", function(a)
      expect.ok(a:notification_bind { sender = VM, bits = 1 })
      rules(a, a.id, VM, "partition")
      expect.error("INVALID_PARAMETERS", a:notification_get { receiver = "b", flags = 1 })
      expect.error("INVALID_PARAMETERS", a:notification_bind { sender = "a", receiver = "b" })
      expect.error("INVALID_PARAMETERS", a:notification_set { sender = "b", receiver = VM })
      expect.error("NOT_SUPPORTED", a:notification_info_get(), "that is for the scheduler")
      expect.error("NOT_SUPPORTED", a:features(ffa.NOTIFICATION_INFO_GET_64))
      expect.error("NOT_SUPPORTED", a:notification_bitmap_create { vm = VM + 1 })
      expect.error("NOT_SUPPORTED", a:notification_bitmap_destroy { vm = VM })
    end)
    rules(nw, VM, nw:find("a").id, "hypervisor")
    expect.error("INVALID_PARAMETERS", nw:notification_set { sender = VM, receiver = "a", bits = 1,
                                                             delay_sri = true },
                 "only a partition may delay the schedule receiver interrupt")
    for _, flags in ipairs { 2, 8, 15 } do
      expect.error("INVALID_PARAMETERS", nw:notification_get { receiver = VM, flags = flags },
                   "what VMs send each other is their hypervisor's business")
    end
    expect.error("INVALID_PARAMETERS", nw:notification_bind { sender = VM, receiver = VM + 1 })
    expect.error("INVALID_PARAMETERS", nw:notification_get { receiver = VM + 1 }, "no bitmap")
    expect.error("INVALID_PARAMETERS", nw:notification_info_get { x1 = 1 })
    expect.error("NO_DATA", nw:notification_info_get(), "all of it was refused")

    expect.error("INVALID_PARAMETERS", nw:notification_bitmap_create { vm = nw:find("a").id })
    expect.error("INVALID_PARAMETERS", nw:notification_bitmap_create { w1 = 0x10000 | VM })
    expect.error("INVALID_PARAMETERS", nw:notification_bitmap_create { vm = 9, vcpus = 0 })
    expect.error("INVALID_PARAMETERS", nw:notification_bitmap_create { vm = 9, w3 = 1 })
    expect.error("DENIED", nw:notification_bitmap_create { vm = VM }, "there is one")
    expect.error("DENIED", nw:notification_bitmap_destroy { vm = 9 }, "there is none")
    for vm = 100, 114 do
      expect.ok(nw:notification_bitmap_create { vm = vm })
    end
    expect.error("NO_MEMORY", nw:notification_bitmap_create { vm = 115 }, "sixteen are enough")
    expect.ok(nw:notification_bitmap_destroy { vm = 107 })
    expect.ok(nw:notification_bitmap_create { vm = 115 })
    nw:act("a", function(a)
      expect.ok(a:notification_bind { sender = "b", bits = -1 }, "no VM takes its room")
    end)
  end,
}
