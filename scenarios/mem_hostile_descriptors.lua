-- SPDX-License-Identifier: BSD-3-Clause
-- Every byte and every field of valid descriptors replaced by values that hurt, and bytes that
-- mean nothing at all. Each is refused, or is a legal transaction that then ends in the normal
-- way.
local NW = 0
local send = { { "mem_share", 1 }, { "mem_lend", 2 }, { "mem_donate", 3 } }
local may_be = { INVALID_PARAMETERS = true, DENIED = true, NO_MEMORY = true }

local values = {
  [1] = { 0, 1, 2, 3, 4, 0x10, 0x2f, 0x40, 0x7f, 0x80, 0xff },
  [2] = { 0, 1, 0x7fff, 0x8000, 0x8001, 0x8002, 0x8003, 0x8010, 0xffc0, 0xffff },
  [4] = { 0, 1, 15, 16, 17, 31, 32, 48, 80, 96, 97, 0xfff, 0x1000, 0x7fffffff, 0x80000000,
          0xfffffff0, 0xffffffff, 0x10000000, 0x0fffffff, 0x08000000 },
  [8] = { 0, 1, 0xfff, 0x1000, 0x0e100000, 0x10000000, 0x10100000, 0x80000000, 0xa0000000,
          0x7ffffffffffff000, 1 << 63, -1, -4096, 1 << 40, (1 << 40) - 4096, 1 << 48, 1 << 52 },
}

local refused, legal = 0, 0

-- What a send that went through leaves behind is taken back; what is half sent is brought to
-- its end.
local function settle(o, r, what)
  if r.fid == ffa.MEM_FRAG_RX then
    r = o:mem_frag_tx { of = r, bytes = string.rep("\xff", 16) }
    expect.truth(r.error, what)
  elseif r.ok then
    legal = legal + 1
    expect.ok(o:mem_reclaim(r), what)
    return
  end
  refused = refused + 1
  if not may_be[r.error] then
    expect.fail(what .. ": " .. tostring(r))
  end
end

