-- SPDX-License-Identifier: BSD-3-Clause
-- Memory is zeroed when it was asked for and before anybody else can see it; flags that mean
-- nothing in a place are refused there.
local NW, ZERO, ZERO_AFTER = 0, 1, 4
local zeros = string.rep("\0", 2 * 4096)
local send = { share = "mem_share", lend = "mem_lend", donate = "mem_donate" }
local type_flag = { share = 8, lend = 16, donate = 24 }

local function secret(o)
  local at = o:alloc(2)
  o:write(at, string.rep("secret..", 1024))
  return at
end

-- conformance: memory_sharing.lend_clear
-- conformance: memory_sharing.share_clear
local function at_send(nw, owner, borrower)
  for _, kind in ipairs { "lend", "donate" } do
    local sent = nw:act(owner, function(o)
      local at = secret(o)
      return expect.ok(o[send[kind]](o, { to = borrower, ranges = { { at, 2 } }, flags = ZERO }))
    end)
    local at = sent.sent.ranges[1][1]
    nw:act(borrower, function(b)
      local r = expect.fid(ffa.MEM_RETRIEVE_RESP,
                           b:mem_retrieve { of = sent, flags = type_flag[kind] | ZERO })
      expect.eq(r.memory.flags, type_flag[kind] | ZERO, "the flag is reported")
      expect.memory(at, 0, zeros)
      b:write(at, "kept")
      if kind == "lend" then
        expect.ok(b:mem_relinquish(sent))
      end
    end)
    if kind == "lend" then
      nw:act(owner, function(o)
        expect.ok(o:mem_reclaim(sent))
        expect.memory(at, 0, "kept" .. zeros:sub(5))
      end)
    end
  end
  nw:act(owner, function(o)
    local at = secret(o)
    expect.error("INVALID_PARAMETERS",
                 o:mem_share { to = borrower, ranges = { { at, 2 } }, flags = ZERO })
    expect.memory(at, 0, string.rep("secret..", 1024), "refused: untouched")
    -- nothing of a transaction that is refused is zeroed, however late it is refused
    expect.truth(o:mem_lend { to = borrower, ranges = { { at, 2 }, { 0x0e100000, 1 } },
                              flags = ZERO }.error)
    expect.truth(o:mem_lend { to = borrower, ranges = { { at, 2 } }, page_count = 3,
                              flags = ZERO }.error)
    expect.memory(at, 0, string.rep("secret..", 1024))
    -- zeroed and reclaimed without anybody having had it
    expect.ok(o:mem_reclaim(expect.ok(o:mem_lend { to = borrower, ranges = { { at, 2 } },
                                                   flags = ZERO })))
    expect.memory(at, 0, zeros)
  end)
end

-- conformance: memory_sharing.lend_zero_memory_after_relinquish
-- conformance: memory_sharing.share_relinquish_clear
local function at_relinquish(nw, owner, borrower)
  for _, how in ipairs { "relinquish", "retrieve", "both" } do
    local sent = nw:act(owner, function(o)
      return expect.ok(o:mem_lend { to = borrower, ranges = { { secret(o), 2 } } })
    end)
    local at = sent.sent.ranges[1][1]
    nw:act(borrower, function(b)
      local flags = how == "relinquish" and 16 or 16 | ZERO_AFTER
      expect.fid(ffa.MEM_RETRIEVE_RESP, b:mem_retrieve { of = sent, flags = flags })
      expect.memory(at, 0, "secret", "not yet")
      expect.ok(b:mem_relinquish { of = sent, flags = how == "retrieve" and 0 or ZERO })
      -- taken again, it is zero already
      expect.fid(ffa.MEM_RETRIEVE_RESP, b:mem_retrieve(sent))
      expect.memory(at, 0, zeros)
      b:write(at, "next")
      expect.ok(b:mem_relinquish(sent))
    end)
    nw:act(owner, function(o)
      expect.ok(o:mem_reclaim(sent))
      expect.memory(at, 0, "next" .. zeros:sub(5), "that was for one time")
    end)
  end
  local shared = nw:act(owner, function(o) return expect.ok(o:mem_share { to = borrower }) end)
  local lent = nw:act(owner, function(o) return expect.ok(o:mem_lend { to = borrower }) end)
  nw:act(borrower, function(b)
    expect.fid(ffa.MEM_RETRIEVE_RESP, b:mem_retrieve(shared))
    expect.error("INVALID_PARAMETERS", b:mem_relinquish { of = shared, flags = ZERO })
    expect.ok(b:mem_relinquish(shared))
    expect.fid(ffa.MEM_RETRIEVE_RESP, b:mem_retrieve { of = lent, data = "ro" })
    expect.error("DENIED", b:mem_relinquish { of = lent, flags = ZERO }, "it may not write")
    for bit = 1, 31 do
      expect.error("INVALID_PARAMETERS", b:mem_relinquish { of = lent, flags = 1 << bit })
    end
    expect.ok(b:mem_relinquish(lent))
  end)
  nw:act(owner, function(o)
    for bit = 1, 31 do
      expect.error("INVALID_PARAMETERS", o:mem_reclaim { of = lent, flags = 1 << bit })
    end
    o:write(shared.sent.ranges[1][1], "mine")
    expect.ok(o:mem_reclaim { of = lent, flags = ZERO })
    expect.memory(lent.sent.ranges[1][1], 0, zeros:sub(1, 4096))
    expect.ok(o:mem_reclaim { of = shared, flags = ZERO })
    expect.memory(shared.sent.ranges[1][1], 0, zeros:sub(1, 4096))
  end)
end

