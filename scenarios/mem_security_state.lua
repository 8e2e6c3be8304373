-- SPDX-License-Identifier: BSD-3-Clause
-- Memory keeps its security state wherever it goes, and belongs to one owner in it: what a
-- manifest gives to a partition is not the normal world's to send.
local NW, REGION, READ_ONLY = 0, 0x90000000, 0x90010000

local methods = { "mem_share", "mem_lend", "mem_donate" }

local function not_the_normal_worlds(nw)
  for _, method in ipairs(methods) do
    for _, address in ipairs { REGION, REGION + 3 * 4096, READ_ONLY, 0x10000000, 0x10104000,
                               0x0e100000 } do
      expect.error("DENIED", nw[method](nw, { to = "a", ranges = { address } }))
    end
    expect.error("DENIED", nw[method](nw, { to = "a", ranges = { { REGION - 4096, 2 } } }),
                 "and one before")
  end
end

local function keeps_its_state(nw)
  for _, to in ipairs { "a", "e" } do
    for _, method in ipairs { "mem_share", "mem_lend" } do
      local sent = nw:act("ns", function(o)
        o:write(REGION, "normal")
        local secure = (o:alloc(1) & ~0xfffff) + 0x80000 -- with REGION's permissions
        expect.error("DENIED", o[method](o, { to = to, ranges = { REGION, secure } }), "mixed")
        expect.error("DENIED", o[method](o, { to = to, ranges = { secure, REGION } }), "mixed")
        expect.error("DENIED", o[method](o, { to = to, ranges = { REGION, o:alloc(1) } }), "mixed")
        expect.ok(o:mem_reclaim(expect.ok(o[method](o, { to = to, ranges = { secure } }))))
        expect.error("DENIED", o[method](o, { to = to, ranges = { REGION, READ_ONLY } }), "mixed")
        expect.error("DENIED", o[method](o, { to = to, ranges = { READ_ONLY } }), "to write")
        expect.error("INVALID_PARAMETERS",
                     o[method](o, { to = to, ranges = { REGION },
                                    attributes = (method == "mem_share" and 0x2f or 0) | 0x40 }))
        return expect.ok(o[method](o, { to = to, ranges = { { REGION, 4 } } }))
      end)
      nw:act(to, function(b)
        expect.error("INVALID_PARAMETERS", b:mem_retrieve { of = sent, attributes = 0x6f })
        expect.error("DENIED", b:mem_retrieve { of = sent, instr = "x" }, "not to execute")
        local r = expect.fid(ffa.MEM_RETRIEVE_RESP, b:mem_retrieve(sent))
        expect.truth(r.memory.non_secure)
        expect.memory(REGION, 0, "normal")
        b:write(REGION, "secure")
        expect.fault(b:try_fetch(REGION))
      end)
      expect.memory(REGION, 0, method == "mem_share" and "secure" or "secure", "one memory")
      nw:act(to, function(b) expect.ok(b:mem_relinquish(sent)) end)
      nw:act("ns", function(o)
        expect.ok(o:mem_reclaim(sent))
        expect.memory(REGION, 0, "secure")
      end)
    end
  end
end

-- A partition executes nothing that the normal world could ever have written.
local function not_to_execute(nw)
  for _, method in ipairs { "mem_lend", "mem_donate" } do
    local donate = method == "mem_donate"
    local sent = nw:act("ns", function(o)
      return expect.ok(o[method](o, { to = "a", ranges = { 0x90020000 },
                                      data = not donate and "ro" or nil }))
    end)
    nw:act("a", function(a)
      expect.error("DENIED", a:mem_retrieve { of = sent, data = "ro", instr = "x" })
      expect.fid(ffa.MEM_RETRIEVE_RESP, a:mem_retrieve { of = sent, data = "ro" })
      expect.fault(a:try_fetch(0x90020000))
      if not donate then
        expect.ok(a:mem_relinquish(sent))
      end
    end)
    if not donate then
      nw:act("ns", function(o) expect.ok(o:mem_reclaim(sent)) end)
    end
  end
end