local function patched(bytes, at, over)
  return bytes:sub(1, at) .. over .. bytes:sub(at + #over + 1)
end

-- Each field of each size at each of its places.
local function each_patch(bytes, fn)
  for size, list in pairs(values) do
    local step = params.full and 1 or size
    for at = 0, #bytes - size, step do
      for _, value in ipairs(list) do
        local over = string.pack("<i8", value):sub(1, size)
        fn(patched(bytes, at, over), string.format("%d bytes at %d: 0x%x", size, at, value))
      end
    end
  end
  for at = 0, #bytes - 1 do
    for bit = 0, 7 do
      local over = string.char(bytes:byte(at + 1) ~ (1 << bit))
      fn(patched(bytes, at, over), string.format("bit %d of byte %d", bit, at))
    end
  end
end

-- conformance: memory_sharing.ffa_memory_access_no_overflow
local function sends(nw, owner, to)
  nw:act(owner, function(o)
    local ranges = { { o:alloc(2), 1 }, { o:alloc(3), 2 } }
    for _, kind in ipairs(send) do
      local method = kind[1]
      local sent = expect.ok(o[method](o, { to = to, ranges = ranges }))
      local bytes = sent.sent.bytes
      expect.ok(o:mem_reclaim(sent))
      each_patch(bytes, function(wrong, what)
        settle(o, o[method](o, { bytes = wrong }), method .. ", " .. what)
      end)
      -- the lengths that go with it
      for _, total in ipairs(values[4]) do
        settle(o, o[method](o, { bytes = bytes, total = total }), "total")
        settle(o, o[method](o, { bytes = bytes, length = total }), "length")
        settle(o, o[method](o, { bytes = bytes, total = total, length = total }), "both")
        settle(o, o[method](o, { bytes = bytes, w3 = total }), "address")
        settle(o, o[method](o, { bytes = bytes, w4 = total }), "pages")
      end
      for length = 0, #bytes do
        settle(o, o[method](o, { bytes = bytes, length = length }), "length " .. length)
        settle(o, o[method](o, { bytes = bytes, total = length, length = length }), "cut")
      end
      expect.ok(o:mem_reclaim(expect.ok(o[method](o, { to = to, ranges = ranges }), method)))
    end
  end)
end

-- conformance: memory_sharing.fail_inconsistent_page_count
-- conformance: memory_sharing.fail_page_overlap
local function ranges(nw, owner, to)
  nw:act(owner, function(o)
    local at = o:alloc(8)
    for _, kind in ipairs(send) do
      local method = kind[1]
      local function bad(code, fields, what)
        fields.to = to
        expect.error(code, o[method](o, fields), method .. ": " .. what)
      end
      local two = { { at, 2 }, { at + 8192, 2 } }
      for _, count in ipairs { 0, 1, 2, 3, 5, 6, 0xffffffff, 0x80000004 } do
        bad("INVALID_PARAMETERS", { ranges = two, page_count = count }, "page count")
      end
      for _, count in ipairs { 0, 1, 3, 4, 0x10000002, 0xffffffff } do
        local r = o[method](o, { to = to, ranges = two, range_count = count })
        settle(o, r, "range count")
        expect.truth(not r.ok)
      end
      for _, list in ipairs {
          { { at, 1 }, { at, 1 } }, { { at, 2 }, { at + 4096, 1 } },
          { { at + 4096, 1 }, { at, 2 } },
          { { at, 4 }, { at + 8192, 4 } }, { { at, 1 }, { at + 4096, 1 }, { at, 1 } },
          { { at, 8 }, { at + 4096, 1 } }, { { at + 4096, 1 }, { at, 8 } },
        } do
        bad("INVALID_PARAMETERS", { ranges = list }, "overlap")
      end
      bad("INVALID_PARAMETERS", { ranges = { { at, 0 } } }, "no pages")
      bad("INVALID_PARAMETERS", { ranges = { { at, 1 }, { at + 4096, 0 } } }, "an empty range")
      bad("INVALID_PARAMETERS", { ranges = {} }, "no ranges")
      bad("INVALID_PARAMETERS", { ranges = { { -4096, 1 } } }, "the last page")
      bad("INVALID_PARAMETERS", { ranges = { { -4096, 2 } } }, "round the end")
      bad("INVALID_PARAMETERS", { ranges = { { (1 << 40) - 4096, 2 } } }, "out of the space")
      for _, one in ipairs { 0, 0x0e100000, 0x0e000000, 0x2f000000, 0x3f000000, 0xc0000000 } do
        bad("DENIED", { ranges = { { one, 1 } } }, string.format("0x%x is nobody's to send", one))
        bad("DENIED", { ranges = { { at, 1 }, { one, 1 } } }, "behind one's own")
      end
      bad("DENIED", { ranges = { { o:buffers().tx, 1 } } }, "its TX buffer")
      bad("DENIED", { ranges = { { o:buffers().rx, 1 } } }, "its RX buffer")
    end
    expect.ok(o:mem_reclaim(expect.ok(o:mem_lend { to = to, ranges = { { at, 8 } } })))
  end)
end

local function after_retrieve(b, r, sent, what)
  if r.fid == ffa.MEM_RETRIEVE_RESP then
    legal = legal + 1
    expect.ok(b:mem_relinquish(sent), what)
  else
    refused = refused + 1
    if not may_be[r.error] then
      expect.fail(what .. ": " .. tostring(r))
    end
  end
end

local function retrievals(nw, owner, to)
  for _, kind in ipairs { "mem_share", "mem_lend" } do
    local sent = nw:act(owner, function(o)
      return expect.ok(o[kind](o, { to = to, tag = 0x55, pages = 2 }))
    end)
    local names = type(to) == "table" and to or { to }
    nw:act(names[1], function(b)
      -- the request as it lies in TX
      expect.fid(ffa.MEM_RETRIEVE_RESP, b:mem_retrieve(sent))
      local bytes = b:read(b:buffers().tx, 48 + 32 * #names)
      expect.ok(b:mem_relinquish(sent))
      each_patch(bytes, function(wrong, what)
        after_retrieve(b, b:mem_retrieve { of = sent, bytes = wrong }, sent, what)
      end)
      for _, value in ipairs(values[4]) do
        for _, field in ipairs { "total", "length", "w3", "w4" } do
          local r = b:mem_retrieve { of = sent, bytes = bytes, [field] = value }
          after_retrieve(b, r, sent, field)
        end
      end
      for length = 0, #bytes do
        after_retrieve(b, b:mem_retrieve { of = sent, bytes = bytes, total = length }, sent, "cut")
      end
      -- giving back
      local one = string.pack("<i8I4I4I2", sent.handle, 0, 1, b.id)
      each_patch(one, function(wrong, what)
        expect.fid(ffa.MEM_RETRIEVE_RESP, b:mem_retrieve(sent))
        local r = b:mem_relinquish { of = sent, bytes = wrong }
        if not r.ok then
          if not may_be[r.error] then
            expect.fail(what .. ": " .. tostring(r))
          end
          expect.ok(b:mem_relinquish(sent), what)
        end
      end)
      expect.error("INVALID_PARAMETERS", b:mem_relinquish { of = sent, endpoints = {} })
      expect.error("INVALID_PARAMETERS", b:mem_relinquish { of = sent, endpoints = { b.id, b.id } })
      expect.error("INVALID_PARAMETERS", b:mem_relinquish { of = sent, endpoints = { 0x8002 + 7 } })
      expect.error("INVALID_PARAMETERS", b:mem_relinquish { of = sent, w1 = 1 })
    end)
    nw:act(owner, function(o) expect.ok(o:mem_reclaim(sent)) end)
  end
end

local function noise(nw, who)
  nw:act(who, function(o)
    for _ = 1, params.full and 20000 or 500 do
      local parts = {}
      for i = 1, math.random(2, 24) do
        parts[i] = string.pack("<i8", math.random(0) >> math.random(0, 63))
      end
      local bytes = table.concat(parts)
      local pick = math.random(1, 5)
      if pick <= 3 then
        settle(o, o[send[pick][1]](o, { bytes = bytes }), "noise")
      elseif pick == 4 then
        expect.truth(o:mem_retrieve { handle = 0, bytes = bytes }.error)
      else
        expect.truth(o:mem_relinquish { handle = 0, bytes = bytes }.error)
      end
      local handle = math.random(0) >> math.random(0, 63)
      expect.truth(o:mem_reclaim(handle).error)
      expect.truth(o:mem_frag_tx { handle = handle, bytes = bytes }.error)
      expect.truth(o:mem_frag_rx { handle = handle, offset = math.random(0, 4096) }.error)
    end
  end)
end

local function without_buffers(nw)
  nw:act("c", function(c)
    expect.ok(c:rxtx_unmap())
    local at = c:alloc(1)
    for _, kind in ipairs(send) do
      expect.truth(c[kind[1]](c, { to = "a", ranges = { at } }).error)
    end
    expect.truth(c:mem_retrieve { handle = 1 }.error)
    expect.truth(c:mem_relinquish(1).error)
    expect.truth(c:mem_reclaim(1).error)
    expect.truth(c:mem_frag_tx { handle = 1, bytes = string.rep("\0", 16) }.error)
    expect.truth(c:mem_frag_rx { handle = 1 }.error)
  end)
end

return scenario {
  name   = "descriptors that are wrong in every way",
  limit  = "2 s",
  tags   = { "memory", "hostile" },
  params = { full = false },
  partitions = {
    obedient("a"), obedient("b"), obedient("old", "v1_0.dts"),
    obedient("c"),
  },
  normal_world = function(nw)
    expect.ok(nw:rxtx_map())
    for _, owner in ipairs { NW, "a", "old" } do
      sends(nw, owner, "b")
      ranges(nw, owner, "b")
    end
    retrievals(nw, NW, "b")
    retrievals(nw, NW, { "b", "a" })
    retrievals(nw, "a", "b")
    for _, who in ipairs { NW, "a", "old" } do
      noise(nw, who)
    end
    without_buffers(nw)
    note(refused, legal)
    expect.truth(refused > 5000 and legal > 100, "both kinds were there")
  end,
}
