-- SPDX-License-Identifier: BSD-3-Clause
-- An interrupt of a partition comes while its owner runs, waits, is blocked, or was preempted. Each
-- comes once, at the right moment, and leaves all calls as they were.
-- conformance: secure_interrupts.sp_running
-- conformance: secure_interrupts.sp_waiting
-- conformance: secure_interrupts.sp_blocked
-- conformance: secure_interrupts.sp_preempted
-- conformance: secure_interrupts.sp_queue_virtual_interrupts
local WDOG, BARK = 0x09050000, 35 -- SP805: one tick is 1 us
local EDGE, EDGE_2 = 64, 65
local EL0_EDGE, EL0_EDGE_2 = 88, 89
local told = {} -- what was handled: "who INTID", in its order
local seen = {} -- states of the others at that moment

local function states(...)
  local list = {}
  for _, name in ipairs { ... } do
    list[#list + 1] = spmc:vcpu(name, 0).state
  end
  return table.concat(list, " ")
end

local function handle(sp, id)
  told[#told + 1] = sp.name:match("[^/]+") .. " " .. id
  seen[#seen + 1] = states("a", "b", "c", "el0")
  if id == BARK then
    sp:write32(WDOG + 0x0c, 1)
  end
end

local function partition(ids)
  return function(sp)
    sp:on_interrupt(handle)
    for _, id in ipairs(ids) do
      expect.ok(sp:interrupt_enable(id))
    end
    sp:obey()
  end
end

-- Everything that was handled since the last time, and what the others were then.
local function expect_told(wanted, wanted_states, what)
  expect.eq(told, wanted, what)
  expect.eq(seen, wanted_states, what)
  told, seen = {}, {}
end

local function bark_after(sp, us)
  sp:write32(WDOG, us)
  sp:write32(WDOG + 8, 1)
end

local function quiet(sp)
  sp:write32(WDOG + 8, 0)
end

-- The normal world's timer preempts partition `who`, which works in a request.
local function preempt(nw, who, started)
  nw:timer("10 us")
  local _, r = nw:act(who, function(sp)
    sp:wait("30 us")
    started.done = true
  end)
  expect.eq({ r.fid, r.sender, r.w2 }, { ffa.INTERRUPT, nw:find(who).id, 0 })
  expect.state(who, "PREEMPTED")
end

local function running(nw)
  nw:act("a", function(a)
    bark_after(a, 5)
    local from = a.now_ns
    a:wait_for(function() return #told > 0 end, "20 us")
    expect.eq((a.now_ns - from) // 1000, 5, "at once")
    quiet(a)
  end)
  expect_told({ "a 35" }, { "RUNNING WAITING WAITING WAITING" })
  -- S-EL0 has no vectors: it hears of it when it is about to wait.
  local before = {}
  nw:act("el0", function(el0)
    machine.interrupt(EL0_EDGE)
    el0:wait("5 us")
    before = { #told, machine.interrupt_state(EL0_EDGE).pending }
  end)
  expect.eq(before, { 0, false }, "acknowledged, and kept")
  expect_told({ "el0 88" }, { "WAITING WAITING WAITING RUNNING" })
end

local function waiting(nw)
  nw:act("a", function(a) bark_after(a, 10) end)
  nw:wait("9 us")
  expect.eq(#told, 0)
  nw:wait("4 us")
  nw:act("a", quiet)
  expect_told({ "a 35" }, { "RUNNING WAITING WAITING WAITING" }, "in the middle of a wait")
  machine.interrupt(EL0_EDGE)
  nw:wait("2 us")
  expect_told({ "el0 88" }, { "WAITING WAITING WAITING RUNNING" })
  expect.state("el0", "WAITING")
  -- With another partition running, that one is preempted, and goes on.
  local r = nw:act("b", function(b)
    machine.interrupt(EDGE)
    b:wait("1 us")
    expect_told({ "a 64" }, { "RUNNING PREEMPTED WAITING WAITING" })
    machine.interrupt(EL0_EDGE)
    b:wait("1 us")
    expect_told({ "el0 88" }, { "WAITING PREEMPTED WAITING RUNNING" })
    return b.id
  end)
  expect.eq(r, nw:find("b").id)
end

local function blocked(nw)
  nw:act("a", function(a)
    -- It called one that called one who runs: those stay as they are.
    local answer, r = a:act("b", function(b)
      return b:act("c", function(c)
        machine.interrupt(EDGE)
        c:wait("2 us")
        expect.state("a", "BLOCKED")
        return "from c"
      end)
    end)
    expect.eq(answer, nil)
    expect.eq({ r.fid, r.w1, r.w2 }, { ffa.INTERRUPT, 0, EDGE })
    expect_told({ "a 64" }, { "RUNNING BLOCKED PREEMPTED WAITING" })
    expect.error("DENIED", a:direct_req("el0", { 1 }), "first it ends what it has")
    r = a:run("b")
    expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, r)
  end)
  expect_told({}, {})
  -- S-EL0, and one that is blocked on its way to nobody who runs: later.
  nw:act("el0", function(el0)
    local answer = el0:act("b", function(b)
      machine.interrupt(EL0_EDGE)
      b:wait("2 us")
      return #told
    end)
    expect.eq({ answer, #told }, { 0, 0 })
  end)
  expect_told({ "el0 88" }, { "WAITING WAITING WAITING RUNNING" })
end

local function preempted(nw)
  for _, one in ipairs { { "a", EDGE, EDGE_2 }, { "el0", EL0_EDGE, EL0_EDGE_2 } } do
    local who, first, second = table.unpack(one)
    local started = {}
    preempt(nw, who, started)
    machine.interrupt(second)
    machine.interrupt(first, { after = "1 us" })
    machine.interrupt(second, { after = "2 us" }) -- it is pending already
    nw:wait("5 us")
    expect.eq({ #told, started.done, spmc:vcpu(who, 0).state }, { 0, nil, "PREEMPTED" })
    expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, nw:run(who))
    expect.eq({ told[1], told[2] }, { who .. " " .. second, who .. " " .. first })
    expect.eq(started.done, true)
    machine.interrupt(second, { after = "1 us" })
    nw:wait("4 us")
    expect.eq({ #told, told[3] }, { 3, who .. " " .. second }, "the line is open again")
    told, seen = {}, {}
  end
end

return scenario {
  name  = "interrupts of owners in every state",
  limit = "5 ms",
  tags  = { "interrupts", "quick", "timed" },
  partitions = {
    { name = "a", manifest = "manifests/irq_a.dts", script = partition { BARK, EDGE, EDGE_2 } },
    { name = "b", manifest = "manifests/irq_b.dts", script = partition {} },
    { name = "c", manifest = "manifests/irq_c.dts", script = partition {} },
    { name = "el0", manifest = "manifests/irq_el0.dts",
      script = partition { EL0_EDGE, EL0_EDGE_2 } },
  },
  normal_world = function(nw)
    nw:irq_enable(30)
    nw:on_interrupt(function(_, id)
      expect.eq(id, 30)
      nw:timer(false)
    end)
    running(nw)
    waiting(nw)
    blocked(nw)
    preempted(nw)
    for _, id in ipairs { BARK, EDGE, EDGE_2, EL0_EDGE, EL0_EDGE_2 } do
      local line = machine.interrupt_state(id)
      expect.eq({ line.enabled, line.pending, line.active }, { true, false, false }, id)
    end
  end,
}
