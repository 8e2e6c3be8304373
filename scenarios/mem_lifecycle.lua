-- SPDX-License-Identifier: BSD-3-Clause
-- Memory is sent, taken, given back and reclaimed, between every kind of owner and borrower. At
-- each step who can reach it is looked at from both sides, and what is out can not be sent again.
local NW = 0

local function reaches(ctx, address, what)
  expect.truth(ctx:try_write(address, "mine"), what .. ": " .. tostring(ctx) .. " writes")
  expect.memory(address, 0, "mine", what)
end

local function does_not_reach(ctx, address, what)
  local value, fault = ctx:try_read(address, 4)
  expect.fault(value, fault, what .. ": " .. tostring(ctx) .. " reads")
  value, fault = ctx:try_write(address, "none")
  expect.fault(value, fault, what .. ": " .. tostring(ctx) .. " writes")
end

local send = { share = "mem_share", lend = "mem_lend", donate = "mem_donate" }

-- The normal world's own tables are not the SPMC's: it loses what it lends only by its own doing.
local function owner_sees(ctx, kind, address, what)
  if kind == "share" or ctx.id == NW then
    reaches(ctx, address, what)
  else
    does_not_reach(ctx, address, what)
  end
end

-- conformance: memory_sharing.donate_reclaim
-- conformance: memory_sharing.lend_reclaim
-- conformance: memory_sharing.share_reclaim
local function never_taken(nw, owner, borrower)
  for kind, method in pairs(send) do
    nw:act(owner, function(o)
      local sent = expect.ok(o[method](o, { to = borrower, pages = 2 }), kind)
      local address = sent.sent.ranges[1][1]
      owner_sees(o, kind, address, kind)
      expect.ok(o:mem_reclaim(sent), kind)
      reaches(o, address, kind .. " reclaimed")
      expect.error("INVALID_PARAMETERS", o:mem_reclaim(sent), "a handle is for one time")
    end)
  end
end

