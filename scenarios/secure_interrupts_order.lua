-- SPDX-License-Identifier: BSD-3-Clause
-- Several interrupts at once: which of them waits for what, and in which order they are told.
-- conformance: secure_interrupts.spmc_schedule_mode
-- conformance: secure_interrupts.sp_other_s_interrupt_queued
-- conformance: secure_interrupts.preempt_interrupt_handling
-- conformance: secure_interrupts.back_to_back_secure_interrupts
-- conformance: secure_interrupts.back_to_back_nwd_return
-- conformance: secure_interrupts.burst_secure_interrupts
local NWD = 100 -- an SPI of the normal world
local trail = {}
local hook = {} -- INTID -> what its handler does

local function mark(text)
  trail[#trail + 1] = text
end

local function expect_trail(wanted, what)
  expect.eq(trail, wanted, what)
  trail, hook = {}, {}
end

local function partition(name, first, last)
  return function(sp)
    sp:on_interrupt(function(_, id)
      mark(name .. " " .. id)
      if hook[id] then
        hook[id](sp, id)
      end
      mark(name .. " done")
    end)
    for id = first, last do
      expect.ok(sp:interrupt_enable(id))
    end
    sp:obey(function() -- a request of the logical partition at EL3
      machine.interrupt(64)
      machine.interrupt(NWD)
      sp:wait("2 us")
      mark(name .. " answers")
      return { 7 }
    end)
  end
end

-- Handling one that preempted the normal world: calls are part of it, and its own interrupts wait.
local function spmc_schedule_mode(nw)
  hook[64] = function(a)
    machine.interrupt(NWD, { after = "1 us" })
    a:wait("3 us")
    mark(a:act("c", function(c)
      c:wait("3 us")
      expect.eq(machine.interrupt_state(NWD).pending, true)
      return "c"
    end))
  end
  machine.interrupt(64)
  nw:wait("2 us")
  expect_trail { "a 64", "c", "a done", "nw 100" }
  -- A chain that EL3 began is not preempted either.
  expect.eq(nw:lsp_send("c", { 1 }).payload[1], 7)
  expect_trail { "c answers", "a 64", "a done", "nw 100" }
end

-- "quiet" asked for quiet: others' interrupts are not even acknowledged before it has answered.
local function other_s_queued(nw)
  local r = nw:act("quiet", function(quiet)
    machine.interrupt(64)
    machine.interrupt(88)
    machine.interrupt(NWD, { after = "1 us" })
    quiet:wait("5 us")
    for _, line in ipairs { 64, 88, NWD } do
      expect.eq(machine.interrupt_state(line).pending, true)
    end
    -- Whom it calls has quiet for it, too.
    quiet:act("c", function(c) c:wait("2 us") end)
    mark("quiet ends")
    return 77
  end)
  expect.eq(r, 77)
  -- 64 and 88 have the same priority: the lower number goes first.
  expect_trail { "quiet ends", "a 64", "a done", "el0 88", "el0 done", "nw 100" }
  -- Its own comes at once when it is unmasked only after it has ended: nothing is acknowledged.
  nw:act("quiet", function(quiet)
    machine.interrupt(80)
    quiet:wait("2 us")
    mark("quiet ends")
  end)
  expect_trail { "quiet ends", "quiet 80", "quiet done" }
end

-- The first is handled in a request (not masked), and on its own (masked).
local function second_while_first(nw)
  hook[64] = function(a)
    machine.interrupt(65) -- its own: after this one
    machine.interrupt(84) -- another's: preempts the handler
    a:wait("2 us")
    mark("still 64")
  end
  nw:act("a", function(a)
    machine.interrupt(64)
    a:wait("1 us")
  end)
  expect_trail { "a 64", "c 84", "c done", "still 64", "a done", "a 65", "a done" }

  hook[64] = function(a)
    machine.interrupt(65)
    machine.interrupt(84)
    machine.interrupt(NWD, { after = "1 us" })
    a:wait("5 us")
    mark("still 64")
  end
  machine.interrupt(64)
  nw:wait("1 us")
  expect_trail { "a 64", "still 64", "a done", "a 65", "a done", "c 84", "c done", "nw 100" }

  -- The handler is preempted by the normal world's, and another interrupt comes meanwhile.
  hook[64] = function(a)
    machine.interrupt(NWD, { after = "1 us" })
    a:wait("5 us")
    mark("still 64")
  end
  local _, r = nw:act("a", function(a)
    machine.interrupt(64)
    a:wait("1 us")
  end)
  expect.fid(ffa.INTERRUPT, r)
  machine.interrupt(65)
  machine.interrupt(84)
  nw:wait("1 us")
  expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, nw:run("a"))
  expect_trail { "a 64", "nw 100", "c 84", "c done", "still 64", "a done", "a 65", "a done" }
