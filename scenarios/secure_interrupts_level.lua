-- SPDX-License-Identifier: BSD-3-Clause
-- A device holds its line until it is silenced, and its owner can not do that now: it is
-- preempted, blocked, masked, or has switched the interrupt off. Nobody is stopped by the line
-- again and again; once the owner can, it is told once, and once more whenever it has not
-- silenced the device.
local WDOG, BARK = 0x09050000, 35 -- of "a"; one tick is 1 us
local LINE, LINE_EL0 = 82, 90 -- of "b", of "el0"
local NWD = 100
local told = {}
local lazy = 0 -- so often the line is not silenced

local function partition(name, ids)
  return function(sp)
    sp:on_interrupt(function(_, id)
      told[#told + 1] = name .. " " .. id
      if id == BARK then
        sp:write32(WDOG + 0x0c, 1)
        if #told > 100 then
          sp:write32(WDOG + 0x08, 0) -- it barks faster than this machine can listen
        end
      elseif lazy > 0 then
        lazy = lazy - 1
      else
        machine.interrupt(id, { level = false })
      end
    end)
    for _, id in ipairs(ids) do
      expect.ok(sp:interrupt_enable(id))
    end
    sp:obey()
  end
end

local function expect_told(wanted, what)
  expect.eq(told, wanted, what)
  told = {}
end

local function expect_line(id, enabled, level, what)
  local line = machine.interrupt_state(id)
  expect.eq({ line.enabled, line.level }, { enabled, level }, what)
end

-- The normal world and "c" go on as fast as ever.
local function expect_calm(nw, what)
  local from = nw.now_ns
  nw:wait("10 us")
  expect.eq((nw.now_ns - from) // 1000, 10, what)
  from = nw.now_ns
  for _ = 1, 10 do
    expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, nw:direct_req("c", {}))
  end
  expect.truth(nw.now_ns - from < 10 * 300, what)
  expect_told({}, what)
end

local function preempted(nw)
  for _, one in ipairs { { "b", LINE }, { "el0", LINE_EL0 } } do
    local who, id = table.unpack(one)
    local _, r = nw:act(who, function(sp)
      machine.interrupt(NWD)
      sp:wait("1 us")
    end)
    expect.fid(ffa.INTERRUPT, r)
    machine.interrupt(id, { level = true })
    nw:wait("1 us")
    expect_line(id, false, true, "held")
    expect_calm(nw, who .. " is preempted")
    expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, nw:run(who))
    expect_told({ who .. " " .. id })
    nw:wait("1 us")
    expect_line(id, true, false, "open again")
    expect_told({})
  end
  -- A real device, which goes on counting.
  nw:act("a", function(a)
    a:write32(WDOG, 8)
    a:write32(WDOG + 8, 1)
  end)
  local _, r = nw:act("a", function(a)
    machine.interrupt(NWD)
    a:wait("1 us")
  end)
  expect.fid(ffa.INTERRUPT, r)
  nw:wait("9 us")
  expect_line(BARK, false, true)
  expect_calm(nw, "the watchdog barks")
  expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, nw:run("a"))
  expect_told({ "a 35" }, "twice due, told once")
  nw:act("a", function(a) a:write32(WDOG + 8, 0) end)
  told = {}
end

local function blocked(nw)
  local id = LINE_EL0
  nw:act("el0", function(el0)
    el0:act("c", function(c)
      machine.interrupt(id, { level = true })
      local from = c.now_ns
      c:wait("10 us")
      expect.eq((c.now_ns - from) // 1000, 10)
      expect_told({}, "S-EL0 is told when it waits")
    end)
  end)
  expect_told { "el0 90" }
  -- At S-EL1, blocked by FFA_YIELD
  local _, r = nw:act("b", function(b) expect.ok(b:yield()) end)
  expect.fid(ffa.YIELD, r)
  machine.interrupt(LINE, { level = true })
  nw:wait("1 us")
  expect_line(LINE, false, true)
  expect_calm(nw, "b yielded")
  expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, nw:run("b"))
  expect_told { "b 82" }
end

