-- SPDX-License-Identifier: BSD-3-Clause
-- Partitions of FF-A 1.0, 1.1, 1.2 and 1.3 send memory to each other: each reads and writes the
-- descriptors of its own version, whatever the other side speaks.
local NW = 0
local versions = {
  { "v1_0", "1.0" }, { "v1_1", "1.1" }, { "v1_2", "1.2" }, { "a", "1.2" }, { NW, "1.2" },
}
local size = { ["1.0"] = { 32, 16 }, ["1.1"] = { 48, 16 }, ["1.2"] = { 48, 32 } }
local send = { share = "mem_share", lend = "mem_lend", donate = "mem_donate" }

-- conformance: memory_sharing_v1_2.share_ffa_v1_2_to_v1_0
-- conformance: memory_sharing_v1_0.share_ffa_v1_0_to_v1_2
-- conformance: memory_sharing_v1_1.share_ffa_v1_1_to_current_version
-- conformance: memory_sharing.share_ffa_current_version_to_v1_1
local function pair(nw, from, to, layout)
  for kind, method in pairs(send) do
    for _, impdef in ipairs { { 0, 0 }, { 0x1122334455667788, -1 } } do
      local sent = nw:act(from[1], function(o)
        return expect.ok(o[method](o, { to = to[1], pages = 2, tag = -3, impdef = impdef,
                                        layout = layout }))
      end)
      local carried = (layout or from[2]) == "1.2"
      local impdef_there = carried and impdef or { 0, 0 }
      nw:act(to[1], function(b)
        local what = string.format("%s from %s to %s", kind, from[1], to[1])
        if impdef_there[1] ~= 0 and to[2] == "1.2" then
          -- conformance: memory_sharing.ffa_validate_impdef_equal
          for _, wrong in ipairs { { 0, 0 }, { impdef[1], 0 }, { 0, impdef[2] },
                                   { impdef[2], impdef[1] } } do
            expect.error("INVALID_PARAMETERS", b:mem_retrieve { of = sent, impdef = wrong }, what)
          end
        end
        local r = expect.fid(ffa.MEM_RETRIEVE_RESP,
                             b:mem_retrieve { of = sent, impdef = impdef_there }, what)
        local m = r.memory
        local head, access = size[to[2]][1], size[to[2]][2]
        expect.eq({ m.access_size, m.access_offset, m.composite_offset, m.total },
                  { access, head, head + access, head + access + 32 }, what)
        expect.eq({ m.tag, m.handle, m.ranges }, { -3, sent.handle, sent.sent.ranges })
        expect.eq({ m.receivers[1].id, m.receivers[1].data, m.receivers[1].instr },
                  { b.id, "rw", "nx" })
        expect.eq(m.receivers[1].impdef, to[2] == "1.2" and impdef_there or nil)
        -- FF-A 1.0 has no bit for the security state
        expect.eq(m.attributes, 0x2f | (from[1] == NW and to[2] ~= "1.0" and 0x40 or 0), what)
        if m.reserved then
          expect.eq({ m.reserved, m.reserved2 }, { 0, 0 })
        end
        b:write(m.ranges[1][1], "there")
        if kind ~= "donate" then
          expect.ok(b:mem_relinquish(sent))
        end
      end)
      nw:act(from[1], function(o)
        local r = o:mem_reclaim(sent)
        if kind ~= "donate" then
          expect.ok(r)
        end
      end)
    end
  end
end

