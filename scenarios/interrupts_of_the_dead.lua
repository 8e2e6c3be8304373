-- SPDX-License-Identifier: BSD-3-Clause
-- Any number of a partition's interrupts may be pending, enabled or not, on any PE; each comes when it
-- is asked for, in the order in which they came. Then the partition dies in a handler while more of
-- them are pending: each is disabled at the GIC, with a line in the log where one still came, and the
-- normal world goes on undisturbed on every PE.
local PES = 4
local EDGES, LEVELS = { 64, 66, 68, 4100 }, { 65, 67, 69, 4101 }
local PPI_LEVEL, PPI_EDGE = 22, 23
local LINES = { 64, 65, 66, 67, 68, 69, 4100, 4101 }
local is_level = { [65] = true, [67] = true, [69] = true, [4101] = true, [PPI_LEVEL] = true }

local came, dies_at = {}, nil

local function pull(id, pe)
  machine.interrupt(id, { pe = pe, level = is_level[id] or nil })
end

local function partition(sp)
  sp:on_interrupt(function(_, id)
    came[#came + 1] = id
    if id == dies_at then
      sp:abort()
    elseif is_level[id] then
      for pe = 0, PES - 1 do
        machine.interrupt(id, { pe = id < 32 and pe or nil, level = false })
      end
    end
  end)
  sp:obey()
end

local go, rounds, stop = {}, 0, false

local function on_other_pes(nw)
  while not stop do
    nw:wait("1 us")
    rounds = rounds + 1
    if go[nw.pe] then
      go[nw.pe](nw)
      go[nw.pe] = nil
    end
  end
end

-- fn(nw) on another PE, to its end.
local function on(nw, pe, fn)
  go[pe] = fn
  expect.truth(nw:wait_for(function() return go[pe] == nil end, "200 us"), "PE " .. pe .. " goes on")
end

local function state(id, pe)
  return machine.interrupt_state(id, pe)
end

return scenario {
  name  = "interrupts of the dead",
  pes   = PES,
  limit = "10 ms",
  tags  = { "interrupts", "aborts", "pes", "hostile", "timed" },
  partitions = {
    { name = "many", manifest = "manifests/many_lines.dts", script = partition },
    { name = "b", manifest = "manifests/b.dts", script = function(sp) sp:obey() end },
  },
  normal_world = function(nw)
    nw:cpus_on()
    nw:wait("20 us")

    -- All of them, before it has asked for any: nobody is told.
    for _, id in ipairs(LINES) do
      pull(id)
      nw:wait("1 us")
    end
    for pe = 0, PES - 1 do
      pull(PPI_LEVEL, pe)
      pull(PPI_EDGE, pe)
      nw:wait("2 us")
    end
    expect.eq(#came, 0)
    expect.state("many", "WAITING")
    -- All edges again while the first ones are pending: a second one is the same, and the GIC keeps a
    -- third one, so that nobody who runs is stopped by it.
    for _ = 1, 2 do
      for _, id in ipairs(EDGES) do
        pull(id)
        nw:wait("1 us")
      end
    end
    nw:act("many", function(sp)
      for i = #LINES, 1, -1 do
        expect.ok(sp:interrupt_enable(LINES[i]))
      end
      expect.ok(sp:interrupt_enable(PPI_LEVEL))
      expect.ok(sp:interrupt_enable(PPI_EDGE))
    end)
    nw:wait("20 us")
    local count = {}
    for _, id in ipairs(came) do
      count[id] = (count[id] or 0) + 1
    end
    for _, id in ipairs(EDGES) do
      expect.eq(count[id], 2, "edges of " .. id)
    end
    for _, id in ipairs(LEVELS) do
      expect.eq(count[id], 1, "level " .. id)
    end
    expect.eq(count[PPI_LEVEL], 1, "a level on four PEs, which one handler silences")
    expect.eq(count[PPI_EDGE], 1, "the same number, which is pending once")
    for pe = 0, PES - 1 do
      expect.eq({ state(PPI_LEVEL, pe).enabled, state(PPI_EDGE, pe).enabled }, { true, true },
                "a PPI is let in again on PE " .. pe)
    end

    -- It dies with one in hand, and others pending.
    came, dies_at = {}, 68
    nw:act("many", function(sp)
      sp:mask(true)
      for _, id in ipairs { 68, 65, 66, 4101 } do
        pull(id)
        sp:wait("500 ns")
      end
      sp:mask(false)
      sp:wait("1 us")
    end)
    expect.eq(came, { 68 })
    expect.state("many", "ABORTED")
    for _, id in ipairs(LINES) do
      expect.eq(state(id).enabled, false, "line " .. id)
    end
    for pe = 0, PES - 1 do
      expect.eq({ state(PPI_LEVEL, pe).enabled, state(PPI_EDGE, pe).enabled }, { false, false })
    end
    for _, id in ipairs(LINES) do
      pull(id)
    end
    for pe = 0, PES - 1 do
      pull(PPI_LEVEL, pe)
      pull(PPI_EDGE, pe)
    end

    -- The world goes on, on each PE.
    local before = rounds
    nw:wait("50 us")
    expect.truth(rounds > before + 3 * 20, "the other PEs are not kept busy")
    for pe = 1, PES - 1 do
      on(nw, pe, function(here)
        expect.eq(here:act("b", function() return here.pe end), pe)
        expect.error("ABORTED", here:run("many"))
        expect.error("ABORTED", here:direct_req("many", {}))
      end)
    end
    expect.eq(#came, 1)
    stop = true
  end,
  secondary = on_other_pes,
}
