-- SPDX-License-Identifier: BSD-3-Clause
-- Partitions send memory while they initialise; S-EL0 ones set permissions then, and can not do
-- so behind the back of a transaction.
local PERM_RO, PERM_RW, PERM_RX = 7, 5, 3
local sent = {}

local function perm_set(sp, address, pages, perm)
  return sp:call(ffa.MEM_PERM_SET_32, address, pages, perm)
end

local function el0(sp)
  expect.ok(perm_set(sp, sp:alloc(1), 200, PERM_RW))
  expect.ok(sp:rxtx_map())
  local other = sp.name == "e/0" and "f" or "e"
  for kind, method in pairs { share = "mem_share", lend = "mem_lend", donate = "mem_donate" } do
    local r = expect.ok(sp[method](sp, { to = "a", pages = 2 }), "to one that has not started")
    local at = r.sent.ranges[1][1]
    for _, perm in ipairs { PERM_RO, PERM_RX, PERM_RW } do
      expect.truth(perm_set(sp, at, 1, perm).error, kind .. ": not its alone")
      expect.truth(perm_set(sp, at + 4096, 2, perm).error, kind .. ": half of it is not its alone")
    end
    expect.eq(sp:try_write(at, "mine"), kind == "share" and true or nil)
    expect.ok(sp:mem_reclaim(r))
    expect.truth(sp:try_write(at, "mine"), "as it was")
    expect.ok(perm_set(sp, at, 2, PERM_RO))
    expect.fault(sp:try_write(at, "mine"))
    if kind ~= "donate" then
      expect.error("DENIED", sp[method](sp, { to = "a", ranges = { at } }), "it may only read")
    end
    expect.ok(perm_set(sp, at, 2, PERM_RX))
    expect.truth(sp:try_fetch(at))
    r = expect.ok(sp[method](sp, { to = other, ranges = { at },
                                   data = kind ~= "donate" and "ro" or nil }))
    expect.ok(sp:mem_reclaim(r))
    expect.truth(sp:try_fetch(at), "permissions come back as they were")
    expect.fault(sp:try_write(at, "mine"))
    sent[#sent + 1] = expect.ok(sp[method](sp, { to = "a" }))
  end
  sp:obey()
end

return scenario {
  name  = "memory is sent while partitions start",
  limit = "50 ms",
  tags  = { "memory", "sel0", "quick" },
  partitions = {
    { name = "e", manifest = "manifests/mem_el0.dts", script = el0 },
    { name = "f", manifest = "manifests/mem_el0.dts", script = el0 },
    { name = "a", manifest = "manifests/a.dts", script = function(sp)
        expect.ok(sp:rxtx_map())
        expect.eq(#sent, 6)
        for _, one in ipairs(sent) do
          local r = expect.fid(ffa.MEM_RETRIEVE_RESP, sp:mem_retrieve(one))
          sp:write(r.memory.ranges[1][1], "a was here")
          if r.memory.flags ~= 24 then
            expect.ok(sp:mem_relinquish(one))
          end
        end
        sp:obey()
      end },
  },
  normal_world = function(nw)
    for i, one in ipairs(sent) do
      nw:act(one.sent.sender, function(sp)
        local r = sp:mem_reclaim(one)
        if one.sent.kind ~= 3 then
          expect.ok(r)
          expect.memory(one.sent.ranges[1][1], 0, "a was here")
        else
          expect.error("INVALID_PARAMETERS", r, "given away")
        end
      end)
    end
  end,
}
