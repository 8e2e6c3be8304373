-- SPDX-License-Identifier: BSD-3-Clause
-- Descriptors in pieces: sent by FFA_MEM_FRAG_TX, fetched by FFA_MEM_FRAG_RX, with buffers of one
-- page and of four, by one and by many, and with every mistake on the way.
local NW = 0
local send = { share = "mem_share", lend = "mem_lend", donate = "mem_donate" }

-- `count` single pages with a gap behind each, so that nothing can be joined.
local function scattered(ctx, count)
  local at, list = ctx:alloc(2 * count), {}
  for i = 1, count do
    list[i] = { at + (i - 1) * 8192, 1 }
  end
  return list
end

-- conformance: memory_sharing.lend_force_fragmented_relinquish
-- conformance: memory_sharing.lend_fragmented_relinquish
-- conformance: ffa_mixed_mailbox.fragmented_lend_small_then_large_mailbox
-- conformance: ffa_mixed_mailbox.oversized_retrieve_response_large_mailbox
local function lives(nw, owner, borrower, count, fragment)
  for kind, method in pairs(send) do
    if kind ~= "donate" or count < 20 then
      local sent, ranges = nw:act(owner, function(o)
        local list = scattered(o, count)
        for i, range in ipairs(list) do
          o:write32(range[1], i)
        end
        return expect.ok(o[method](o, { to = borrower, ranges = list, fragment = fragment })), list
      end)
      local what = string.format("%s of %d in pieces of %s", kind, count, fragment or "a buffer")
      nw:act(borrower, function(b)
        local r = expect.fid(ffa.MEM_RETRIEVE_RESP, b:mem_retrieve(sent), what)
        expect.eq(r.memory.ranges, ranges, what)
        expect.eq({ r.memory.page_count, r.memory.range_count }, { count, count })
        for i, range in ipairs(ranges) do
          expect.eq(b:read32(range[1]), i, "a page of its own")
          local value, fault = b:try_read(range[1] + 4096, 4)
          expect.fault(value, fault, "and no gap")
        end
        if kind ~= "donate" then
          expect.ok(b:mem_relinquish(sent))
          local value, fault = b:try_read(ranges[count][1], 4)
          expect.fault(value, fault)
        end
      end)
      if kind ~= "donate" then
        nw:act(owner, function(o)
          expect.ok(o:mem_reclaim(sent))
          expect.eq(o:read32(ranges[count][1]), count)
        end)
      end
    end
  end
end

-- conformance: memory_sharing.lend_fragmented_relinquish_multi_receiver
local function to_many(nw, owner)
  local sent = nw:act(owner, function(o)
    return expect.ok(o:mem_lend { to = { "a", "big", "b" }, ranges = scattered(o, 300) })
  end)
  for _, name in ipairs { "a", "big", "b" } do
    nw:act(name, function(b)
      local r = expect.fid(ffa.MEM_RETRIEVE_RESP, b:mem_retrieve(sent))
      expect.eq(r.memory.ranges, sent.sent.ranges)
      expect.eq(r.memory.fragments, name == "big" and 1 or 2)
    end)
  end
  for _, name in ipairs { "b", "a", "big" } do
    nw:act(owner, function(o) expect.error("DENIED", o:mem_reclaim(sent)) end)
    nw:act(name, function(b) expect.ok(b:mem_relinquish(sent)) end)
  end
  nw:act(owner, function(o) expect.ok(o:mem_reclaim(sent)) end)
end

