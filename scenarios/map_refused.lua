-- SPDX-License-Identifier: BSD-3-Clause
-- Calls about memory that are refused half way, for want of pages of the SPMC or because of the last
-- of many pages: nobody has more or less than before, and the memory can be sent again.

-- One page every 2 MiB: each takes a page of the ledger and a table of whoever maps it.
local function scattered(base, count)
  local ranges = {}
  for i = 1, count do
    ranges[i] = { base + (i - 1) * 0x200000, 1 }
  end
  return ranges
end

local function retrieve(nw, who, sent)
  return nw:act(who, function(sp) return sp:mem_retrieve(sent) end)
end

return scenario {
  name  = "memory is refused half way",
  limit = "20 ms",
  tags  = { "memory" },
  partitions = { obedient("a", { memory = "8 MiB" }), obedient("b"), obedient("c") },
  normal_world = function(nw)
    expect.ok(nw:rxtx_map())
    local sent = {}
    local taken = 0

    -- Two borrowers of everything: what they map needs more tables than there are pages, which
    -- shows when most of them have been made.
    for base, count in pairs { [0x80000000] = 100, [0xa0200000] = 240 } do
      sent[#sent + 1] = expect.ok(nw:mem_share { to = { "b", "c" }, data = "rw",
                                                 ranges = scattered(base, count) })
    end
    local refused = false
    for _, one in ipairs(sent) do
      for _, who in ipairs { "b", "c" } do
        local before = machine.map()
        local r = retrieve(nw, who, one)
        if r.error then
          expect.error("NO_MEMORY", r)
          expect.eq(machine.map(), before, "nobody has got anything")
          refused = true
        else
          taken = taken + 1
          nw:act(who, function(sp) expect.ok(sp:mem_relinquish(one)) end)
          expect.eq(machine.map(), before, "given back")
          expect.fid(ffa.MEM_RETRIEVE_RESP, retrieve(nw, who, one))
        end
      end
    end
    expect.truth(refused, "pages ran out")
    expect.truth(taken > 0, "not at once")

    -- A block of partition a is split and joined again, also when the last page is not its own.
    nw:act("a", function(a)
      local block = (a:alloc(1) + 0x1fffff) & ~0x1fffff
      local before = machine.map()
      expect.error("DENIED", a:mem_lend { to = "b", ranges = { block, block + 8192, 0x0e200000 } })
      expect.eq(machine.map(), before, "a refused lend")
      local r = a:mem_lend { to = "b", ranges = { block + 8192 } }
      expect.ok(r)
      expect.eq(machine.map(block + 8192).reach, { b = "---" })
      expect.eq(machine.map(block + 4096).reach, { a = "rwx" })
      expect.ok(a:mem_reclaim(r))
      expect.eq(machine.map(), before, "reclaimed")
    end)
  end,
}
