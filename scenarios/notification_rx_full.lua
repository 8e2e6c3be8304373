-- SPDX-License-Identifier: BSD-3-Clause
-- A message is announced by a framework notification, and RX stays full until that was got.
-- conformance: rx_ownership.ffa_msg_wait_with_pending_message
local VM, NPI = 7, 5
local BY_SP, BY_VM = 1, 1 << 32

return scenario {
  name  = "framework notifications of a full RX buffer",
  limit = "5 ms",
  tags  = { "notifications", "indirect", "rxtx", "quick" },
  partitions = {
    { name = "a", manifest = "manifests/notify_a.dts", script = function(sp)
        expect.ok(sp:rxtx_map {})
        sp:msg_wait()
        expect.eq(sp:interrupt_get(), NPI, "something is to be got")
        expect.error("DENIED", sp:rx_release(), "it was not told of the message")
        sp:msg_wait()
        expect.eq(sp:interrupt_get(), nil, "the interrupt comes once")
        expect.eq(sp:message().text, "one", "FFA_MSG_WAIT did not give RX back either")
        expect.eq(expect.ok(sp:notification_get { from = { "sp", "vm", "spm" } }).framework, 0)
        expect.error("DENIED", sp:rx_release(), "still not")
        expect.eq(expect.ok(sp:notification_get { from = "hyp" }).framework, BY_VM)
        sp:msg_wait()
        expect.eq(sp:interrupt_get(), NPI)
        expect.eq(sp:message().text, "two")
        expect.eq(expect.ok(sp:notification_get {}).framework, BY_VM)
        expect.ok(sp:rx_release())
        expect.error("DENIED", sp:rx_release(), "it is empty")
        sp:obey()
      end },
    { name = "b", manifest = "manifests/notify_b.dts", script = function(sp)
        expect.ok(sp:rxtx_map {})
        sp:obey()
      end },
  },
  normal_world = function(nw)
    local function told(name)
      local r = expect.ok(nw:notification_info_get())
      expect.eq({ #r.ids, r.ids[1].name or r.ids[1].id }, { 1, name })
    end
    expect.ok(nw:rxtx_map {})
    expect.ok(nw:rxtx_map_for(VM))
    expect.ok(nw:notification_bitmap_create { vm = VM })
    expect.ok(nw:send2("a", "one"))
    told("a")
    expect.fid(ffa.MSG_WAIT, nw:run("a"))
    expect.error("BUSY", nw:send2("a", "too early"), "RX is not given back")
    expect.error("NO_DATA", nw:notification_info_get(), "the scheduler knows")
    expect.fid(ffa.MSG_WAIT, nw:run("a"))
    expect.ok(nw:send2("a", "two", { vm = VM }))
    told("a")
    expect.fid(ffa.MSG_WAIT, nw:run("a"))

    nw:act("b", function(b)
      expect.ok(b:send2("a", "three", { flags = 2 }), "with a delayed interrupt")
      expect.ok(b:send2(VM, "four"))
      expect.ok(b:send2(0, "five"))
    end)
    local r = expect.ok(nw:notification_info_get())
    expect.eq({ #r.ids, r.ids[1].name, r.ids[2].id }, { 2, "a", VM })
    nw:act("a", function(a)
      expect.eq(a:interrupt_get(), NPI)
      expect.eq(expect.ok(a:notification_get {}).framework, BY_SP)
      expect.eq(a:message().text, "three")
      expect.ok(a:rx_release())
    end)
    expect.error("DENIED", nw:rx_release(VM))
    expect.error("DENIED", nw:notification_bitmap_destroy { vm = VM })
    expect.eq(expect.ok(nw:notification_get { receiver = VM }).framework, BY_SP)
    expect.eq(nw:message(VM).text, "four")
    expect.ok(nw:rx_release(VM))
    expect.ok(nw:notification_bitmap_destroy { vm = VM })
    expect.eq(nw:message().text, "five")
    expect.ok(nw:rx_release(), "the hypervisor has no bitmap: it is told of nothing")
  end,
}
