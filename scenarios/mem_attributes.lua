-- SPDX-License-Identifier: BSD-3-Clause
-- Memory type, cacheability, shareability: every value in each kind of transaction and at
-- retrieval. Device is stricter than Normal: memory may be taken so, and what was lent so is
-- never taken as Normal.
local NW, NORMAL, DEVICE = 0, 0x2f, 0x10
local send = { share = "mem_share", lend = "mem_lend", donate = "mem_donate" }

local function values()
  local list = {}
  for value = 0, 255 do
    list[#list + 1] = value
  end
  for bit = 8, 15 do
    list[#list + 1] = 1 << bit
    list[#list + 1] = NORMAL | 1 << bit
  end
  return list
end

-- conformance: memory_sharing.ffa_validate_attributes
local function sent(nw, owner)
  nw:act(owner, function(o)
    local at = o:alloc(1)
    local forms = {
      { "share", "a", { [NORMAL] = true } }, { "share", { "a", "b" }, { [NORMAL] = true } },
      { "lend", "a", { [0] = true } },
      { "lend", { "a", "b" }, { [NORMAL] = true, [DEVICE] = true } },
      { "donate", "a", { [0] = true } },
    }
    for _, form in ipairs(forms) do
      local kind, to, good = form[1], form[2], form[3]
      for _, value in ipairs(values()) do
        local r = o[send[kind]](o, { to = to, ranges = { at }, attributes = value })
        local what = string.format("%s with attributes 0x%x", kind, value)
        if good[value] then
          expect.ok(o:mem_reclaim(expect.ok(r, what)))
        else
          expect.truth(r.error == "DENIED" or r.error == "INVALID_PARAMETERS", what)
          -- reserved bits, the security state, the type of the relayer's choice are malformed
          if value > 0x3f or kind == "donate" or (kind == "lend" and type(to) == "string") then
            expect.error("INVALID_PARAMETERS", r, what)
          end
        end
      end
    end
  end)
end

-- conformance: memory_sharing.ffa_validate_retrieve_req_attributes
-- conformance: memory_sharing.share_retrieve_memory_type_not_specified
local function asked(nw, owner)
  local forms = {
    { "share", "a", NORMAL, { [0] = NORMAL, [NORMAL] = NORMAL } },
    { "lend", "a", 0, { [0] = NORMAL, [NORMAL] = NORMAL, [DEVICE] = DEVICE } },
    { "lend", { "a", "b" }, NORMAL, { [0] = NORMAL, [NORMAL] = NORMAL } },
    -- conformance: memory_sharing.lend_normal_as_device_to_multiple
    { "lend", { "a", "b" }, DEVICE, { [0] = DEVICE, [DEVICE] = DEVICE } },
  }
  for _, form in ipairs(forms) do
    local sent_one = nw:act(owner, function(o)
      return expect.ok(o[send[form[1]]](o, { to = form[2], attributes = form[3] }))
    end)
    nw:act("a", function(a)
      for _, value in ipairs(values()) do
        local r = a:mem_retrieve { of = sent_one, attributes = value }
        local what = string.format("%s of 0x%x asked as 0x%x", form[1], form[3], value)
        local wanted = form[4][value]
        if wanted then
          expect.fid(ffa.MEM_RETRIEVE_RESP, r, what)
          expect.eq(r.memory.attributes & ~0x40, wanted, what)
          expect.ok(a:mem_relinquish(sent_one))
        else
          expect.truth(r.error == "DENIED" or r.error == "INVALID_PARAMETERS", what)
          if value > 0x3f then
            expect.error("INVALID_PARAMETERS", r, what)
          end
        end
      end
    end)
    nw:act(owner, function(o) expect.ok(o:mem_reclaim(sent_one)) end)
  end
end

-- conformance: memory_sharing.lend_normal_memory_as_device_and_lose_access
-- conformance: memory_sharing.mem_lend_relinquish_reclaim_normal_memory_as_device
-- conformance: memory_sharing.mem_lend_zero_memory_after_relinquish_device_memory
local function normal_as_device(nw, owner)
  for _, flags in ipairs { 0, 1 } do
    local lent = nw:act(owner, function(o)
      local at = o:alloc(1)
      o:write(at, "kept")
      local r = expect.ok(o:mem_lend { to = "a", ranges = { at } })
      if owner ~= NW then
        local value, fault = o:try_read(at, 4)
        expect.fault(value, fault)
      end
      return r
    end)
    local at = lent.sent.ranges[1]
    nw:act("a", function(a)
      expect.error("DENIED", a:mem_retrieve { of = lent, attributes = DEVICE, instr = "x" })
      expect.fid(ffa.MEM_RETRIEVE_RESP, a:mem_retrieve { of = lent, attributes = DEVICE })
      expect.memory(at, 0, "kept")
      a:write(at + 4, "new")
      expect.ok(a:mem_relinquish { of = lent, flags = flags })
    end)
    nw:act(owner, function(o)
      expect.ok(o:mem_reclaim(lent))
      expect.memory(at, 0, flags == 0 and "keptnew" or string.rep("\0", 4096))
    end)
  end
end

return scenario {
  name  = "memory types of memory that is sent",
  limit = "50 ms",
  tags  = { "memory" },
  partitions = { obedient("a"), obedient("b"), obedient("c") },
  normal_world = function(nw)
    expect.ok(nw:rxtx_map())
    for _, owner in ipairs { NW, "c" } do
      sent(nw, owner)
      asked(nw, owner)
      normal_as_device(nw, owner)
    end
  end,
}
