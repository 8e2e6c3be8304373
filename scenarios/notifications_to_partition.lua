-- SPDX-License-Identifier: BSD-3-Clause
-- VMs and partitions notify a partition, which is told by virtual interrupt 5 when it runs.
-- conformance: ffa_notifications.signaling_from_vm_to_sp
local VM, NPI = 3, 5

return scenario {
  name  = "notifications to a partition",
  limit = "5 ms",
  tags  = { "notifications", "quick" },
  partitions = {
    { name = "a", manifest = "manifests/notify_a.dts", script = function(sp)
        expect.eq(expect.ok(sp:features(1)).w2, NPI)
        sp:obey()
      end },
    { name = "b", manifest = "manifests/notify_b.dts", script = function(sp) sp:obey() end },
    { name = "deaf", manifest = "manifests/a.dts", script = function(sp)
        expect.error("NOT_SUPPORTED", sp:notification_bind { sender = "a" })
        expect.error("NOT_SUPPORTED", sp:notification_get {})
        sp:obey()
      end },
  },
  normal_world = function(nw)
    nw:act("a", function(a)
      expect.eq(a:interrupt_get(), nil, "nothing yet")
      expect.ok(a:notification_bind { sender = VM, bits = 0x3 })
      expect.ok(a:notification_bind { sender = 0, bits = 0x4 })
      expect.ok(a:notification_bind { sender = "b", bits = 1 << 40 })
    end)
    expect.ok(nw:notification_set { sender = VM, receiver = "a", bits = 0x2 })
    expect.ok(nw:notification_set { receiver = "a", bits = 0x4 })
    expect.error("DENIED", nw:notification_set { sender = VM + 1, receiver = "a", bits = 1 })
    expect.error("NOT_SUPPORTED", nw:notification_set { sender = VM, receiver = "deaf" })
    nw:act("b", function(b)
      expect.ok(b:notification_set { receiver = "a", bits = 1 << 40, delay_sri = true })
      expect.error("NOT_SUPPORTED", b:notification_set { receiver = "deaf" })
    end)
    local r = expect.ok(nw:notification_info_get())
    expect.eq({ #r.ids, r.ids[1].name }, { 1, "a" })

    nw:act("a", function(a)
      expect.eq(a:interrupt_get(), NPI, "told when it runs")
      expect.eq(a:interrupt_get(), nil, "and once")
      local got = expect.ok(a:notification_get { from = "vm" })
      expect.eq({ got.sp, got.vm }, { 0, 0x6 }, "only those that were asked for")
      got = expect.ok(a:notification_get {})
      expect.eq({ got.sp, got.vm, got.framework }, { 1 << 40, 0, 0 })
      expect.eq(expect.ok(a:notification_get {}).sp, 0)
    end)
    nw:act("a", function(a) expect.eq(a:interrupt_get(), nil, "no news") end)
    expect.ok(nw:notification_set { sender = VM, receiver = "a", bits = 0x2 })
    nw:act("a", function(a)
      expect.eq(a:interrupt_get(), NPI)
      expect.ok(a:notification_get {})
    end)
    expect.error("NO_DATA", nw:notification_info_get(), "it was got before the scheduler asked")
  end,
}
