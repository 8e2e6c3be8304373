-- SPDX-License-Identifier: BSD-3-Clause
-- The EL1 physical timer of partitions: each deadline is told once, by virtual interrupt 3, when it has come.
-- conformance: arch_timer.short_deadline
-- conformance: arch_timer.reprogram_deadline
-- conformance: arch_timer.multiple_sp_deadline
local began, told = {}, {} -- by name: when the deadline was set, and interrupts since then, in ns

-- A handler that leaves the timer on: its output stays high, and that is no second interrupt.
local function timed(name)
  return { name = name, manifest = "manifests/" .. name .. ".dts", script = function(sp)
      told[name] = {}
      sp:on_interrupt(function(_, id)
        expect.eq(id, 3)
        expect.eq(sp:cntp("CTL"), 5, "on, and the deadline has come")
        told[name][#told[name] + 1] = sp.now_ns - began[name]
      end)
      expect.ok(sp:interrupt_enable(3))
      sp:obey()
    end }
end

local function arm(sp, after)
  began[sp.name:match("^%a+")] = sp.now_ns
  sp:timer(after)
end

-- One interrupt so many us after the timer was set; then there is none left.
local function expect_one(name, us)
  local list = told[name]
  expect.eq(#list, 1, name .. ": one interrupt")
  expect.truth(list[1] >= us * 1000 and list[1] < us * 1000 + 2000, name .. ": after " .. list[1] .. " ns")
  told[name] = {}
end

return scenario {
  name  = "deadlines of partitions",
  limit = "50 ms",
  tags  = { "interrupts", "timer", "quick", "timed" },
  partitions = { timed("a"), timed("b"), timed("c") },

  normal_world = function(nw)
    -- It sleeps in a request.
    nw:act("a", function(sp)
      arm(sp, "3 ms")
      sp:wait("5 ms")
      expect_one("a", 3000)
      arm(sp, "2 ms")
      repeat sp:wfi() until #told.a > 0 -- it may come back for nothing
      expect_one("a", 2000)
      sp:wait("3 ms")
    end)

    -- Another deadline takes the place of the first: earlier, later, and none.
    nw:act("a", function(sp)
      arm(sp, "4 ms")
      arm(sp, "100 us")
      sp:wait("5 ms")
      expect_one("a", 100)
      arm(sp, "100 us")
      sp:wait("50 us")
      arm(sp, "200 us")
      sp:wait("190 us")
      expect.eq(#told.a, 0, "the first is forgotten")
      sp:wait("100 us")
      expect_one("a", 200)
      arm(sp, "100 us")
      sp:timer(false)
      sp:wait("300 us")
    end)
    nw:act("a", function(sp) arm(sp, "400 us") end)
    nw:act("a", function(sp) arm(sp, "100 us") end)
    nw:wait("600 us")
    expect_one("a", 100)

    -- Several partitions that wait, while the normal world runs: in the order of their deadlines, whatever that
    -- of the requests.
    for _, order in ipairs { { a = 100, b = 200, c = 300 }, { a = 300, b = 200, c = 100 },
                             { a = 200, b = 200, c = 200 }, { a = 250, b = 100, c = 100 } } do
      for _, name in ipairs { "b", "a", "c" } do
        nw:act(name, function(sp) arm(sp, order[name] .. " us") end)
      end
      nw:wait("400 us")
      for _, name in ipairs { "a", "b", "c" } do
        expect_one(name, order[name])
      end
    end
    nw:wait("1 ms")
    expect.eq({ #told.a, #told.b, #told.c }, { 0, 0, 0 }, "none is told twice")
  end,
}
