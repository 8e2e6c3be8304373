-- SPDX-License-Identifier: BSD-3-Clause
-- A handle opens one transaction to those whom it names, for as long as it lasts: not a stale
-- one, not a guessed one, not somebody else's.
local NW = 0

local function refused_to_all(nw, handle, what)
  for _, who in ipairs { NW, "a", "b", "c" } do
    nw:act(who, function(x)
      expect.error("INVALID_PARAMETERS", x:mem_reclaim(handle), what)
      expect.error("INVALID_PARAMETERS",
                   x:mem_frag_tx { handle = handle, bytes = string.rep("\0", 16) }, what)
      expect.error("INVALID_PARAMETERS", x:mem_frag_rx { handle = handle, offset = 4096 }, what)
      if who ~= NW then
        expect.error("INVALID_PARAMETERS", x:mem_relinquish(handle), what)
        expect.error("INVALID_PARAMETERS", x:mem_retrieve { handle = handle, from = NW }, what)
      end
    end)
  end
end

local function guessed(nw)
  local sent = expect.ok(nw:mem_share { to = "a" })
  for bit = 0, 63 do
    refused_to_all(nw, sent.handle ~ (1 << bit), "one bit off")
  end
  for _, handle in ipairs { 0, -1, 1 << 63, 0xffff, 0x7fffffffffffffff, sent.handle + 1,
                            sent.handle - 1, sent.handle + 0x10000, sent.handle - 0x10000 } do
    refused_to_all(nw, handle, "guessed")
  end
  expect.eq(sent.handle >> 63, 0, "the SPMC gave it out")
  expect.ok(nw:mem_reclaim(sent))
  refused_to_all(nw, sent.handle, "reclaimed")
end

-- The SPMC gives handles out; a sender does not.
local function chosen(nw)
  for _, who in ipairs { NW, "c" } do
    nw:act(who, function(o)
      local ranges = { o:alloc(1) }
      for _, method in ipairs { "mem_share", "mem_lend", "mem_donate" } do
        for _, handle in ipairs { 1, 0x10000, 1 << 32, 1 << 63, -1 } do
          expect.error("INVALID_PARAMETERS",
                       o[method](o, { to = "a", ranges = ranges, handle = handle }))
        end
      end
    end)
  end
end

-- Handles are not used again while anybody may remember them.
local function stale(nw)
  local seen, first = {}, nil
  local base = nw:alloc(500)
  for i = 1, 500 do
    local sent = expect.ok(nw:mem_share { to = "a", ranges = { base + (i - 1) * 4096 } })
    first = first or sent
    expect.truth(not seen[sent.handle], "a new one")
    seen[sent.handle] = true
    if i % 100 == 0 then
      refused_to_all(nw, first.handle, "stale")
      nw:act("a", function(a) expect.error("INVALID_PARAMETERS", a:mem_retrieve(first)) end)
    end
    expect.ok(nw:mem_reclaim(sent))
  end
end

local function foreign(nw)
  for _, owner in ipairs { NW, "c" } do
    local other = owner == NW and "c" or NW
    local sent = nw:act(owner, function(o) return expect.ok(o:mem_lend { to = "a", tag = 77 }) end)
    local at = sent.sent.ranges[1][1]
    for _, who in ipairs { "a", "b", other } do
      nw:act(who, function(x)
        expect.error("DENIED", x:mem_reclaim(sent), "not its owner")
        expect.truth(x:mem_frag_tx { handle = sent.handle, bytes = string.rep("\0", 16) }.error)
      end)
    end
    nw:act("b", function(b)
      expect.error("INVALID_PARAMETERS", b:mem_retrieve { of = sent }, "not for it")
      expect.error("INVALID_PARAMETERS", b:mem_retrieve { of = sent, to = { "b" } })
      expect.error("INVALID_PARAMETERS", b:mem_relinquish(sent))
      expect.error("INVALID_PARAMETERS", b:mem_relinquish { of = sent, endpoints = { "a" } })
    end)
    nw:act("a", function(a)
      for _, tag in ipairs { 0, 76, 78, 77 | 1 << 63, -1 } do
        expect.error("INVALID_PARAMETERS", a:mem_retrieve { of = sent, tag = tag }, "the tag")
      end
      for _, from in ipairs { "a", "b", other, 1, 0x8000, 0xffff } do
        expect.error("INVALID_PARAMETERS", a:mem_retrieve { of = sent, from = from }, "the sender")
      end
      expect.fid(ffa.MEM_RETRIEVE_RESP, a:mem_retrieve(sent))
    end)
    nw:act("b", function(b)
      expect.error("INVALID_PARAMETERS", b:mem_relinquish { of = sent, endpoints = { "a" } })
      local value, fault = b:try_read(at, 4)
      expect.fault(value, fault)
    end)
    nw:act("a", function(a)
      expect.truth(a:try_read(at, 4))
      expect.error("INVALID_PARAMETERS", a:mem_relinquish { of = sent, endpoints = { "b" } })
      expect.ok(a:mem_relinquish(sent))
    end)
    nw:act(owner, function(o)
      for reg = 1, 3 do
        local x = { [1] = ffa.MEM_RECLAIM, sent.handle & 0xffffffff, sent.handle >> 32, 0, 0 }
        x = { ffa.MEM_RECLAIM, sent.handle & 0xffffffff, sent.handle >> 32, 0 }
        x[reg + 1] = x[reg + 1] ~ 0x80000000
        expect.error("INVALID_PARAMETERS", o:call(x), "register " .. reg)
      end
      expect.error("INVALID_PARAMETERS", o:mem_reclaim { of = sent, w4 = 1 }, "must be zero")
      expect.ok(o:mem_reclaim(sent))
    end)
  end
end

-- The normal world is one caller, whoever of its VMs it speaks for.
local function of_vms(nw)
  local sent = expect.ok(nw:mem_lend { to = "a", sender = 3 })
  nw:act("a", function(a)
    expect.error("INVALID_PARAMETERS", a:mem_retrieve { of = sent, from = 0 })
    local r = expect.fid(ffa.MEM_RETRIEVE_RESP, a:mem_retrieve(sent))
    expect.eq(r.memory.sender, 3)
    expect.ok(a:mem_relinquish(sent))
  end)
  expect.error("DENIED", nw:mem_lend { to = "a", sender = 4, ranges = sent.sent.ranges }, "out")
  expect.ok(nw:mem_reclaim(sent))
  expect.ok(nw:mem_reclaim(expect.ok(nw:mem_lend { to = "a", sender = 4,
                                                   ranges = sent.sent.ranges })))
  for _, id in ipairs { 0x8000, 0x8001, 0xffff } do
    expect.error("INVALID_PARAMETERS", nw:mem_lend { to = "a", sender = id })
  end
end

return scenario {
  name  = "handles that open nothing",
  limit = "50 ms",
  tags  = { "memory", "hostile" },
  partitions = { obedient("a"), obedient("b"), obedient("c") },
  normal_world = function(nw)
    expect.ok(nw:rxtx_map())
    guessed(nw)
    chosen(nw)
    stale(nw)
    foreign(nw)
    of_vms(nw)
  end,
}
