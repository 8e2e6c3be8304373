-- SPDX-License-Identifier: BSD-3-Clause
-- What becomes of memory when a partition dies: a borrower's goes back to its owner, an owner's stays
-- with those who have borrowed it until the last one has given it back.

local function reach(address)
  return machine.map(address).reach
end

local function take(nw, who, sent)
  nw:act(who, function(sp) expect.fid(ffa.MEM_RETRIEVE_RESP, sp:mem_retrieve(sent)) end)
end

local function give_back(nw, who, sent)
  nw:act(who, function(sp) expect.ok(sp:mem_relinquish(sent)) end)
end

local function die(nw, who)
  expect.error("ABORTED", select(2, nw:act(who, function(sp) sp:abort() end)))
end

local ROOM = { memory = "4 MiB" }

return scenario {
  name  = "memory of the dead",
  limit = "5 ms",
  tags  = { "memory", "quick" },
  partitions = { obedient("a", ROOM), obedient("b", ROOM), obedient("c", ROOM) },
  normal_world = function(nw)
    expect.ok(nw:rxtx_map())
    local page = nw:act("a", function(a) return (a:alloc(1) + 0x200000) & ~0xfff end)
    local lent = nw:act("a", function(a)
      return expect.ok(a:mem_lend { to = { "b", "c" }, data = "rw", ranges = { page } })
    end)
    local shared = nw:act("a", function(a)
      return expect.ok(a:mem_share { to = "c", data = "ro", ranges = { page + 4096 } })
    end)
    local mine = expect.ok(nw:mem_share { to = { "a", "b" }, data = "rw", pages = 2 })
    local ours = mine.sent.ranges[1][1]
    take(nw, "b", lent)
    take(nw, "c", lent)
    take(nw, "c", shared)
    take(nw, "a", mine)
    take(nw, "b", mine)
    expect.eq(reach(page), { b = "rw-", c = "rw-" })
    expect.eq(reach(ours), { a = "rw-", b = "rw-" })

    die(nw, "b")
    expect.eq(reach(page), { b = "---", c = "rw-" }, "a borrower is dead")
    expect.eq(reach(ours), { a = "rw-", b = "---" })

    die(nw, "a")
    expect.eq(reach(ours), { a = "---", b = "---" }, "all borrowers are dead")
    expect.eq({ machine.map(page).owner, reach(page) }, { "a", { b = "---", c = "rw-" } })
    give_back(nw, "c", lent)
    expect.eq({ machine.map(page).state, reach(page) }, { "exclusive", {} }, "nobody's any more")
    give_back(nw, "c", shared)
    expect.eq({ machine.map(page + 4096).state, reach(page + 4096).c }, { "exclusive", nil })
    expect.ok(nw:mem_reclaim(mine))
    expect.eq({ machine.map(ours).owner, reach(ours) }, { "NWd", {} })
  end,
}