-- While fragments are missing nothing can be done with it, and wrong fragments are refused.
-- conformance: memory_sharing.fail_fragmented_if_retrieve_before_sent
local function half_sent(nw, owner, borrower)
  local function first(o, ranges)
    local r = o:mem_lend { to = borrower, ranges = ranges or scattered(o, 6), step = true,
                           fragment = 48 + 32 + 16 + 32 }
    expect.fid(ffa.MEM_FRAG_RX, r)
    expect.eq(r.w3, 128, "what has come")
    return r
  end
  local part = nw:act(owner, function(o)
    local r = first(o)
    for _, range in ipairs { r.sent.ranges[1], r.sent.ranges[2] } do
      o:write(range[1], "still mine")
      expect.error("DENIED", o:mem_lend { to = borrower, ranges = { range } }, "announced")
    end
    expect.error("INVALID_PARAMETERS", o:mem_reclaim(r), "not all sent")
    expect.error("INVALID_PARAMETERS", o:mem_frag_tx { of = r, bytes = "", length = 0 })
    expect.error("INVALID_PARAMETERS",
                 o:mem_frag_tx { handle = r.handle + 0x10000, bytes = string.rep("\0", 16) })
    for _, length in ipairs { 1, 8, 15, 17, 24, 80, 4096, 0xfffffff0 } do
      expect.error("INVALID_PARAMETERS",
                   o:mem_frag_tx { of = r, bytes = string.rep("\0", 16), length = length })
    end
    for _, endpoint in ipairs { 0x10000, 0x80010000, 1, 0xffff0000 } do
      expect.error("INVALID_PARAMETERS",
                   o:mem_frag_tx { of = r, bytes = string.rep("\0", 16), endpoint = endpoint })
    end
    expect.error("INVALID_PARAMETERS", o:mem_frag_rx { handle = r.handle, offset = 128 })
    return r
  end)
  nw:act(borrower, function(b)
    expect.error("INVALID_PARAMETERS", b:mem_retrieve(part))
    expect.error("INVALID_PARAMETERS",
                 b:mem_frag_tx { handle = part.handle, bytes = string.rep("\0", 16) },
                 "not its own")
    expect.truth(b:mem_relinquish(part).error)
    expect.error("INVALID_PARAMETERS", b:mem_frag_rx { handle = part.handle, offset = 128 })
    expect.truth(b:mem_reclaim(part).error)
  end)
  nw:act(owner, function(o)
    -- one by one, an unrelated transaction in between
    part.sent.fragment = 16
    for i = 3, 6 do
      expect.ok(o:mem_reclaim(expect.ok(o:mem_share { to = borrower })))
      part = o:mem_frag_tx { of = part }
      if i < 6 then
        expect.fid(ffa.MEM_FRAG_RX, part)
        expect.eq(part.w3, 128 + (i - 2) * 16)
      end
    end
    expect.ok(part)
    expect.error("INVALID_PARAMETERS", o:mem_frag_tx { of = part, bytes = string.rep("\0", 16) })
  end)
  nw:act(borrower, function(b)
    expect.eq(#expect.fid(ffa.MEM_RETRIEVE_RESP, b:mem_retrieve(part)).memory.ranges, 6)
    expect.ok(b:mem_relinquish(part))
  end)
  nw:act(owner, function(o) expect.ok(o:mem_reclaim(part)) end)

  -- A fragment that can not be taken ends the transaction: all pages are free to be sent again.
  nw:act(owner, function(o)
    local list = scattered(o, 6)
    local function constituent(address, pages, reserved)
      return string.pack("<i8I4I4", address, pages, reserved or 0)
    end
    for _, case in ipairs {
        { "INVALID_PARAMETERS", constituent(list[1][1], 1), "a page of the first fragment" },
        { "INVALID_PARAMETERS", constituent(list[2][1], 1), "a page of the first fragment" },
        { "INVALID_PARAMETERS", constituent(list[3][1] + 1, 1), "not aligned" },
        { "INVALID_PARAMETERS", constituent(list[3][1], 0), "no pages" },
        { "INVALID_PARAMETERS", constituent(list[3][1], 5), "more pages than announced" },
        { "INVALID_PARAMETERS", constituent(list[3][1], 1, 1), "reserved" },
        { "INVALID_PARAMETERS", constituent(list[3][1], 0xffffffff), "for ever" },
        { "INVALID_PARAMETERS", constituent(-4096, 1), "the end of memory" },
        { "DENIED", constituent(0x0e100000, 1), "the SPMC's" },
        { "DENIED", constituent(0x10000000, 1),
          "the borrower's" },
      } do
      local r = first(o, list)
      local bytes = constituent(list[3][1], 1) .. case[2]
      expect.error(case[1], o:mem_frag_tx { of = r, bytes = bytes:sub(17) }, case[3])
      expect.error("INVALID_PARAMETERS", o:mem_frag_tx { of = r }, "it is over")
      r = first(o, list)
      expect.truth(o:mem_frag_tx { of = r, bytes = bytes }.error, case[3])
      expect.error("INVALID_PARAMETERS", o:mem_frag_tx { of = r }, "it is over")
    end
    expect.ok(o:mem_reclaim(expect.ok(o:mem_lend { to = borrower, ranges = list })))
  end)
end

-- A response that is fetched step by step.
local function half_taken(nw, owner, borrower)
  local sent = nw:act(owner, function(o)
    return expect.ok(o:mem_share { to = { borrower, "c" }, ranges = scattered(o, 600) })
  end)
  nw:act(borrower, function(b)
    local r = expect.fid(ffa.MEM_RETRIEVE_RESP, b:mem_retrieve { of = sent, keep = true })
    expect.eq({ r.w1, r.w2 }, { 48 + 32 + 16 + 9600, 4096 })
    expect.error("BUSY", b:mem_frag_rx { of = r }, "RX is full")
    expect.ok(b:rx_release())
    for _, offset in ipairs { 0, 4080, 4095, 4097, 4112, 9696, 0xfffffff0 } do
      expect.error("INVALID_PARAMETERS", b:mem_frag_rx { of = r, offset = offset })
    end
    expect.error("INVALID_PARAMETERS", b:mem_frag_rx { of = r, endpoint = 0x10000 })
    expect.error("INVALID_PARAMETERS", b:mem_frag_rx { handle = r.handle + 1, offset = 4096 })
    expect.error("DENIED", b:mem_retrieve { of = sent }, "it is being taken")
    local second = expect.fid(ffa.MEM_FRAG_TX, b:mem_frag_rx { of = r })
    expect.eq({ second.w3, second.w4, second.handle }, { 4096, 0, sent.handle })
    expect.error("INVALID_PARAMETERS", b:mem_frag_rx { of = r, offset = 4096 }, "again")
    local third = expect.fid(ffa.MEM_FRAG_TX, b:mem_frag_rx { of = r })
    expect.eq(third.w3, 9696 - 8192)
    expect.eq(r.memory.ranges, sent.sent.ranges)
    expect.error("INVALID_PARAMETERS", b:mem_frag_rx { of = r }, "there is no more")
    expect.ok(b:mem_relinquish(sent))
    expect.error("INVALID_PARAMETERS", b:mem_frag_rx { of = r, offset = 4096 }, "given back")
    -- given back in the middle
    r = expect.fid(ffa.MEM_RETRIEVE_RESP, b:mem_retrieve { of = sent, step = true })
    expect.ok(b:mem_relinquish(sent))
    expect.error("INVALID_PARAMETERS", b:mem_frag_rx { of = r })
    local value, fault = b:try_read(sent.sent.ranges[1][1], 1)
    expect.fault(value, fault)
  end)
  nw:act("c", function(c)
    expect.error("INVALID_PARAMETERS", c:mem_frag_rx { handle = sent.handle, offset = 4096 })
  end)
  nw:act(owner, function(o) expect.ok(o:mem_reclaim(sent)) end)
end

-- conformance: ffa_mixed_mailbox.oversized_single_fragment_lend_sp_to_sp
-- conformance: ffa_mixed_mailbox.oversized_single_fragment_lend_sp_to_sp_small_sender_rejected
-- conformance: memory_sharing_v1_2.retrieve_zeros_rx_tail_on_multi_page_mailbox
local function large_fragments(nw)
  local sent = nw:act("big", function(o)
    local r = expect.ok(o:mem_lend { to = "large", ranges = scattered(o, 400), step = true })
    expect.eq(r.sent.rest, "", "one fragment")
    return r
  end)
  nw:act("large", function(b)
    local before = b:alloc(0x10)
    b:write(before, "x")
    local r = expect.fid(ffa.MEM_RETRIEVE_RESP, b:mem_retrieve { of = sent, keep = true })
    expect.eq({ r.w1, r.w2, r.memory.fragments }, { 6496, 6496, 1 })
    expect.eq(r.memory.ranges, sent.sent.ranges)
    expect.eq(b:read(b:buffers().rx + 6496, 4 * 4096 - 6496), string.rep("\0", 4 * 4096 - 6496),
              "the rest of RX")
    expect.ok(b:rx_release())
    expect.ok(b:mem_relinquish(sent))
  end)
  nw:act("big", function(o) expect.ok(o:mem_reclaim(sent)) end)
  nw:act("a", function(o)
    expect.error("INVALID_PARAMETERS", o:mem_lend { to = "b", ranges = scattered(o, 400),
                                                    fragment = 6496 })
  end)
end

-- conformance: ffa_mixed_mailbox.oversized_single_fragment_lend_v1_0_rejected
-- conformance: memory_sharing_v1_0.force_fragmented_ffa_v1_0
local function version_1_0(nw)
  nw:act("old", function(o)
    expect.error("INVALID_PARAMETERS", o:mem_lend { to = "a", ranges = scattered(o, 400) })
  end)
  lives(nw, "old", "b", 12, 64 + 64)
  lives(nw, "a", "old", 12)
end

local ROOM = { memory = "8 MiB" }

return scenario {
  name  = "memory in fragments",
  limit = "200 ms",
  tags  = { "memory" },
  partitions = {
    obedient("a", ROOM), obedient("b", ROOM), obedient("c", ROOM),
    { name = "big", manifest = "manifests/first.dts", memory = "32 MiB",
      script = function(sp) expect.ok(sp:rxtx_map { pages = 4 }) sp:obey() end },
    obedient("large", "second.dts", { memory = "8 MiB", pages = 4 }),
    { name = "old", manifest = "manifests/v1_0.dts", memory = "8 MiB",
      script = function(sp) expect.ok(sp:rxtx_map { pages = 4 }) sp:obey() end },
  },
  normal_world = function(nw)
    expect.ok(nw:rxtx_map())
    for _, who in ipairs { { NW, "a" }, { "a", "b" }, { NW, "large" } } do
      lives(nw, who[1], who[2], 1)
      lives(nw, who[1], who[2], 12, 112)
      lives(nw, who[1], who[2], 12, 128)
      lives(nw, who[1], who[2], 12, 96)
    end
    lives(nw, NW, "a", 700)
    lives(nw, NW, "large", 700)
    lives(nw, "big", "b", 500)
    lives(nw, "big", "large", 900, 4096)
    to_many(nw, NW)
    to_many(nw, "c")
    half_sent(nw, NW, "a")
    half_sent(nw, "b", "a")
    half_taken(nw, NW, "a")
    half_taken(nw, "big", "b")
    large_fragments(nw)
    version_1_0(nw)
  end,
}
