-- SPDX-License-Identifier: BSD-3-Clause
-- A partition notifies VMs. The hypervisor learns whom to run, and gets the bits for them.
local VM, OTHER = 3, 4
local BITS = 1 << 63 | 1 << 32 | 1 << 31 | 1

return scenario {
  name  = "notifications from partitions to VMs",
  limit = "5 ms",
  tags  = { "notifications", "quick" },
  partitions = {
    { name = "a", manifest = "manifests/notify_a.dts", script = function(sp) sp:obey() end },
    { name = "b", manifest = "manifests/notify_b.dts", script = function(sp) sp:obey() end },
  },
  normal_world = function(nw)
    local function pending(wanted, what)
      local r = nw:notification_info_get()
      if #wanted == 0 then
        expect.error("NO_DATA", r, what)
      else
        local ids = {}
        for i, one in ipairs(expect.ok(r).ids) do
          expect.eq(one.vcpus, {}, "notifications of nobody in particular")
          ids[i] = one.id
        end
        expect.eq({ ids, r.more }, { wanted, false }, what)
      end
    end

    expect.error("INVALID_PARAMETERS", nw:notification_bind { sender = "a", receiver = VM })
    expect.ok(nw:notification_bitmap_create { vm = VM, vcpus = 4 })
    expect.ok(nw:notification_bitmap_create { vm = OTHER, vcpus = 1 })
    expect.ok(nw:notification_bitmap_create { vm = 0, vcpus = 1 }, "the hypervisor's own")
    expect.ok(nw:notification_bind { sender = "a", receiver = VM, bits = BITS })
    expect.ok(nw:notification_bind { sender = "b", receiver = VM, bits = 2 })
    expect.ok(nw:notification_bind { sender = "b", receiver = OTHER, bits = BITS })
    expect.ok(nw:notification_bind { sender = "b", bits = 8 })
    pending({}, "nothing was set")

    nw:act("a", function(a)
      expect.ok(a:notification_set { receiver = VM, bits = BITS })
      expect.ok(a:notification_set { receiver = VM, bits = BITS }, "again, before it was got")
      expect.error("DENIED", a:notification_set { receiver = VM, bits = 2 }, "that is b's")
      expect.error("DENIED", a:notification_set { receiver = VM, bits = 3 }, "in part")
      expect.error("DENIED", a:notification_set { receiver = VM, bits = 4 }, "nobody's")
      expect.error("DENIED", a:notification_set { receiver = OTHER, bits = 1 })
    end)
    pending({ VM }, "one VM")
    pending({}, "told once")
    nw:act("b", function(b)
      expect.ok(b:notification_set { receiver = 0, bits = 8, delay_sri = true })
      expect.ok(b:notification_set { receiver = OTHER, bits = 1 })
      expect.ok(b:notification_set { receiver = VM, bits = 2, delay_sri = true })
    end)
    pending({ 0, VM, OTHER }, "the first one again: there is more for it")

    expect.error("DENIED", nw:notification_bitmap_destroy { vm = VM }, "something is pending")
    expect.error("DENIED", nw:notification_unbind { sender = "a", receiver = VM, bits = 1 })
    local r = expect.ok(nw:notification_get { receiver = VM, vcpu = 3 })
    expect.eq({ r.sp, r.vm, r.framework }, { BITS | 2, 0, 0 })
    expect.eq(expect.ok(nw:notification_get { receiver = VM }).sp, 0, "got once")
    expect.eq(expect.ok(nw:notification_get {}).sp, 8)
    expect.eq(expect.ok(nw:notification_get { receiver = OTHER }).sp, 1)
    pending({}, "all was got")

    nw:act("a", function(a) expect.ok(a:notification_set { receiver = VM, bits = 1 << 32 }) end)
    pending({ VM }, "set anew, told anew")
    expect.eq(expect.ok(nw:notification_get { receiver = VM }).sp, 1 << 32)
    expect.ok(nw:notification_unbind { sender = "a", receiver = VM, bits = BITS })
    nw:act("a", function(a)
      expect.error("DENIED", a:notification_set { receiver = VM, bits = 1 }, "no longer bound")
    end)
    for _, vm in ipairs { VM, OTHER, 0 } do
      expect.ok(nw:notification_bitmap_destroy { vm = vm })
    end
  end,
}