local function given_for_good(nw)
  local sent = nw:act("ns", function(o)
    return expect.ok(o:mem_donate { to = "a", ranges = { { REGION + 4096, 1 } } })
  end)
  nw:act("a", function(a)
    expect.truth(expect.fid(ffa.MEM_RETRIEVE_RESP, a:mem_retrieve(sent)).memory.non_secure)
    a:write(REGION + 4096, "mine")
  end)
  for _, method in ipairs(methods) do
    expect.error("DENIED", nw[method](nw, { to = "e", ranges = { REGION + 4096 } }))
    nw:act("ns", function(o)
      expect.error("DENIED", o[method](o, { to = "e", ranges = { REGION + 4096 } }))
    end)
  end
  -- what the normal world gives away is a partition's as well
  local gift = expect.ok(nw:mem_donate { to = "a" })
  local at = gift.sent.ranges[1]
  nw:act("a", function(a) expect.fid(ffa.MEM_RETRIEVE_RESP, a:mem_retrieve(gift)) end)
  for _, method in ipairs(methods) do
    expect.error("DENIED", nw[method](nw, { to = "e", ranges = { at } }))
  end
  nw:act("a", function(a) expect.ok(a:mem_lend { to = "e", ranges = { at } }) end)
end

local function rejected(ctx, fields, what)
  fields.pages = 1
  expect.truth(ctx:rxtx_map(fields).error, what)
end

-- RX and TX are nobody else's, and what is out can not become a buffer.
local function buffers(nw)
  for _, method in ipairs { "mem_share", "mem_lend", "mem_donate" } do
    for _, owner in ipairs { NW, "b" } do
      local sent = nw:act(owner, function(o)
        local r = expect.ok(o[method](o, { to = "a", pages = 2 }))
        local at = r.sent.ranges[1][1]
        expect.ok(o:rxtx_unmap())
        rejected(o, { tx = at }, "sent memory as TX")
        rejected(o, { rx = at + 4096 }, "sent memory as RX")
        expect.ok(o:rxtx_map())
        local mine = o:buffers()
        for _, again in ipairs(methods) do
          expect.error("DENIED", o[again](o, { to = "a", ranges = { mine.rx } }))
          expect.error("DENIED", o[again](o, { to = "a", ranges = { mine.tx } }))
        end
        expect.ok(o:rxtx_unmap())
        expect.ok(o:rxtx_map())
        expect.ok(o:mem_reclaim(expect.ok(o:mem_lend { to = "a", ranges = { mine.rx, mine.tx } })),
                  "buffers no more")
        return r
      end)
      local at = sent.sent.ranges[1][1]
      nw:act("a", function(a)
        expect.fid(ffa.MEM_RETRIEVE_RESP, a:mem_retrieve(sent))
        expect.ok(a:rxtx_unmap())
        if method == "mem_donate" and owner == "b" then
          expect.ok(a:rxtx_map { tx = at, rx = at + 4096 })
          expect.error("DENIED", a:mem_lend { to = "b", ranges = { at } })
          expect.ok(a:rxtx_unmap())
        else
          rejected(a, { tx = at }, "borrowed or non-secure memory as TX")
          rejected(a, { rx = at }, "borrowed or non-secure memory as RX")
        end
        expect.ok(a:rxtx_map())
        if method ~= "mem_donate" then
          expect.ok(a:mem_relinquish(sent))
        end
      end)
      nw:act(owner, function(o)
        if method ~= "mem_donate" then
          expect.ok(o:mem_reclaim(sent))
        end
      end)
    end
  end
  local lent = expect.ok(nw:mem_lend { to = "a", pages = 2 })
  expect.truth(nw:rxtx_map_for(1, { tx = lent.sent.ranges[1][1] }).error, "of a VM")
  expect.truth(nw:rxtx_map_for(1, { rx = lent.sent.ranges[1][1] + 4096 }).error, "of a VM")
  expect.ok(nw:mem_reclaim(lent))
  local of_vm = expect.ok(nw:rxtx_map_for(1))
  expect.error("DENIED", nw:mem_lend { to = "a", ranges = { of_vm.rx } })
  expect.error("DENIED", nw:mem_lend { to = "a", ranges = { of_vm.tx } })
end

return scenario {
  name  = "memory keeps its security state",
  limit = "50 ms",
  tags  = { "memory", "isolation" },
  partitions = {
    obedient("a"), obedient("b"), obedient("ns", "mem_ns.dts"),
    obedient("e", "mem_el0.dts", { writable = 200 }),
  },
  normal_world = function(nw)
    expect.ok(nw:rxtx_map())
    not_the_normal_worlds(nw)
    keeps_its_state(nw)
    not_to_execute(nw)
    given_for_good(nw)
    buffers(nw)
  end,
}
