-- SPDX-License-Identifier: BSD-3-Clause
-- The last PE goes off while another one comes up. A partition with one vCPU was last on the one that goes, and its
-- timer runs: it is told on the one that comes, whether that was there in time to be the heir or not.
-- --quantum "5 ns..300 ns" and --seed make other races.
local TIMER = 3
local told = 0

local function off(nw, pe)
  return nw:wait_for(function() return nw:affinity_info(pe).state == "OFF" end, "300 us")
end

return scenario {
  name    = "the last PE hands over to one that comes up",
  pes     = 3,
  quantum = "20 ns..2 us",
  limit   = "5 ms",
  tags    = { "psci", "timer", "smp", "race" },
  params  = { wait_ns = 300 },
  partitions = {
    { name = "up", manifest = "manifests/a.dts", script = function(sp)
        sp:on_interrupt(function(_, id)
          expect.eq(id, TIMER)
          sp:timer(false)
          told = told + 1
        end)
        expect.ok(sp:interrupt_enable(TIMER))
        sp:serve(function()
          sp:timer("2000 ns")
          return {}
        end)
      end },
  },

  normal_world = function(nw)
    expect.ok(nw:cpu_on(1))
    nw:cpu_off()
  end,

  secondary = function(nw)
    if nw.pe == 1 then
      expect.truth(off(nw, 0))
      expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, nw:direct_req("up", {}))
      expect.ok(nw:cpu_on(2))
      nw:wait(math.random(1, params.wait_ns) .. " ns")
      nw:cpu_off()
    end
    expect.truth(off(nw, 1))
    nw:wait("8000 ns")
    expect.eq(told, 1, "its timer is told here")
  end,
}
