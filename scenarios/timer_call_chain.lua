-- SPDX-License-Identifier: BSD-3-Clause
-- Three partitions, each of which calls the next and rests before and after, and whose timers come in each phase
-- of that: while one runs, while it waits for the one that it called or for one behind that, when it has answered
-- and its caller runs, and in the normal world. Every deadline is told once, and in time.
-- conformance: arch_timer.cascaded_timer_deadlines_long_callchain
local REST = 20000 -- ns in each phase
local PHASES = { 1, 2, 3, 4, 5, 7 } -- a runs, b, c, b, a, the normal world
local LATE = 3000
local NEXT = { a = "b", b = "c" }
local deadline, told = {}, {}

local function rest(sp, until_ns)
  while sp.now_ns < until_ns do
    sp:wait(until_ns - sp.now_ns)
  end
end

-- A partition that is told its deadline while it waits for an answer goes on waiting by FFA_RUN.
local function call(sp, to)
  local r = sp:direct_req(to, { 1 })
  while r.fid == ffa.INTERRUPT do
    r = sp:run(to)
  end
  expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, r)
end

local function partition(name, number)
  return { name = name, manifest = "manifests/" .. name .. ".dts", script = function(sp)
      sp:on_interrupt(function(_, id)
        expect.eq(id, 3)
        expect.eq(told[name], nil, name .. ": told once")
        told[name] = sp.now_ns
        sp:timer(false)
      end)
      expect.ok(sp:interrupt_enable(3))
      sp:serve(function()
        local now = sp.now_ns
        if deadline[name] > now then
          sp:timer(deadline[name] - now)
        else
          told[name] = deadline[name] -- a phase before its own
        end
        rest(sp, deadline.begin + number * REST)
        if NEXT[name] then
          call(sp, NEXT[name])
          rest(sp, deadline.begin + (6 - number) * REST)
        end
        return {}
      end)
    end }
end

return scenario {
  name  = "deadlines in every phase of a call chain",
  limit = "100 ms",
  tags  = { "interrupts", "timer", "cycles", "quick", "timed" },
  partitions = { partition("a", 1), partition("b", 2), partition("c", 3) },

  normal_world = function(nw)
    for _, a in ipairs(PHASES) do
      for _, b in ipairs(PHASES) do
        for _, c in ipairs(PHASES) do
          told = {}
          deadline.begin = nw.now_ns
          deadline.a = deadline.begin + a * REST - REST // 2
          deadline.b = deadline.begin + b * REST - REST // 2
          deadline.c = deadline.begin + c * REST - REST // 2
          call(nw, "a")
          rest(nw, deadline.begin + 8 * REST)
          for _, name in ipairs { "a", "b", "c" } do
            local late = told[name] and told[name] - deadline[name]
            expect.truth(late and late >= -16 and late < LATE,
                         string.format("%s of phases %d %d %d: late by %s ns", name, a, b, c, late))
          end
        end
      end
    end
  end,
}
