-- SPDX-License-Identifier: BSD-3-Clause
-- Whoever sends as much as he can is stopped by an error of his own, and nobody else feels it;
-- when he takes it back all of it is there again.
local NW = 0

-- Others can still do everything.
local function others_work(nw, except)
  for _, who in ipairs { NW, "a", "b" } do
    if who ~= except then
      local sent = nw:act(who, function(o) return expect.ok(o:mem_lend { to = "c", pages = 4 }) end)
      nw:act("c", function(c)
        expect.fid(ffa.MEM_RETRIEVE_RESP, c:mem_retrieve(sent))
        expect.ok(c:mem_relinquish(sent))
      end)
      nw:act(who, function(o) expect.ok(o:mem_reclaim(sent)) end)
    end
  end
end

-- Sends until it is refused; the list of what went through.
local function until_refused(o, most, one)
  for i = 1, most do
    local r = one(i)
    if r.error then
      expect.error("NO_MEMORY", r, "number " .. i)
      return i - 1
    end
  end
  expect.fail("nothing stops it")
end

local function transactions(nw, owner, quota)
  local base = nw:act(owner, function(o) return o:alloc(quota + 1) end)
  for _ = 1, 3 do
    local list = {}
    nw:act(owner, function(o)
      local got = until_refused(o, quota + 1, function(i)
        local r = o:mem_share { to = "c", ranges = { base + (i - 1) * 4096 } }
        list[i] = r.ok and r or nil
        return r
      end)
      expect.eq(got, quota, "transactions at a time")
    end)
    others_work(nw, owner)
    nw:act(owner, function(o)
      expect.ok(o:mem_reclaim(table.remove(list, 7)))
      list[#list + 1] = expect.ok(o:mem_share { to = "c", ranges = { base + quota * 4096 } })
      expect.error("NO_MEMORY", o:mem_share { to = "c", ranges = { base + 6 * 4096 } })
      for _, sent in ipairs(list) do
        expect.ok(o:mem_reclaim(sent))
      end
    end)
  end
end

-- Half of a descriptor holds a place as well.
local function never_finished(nw, owner, quota)
  local parts = {}
  nw:act(owner, function(o)
    local at = o:alloc(2 * quota + 2)
    local got = until_refused(o, quota + 1, function(i)
      local r = o:mem_lend { to = "c", ranges = { at + i * 8192 - 8192, at + i * 8192 - 4096 },
                             fragment = 112, step = true }
      parts[i] = not r.error and r or nil
      return r
    end)
    expect.eq(got, quota)
  end)
  others_work(nw, owner)
  nw:act(owner, function(o)
    for _, part in ipairs(parts) do
      expect.ok(o:mem_reclaim(expect.ok(o:mem_frag_tx { of = part })))
    end
  end)
end

-- Constituents take pages, in how many transactions they may be.
local function constituents(nw, owner)
  local each, numbers = 6000, {}
  local base = nw:act(owner, function(o) return o:alloc(10 * each) end)
  for round = 1, 3 do
    local list = {}
    nw:act(owner, function(o)
      for i = 1, 10 do
        local ranges = {}
        for n = 1, each do
          ranges[n] = { base + ((i - 1) * each + n - 1) * 4096, 1 }
        end
        local r = o:mem_lend { to = "c", ranges = ranges }
        if r.error then
          expect.error("NO_MEMORY", r)
          break
        end
        list[i] = r
      end
    end)
    expect.truth(#list > 1 and #list < 10, "some")
    others_work(nw, owner)
    nw:act(owner, function(o)
      for _, sent in ipairs(list) do
        expect.ok(o:mem_reclaim(sent))
      end
    end)
    numbers[round] = #list
  end
  expect.eq(numbers, { numbers[1], numbers[1], numbers[1] }, "as much each time")
end

-- Pages that are far from each other take tables of the ledger and of the borrower. At last one
-- page at a time, so that nothing is left over.
local function scattered(nw)
  local numbers = {}
  for round = 1, 3 do
    local list, taken, got, next_page = {}, {}, 0, 0x801ff000
    for i = 1, 64 do
      local ranges = {}
      for n = 1, i <= 50 and 8 or 1 do
        ranges[n] = { next_page, 1 }
        next_page = next_page + 0x200000
      end
      local r = nw:mem_lend { to = "c", ranges = ranges }
      if r.error then
        expect.error("NO_MEMORY", r)
        break
      end
      list[i] = r
    end
    for i, sent in ipairs(list) do
      taken[i] = nw:act("c", function(c)
        local r = c:mem_retrieve(sent)
        if r.error then
          expect.error("NO_MEMORY", r)
        end
        return not r.error
      end)
      got = got + (taken[i] and 1 or 0)
    end
    note(string.format("%d sent, %d taken", #list, got))
    expect.truth(#list > 8 and got > 0 and got < #list, "some")
    others_work(nw, NW)
    for i, sent in ipairs(list) do
      if taken[i] then
        nw:act("c", function(c) expect.ok(c:mem_relinquish(sent)) end)
      end
      expect.ok(nw:mem_reclaim(sent))
    end
    numbers[round] = { #list, got }
  end
  expect.eq(numbers[2], numbers[1], "nothing was lost")
  expect.eq(numbers[3], numbers[1])
end

return scenario {
  name  = "those who send too much",
  limit = "200 ms",
  tags  = { "memory", "hostile" },
  partitions = {
    -- 60000 pages to send one by one, and some
    obedient("a", { memory = "240 MiB" }), obedient("b", { memory = "4 MiB" }),
    obedient("c", { memory = "4 MiB" }),
  },
  normal_world = function(nw)
    expect.ok(nw:rxtx_map())
    transactions(nw, NW, 64)
    transactions(nw, "a", 32)
    never_finished(nw, NW, 64)
    never_finished(nw, "b", 32)
    constituents(nw, NW)
    constituents(nw, "a")
    scattered(nw)
  end,
}
