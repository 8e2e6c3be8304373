-- SPDX-License-Identifier: BSD-3-Clause
-- Any call into the SPMC may find the page pool empty, or nearly: it says NO_MEMORY and has changed
-- nothing (the checkers see that), or it did not need more. With any number of pages that are left,
-- until it succeeds; then the same again with all of them.
local NW = 0

-- How often `call` is refused for want of pages: once for each that it needs.
local function with_less_and_less(who, call, what)
  for left = 0, 40 do
    machine.fault(("no_memory endpoint=%s count=%d"):format(who, left))
    local r = call()
    if not r.error then
      return left, r
    end
    expect.error("NO_MEMORY", r, what .. ", " .. left .. " pages")
  end
  expect.fail(what .. " never succeeds")
end

local function lives(nw, owner, borrower, kind)
  local name = owner == NW and "nwd" or owner
  -- One page here and there, so that tables have to be split, and the ledger to grow.
  local ranges = nw:act(owner, function(o)
    local base = o:alloc(1200)
    return { { base, 1 }, { base + 600 * 4096, 2 }, { base + 1199 * 4096, 1 } }
  end)
  local needed, sent = nw:act(owner, function(o)
    return with_less_and_less(name, function()
      return o[kind](o, { to = borrower, ranges = ranges })
    end, kind)
  end)
  expect.truth(needed > 0, kind .. " takes pages")
  local taken = nw:act(borrower, function(b)
    local count, r = with_less_and_less(borrower, function() return b:mem_retrieve(sent) end,
                                        "retrieve")
    expect.eq(#r.memory.ranges, 3)
    return count
  end)
  expect.truth(taken > 0, "retrieving takes pages")
  -- To give back never takes any: whoever has no memory can still free some.
  if kind ~= "mem_donate" then
    nw:act(borrower, function(b)
      machine.fault("no_memory endpoint=" .. borrower)
      expect.ok(b:mem_relinquish(sent))
    end)
    nw:act(owner, function(o)
      machine.fault("no_memory endpoint=" .. name)
      expect.ok(o:mem_reclaim(sent))
      expect.ok(o:mem_reclaim(expect.ok(o[kind](o, { to = borrower, ranges = ranges }))))
    end)
  end
end

local ROOM = { memory = "8 MiB" }

return scenario {
  name  = "the SPMC has no memory",
  limit = "20 ms",
  tags  = { "faults", "memory", "quick" },
  partitions = { obedient("a", ROOM), obedient("b", ROOM) },
  normal_world = function(nw)
    machine.fault("no_memory endpoint=nwd")
    expect.error("NO_MEMORY", nw:rxtx_map(), "the ledger has to grow")
    expect.ok(nw:rxtx_map())
    lives(nw, NW, "a", "mem_share")
    lives(nw, "b", "a", "mem_donate")
  end,
}
