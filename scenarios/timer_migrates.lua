-- SPDX-License-Identifier: BSD-3-Clause
-- The timer of a partition with one vCPU is told on the PE to which the vCPU has gone: waiting, or blocked after a
-- yield, with the deadline still to come or already past.
-- conformance: arch_timer.migrate_with_deadline
-- conformance: arch_timer.migrate_blocked_vcpu_pending_timer
local told = {}
local turn = 0

local ARM, ARM_AND_YIELD, STAY = 1, 2, 3

local function expect_told(pe, from_ns, to_ns)
  expect.eq(#told, 1, "once")
  expect.eq({ told[1].pe, told[1].state }, { pe, "RUNNING" })
  expect.truth(told[1].ns >= from_ns and told[1].ns <= to_ns,
               "told at " .. told[1].ns .. ", wanted " .. from_ns .. " to " .. to_ns)
  told = {}
end

local function next_turn(nw, n)
  turn = turn + 1
  expect.truth(nw:wait_for(function() return turn >= n end, "2 ms"))
end

return scenario {
  name  = "a timer goes with its vCPU",
  pes   = 2,
  quantum = "20 ns..500 ns",
  limit = "20 ms",
  tags  = { "interrupts", "timer", "pes", "quick", "timed" },
  partitions = {
    { name = "up", manifest = "manifests/a.dts", script = function(sp)
        sp:on_interrupt(function(_, id)
          expect.eq(id, 3)
          sp:timer(false)
          told[#told + 1] = { pe = sp.pe, ns = sp.now_ns, state = spmc:vcpu("up", 0).state }
        end)
        expect.ok(sp:interrupt_enable(3))
        sp:serve(function(request)
          local command, ns = request.payload[1], request.payload[2]
          if command ~= STAY then
            sp:timer(ns)
          end
          if command == ARM_AND_YIELD then
            expect.ok(sp:yield())
            sp:wait(request.payload[3])
          elseif command == STAY then
            sp:wait(ns)
          end
          return { sp.pe }
        end)
      end },
  },

  normal_world = function(nw)
    local now
    expect.ok(nw:cpu_on(1))
    expect.truth(nw:wait_for(function() return turn >= 1 end))

    -- It waits, is called on PE 1 before the deadline, and waits again when it comes.
    now = nw.now_ns
    expect.eq(nw:direct_req("up", { ARM, 300000 }).payload[1], 0)
    next_turn(nw, 3)
    nw:wait("500 us")
    expect_told(1, now + 300000, now + 310000)

    -- It is called on PE 1 and runs there when it comes.
    now = nw.now_ns
    expect.eq(nw:direct_req("up", { ARM, 300000 }).payload[1], 0)
    next_turn(nw, 5)
    expect_told(1, now + 300000, now + 310000)

    -- It yields; PE 1 runs it on before the deadline.
    now = nw.now_ns
    expect.fid(ffa.YIELD, nw:direct_req("up", { ARM_AND_YIELD, 300000, 400000 }))
    next_turn(nw, 7)
    expect_told(1, now + 300000, now + 310000)

    -- It yields, and the deadline passes while it is blocked: told on PE 1, where it goes on.
    now = nw.now_ns
    expect.fid(ffa.YIELD, nw:direct_req("up", { ARM_AND_YIELD, 100000, 50000 }))
    nw:wait("300 us")
    expect.state("up", "BLOCKED")
    expect.eq(#told, 0, "nobody tells one that is blocked")
    next_turn(nw, 9)
    expect_told(1, now + 300000, now + 330000)

    nw:wait("500 us")
    expect.eq(#told, 0, "the PE that it left tells nothing")
  end,

  -- Each turn of PE 0 is followed by one of this PE.
  secondary = function(nw)
    next_turn(nw, 2)
    expect.eq(nw:direct_req("up", { STAY, 1 }).payload[1], 1)
    next_turn(nw, 4)
    expect.eq(nw:direct_req("up", { STAY, 500000 }).payload[1], 1)
    next_turn(nw, 6)
    local r = nw:run("up")
    expect.eq({ r.fid, r.payload[1] }, { ffa.MSG_SEND_DIRECT_RESP_32, 1 })
    next_turn(nw, 8)
    r = nw:run("up")
    expect.eq({ r.fid, r.payload[1] }, { ffa.MSG_SEND_DIRECT_RESP_32, 1 })
    turn = turn + 1
  end,
}
