-- SPDX-License-Identifier: BSD-3-Clause
-- Interrupts that are lost, doubled, late, early, or come by themselves: a partition's handler is
-- called as often as the GIC says, and the next one is handled as if nothing had been.
local EDGE, OTHER, TIMER, MINE, SGI = 64, 65, 30, 44, 5
local came = {}

-- So many of `id`, and nothing else, within `time`.
local function expect_handled(nw, id, count, time, what)
  nw:wait(time)
  local wanted = {}
  for i = 1, count do
    wanted[i] = id
  end
  expect.eq(came, wanted, what)
  came = {}
end

-- Whatever was, the next one is handled once.
local function works(nw, id)
  machine.interrupt(id)
  expect_handled(nw, id, 1, "3 us", "the next one")
end

local function of_a_partition(nw)
  machine.fault("lose_interrupt intid=" .. EDGE)
  machine.interrupt(OTHER)
  expect_handled(nw, OTHER, 1, "3 us", "another line")
  machine.interrupt(EDGE)
  expect_handled(nw, EDGE, 0, "3 us", "lost")
  works(nw, EDGE)

  machine.fault("double_interrupt intid=" .. EDGE)
  machine.interrupt(EDGE)
  expect_handled(nw, EDGE, 2, "3 us", "doubled")
  works(nw, EDGE)

  machine.fault("late_interrupt by=20us intid=" .. EDGE)
  machine.interrupt(EDGE)
  expect_handled(nw, EDGE, 0, "19 us", "not yet")
  expect_handled(nw, EDGE, 1, "4 us", "late")
  works(nw, EDGE)

  machine.fault("early_interrupt intid=" .. EDGE)
  expect_handled(nw, EDGE, 1, "3 us", "early")
  machine.interrupt(EDGE)
  expect_handled(nw, EDGE, 0, "3 us", "it has been")
  works(nw, EDGE)

  machine.fault("spurious_interrupt intid=" .. EDGE)
  expect_handled(nw, EDGE, 1, "3 us", "of nobody")
  works(nw, EDGE)

  machine.fault("flip_gic field=pending intid=" .. EDGE)
  expect_handled(nw, EDGE, 1, "3 us", "a bit of ISPENDR")
  machine.fault("flip_gic field=priority bit=3 intid=" .. EDGE)
  nw:wait("1 us")
  works(nw, EDGE)
end

-- A level that nobody sees rise; one that is held back for a while, and lets go meanwhile.
local function levels(nw)
  local function level(up)
    machine.interrupt(MINE, { level = up })
  end
  machine.fault("lose_interrupt intid=" .. MINE)
  level(true)
  expect_handled(nw, MINE, 0, "3 us", "lost")
  level(false)
  level(true)
  expect_handled(nw, MINE, 1, "3 us", "the next rise")

  machine.fault("late_interrupt by=10us intid=" .. MINE)
  level(true)
  expect_handled(nw, MINE, 0, "9 us", "held back")
  expect_handled(nw, MINE, 1, "2 us", "and then seen")

  machine.fault("late_interrupt by=10us intid=" .. MINE)
  level(true)
  nw:wait("5 us")
  level(false)
  expect_handled(nw, MINE, 0, "10 us", "gone before it was seen")
end

-- PPIs and SGIs
local function private_ones(nw)
  machine.fault("late_interrupt by=7us pe=0 intid=" .. TIMER)
  nw:timer("3 us")
  expect_handled(nw, TIMER, 0, "9 us", "a timer that is late")
  expect_handled(nw, TIMER, 1, "2 us")

  machine.fault("lose_interrupt intid=" .. SGI)
  nw:sgi(SGI)
  expect_handled(nw, SGI, 0, "2 us", "an SGI that is lost")
  nw:sgi(SGI)
  expect_handled(nw, SGI, 1, "2 us")
  machine.fault("double_interrupt intid=" .. SGI)
  nw:sgi(SGI)
  expect_handled(nw, SGI, 2, "2 us", "an SGI that is doubled")
end

return scenario {
  name  = "interrupts go wrong",
  limit = "2 ms",
  tags  = { "faults", "interrupts", "quick" },
  partitions = {
    { name = "dog", manifest = "manifests/irq_a.dts", script = function(sp)
        sp:on_interrupt(function(_, id) came[#came + 1] = id end)
        expect.ok(sp:interrupt_enable(EDGE))
        expect.ok(sp:interrupt_enable(OTHER))
        sp:obey()
      end },
  },
  normal_world = function(nw)
    nw:irq_enable(MINE)
    nw:irq_enable(SGI)
    nw:irq_enable(TIMER)
    nw:on_interrupt(function(_, id)
      came[#came + 1] = id
      if id == MINE then
        machine.interrupt(MINE, { level = false })
      elseif id == TIMER then
        nw:timer(false)
      end
    end)
    of_a_partition(nw)
    levels(nw)
    private_ones(nw)
  end,
}
