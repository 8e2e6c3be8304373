-- SPDX-License-Identifier: BSD-3-Clause
-- The normal world rewrites its TX buffer while the SPMC reads it: before each of the SPMC's copies
-- in turn, each field of the descriptor becomes something that hurts. What the SPMC decides is about
-- the bytes that it has read, once: a transaction of memory that may be sent, or a refusal.
local may_be = { INVALID_PARAMETERS = true, DENIED = true, NO_MEMORY = true }
local hurt = { 0, 1, 0xff, 0xffff, 0x8001, 0x8002, 0x0e100000, 0x10000000, 0x7fffffff, 0x80000000,
               0xffffffff, -1, 0xa0000000, 0xa0001000 }
local refused, legal, struck = 0, 0, 0

-- Ends what a send began.
local function settle(nw, r, what)
  if r.fid == ffa.MEM_FRAG_RX then
    -- the descriptor became longer than its fragment: the rest never makes sense
    expect.truth(nw:mem_frag_tx { of = r, bytes = string.rep("\xff", 16) }.error, what)
  elseif r.ok then
    legal = legal + 1
    expect.ok(nw:mem_reclaim(r), what)
    return
  end
  refused = refused + 1
  if r.error and not may_be[r.error] then
    expect.fail(what .. ": " .. tostring(r))
  end
end

return scenario {
  name  = "a descriptor that changes while it is read",
  limit = "1 s",
  tags  = { "memory", "hostile" },
  partitions = {
    { name = "a", manifest = "manifests/a.dts",
      script = function(sp) expect.ok(sp:rxtx_map()) sp:obey() end },
    { name = "b", manifest = "manifests/b.dts",
      script = function(sp) expect.ok(sp:rxtx_map()) sp:obey() end },
  },
  normal_world = function(nw)
    expect.ok(nw:rxtx_map())
    local tx = nw:buffers().tx
    local ranges = { { nw:alloc(1), 1 }, { nw:alloc(3), 2 } }

    for _, method in ipairs { "mem_share", "mem_lend", "mem_donate" } do
      local to = method == "mem_donate" and "a" or { "a", "b" }
      local before = machine.reads
      local sent = expect.ok(nw[method](nw, { to = to, ranges = ranges }))
      local reads = machine.reads - before
      local bytes = sent.sent.bytes

      expect.truth(reads >= 3, "head, receivers and ranges are not one copy")
      expect.ok(nw:mem_reclaim(sent))
      for read = 1, reads do
        for at = 0, #bytes - 4, 4 do
          for _, value in ipairs(hurt) do
            local what = string.format("%s, copy %d, 0x%x at %d", method, read, value, at)

            machine.race(read, tx + at, string.pack("<i8", value):sub(1, 4))
            settle(nw, nw[method](nw, { bytes = bytes }), what)
            machine.race()
            struck = struck + 1
          end
        end
      end
    end

    expect.truth(struck > 5000 and refused > 1000 and legal > 1000,
                 string.format("%d, %d, %d", struck, refused, legal))
    note(string.format("%d rewrites: %d refused, %d legal", struck, refused, legal))

    -- All of it is the normal world's again, and can be sent.
    local all = expect.ok(nw:mem_donate { to = "a", ranges = ranges })
    expect.ok(nw:mem_reclaim(all))
    for _, row in ipairs(machine.map()) do
      expect.truth(row.owner ~= "NWd" or row.state == "exclusive" or row.state == "buffer",
                   "nothing of the normal world's is out")
    end
  end,
}