-- conformance: memory_sharing.lend_relinquish
-- conformance: memory_sharing.lend_and_get_back
-- conformance: memory_sharing.share_relinquish_NX_RW
-- conformance: memory_sharing.concurrent
-- conformance: memory_sharing.share_concurrently_and_get_back
-- conformance: memory_sharing.relend_after_return
-- conformance: memory_sharing.lend_elsewhere_after_return
-- conformance: memory_sharing.lend_memory_and_lose_access
-- conformance: memory_sharing.ffa_lend_check_upper_bounds
-- conformance: memory_sharing.ffa_lend_check_lower_bounds
local function taken_and_given_back(nw, owner, borrower, other)
  local base = nw:act(owner, function(o)
    local at = o:alloc(5)
    o:write(at, string.rep("\xaa", 5 * 4096))
    return at
  end)
  local first = base + 4096
  for _, kind in ipairs { "lend", "share", "lend" } do
    for _, to in ipairs { borrower, other } do
      local sent = nw:act(owner, function(o)
        return expect.ok(o[send[kind]](o, { to = to, ranges = { { first, 3 } }, tag = 42 }), kind)
      end)
      nw:act(to, function(b)
        does_not_reach(b, first, "before it is taken")
        expect.error("DENIED", b:mem_relinquish(sent), "before it is taken")
        local r = expect.fid(ffa.MEM_RETRIEVE_RESP, b:mem_retrieve(sent))
        expect.eq(r.memory.ranges, { { first, 3 } })
        expect.eq({ r.memory.sender, r.memory.tag, r.memory.handle, r.memory.flags },
                  { owner == NW and NW or nw:find(owner).id, 42, sent.handle,
                    kind == "share" and 8 or 16 })
        expect.eq(r.memory.non_secure, owner == NW, "the security state")
        expect.eq(#r.memory.receivers, 1)
        expect.eq({ r.memory.receivers[1].data, r.memory.receivers[1].instr }, { "rw", "nx" })
        reaches(b, first, kind)
        reaches(b, first + 3 * 4096 - 8, kind)
        does_not_reach(b, first - 8, "below")
        does_not_reach(b, first + 3 * 4096, "above")
        expect.fault(b:try_fetch(first))
        expect.error("DENIED", b:mem_retrieve(sent), "twice")
        b:write(first + 4096, "from the borrower")
      end)
      nw:act(owner, function(o)
        owner_sees(o, kind, first + 8192, kind)
        expect.error("DENIED", o:mem_reclaim(sent), "still borrowed")
        if kind == "share" then
          expect.memory(first + 4096, 0, "from the borrower")
          o:write(first + 4096, "from the owner")
        end
      end)
      nw:act(to, function(b)
        if kind == "share" then
          expect.memory(first + 4096, 0, "from the owner")
        end
        expect.ok(b:mem_relinquish(sent))
        does_not_reach(b, first, "given back")
        expect.error("DENIED", b:mem_relinquish(sent), "twice")
        expect.fid(ffa.MEM_RETRIEVE_RESP, b:mem_retrieve(sent), "taken once more")
        expect.ok(b:mem_relinquish(sent))
      end)
      nw:act(owner, function(o)
        owner_sees(o, kind, first, "not reclaimed yet")
        expect.ok(o:mem_reclaim(sent))
        reaches(o, first, "reclaimed")
        expect.memory(first + 4096, 0, kind == "share" and "from the owner" or "from the borrower")
        expect.memory(base, 0, string.rep("\xaa", 4096), "nobody wrote below")
        expect.memory(first + 3 * 4096, 0, string.rep("\xaa", 4096), "nor above")
      end)
      nw:act(to, function(b)
        expect.error("INVALID_PARAMETERS", b:mem_retrieve(sent), "reclaimed")
        expect.error("INVALID_PARAMETERS", b:mem_relinquish(sent), "reclaimed")
      end)
    end
  end
end

-- conformance: memory_sharing.give_memory_and_lose_access
-- conformance: memory_sharing.donate_check_upper_bounds
-- conformance: memory_sharing.donate_check_lower_bounds
-- conformance: memory_sharing.donate_relinquish
-- conformance: memory_sharing.donate_twice
-- conformance: memory_sharing.donate_vms
-- conformance: memory_sharing.donate_and_donate_elsewhere
local function given_away(nw, owner, borrower, other)
  local base = nw:act(owner, function(o)
    local at = o:alloc(4)
    o:write(at, string.rep("\xbb", 4 * 4096))
    return at
  end)
  local first = base + 4096
  local pages = { ranges = { { first, 2 } } }
  local function donate(from, to)
    return nw:act(from, function(f)
      local sent = expect.ok(f:mem_donate { to = to, ranges = pages.ranges, tag = 7 })
      expect.error("DENIED", f:mem_donate { to = to, ranges = pages.ranges }, "twice")
      expect.error("DENIED", f:mem_lend { to = to, ranges = pages.ranges }, "and lent")
      return sent
    end)
  end
  local function take(by, sent)
    nw:act(by, function(b)
      local r = expect.fid(ffa.MEM_RETRIEVE_RESP, b:mem_retrieve(sent))
      expect.eq(r.memory.flags, 24)
      reaches(b, first, "taken")
      does_not_reach(b, first - 8, "below")
      does_not_reach(b, first + 2 * 4096, "above")
      expect.error("INVALID_PARAMETERS", b:mem_relinquish(sent), "it is the receiver's own")
      expect.error("INVALID_PARAMETERS", b:mem_retrieve(sent))
      expect.error("INVALID_PARAMETERS", b:mem_reclaim(sent))
    end)
  end
  local sent = donate(owner, borrower)
  take(borrower, sent)
  nw:act(owner, function(o)
    if owner ~= NW then
      does_not_reach(o, first, "given away")
    end
    expect.error("INVALID_PARAMETERS", o:mem_reclaim(sent), "given away")
    for kind, method in pairs(send) do
      expect.error("DENIED", o[method](o, { to = other, ranges = pages.ranges }), kind)
    end
    reaches(o, base, "the owner keeps what is beside")
  end)
  sent = donate(borrower, other)
  take(other, sent)
  nw:act(borrower, function(b)
    does_not_reach(b, first, "passed on")
    expect.error("DENIED", b:mem_share { to = other, ranges = pages.ranges })
  end)
  -- conformance: memory_sharing.give_and_get_back
  if owner ~= NW then
    sent = donate(other, owner)
    nw:act(owner, function(o)
      expect.fid(ffa.MEM_RETRIEVE_RESP, o:mem_retrieve(sent))
      reaches(o, first, "and back")
      expect.memory(base + 5, 0, string.rep("\xbb", 4091))
    end)
  end
end

-- conformance: memory_sharing.lend_donate
-- conformance: memory_sharing.share_donate
-- conformance: memory_sharing.lend_twice
-- conformance: memory_sharing.share_twice
local function out_already(nw, owner, borrower, other)
  for _, kind in ipairs { "lend", "share" } do
    for _, taken in ipairs { false, true } do
      local sent = nw:act(owner, function(o)
        return expect.ok(o[send[kind]](o, { to = borrower, pages = 3 }))
      end)
      local first = sent.sent.ranges[1][1]
      if taken then
        nw:act(borrower, function(b) expect.fid(ffa.MEM_RETRIEVE_RESP, b:mem_retrieve(sent)) end)
      end
      nw:act(owner, function(o)
        for again, method in pairs(send) do
          for _, to in ipairs { borrower, other } do
            for _, range in ipairs { { first, 3 }, { first + 4096, 1 }, { first + 8192, 1 } } do
              expect.error("DENIED", o[method](o, { to = to, ranges = { range } }),
                           kind .. ", then " .. again)
            end
          end
        end
      end)
      nw:act(borrower, function(b)
        for again, method in pairs(send) do
          expect.error("DENIED", b[method](b, { to = other, ranges = { { first, 1 } } }),
                       "a borrower's " .. again)
        end
        if taken then
          expect.ok(b:mem_relinquish(sent))
        end
      end)
      nw:act(owner, function(o) expect.ok(o:mem_reclaim(sent)) end)
    end
  end
end

-- conformance: memory_sharing.donate_to_self
-- conformance: memory_sharing.lend_to_self
-- conformance: memory_sharing.share_to_self
-- conformance: memory_sharing.donate_invalid_source
-- conformance: memory_sharing.lend_invalid_source
-- conformance: memory_sharing.give_and_get_back_unaligned
-- conformance: memory_sharing.invalid_from_sp
local function wrong_parties(nw, owner, borrower, other)
  nw:act(owner, function(o)
    local at = o:alloc(2)
    for kind, method in pairs(send) do
      local function refused(code, fields, what)
        fields.ranges = fields.ranges or { { at, 1 } }
        expect.error(code, o[method](o, fields), kind .. " " .. what)
      end
      refused("INVALID_PARAMETERS", { to = o.id }, "to itself")
      refused("INVALID_PARAMETERS", { to = other, sender = nw:find(borrower).id }, "for another")
      refused("INVALID_PARAMETERS", { to = 0x8077 }, "to nobody")
      refused("INVALID_PARAMETERS", { to = 0x8000 }, "to the SPMC")
      refused("INVALID_PARAMETERS", { to = 0xffff }, "to EL3")
      for _, offset in ipairs { 1, 8, 16, 2048, 4095 } do
        refused("INVALID_PARAMETERS", { to = borrower, ranges = { { at + offset, 1 } } },
                "not aligned")
      end
      if owner ~= NW then
        refused("DENIED", { to = NW }, "to the normal world")
        refused("DENIED", { to = 1 }, "to a VM")
        refused("INVALID_PARAMETERS", { to = borrower, sender = NW }, "as the normal world")
      end
      expect.ok(o:mem_reclaim(expect.ok(o[method](o, { to = borrower, ranges = { { at, 1 } } }))),
                "nothing of it stays")
    end
  end)
end

return scenario {
  name  = "the life of memory that is sent",
  limit = "50 ms",
  tags  = { "memory" },
  partitions = {
    obedient("a"), obedient("b"), obedient("e", "mem_el0.dts", { writable = 200 }),
  },
  normal_world = function(nw)
    expect.ok(nw:rxtx_map())
    for _, who in ipairs { { NW, "a", "b" }, { NW, "e", "a" }, { "a", "b", "e" }, { "a", "e", "b" },
                           { "e", "a", "b" } } do
      for _, life in ipairs { never_taken, taken_and_given_back, given_away, out_already,
                              wrong_parties } do
        life(nw, who[1], who[2], who[3])
      end
    end
  end,
}
