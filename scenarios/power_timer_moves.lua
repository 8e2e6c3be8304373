-- SPDX-License-Identifier: BSD-3-Clause
-- The PE on which a partition armed its timer switches off before the deadline: it is told on another PE.
local ticks = {}

return scenario {
  name  = "a timer outlives its PE",
  pes   = 2,
  limit = "5 ms",
  tags  = { "pes", "psci", "interrupts", "timer", "quick", "timed" },

  partitions = {
    { name = "a", manifest = "manifests/a.dts", script = function(sp)
        sp:on_interrupt(function(_, intid)
          sp:timer(false)
          ticks[#ticks + 1] = { intid, sp.pe, machine.now_ns }
        end)
        sp:interrupt_enable(3)
        sp:serve(function(request)
          sp:timer("200 us")
          return { request.payload[1] }
        end)
      end },
  },

  normal_world = function(nw)
    local started = nw.now_ns
    expect.ok(nw:cpu_on(1))
    repeat nw:wait("5 us") until nw:affinity_info(1).state == "OFF"
    expect.eq(#ticks, 0, "the deadline is still to come")
    nw:wait("300 us")
    expect.eq({ #ticks, ticks[1][1], ticks[1][2] }, { 1, 3, 0 }, "once, on PE 0")
    local late = ticks[1][3] - started
    expect.truth(late >= 200000 and late < 250000, "in time: " .. late .. " ns")
  end,

  secondary = function(nw)
    expect.eq(nw:direct_req("a", { 5 }).payload[1], 5)
    nw:cpu_off()
  end,
}
