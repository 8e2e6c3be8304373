-- SPDX-License-Identifier: BSD-3-Clause
-- The interrupts that go with notifications: SGI 8 to the normal world's scheduler, at once or when
-- the PE comes back to it, and virtual interrupt 5 to the partition that got some.
-- conformance: ffa_notifications.signaling_from_sp_to_vm
-- conformance: ffa_notifications.signaling_from_vm_to_sp
local VM, SRI, NPI = 3, 8, 5
local AT_ONCE, DELAYED, TWICE = 1, 2, 3

return scenario {
  name  = "interrupts of notifications",
  limit = "5 ms",
  tags  = { "notifications", "interrupts", "quick" },
  partitions = {
    { name = "sender", manifest = "manifests/notify_a.dts", script = function(sp)
        sp:serve(function(request)
          local bits = request.payload[2]
          local r = sp:notification_set { receiver = VM, bits = bits,
                                          delay_sri = request.payload[1] ~= AT_ONCE }
          if request.payload[1] == TWICE then
            sp:notification_set { receiver = VM, bits = bits, delay_sri = true }
          end
          return { r.status & 0xffffffff }
        end)
      end },
    { name = "receiver", manifest = "manifests/notify_b.dts", script = function(sp)
        local got, interrupts = 0, 0
        sp:on_interrupt(function(me, id)
          expect.eq(id, NPI)
          interrupts = interrupts + 1
          got = got | expect.ok(me:notification_get {}).vm
        end)
        expect.ok(sp:notification_bind { sender = VM, bits = 0xff })
        sp:serve(function() return { got, interrupts } end)
      end },
  },
  normal_world = function(nw)
    local sris = 0
    expect.eq(expect.ok(nw:features(2)).w2, SRI)
    nw:irq_enable(SRI)
    nw:on_interrupt(function(_, id)
      expect.eq(id, SRI)
      sris = sris + 1
    end)
    expect.ok(nw:notification_bitmap_create { vm = VM })
    expect.ok(nw:notification_bind { sender = "sender", receiver = VM, bits = 0xff })

    -- At once: it takes the PE from the sender, who is then run to its end.
    local r = nw:direct_req("sender", { AT_ONCE, 1 })
    expect.fid(ffa.INTERRUPT, r)
    expect.eq(sris, 1)
    r = nw:run("sender")
    expect.eq({ r.fid, r.status }, { ffa.MSG_SEND_DIRECT_RESP_32, 0 })
    -- Delayed: when the sender has answered.
    r = nw:direct_req("sender", { DELAYED, 2 })
    expect.eq({ r.fid, r.status, sris }, { ffa.MSG_SEND_DIRECT_RESP_32, 0, 2 })
    r = nw:direct_req("sender", { TWICE, 4 })
    expect.eq({ r.status, sris }, { 0, 3 }, "one is enough")
    r = nw:direct_req("sender", { AT_ONCE, 4 })
    expect.eq({ r.fid, r.status, sris }, { ffa.MSG_SEND_DIRECT_RESP_32, 0, 3 }, "no news, no interrupt")
    local list = expect.ok(nw:notification_info_get()).ids
    expect.eq({ #list, list[1].id }, { 1, VM })
    expect.eq(expect.ok(nw:notification_get { receiver = VM }).sp, 7)

    -- The other way: the scheduler is told at once, the receiver when it runs.
    expect.ok(nw:notification_set { sender = VM, receiver = "receiver", bits = 0x5 })
    expect.eq(sris, 4)
    list = expect.ok(nw:notification_info_get()).ids
    expect.eq({ #list, list[1].name }, { 1, "receiver" })
    expect.fid(ffa.MSG_WAIT, nw:run("receiver"))
    r = nw:direct_req("receiver", {})
    expect.eq({ r.payload[1], r.payload[2] }, { 0x5, 1 }, "told once, and got them")
    expect.ok(nw:notification_set { sender = VM, receiver = "receiver", bits = 0x2 })
    r = nw:direct_req("receiver", {})
    expect.eq({ r.payload[1], r.payload[2] }, { 0x7, 2 }, "a request runs it as well")
    expect.eq(sris, 5)
    expect.error("NO_DATA", nw:notification_info_get(), "it has got them already")
  end,
}
