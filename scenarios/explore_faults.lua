-- SPDX-License-Identifier: BSD-3-Clause
-- Memory, calls and interrupts on two PEs, for `orrery explore` to break: with any of these faults, at any moment, the
-- core keeps its invariants, and comes up again after the power was gone.
local EDGE = 64
local seen = 0

-- A request to "b", which has one vCPU: another PE may be there.
local function act_in_b(nw, fn)
  for _ = 1, 300 do
    local result, refused = nw:act("b", fn)
    if result ~= nil or refused.error ~= "BUSY" then
      return result
    end
    nw:wait("3 us")
  end
end

local function share_once(nw)
  local sent = nw:act("dog", function(dog)
    local r = dog:mem_share { to = "b", pages = 1 }
    return not r.error and r or false
  end)
  if not sent then
    return 0
  end
  local taken = act_in_b(nw, function(b)
    local r = b:mem_retrieve(sent)
    return not r.error and not b:mem_relinquish(sent).error
  end)
  local back = nw:act("dog", function(dog) return not dog:mem_reclaim(sent).error end)
  return taken and back and 1 or 0
end

return scenario {
  name    = "faults at any moment",
  pes     = 2,
  limit   = "2 ms",
  quantum = "300 ns",
  tags    = { "faults", "memory", "interrupts", "quick" },
  params  = { rounds = 3 },
  possible_faults = {
    "corrupt_call", "corrupt_call endpoint=nwd", "corrupt_result", "wrong_answer", "abort_partition",
    "hang_partition", "stall_pe", "kill_pe", "no_memory", "power_cut", "power_cut ram=lost",
    "spurious_interrupt", "lose_interrupt", "double_interrupt", "late_interrupt",
  },
  partitions = {
    { name = "dog", manifest = "manifests/irq_a.dts", script = function(sp)
        sp:on_interrupt(function() seen = seen + 1 end)
        expect.ok(sp:interrupt_enable(EDGE))
        expect.ok(sp:rxtx_map())
        sp:obey()
      end },
    { name = "b", manifest = "manifests/b.dts", script = function(sp)
        expect.ok(sp:rxtx_map())
        sp:obey()
      end },
  },
  normal_world = function(nw)
    local shared = 0
    seen = 0
    expect.ok(nw:cpu_on(1))
    for _ = 1, params.rounds do
      shared = shared + share_once(nw)
      nw:wait(math.random(1, 300) .. " ns")
    end
    expect.eq(shared, params.rounds)
    repeat nw:wait("1 us") until nw:affinity_info(1).state == "OFF"
    expect.truth(seen > 0 and seen <= params.rounds, "edges that come together are one")
  end,
  secondary = function(nw)
    for _ = 1, params.rounds do
      act_in_b(nw, function(b)
        b:wait("100 ns")
        return true
      end)
      machine.interrupt(EDGE)
      nw:wait("2 us")
    end
    nw:cpu_off()
  end,
}
