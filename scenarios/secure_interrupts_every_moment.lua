-- SPDX-License-Identifier: BSD-3-Clause
-- A request goes from the normal world through two partitions and back, and one interrupt, or
-- several, come at each moment of it: none is lost, none comes twice, and the answer is what it
-- has to be.
local STEP, MOMENTS = 10, 60 -- ns
local NWD = 100
local SOURCES = { -- who is to be told of what
  { "a", 64 }, { "b", 80 }, { "c", 84 }, { "el0", 88 }, { "normal world", NWD },
}
local came = {}

-- A request, until it is answered. On the other PE its receiver may be handling an interrupt: BUSY.
local function ask(sp, to, ...)
  local words = { ... }
  local r = sp:direct_req(to, words)
  while r.error == "BUSY" and sp.pe ~= 0 do
    sp:wait("200 ns")
    r = sp:direct_req(to, words)
  end
  while r.is_interrupt or (r.error == "BUSY" and sp.pe ~= 0) do
    if r.is_interrupt and not sp.secure then
      expect.eq({ r.sender, r.w2 }, { to, 0 })
    end
    r = sp:run(to)
  end
  expect.eq({ r.fid, r.sender }, { ffa.MSG_SEND_DIRECT_RESP_32, to })
  return r.payload[2]
end

local function partition(name, id)
  return function(sp)
    sp:on_interrupt(function(_, got)
      local key = name .. " " .. got
      came[key] = (came[key] or 0) + 1
    end)
    expect.ok(sp:interrupt_enable(id))
    sp:obey(function(request)
      local to, value = request.payload[1], request.payload[2]
      if to == 0 then
        return { 0, value + 1 }
      end
      return { 0, ask(sp, to, 0, value) + 1 }
    end)
  end
end

-- first asks second; `raised` is a list of sources. How long it took.
local function round(nw, first, second, value, raised, after)
  local from = nw.now_ns
  for _, source in ipairs(raised) do
    machine.interrupt(source[2], { after = after .. " ns" })
  end
  expect.eq(ask(nw, nw:find(first).id, nw:find(second).id, value), value + 2)
  local spent = nw.now_ns - from
  nw:wait_for(function() -- some come when it is over
    local count = 0
    for _ in pairs(came) do
      count = count + 1
    end
    return count == #raised
  end, "50 us")
  nw:wait("3 us") -- and none a second time
  return spent
end

local function check(raised, what)
  local wanted = {}
  for _, source in ipairs(raised) do
    wanted[source[1] .. " " .. source[2]] = 1
    local line = machine.interrupt_state(source[2])
    expect.eq({ line.enabled, line.pending, line.active }, { true, false, false }, what)
  end
  expect.eq(came, wanted, what)
  for _, who in ipairs { "a", "b", "c", "el0" } do
    expect.state(who, "WAITING")
  end
  came = {}
end

local PAIRS = { { "a", "b" }, { "a", "el0" }, { "el0", "a" } }

local function all_moments(nw, where)
  for _, pair in ipairs(PAIRS) do
    for only = 0, #SOURCES do
      local raised = only == 0 and SOURCES or { SOURCES[only] }
      local longest = 0
      for moment = 0, MOMENTS - 1 do
        local what = where .. pair[1] .. " asks " .. pair[2] .. ", " ..
                     (only == 0 and "all" or raised[1][1]) .. " after " .. moment * STEP .. " ns"
        local spent = round(nw, pair[1], pair[2], moment, raised, 1 + moment * STEP)
        longest = math.max(longest, spent)
        check(raised, what)
      end
      expect.truth(longest < 6000, longest)
    end
  end
  expect.truth(round(nw, "a", "b", 0, {}, 1) < MOMENTS * STEP, "all moments of it")
end

local is_done = false

return scenario {
  name  = "an interrupt at every moment of a request",
  limit = "50 ms",
  tags  = { "interrupts", "pes", "quick", "timed" },
  pes   = 2,
  quantum = "100 ns",
  partitions = {
    { name = "a", manifest = "manifests/irq_a.dts", script = partition("a", 64) },
    { name = "b", manifest = "manifests/irq_b.dts", script = partition("b", 80) },
    { name = "c", manifest = "manifests/irq_c.dts", script = partition("c", 84) },
    { name = "el0", manifest = "manifests/irq_el0.dts", script = partition("el0", 88) },
  },
  normal_world = function(nw)
    nw:irq_enable(NWD, { edge = true })
    nw:on_interrupt(function(_, id)
      local key = "normal world " .. id
      came[key] = (came[key] or 0) + 1
    end)
    all_moments(nw, "")
    -- Once more from PE 1, while the interrupts come to PE 0.
    expect.ok(nw:cpu_on(1))
    expect.truth(nw:wait_for(function() return is_done end, "40 ms"))
  end,
  secondary = function(nw)
    all_moments(nw, "from PE 1: ")
    is_done = true
  end,
}
