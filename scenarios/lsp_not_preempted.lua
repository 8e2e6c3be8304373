-- SPDX-License-Identifier: BSD-3-Clause
-- A request of the logical partition at EL3 runs in SPMC mode: an interrupt of the normal world waits
-- until it is over, one of the secure world does not.
local order = {}

return scenario {
  name  = "a request from EL3 is not preempted",
  limit = "5 ms",
  tags  = { "messages", "interrupts", "quick", "timed" },

  partitions = {
    { name = "a", manifest = "manifests/a.dts", script = function(sp)
        sp:on_interrupt(function(_, intid)
          sp:timer(false)
          order[#order + 1] = "timer"
        end)
        sp:interrupt_enable(3)
        sp:serve(function(request)
          sp:timer("20 us")
          sp:wait("50 us")
          order[#order + 1] = "answer"
          return { request.payload[1] }
        end)
      end },
  },

  normal_world = function(nw)
    nw:irq_enable(40, { edge = true })
    nw:on_interrupt(function(_, intid) order[#order + 1] = "irq " .. intid end)
    machine.interrupt(40, { after = "10 us" })
    expect.eq(nw:lsp_send("a", { 9 }).payload[1], 9)
    nw:wait("1 us")
    expect.eq(order, { "timer", "answer", "irq 40" })

    -- The same by the normal world's own request: the partition is preempted, as its manifest wants.
    order = {}
    machine.interrupt(40, { after = "10 us" })
    local r = nw:direct_req("a", { 8 })
    expect.eq({ r.fid, r.sender }, { ffa.INTERRUPT, 0x8001 })
    expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, nw:run("a"))
    expect.eq(order, { "irq 40", "timer", "answer" })
  end,
}