-- conformance: memory_sharing_v1_1.ffa_validate_memory_access_reserved_mbz
-- conformance: memory_sharing_v1_0.ffa_validate_memory_access_reserved_mbz
local function reserved(nw, from, to)
  local head, access = size[from[2]][1], size[from[2]][2]
  local places = { { head + access + 8, 8 } } -- of the composite memory region
  if head == 32 then
    places[#places + 1] = { 3, 1 }
    places[#places + 1] = { 24, 4 }
  else
    places[#places + 1] = { 36, 12 }
  end
  places[#places + 1] = { head + access - 8, 8 }
  places[#places + 1] = { head + access + 16 + 12, 4 } -- of a constituent
  nw:act(from[1], function(o)
    local ranges = { o:alloc(1) }
    for _, place in ipairs(places) do
      for at = place[1], place[1] + place[2] - 1 do
        for _, byte in ipairs { "\1", "\x80", "\xff" } do
          expect.error("INVALID_PARAMETERS",
                       o:mem_share { to = to, ranges = ranges, patch = { [at] = byte } },
                       string.format("reserved byte %d", at))
        end
      end
    end
    local sent = expect.ok(o:mem_share { to = to, ranges = ranges })
    return sent
  end)
end

-- Somebody else's layout is not understood; 1.1 and 1.2 differ in a size that the sender states.
local function other_layouts(nw)
  nw:act("v1_0", function(o)
    local ranges = { o:alloc(1) }
    expect.truth(o:mem_share { to = "a", ranges = ranges, layout = "1.1" }.error)
    expect.truth(o:mem_share { to = "a", ranges = ranges, layout = "1.2" }.error)
  end)
  for _, name in ipairs { "v1_1", "v1_2", "a" } do
    nw:act(name, function(o)
      expect.truth(o:mem_share { to = "v1_0", layout = "1.0" }.error)
      for _, value in ipairs { 0, 1, 8, 15, 17, 24, 31, 33, 48, 64, 0x10000000, 0xffffffff } do
        expect.error("INVALID_PARAMETERS", o:mem_share { to = "v1_0", access_size = value })
      end
    end)
  end
end

-- What FFA_FEATURES says: from 1.1 on a borrower has to know of the bit for the security state.
-- conformance: ffa_features.fails_if_parameter_wrong_and_v_1_1
local function features(nw)
  for _, one in ipairs(versions) do
    nw:act(one[1], function(o)
      local r = o:features(ffa.MEM_RETRIEVE_REQ_32, 0)
      if one[2] == "1.0" then
        expect.ok(r)
      else
        expect.error("NOT_SUPPORTED", r, tostring(o))
      end
      expect.eq(expect.ok(o:features(ffa.MEM_RETRIEVE_REQ_32, 2)).w2 & 3, 2)
      for _, fid in ipairs { ffa.MEM_SHARE_32, ffa.MEM_SHARE_64, ffa.MEM_LEND_32, ffa.MEM_LEND_64,
                             ffa.MEM_DONATE_32, ffa.MEM_DONATE_64, ffa.MEM_RELINQUISH,
                             ffa.MEM_RECLAIM, ffa.MEM_FRAG_RX, ffa.MEM_FRAG_TX } do
        expect.ok(o:features(fid))
      end
    end)
  end
end

-- conformance: memory_sharing.v1_1_service_shares_memory
local function to_all(nw)
  local names = { "v1_0", "v1_2", "a" }
  local sent = nw:act("v1_1", function(o) return expect.ok(o:mem_share { to = names }) end)
  for _, name in ipairs(names) do
    nw:act(name, function(b)
      local r = expect.fid(ffa.MEM_RETRIEVE_RESP, b:mem_retrieve(sent))
      b:write(r.memory.ranges[1][1], name)
      expect.ok(b:mem_relinquish(sent))
    end)
  end
  nw:act("v1_1", function(o)
    expect.memory(sent.sent.ranges[1][1], 0, "a1_2\0")
    expect.ok(o:mem_reclaim(sent))
  end)
end

return scenario {
  name  = "memory between versions",
  limit = "50 ms",
  tags  = { "memory", "versions" },
  partitions = {
    obedient("v1_0"), obedient("v1_1"), obedient("v1_2"),
    obedient("a"),
  },
  normal_world = function(nw)
    expect.ok(nw:rxtx_map())
    for _, from in ipairs(versions) do
      for _, to in ipairs(versions) do
        if from[1] ~= to[1] and to[1] ~= NW then
          pair(nw, from, to)
          if from[2] == "1.2" then
            pair(nw, from, to, "1.1")
          elseif from[2] == "1.1" then
            pair(nw, from, to, "1.2")
          end
        end
      end
      reserved(nw, from, from[1] == "a" and "v1_0" or "a")
    end
    features(nw)
    other_layouts(nw)
    to_all(nw)
  end,
}
