-- SPDX-License-Identifier: BSD-3-Clause
-- "a" asks "b", which asks "c", and while "c" works an interrupt of "a" comes. What "a" may do
-- then: go on with whom it asked, now or later, be stopped itself, or abort, which leaves the
-- two others alive.
local NWD, LINE = 100, 64
local told = {}
local result

local function partition(name, ids)
  return function(sp)
    sp:on_interrupt(function(me, id)
      told[#told + 1] = name .. " " .. id
      if result then
        result(me, id)
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

local function states()
  return { spmc:vcpu("a", 0).state, spmc:vcpu("b", 0).state, spmc:vcpu("c", 0).state }
end

-- In "a": it asks "b", which asks "c"; what the call of "a" brought, and what "b" has in the end.
local in_b = {}

local function ask_two(a)
  in_b = {}
  return a:act("b", function(b)
    local answer = b:act("c", function(c)
      expect.eq(states(), { "BLOCKED", "BLOCKED", "RUNNING" })
      machine.interrupt(LINE)
      c:wait("2 us")
      return "c"
    end)
    in_b = { answer }
    return "b"
  end)
end

local function expect_stopped(r)
  expect.eq({ r.fid, r.w1, r.w2 }, { ffa.INTERRUPT, 0, LINE })
  expect.eq(states(), { "RUNNING", "BLOCKED", "PREEMPTED" })
  expect_told { "a 64" }
end

local function expect_rest(nw)
  expect.eq(in_b, { "c" }, "b has had its answer")
  expect.eq(states(), { "WAITING", "WAITING", "WAITING" })
  expect.eq(nw:act("b", function(b) return b.id end), nw:find("b").id)
end

-- It may run whom it asked, or who was stopped: that one goes on, and the answer is that of "b".
local function goes_on(nw)
  for _, who in ipairs { "b", "c" } do
    nw:act("a", function(a)
      local _, r = ask_two(a)
      expect_stopped(r)
      expect.error("DENIED", a:direct_resp(nw.id, {}), "it has asked and not heard")
      expect.error("DENIED", a:direct_req("el0", {}))
      expect.error("DENIED", a:run("el0"))
      r = a:run(who)
      expect.eq({ r.fid, r.sender }, { ffa.MSG_SEND_DIRECT_RESP_32, nw:find("b").id })
    end)
    expect_rest(nw)
  end
end

-- Not before it has taken the interrupt.
local function has_to_take_it(nw)
  nw:act("a", function(a)
    a:mask(true)
    local _, r = ask_two(a)
    expect.eq({ r.fid, r.w1, r.w2 }, { ffa.INTERRUPT, 0, LINE })
    expect_told {}
    expect.error("DENIED", a:run("b"))
    expect.error("DENIED", a:run("c"))
    expect.eq(a:interrupt_get(), LINE)
    expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, a:run("b"))
    a:mask(false)
  end)
  expect_rest(nw)
end

-- It yields first: the normal world may run it, and nobody else of the chain.
local function goes_on_later(nw)
  local _, r = nw:act("a", function(a)
    local _, stopped = ask_two(a)
    expect_stopped(stopped)
    expect.ok(a:yield())
    expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, a:run("b"))
  end)
  expect.eq({ r.fid, r.sender }, { ffa.YIELD, nw:find("a").id })
  expect.eq(states(), { "BLOCKED", "BLOCKED", "PREEMPTED" })
  expect.error("DENIED", nw:run("b"))
  expect.error("DENIED", nw:run("c"))
  for _, who in ipairs { "a", "b", "c" } do
    expect.error("BUSY", nw:direct_req(who, {}))
  end
  expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, nw:run("a"))
  expect_rest(nw)
end

-- The normal world's interrupt comes while it handles its own.
local function is_stopped(nw)
  result = function(a)
    result = nil
    machine.interrupt(NWD)
    a:wait("2 us")
    told[#told + 1] = "a goes on"
  end
  local _, r = nw:act("a", function(a)
    local _, stopped = ask_two(a)
    expect.fid(ffa.INTERRUPT, stopped)
    expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, a:run("b"))
  end)
  expect.eq({ r.fid, r.sender }, { ffa.INTERRUPT, nw:find("a").id })
  expect.eq(states(), { "PREEMPTED", "BLOCKED", "PREEMPTED" })
  expect.error("DENIED", nw:run("b"))
  expect_told { "a 64", "normal world" }
  -- Another one comes meanwhile: it is told when it goes on, before it goes on.
  machine.interrupt(LINE + 1)
  nw:wait("1 us")
  expect_told {}
  expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, nw:run("a"))
  expect_told { "a goes on", "a 65" }
  expect_rest(nw)
end

-- Whom an interrupt took the PE from may be given it back by FFA_RUN as well as by FFA_MSG_WAIT.
local function gives_back(nw)
  result = function(a, id)
    expect.eq(id, LINE)
    expect.state("b", "PREEMPTED")
    expect.error("DENIED", a:run("c"))
    expect.error("INVALID_PARAMETERS", a:run("a"))
    told[#told + 1] = "a gives back"
    a:run("b") -- comes back as FFA_MSG_WAIT would
    told[#told + 1] = "a is asked"
  end
  local answer = nw:act("b", function(b)
    machine.interrupt(LINE)
    b:wait("2 us")
    expect.state("a", "WAITING")
    return 5
  end)
  expect.eq(answer, 5)
  expect_told { "a 64", "a gives back" }
  result = nil
  -- It still stands in its handler: the next thing that it is given ends that.
  expect.fid(ffa.MSG_WAIT, nw:run("a"))
  expect_told { "a is asked" }
end

-- It aborts where it stands. The others end what they do, and serve.
local function aborts(nw)
  result = function(a) a:abort() end
  local _, r = nw:act("a", ask_two)
  expect.error("ABORTED", r)
  expect_told { "a 64" }
  expect.eq(states(), { "ABORTED", "BLOCKED", "PREEMPTED" })
  expect.error("DENIED", nw:run("c"))
  r = nw:run("b")
  expect.fid(ffa.MSG_WAIT, r, "its answer has no receiver")
  expect.eq(in_b, { "c" })
  expect.eq(states(), { "ABORTED", "WAITING", "WAITING" })
  result = nil
  for _, who in ipairs { "b", "c" } do
    expect.eq(nw:act(who, function(sp) return sp.id end), nw:find(who).id)
  end
end

return scenario {
  name  = "interrupts of those who wait in a chain",
  limit = "5 ms",
  tags  = { "interrupts", "quick" },
  partitions = {
    { name = "a", manifest = "manifests/irq_a.dts", script = partition("a", { LINE, LINE + 1 }) },
    { name = "b", manifest = "manifests/irq_b.dts", script = partition("b", {}) },
    { name = "c", manifest = "manifests/irq_c.dts", script = partition("c", {}) },
    { name = "el0", manifest = "manifests/irq_el0.dts", script = partition("el0", {}) },
  },
  normal_world = function(nw)
    nw:irq_enable(NWD, { edge = true })
    nw:on_interrupt(function(_, id)
      expect.eq(id, NWD)
      told[#told + 1] = "normal world"
    end)
    goes_on(nw)
    has_to_take_it(nw)
    goes_on_later(nw)
    is_stopped(nw)
    gives_back(nw)
    aborts(nw)
  end,
}
