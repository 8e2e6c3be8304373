-- SPDX-License-Identifier: BSD-3-Clause
-- machine.map() shows whose memory is whose, and who reaches it, at each step of a transaction.

local function row(address, wanted, what)
  local r = machine.map(address)
  local got = { owner = r.owner, state = r.state, kind = r.kind, world = r.world, reach = r.reach }
  wanted.world = wanted.world or "secure"
  expect.eq(got, wanted, what)
  return r
end

local function take(borrower, sent)
  expect.fid(ffa.MEM_RETRIEVE_RESP, borrower:mem_retrieve(sent))
end

-- Rows are in order, do not overlap, and are as long as they can be.
local function check_order(rows)
  for i = 2, #rows do
    local last = rows[i - 1]
    expect.truth(last.base + last.size <= rows[i].base, "rows in order")
  end
  return rows
end

return scenario {
  name  = "the map of memory",
  limit = "5 ms",
  tags  = { "memory", "quick" },
  partitions = { obedient("a"), obedient("b"), obedient("c") },
  normal_world = function(nw)
    expect.ok(nw:rxtx_map())
    local before = check_order(machine.map())
    local page = nw:act("a", function(a) return a:alloc(3) end) + 4096

    expect.eq(machine.map(0), nil, "nobody's memory")
    row(page, { owner = "a", state = "exclusive", reach = { a = "rwx" } }, "before")
    for _, kind in ipairs { "share", "lend" } do
      local state = kind == "share" and "shared" or "lent"
      local own = kind == "share" and "rwx" or nil
      local sent = nw:act("a", function(a)
        return expect.ok(a["mem_" .. kind](a, { ranges = { page }, to = { { "b", data = "ro" },
                                                                          { "c", data = "rw" } } }))
      end)
      local r = row(page, { owner = "a", state = state, kind = kind,
                            reach = { a = own, b = "---", c = "---" } }, kind)
      expect.eq({ r.base, r.size, r.handle, r.device }, { page, 4096, sent.handle, false })
      nw:act("b", function(b) take(b, sent) end)
      row(page, { owner = "a", state = state, kind = kind,
                  reach = { a = own, b = "r--", c = "---" } }, kind .. ", one has it")
      row(page - 4096, { owner = "a", state = "exclusive", reach = { a = "rwx" } }, "beside it")
      nw:act("b", function(b) expect.ok(b:mem_relinquish(sent)) end)
      nw:act("a", function(a) expect.ok(a:mem_reclaim(sent)) end)
      row(page, { owner = "a", state = "exclusive", reach = { a = "rwx" } }, "reclaimed")
    end
    expect.eq(check_order(machine.map()), before, "all is as it was")

    local given = nw:alloc(1)
    row(given, { owner = "NWd", state = "exclusive", world = "non-secure", reach = {} }, "NWd")
    local sent = expect.ok(nw:mem_donate { to = "b", ranges = { given } })
    row(given, { owner = "NWd", state = "donated", kind = "donate", world = "non-secure",
                 reach = { b = "---" } }, "donated")
    nw:act("b", function(b) take(b, sent) end)
    row(given, { owner = "b", state = "exclusive", world = "non-secure", reach = { b = "rw-" } },
        "taken")
  end,
  finish = function(run)
    expect.truth(#machine.map() > 8, "still there when the run has ended")
  end,
}