end

-- One after the other for one and the same: the normal world does not run in between.
local function back_to_back(nw)
  local count = 0
  hook[64] = function()
    count = count + 1
    if count < 5 then
      machine.interrupt(64) -- just before it goes to wait, which gives the PE back
    end
  end
  hook[88] = hook[64]
  local from = nw.now_ns
  machine.interrupt(64)
  nw:wait("100 ns")
  expect.eq(count, 5)
  expect.truth(nw.now_ns - from < 10000)
  expect.state("a", "WAITING")
  expect_trail { "a 64", "a done", "a 64", "a done", "a 64", "a done", "a 64", "a done", "a 64",
                 "a done" }

  -- By turns with another, with the answer of a request lying ready for the normal world.
  hook[64] = function() machine.interrupt(88) end
  hook[88] = function() machine.interrupt(84) end
  local r = nw:act("quiet", function(quiet)
    machine.interrupt(64)
    return quiet.id
  end)
  expect.eq(r, nw:find("quiet").id, "the answer is whole")
  expect_trail { "a 64", "a done", "el0 88", "el0 done", "c 84", "c done" }

  -- A refused call of the normal world: it is told before it goes on, or before that.
  for n = 1, 20 do
    machine.interrupt(64, { after = n * 20 .. " ns" })
    expect.error("INVALID_PARAMETERS", nw:direct_req(0x8123, {}))
    nw:wait("1 us")
    expect_trail { "a 64", "a done" }
  end
end

-- As many as it owns, the lowest number last.
local function burst(nw)
  machine.interrupt(NWD, { after = "2 us" })
  local _, r = nw:act("a", function(a) a:wait("5 us") end)
  expect.fid(ffa.INTERRUPT, r)
  for id = 70, 64, -1 do
    machine.interrupt(id)
    nw:wait("1 us")
  end
  for id = 64, 70 do
    machine.interrupt(id) -- each is pending already: once
  end
  nw:wait("1 us")
  expect_trail { "nw 100" }
  expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, nw:run("a"))
  local wanted = {}
  for id = 70, 64, -1 do
    wanted[#wanted + 1] = "a " .. id
    wanted[#wanted + 1] = "a done"
  end
  expect_trail(wanted)
  for id = 64, 70 do
    local line = machine.interrupt_state(id)
    expect.eq({ line.enabled, line.pending }, { true, false }, id)
  end
  -- All at once, at a partition that waits: by number, since the GIC has them in that order.
  for id = 70, 64, -1 do
    machine.interrupt(id)
  end
  nw:wait("1 us")
  wanted = {}
  for id = 64, 70 do
    wanted[#wanted + 1] = "a " .. id
    wanted[#wanted + 1] = "a done"
  end
  expect_trail(wanted)
end

return scenario {
  name  = "the order of interrupts",
  limit = "5 ms",
  tags  = { "interrupts", "quick", "timed" },
  partitions = {
    { name = "a", manifest = "manifests/irq_a.dts", script = partition("a", 64, 70) },
    { name = "quiet", manifest = "manifests/irq_b_quiet.dts", script = partition("quiet", 80, 81) },
    { name = "c", manifest = "manifests/irq_c.dts", script = partition("c", 84, 85) },
    { name = "el0", manifest = "manifests/irq_el0.dts", script = partition("el0", 88, 89) },
  },
  normal_world = function(nw)
    nw:irq_enable(NWD, { edge = true })
    nw:on_interrupt(function(_, id)
      mark("nw " .. id)
    end)
    spmc_schedule_mode(nw)
    other_s_queued(nw)
    second_while_first(nw)
    back_to_back(nw)
    burst(nw)
  end,
}
