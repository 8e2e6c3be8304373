-- SPDX-License-Identifier: BSD-3-Clause
-- Two of three PEs go off at the same time. A partition with one vCPU was last on one of them, and its timer runs:
-- it is told on the PE that is left, whoever went first. --quantum "5 ns..300 ns" and --seed make other races.
local TIMER = 3
local here, told = 0, 0

-- The last one lets all go; each is a little late, as the seed says.
local function meet(nw)
  local gate = (here // 3 + 1) * 3
  here = here + 1
  while here < gate do
    nw:wait(math.random(20, 200) .. " ns")
  end
  nw:wait(math.random(1, 400) .. " ns")
end

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
    expect.ok(nw:cpu_on(1))
    expect.ok(nw:cpu_on(2))
    meet(nw)
    nw:cpu_off()
  end,

  secondary = function(nw)
    meet(nw)
    if nw.pe == 1 then
      expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, nw:direct_req("up", {}))
      nw:cpu_off()
    end
    for pe = 0, 1 do
      expect.truth(nw:wait_for(function() return nw:affinity_info(pe).state == "OFF" end, "300 us"))
    end
    nw:wait(params.timer_ns + 3000 .. " ns")
    expect.eq(told, 1, "its timer is told here")
  end,
}
