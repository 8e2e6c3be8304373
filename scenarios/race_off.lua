-- SPDX-License-Identifier: BSD-3-Clause
-- Two of three PEs go off at the same time. A partition with one vCPU was last on one of them, and its timer runs:
-- it is told on the PE that is left, whoever went first. --quantum "5 ns..300 ns" and --seed make other races.
local TIMER = 3
local told = 0

return scenario {
  name    = "races of PEs that go off together",
  pes     = 3,
  quantum = "20 ns..2 us",
  limit   = "5 ms",
  tags    = { "psci", "timer", "smp", "race" },
  params  = { timer_ns = 2000 },
  partitions = {
    { name = "up", manifest = "manifests/a.dts", script = function(sp)
        sp:on_interrupt(function(_, id)
          expect.eq(id, TIMER)
          sp:timer(false)
          told = told + 1
        end)
        expect.ok(sp:interrupt_enable(TIMER))
        sp:serve(function()
          sp:timer(params.timer_ns .. " ns")
          return {}
        end)
      end },
  },

  normal_world = function(nw)
    nw:cpus_on()
    nw:meet(3)
    nw:cpu_off()
  end,

  secondary = function(nw)
    nw:meet(3)
    if nw.pe == 1 then
      expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, nw:direct_req("up", {}))
      nw:cpu_off()
    end
    for pe = 0, 1 do
      expect.truth(nw:wait_for(function() return nw:affinity_info(pe).state == "OFF" end, "3 ms"))
    end
    nw:wait(params.timer_ns + 3000 .. " ns")
    expect.eq(told, 1, "its timer is told here")
  end,
}