-- conformance: memory_sharing.lend_zero_memory_after_relinquish_multiple_borrowers
local function several(nw, owner)
  for _, first in ipairs { "a", "b" } do
    local second = first == "a" and "b" or "a"
    local sent = nw:act(owner, function(o)
      return expect.ok(o:mem_lend { to = { "a", "b" }, ranges = { { secret(o), 2 } } })
    end)
    local at = sent.sent.ranges[1][1]
    for _, name in ipairs { "a", "b" } do
      nw:act(name, function(b) expect.fid(ffa.MEM_RETRIEVE_RESP, b:mem_retrieve(sent)) end)
    end
    nw:act(first, function(b) expect.ok(b:mem_relinquish { of = sent, flags = ZERO }) end)
    nw:act(second, function(b)
      expect.memory(at, 0, string.rep("secret..", 1024), "somebody still has it")
      expect.ok(b:mem_relinquish(sent))
    end)
    nw:act(owner, function(o)
      expect.ok(o:mem_reclaim(sent))
      expect.memory(at, 0, zeros, "the last one has left")
    end)
  end
end

-- conformance: memory_sharing.ffa_validate_mbz
-- conformance: memory_sharing.ffa_validate_retrieve_req_mbz
-- conformance: memory_sharing.ffa_validate_retrieve_transaction_type
-- conformance: memory_sharing.ffa_validate_retrieve_req_clear_flag_if_mem_share
-- conformance: memory_sharing.ffa_validate_retrieve_req_clear_flag_if_RO
-- conformance: memory_sharing.ffa_validate_retrieve_req_clear_flag_if_sender_not_clear
-- conformance: memory_sharing.cannot_zero_ro_memory_on_retrieve
local function refused_flags(nw, owner, borrower)
  for kind, method in pairs(send) do
    local plain, cleared = nw:act(owner, function(o)
      local at = o:alloc(1)
      for bit = 1, 31 do
        for _, flags in ipairs { 1 << bit, 1 << bit | ZERO } do
          expect.error("INVALID_PARAMETERS",
                       o[method](o, { to = borrower, ranges = { at }, flags = flags }),
                       string.format("%s, flags 0x%x", kind, flags))
        end
      end
      return expect.ok(o[method](o, { to = borrower, ranges = { at } })),
             kind ~= "share" and expect.ok(o[method](o, { to = borrower, flags = ZERO }))
    end)
    nw:act(borrower, function(b)
      local function refused(code, flags, of, data)
        expect.error(code, b:mem_retrieve { of = of or plain, flags = flags, data = data or "rw" },
                     string.format("%s asked with flags 0x%x", kind, flags))
      end
      local own = type_flag[kind]
      for _, flags in pairs(type_flag) do
        if flags ~= own then
          refused("INVALID_PARAMETERS", flags)
        end
      end
      for bit = 0, 31 do
        if bit ~= 0 and bit ~= 2 and bit ~= 3 and bit ~= 4 then
          refused("INVALID_PARAMETERS", own | 1 << bit)
        end
      end
      refused("INVALID_PARAMETERS", own | 31 << 5, nil)
      if kind == "share" then
        refused("INVALID_PARAMETERS", own | ZERO)
        refused("INVALID_PARAMETERS", own | ZERO_AFTER)
        refused("INVALID_PARAMETERS", ZERO)
      else
        refused("DENIED", own | ZERO)
        refused("DENIED", ZERO)
        refused("DENIED", own | ZERO, cleared, "ro")
        refused("DENIED", own | ZERO_AFTER, plain, "ro")
        expect.fid(ffa.MEM_RETRIEVE_RESP, b:mem_retrieve { of = cleared, flags = own | ZERO })
        -- asked for at send, it need not be asked for again
      end
      expect.fid(ffa.MEM_RETRIEVE_RESP, b:mem_retrieve { of = plain, flags = 0 }, "type left open")
      if kind ~= "donate" then
        expect.ok(b:mem_relinquish(plain))
        if cleared then
          expect.ok(b:mem_relinquish(cleared))
        end
      end
    end)
    if kind ~= "donate" then
      nw:act(owner, function(o)
        expect.ok(o:mem_reclaim(plain))
        if cleared then
          expect.ok(o:mem_reclaim(cleared))
        end
      end)
    end
  end
end

-- conformance: memory_sharing.cannot_zero_ro_memory_on_lend_or_donate
local function read_only(nw)
  nw:act("r", function(o)
    for _, offset in ipairs { 0x80000, 0x90000 } do
      local ranges = { { (o:alloc(1) & ~0xfffff) + offset, 1 } }
      expect.error("DENIED", o:mem_lend { to = "a", ranges = ranges, data = "ro", flags = ZERO })
      expect.error("DENIED", o:mem_donate { to = "a", ranges = ranges, flags = ZERO })
      local sent = expect.ok(o:mem_lend { to = "a", ranges = ranges, data = "ro" })
      expect.error("DENIED", o:mem_reclaim { of = sent, flags = ZERO })
      expect.ok(o:mem_reclaim(sent))
    end
  end)
end

return scenario {
  name  = "zeroing, and flags that are refused",
  limit = "50 ms",
  tags  = { "memory" },
  partitions = {
    obedient("a"), obedient("b"), obedient("c"),
    obedient("e", "mem_el0.dts", { writable = 200 }), obedient("r", "mem_regions.dts"),
  },
  normal_world = function(nw)
    expect.ok(nw:rxtx_map())
    for _, who in ipairs { { NW, "a" }, { NW, "e" }, { "a", "b" }, { "c", "e" }, { "e", "c" } } do
      at_send(nw, who[1], who[2])
      at_relinquish(nw, who[1], who[2])
      refused_flags(nw, who[1], who[2])
    end
    several(nw, NW)
    several(nw, "c")
    several(nw, "e")
    read_only(nw)
  end,
}
