-- SPDX-License-Identifier: BSD-3-Clause
-- A partition that dies gives back what it borrowed; what it had sent ends with the last
-- borrower, and nobody gets into memory whose owner is gone.
local NW, ZERO, ZERO_AFTER = 0, 1, 4
local count = 0
local partitions = {}

for i = 1, 11 do
  partitions[#partitions + 1] = obedient("s" .. i, "a.dts")
  partitions[#partitions + 1] = obedient("e" .. i, "mem_el0.dts", { writable = 200 })
end
partitions[#partitions + 1] = obedient("x", "b.dts")
partitions[#partitions + 1] = obedient("y", "c.dts")

-- One that has not died yet, of S-EL1 ("s") or S-EL0 ("e").
local function fresh(level)
  count = count + 1
  return level .. count
end

local function dies(nw, name, before)
  local nothing, r = nw:act(name, function(sp)
    if before then
      before(sp)
    end
    sp:abort()
    expect.fail("an aborted partition goes on")
  end)
  expect.eq(nothing, nil)
  expect.error("ABORTED", r, name)
  expect.state(name, "ABORTED")
end

local function take(sent, more)
  return function(sp)
    local fields = { of = sent }
    for key, value in pairs(more or {}) do
      fields[key] = value
    end
    expect.fid(ffa.MEM_RETRIEVE_RESP, sp:mem_retrieve(fields))
  end
end

local methods = { "mem_share", "mem_lend" }

-- conformance: sp_lifecycle.sel1_sp_abort_nwd_mem_lend
-- conformance: sp_lifecycle.sel0_sp_abort_nwd_mem_lend
local function borrower_dies(nw, owner, level)
  local victim = fresh(level)
  local sent, given = {}, nil
  nw:act(owner, function(o)
    for i, method in ipairs { "mem_share", "mem_lend", "mem_lend", "mem_lend", "mem_lend" } do
      local at = o:alloc(1)
      o:write(at, "content")
      local to = i < 5 and victim or { victim, "y" }
      sent[i] = expect.ok(o[method](o, { to = to, ranges = { at } }))
    end
    given = expect.ok(o:mem_donate { to = victim })
  end)
  nw:act("y", take(sent[5]))
  dies(nw, victim, function(sp)
    take(sent[1])(sp)
    take(sent[2], { flags = 16 | ZERO_AFTER })(sp)
    take(sent[3])(sp)
    sp:write(sent[3].sent.ranges[1], "changed")
    take(sent[5], { flags = 16 | ZERO_AFTER })(sp)
    -- sent[4] and the gift are never taken
  end)
  nw:act(owner, function(o)
    for i, content in ipairs { "content", "\0\0\0\0\0\0\0", "changed", "content" } do
      expect.ok(o:mem_reclaim(sent[i]))
      expect.memory(sent[i].sent.ranges[1], 0, content)
    end
    expect.error("DENIED", o:mem_reclaim(sent[5]), "the other one has it")
    expect.ok(o:mem_reclaim(given))
    for _, method in ipairs { "mem_share", "mem_lend", "mem_donate" } do
      expect.error("DENIED", o[method](o, { to = victim }), "to a dead partition")
    end
    expect.error("DENIED", o:mem_lend { to = { "y", victim } })
  end)
  nw:act("y", function(y)
    expect.memory(sent[5].sent.ranges[1], 0, "content", "not zeroed while it is used")
    expect.ok(y:mem_relinquish(sent[5]))
  end)
  nw:act(owner, function(o)
    expect.ok(o:mem_reclaim(sent[5]))
    expect.memory(sent[5].sent.ranges[1], 0, "\0\0\0\0\0\0\0", "the dead one had asked for it")
  end)
end

-- conformance: sp_lifecycle.sel1_sp_lend_to_sp_then_abort_reclaim_by_spmc
-- conformance: sp_lifecycle.sel0_sp_lend_to_sp_then_abort_reclaim_by_spmc
local function owner_dies(nw, level)
  local victim = fresh(level)
  local used, untaken = {}, {}
  local zeroed, kept, given, half
  nw:act(victim, function(o)
    for i, method in ipairs(methods) do
      used[i] = expect.ok(o[method](o, { to = { "x", "y" }, pages = 2 }))
      untaken[i] = expect.ok(o[method](o, { to = "x" }))
    end
    zeroed = expect.ok(o:mem_lend { to = "x" })
    kept = expect.ok(o:mem_donate { to = "x" })
    given = expect.ok(o:mem_donate { to = "x" })
    half = o:mem_lend { to = "x", ranges = { { o:alloc(1), 1 }, { o:alloc(2), 1 } },
                        fragment = 112, step = true }
    expect.fid(ffa.MEM_FRAG_RX, half)
  end)
  nw:act("x", function(x)
    take(used[1])(x)
    take(used[2])(x)
    take(zeroed)(x)
    take(given)(x)
    x:write(given.sent.ranges[1][1], "a gift")
    x:write(zeroed.sent.ranges[1][1], "borrowed")
  end)
  nw:act("y", take(used[2]))
  dies(nw, victim)

  nw:act("x", function(x)
    expect.memory(given.sent.ranges[1][1], 0, "a gift", "it has a new owner")
    expect.memory(zeroed.sent.ranges[1][1], 0, "borrowed", "a borrower goes on")
    for _, sent in ipairs { untaken[1], untaken[2], kept, half } do
      expect.truth(x:mem_retrieve(sent).error, "its owner is gone")
      expect.truth(x:mem_relinquish(sent).error)
      local at = sent.sent.ranges[1]
      local value, fault = x:try_read(type(at) == "table" and at[1] or at, 1)
      expect.fault(value, fault)
    end
  end)
  nw:act("y", function(y)
    expect.error("DENIED", y:mem_retrieve(used[1]), "no new borrower of a dead owner's memory")
  end)
  nw:act("x", function(x)
    for i = 1, 2 do
      expect.ok(x:mem_relinquish(used[i]))
      expect.truth(x:mem_retrieve(used[i]).error, "not again")
    end
    expect.ok(x:mem_relinquish { of = zeroed, flags = ZERO })
    expect.error("INVALID_PARAMETERS", x:mem_relinquish(zeroed), "that was the end of it")
    expect.error("INVALID_PARAMETERS", x:mem_retrieve(used[1]), "that was the end of it")
    local value, fault = x:try_read(zeroed.sent.ranges[1][1], 1)
    expect.fault(value, fault)
    -- nobody inherits
    for _, sent in ipairs { used[1], zeroed } do
      expect.error("DENIED", x:mem_lend { to = "y", ranges = sent.sent.ranges })
    end
  end)
  nw:act("y", function(y)
    expect.ok(y:mem_relinquish(used[2]))
    expect.error("INVALID_PARAMETERS", y:mem_relinquish(used[2]))
  end)
  for _, sent in ipairs { used[1], untaken[1], kept, given, half } do
    expect.truth(nw:mem_reclaim(sent).error, "not the normal world's either")
  end
end

-- First the owner, then its borrowers: the last one's death ends the transaction.
local function all_die(nw, level)
  local owner, borrower = fresh(level), fresh(level)
  local sent = nw:act(owner, function(o)
    return { expect.ok(o:mem_lend { to = { borrower, "y" } }), expect.ok(o:mem_share { to = "y" }) }
  end)
  nw:act(borrower, take(sent[1]))
  dies(nw, owner)
  nw:act("y", function(y)
    expect.error("DENIED", y:mem_retrieve(sent[1]), "it is still there")
    expect.error("INVALID_PARAMETERS", y:mem_retrieve(sent[2]), "nobody had it")
  end)
  dies(nw, borrower)
  nw:act("y", function(y)
    expect.error("INVALID_PARAMETERS", y:mem_retrieve(sent[1]), "nobody is left")
    local value, fault = y:try_read(sent[1].sent.ranges[1][1], 1)
    expect.fault(value, fault)
  end)
end

-- In the middle of fragments, on either side.
local function half_way(nw)
  local victim = fresh("s")
  local ranges = {}
  local base = nw:alloc(800)
  for i = 1, 400 do
    ranges[i] = { base + (i - 1) * 8192, 1 }
  end
  local sent = expect.ok(nw:mem_lend { to = victim, ranges = ranges })
  local gift = expect.ok(nw:mem_donate { to = victim, ranges = (function()
    local list, at = {}, nw:alloc(800)
    for i = 1, 400 do
      list[i] = { at + (i - 1) * 8192, 1 }
    end
    return list
  end)() })
  dies(nw, victim, function(sp)
    take(sent, { step = true })(sp)
    take(gift, { step = true })(sp)
    sp:write(ranges[400][1], "before")
  end)
  expect.ok(nw:mem_reclaim(sent))
  expect.ok(nw:mem_reclaim(gift), "it was not taken whole")
  expect.memory(ranges[400][1], 0, "before")
end

return scenario {
  name  = "owners and borrowers that die",
  limit = "50 ms",
  tags  = { "memory", "abort" },
  partitions = partitions,
  normal_world = function(nw)
    expect.ok(nw:rxtx_map())
    for _, level in ipairs { "s", "e" } do
      borrower_dies(nw, NW, level)
      borrower_dies(nw, "x", level)
      owner_dies(nw, level)
      all_die(nw, level)
    end
    half_way(nw)
  end,
}