local function masked(nw)
  nw:act("b", function(b)
    b:mask(true)
    machine.interrupt(LINE, { level = true })
    local from = b.now_ns
    b:wait("10 us")
    expect.eq((b.now_ns - from) // 1000, 10, "one exit, no more")
    expect_line(LINE, false, true)
    b:mask(false)
    b:wait("1 us")
  end)
  expect_told { "b 82" }
  -- Switched off as a virtual interrupt, with the partition waiting.
  nw:act("b", function(b) expect.ok(b:interrupt_enable(LINE, false)) end)
  machine.interrupt(LINE, { level = true })
  nw:wait("1 us")
  expect_calm(nw, "off")
  expect.state("b", "WAITING")
  nw:act("b", function(b)
    expect.ok(b:interrupt_enable(LINE))
    b:wait("1 us")
  end)
  expect_told { "b 82" }
  -- Switched off at the GIC.
  nw:act("b", function(b) expect.ok(b:interrupt_reconfigure(LINE, "enable", 0)) end)
  machine.interrupt(LINE, { level = true })
  expect_calm(nw, "off at the GIC")
  nw:act("b", function(b)
    expect.ok(b:interrupt_reconfigure(LINE, "enable", 1))
    b:wait("1 us")
  end)
  expect_told { "b 82" }
end

-- Not silenced at once: it asks again each time that it was said to be handled, and no more often.
local function lazy_owner(nw)
  for _, one in ipairs { { "b", LINE }, { "el0", LINE_EL0 } } do
    local who, id = table.unpack(one)
    lazy = 3
    machine.interrupt(id, { level = true })
    nw:wait("5 us")
    local wanted = {}
    for n = 1, 4 do
      wanted[n] = who .. " " .. id
    end
    expect_told(wanted, who)
    lazy = 3
    nw:act(who, function(sp)
      machine.interrupt(id, { level = true })
      sp:wait("5 us")
    end)
    nw:wait("5 us")
    expect_told(wanted, who)
    expect_line(id, true, false)
  end
  -- The device takes it back before anybody looks: told once, as the wire said.
  local _, r = nw:act("b", function(b)
    machine.interrupt(NWD)
    b:wait("1 us")
  end)
  expect.fid(ffa.INTERRUPT, r)
  machine.interrupt(LINE, { level = true })
  nw:wait("1 us")
  machine.interrupt(LINE, { level = false })
  expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, nw:run("b"))
  expect_told { "b 82" }
  nw:wait("1 us")
  expect_told {}
end

-- It never takes it: its answers are held back, others and the normal world are not.
local function never_taken(nw)
  local _, r = nw:act("b", function(b)
    b:mask(true)
    machine.interrupt(LINE, { level = true })
    b:wait("1 us")
    for _ = 1, 20 do
      local answer = b:direct_resp(nw.id, {})
      expect.eq({ answer.fid, answer.w2 }, { ffa.INTERRUPT, LINE })
    end
    expect.ok(b:yield())
    machine.interrupt(NWD)
    b:wait("2 us")
    b:mask(false)
    b:wait("1 us")
  end)
  expect.fid(ffa.YIELD, r)
  expect_calm(nw, "never taken")
  expect.fid(ffa.INTERRUPT, nw:run("b"))
  expect_calm(nw, "never taken, and preempted")
  expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, nw:run("b"))
  expect_told { "b 82" }
end

return scenario {
  name  = "lines that stay high",
  limit = "5 ms",
  tags  = { "interrupts", "quick", "timed" },
  partitions = {
    { name = "a", manifest = "manifests/irq_a.dts", script = partition("a", { BARK }) },
    { name = "b", manifest = "manifests/irq_b.dts", script = partition("b", { LINE }) },
    { name = "c", manifest = "manifests/irq_c.dts", script = function(sp) sp:obey() end },
    { name = "el0", manifest = "manifests/irq_el0.dts", script = partition("el0", { LINE_EL0 }) },
  },
  normal_world = function(nw)
    nw:irq_enable(NWD, { edge = true })
    nw:on_interrupt(function(_, id) expect.eq(id, NWD) end)
    preempted(nw)
    blocked(nw)
    masked(nw)
    lazy_owner(nw)
    never_taken(nw)
    for _, id in ipairs { BARK, LINE, LINE_EL0 } do
      expect_line(id, true, false, id)
    end
  end,
}
