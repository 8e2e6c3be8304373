-- SPDX-License-Identifier: BSD-3-Clause
-- One transaction, several borrowers: each has its own permissions, names the others or bypasses
-- them, and the memory is the owner's again only when the last one has left.
local NW = 0
local send = { share = "mem_share", lend = "mem_lend" }

-- conformance: memory_sharing.mem_share_multiple_borrowers
-- conformance: memory_sharing.mem_lend_relinquish_reclaim_multiple_borrowers
local function lives(nw, owner, borrowers)
  for kind, method in pairs(send) do
    local sent = nw:act(owner, function(o)
      local to = {}
      for i, name in ipairs(borrowers) do
        to[i] = { name, data = i % 2 == 1 and "rw" or "ro", impdef = { 100 + i, -i } }
      end
      return expect.ok(o[method](o, { to = to, pages = 2, tag = -1 }))
    end)
    local at = sent.sent.ranges[1][1]
    for i, name in ipairs(borrowers) do
      nw:act(name, function(b)
        local r = expect.fid(ffa.MEM_RETRIEVE_RESP, b:mem_retrieve(sent), name)
        local own = r.memory.receivers[1]
        expect.eq(#r.memory.receivers, 1, "it is told of itself")
        expect.eq({ own.id, own.data, own.instr }, { b.id, i % 2 == 1 and "rw" or "ro", "nx" })
        expect.eq(own.impdef, { 100 + i, -i })
        if i % 2 == 1 then
          b:write(at, name)
        else
          expect.memory(at, 0, borrowers[i - 1], "what another borrower wrote")
          local value, fault = b:try_write(at, name)
          expect.fault(value, fault)
        end
      end)
    end
    for i, name in ipairs(borrowers) do
      nw:act(owner, function(o)
        expect.error("DENIED", o:mem_reclaim(sent), #borrowers - i + 1 .. " have it")
        if kind == "lend" and owner ~= NW then
          local value, fault = o:try_read(at, 1)
          expect.fault(value, fault)
        end
      end)
      nw:act(name, function(b)
        expect.ok(b:mem_relinquish(sent))
        local value, fault = b:try_read(at, 1)
        expect.fault(value, fault)
      end)
    end
    nw:act(owner, function(o)
      expect.ok(o:mem_reclaim(sent))
      o:write(at, "back")
    end)
  end
end

-- conformance: memory_sharing.fail_if_multi_receiver_donate
-- conformance: memory_sharing.fail_if_one_receiver_wrong_permissions
-- conformance: memory_sharing.fail_if_repeated_borrower
-- conformance: memory_sharing.fail_if_one_receiver_is_self
local function lists(nw, owner)
  nw:act(owner, function(o)
    local ranges = { o:alloc(1) }
    expect.error("INVALID_PARAMETERS", o:mem_donate { to = { "a", "b" }, ranges = ranges })
    expect.error("INVALID_PARAMETERS", o:mem_donate { to = { "a", "a" }, ranges = ranges })
    for kind, method in pairs(send) do
      local function refused(to, code, fields)
        fields = fields or {}
        fields.to, fields.ranges = to, ranges
        expect.error(code or "INVALID_PARAMETERS", o[method](o, fields), kind)
      end
      for place = 1, 3 do
        for _, wrong in ipairs { { data = "none" }, { data = 3 }, { instr = "x" }, { instr = "nx" },
                                 { permissions = 0x12 }, { access_flags = 1 } } do
          local to = { { "a" }, { "b" }, { "e" } }
          to[place] = wrong
          wrong[1] = ({ "a", "b", "e" })[place]
          refused(to)
        end
        local to = { "a", "b", "e" }
        to[place] = o.id
        refused(to)
        to[place] = 0x8070
        refused(to)
        for other = 1, 3 do
          if other ~= place then
            to = { "a", "b", "e" }
            to[place] = to[other]
            refused(to)
          end
        end
      end
      refused({ "a", { "b", composite_offset = 0x1000 } })
      refused({ "a", "b" }, nil, { access_count = 0 })
      refused({ "a", "b" }, nil, { access_count = 9 })
      refused({ "a", "b" }, nil, { access_count = 0xffffffff })
      refused({ "a", "b" }, nil, { access_count = 0x10000000 })
      if owner == NW then
        -- VMs beside partitions: who of them has it is the hypervisor's affair
        expect.ok(o:mem_reclaim(expect.ok(o[method](o, { to = { "a", 1, 2 }, ranges = ranges }))))
        refused({ 1 }, "DENIED")
      else
        refused({ "a", 1 }, "DENIED")
        refused({ NW, "a" }, "DENIED")
      end
    end
  end)
end

-- What a borrower says of the others has to fit what was sent.
-- conformance: memory_sharing.mem_share_bypass_multiple_borrowers
-- conformance: memory_sharing.mem_share_bypass_multiple_borrowers_wrong_receiver_count
-- conformance: memory_sharing.mem_share_bypass_multiple_borrowers_single_receiver_fails
local function requests(nw, owner)
  for kind, method in pairs(send) do
    local base = kind == "share" and 8 or 16
    local sent, single = nw:act(owner, function(o)
      return expect.ok(o[method](o, { to = { { "a", data = "rw" }, { "b", data = "ro" }, "e" } })),
             expect.ok(o[method](o, { to = "a" }))
    end)
    nw:act("a", function(a)
      local function refused(code, fields)
        fields.of = fields.of or sent
        expect.error(code, a:mem_retrieve(fields), kind)
      end
      local function taken(fields, of)
        fields.of = of or sent
        expect.fid(ffa.MEM_RETRIEVE_RESP, a:mem_retrieve(fields))
        expect.ok(a:mem_relinquish(fields.of))
      end
      taken { to = { "a", "b", "e" }, data = "ro" }
      taken { to = { "e", "a", "b" }, data = "ro" }
      taken { to = { "a", "b", "e" } }
      refused("INVALID_PARAMETERS", { to = { "a" } })
      refused("INVALID_PARAMETERS", { to = { "a", "b" } })
      refused("INVALID_PARAMETERS", { to = { "a", "b", "e", "owner" } })
      refused("INVALID_PARAMETERS", { to = { "a", "b", "owner" } })
      refused("INVALID_PARAMETERS", { to = { "a", "b", "b" } })
      refused("INVALID_PARAMETERS", { to = { "a", "a", "b" } })
      refused("INVALID_PARAMETERS", { to = { "b", "e", "owner" } })
      refused("INVALID_PARAMETERS", { to = { "a", "b", 0 } })
      refused("DENIED", { to = { "a", { "b", data = "rw" }, "e" } })
      refused("INVALID_PARAMETERS", { to = { "a", { "b", data = 3 }, "e" } })
      refused("INVALID_PARAMETERS", { to = { "a", { "b", access_flags = 1 }, "e" } })
      refused("INVALID_PARAMETERS", { to = { "a", "b", "e" }, composite_offset = 0x80 })
      -- bypass: alone, and only where there are others
      taken { to = { "a" }, flags = base | 0x400 }
      refused("INVALID_PARAMETERS", { to = { "a", "b", "e" }, flags = base | 0x400 })
      refused("INVALID_PARAMETERS", { to = { "a", "b" }, flags = base | 0x400 })
      refused("INVALID_PARAMETERS", { to = { "b" }, flags = base | 0x400 })
      refused("INVALID_PARAMETERS", { of = single, flags = base | 0x400 })
      taken({}, single)
      refused("INVALID_PARAMETERS", { of = single, to = { "a", "b" } })
    end)
    nw:act("owner", function(s)
      expect.error("INVALID_PARAMETERS", s:mem_retrieve { of = sent }, "not a receiver")
      expect.error("INVALID_PARAMETERS", s:mem_retrieve { of = sent, to = { "owner", "b", "e" } })
      expect.error("INVALID_PARAMETERS",
                   s:mem_retrieve { of = sent, to = { "a" }, flags = base | 0x400 })
    end)
    nw:act(owner, function(o)
      expect.ok(o:mem_reclaim(sent))
      expect.ok(o:mem_reclaim(single))
    end)
  end
end

return scenario {
  name  = "several borrowers of one memory",
  limit = "50 ms",
  tags  = { "memory" },
  partitions = {
    obedient("a"), obedient("b"), obedient("e", "mem_el0.dts", { writable = 200 }),
    obedient("owner", "c.dts"),
  },
  normal_world = function(nw)
    expect.ok(nw:rxtx_map())
    for _, owner in ipairs { NW, "owner" } do
      lives(nw, owner, { "a", "b", "e" })
      lives(nw, owner, { "b", "a" })
      lists(nw, owner)
      requests(nw, owner)
    end
    lives(nw, "e", { "a", "owner", "b" })
  end,
}
