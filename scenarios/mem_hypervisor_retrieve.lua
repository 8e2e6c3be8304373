-- SPDX-License-Identifier: BSD-3-Clause
-- A hypervisor asks what a transaction of its VMs is about, once for each handle, and learns of
-- every receiver; no partition can ask so.

local function asked(nw, sent)
  return nw:mem_retrieve { of = sent, hypervisor = true }
end

local function whole(nw)
  local kinds = { mem_share = 8, mem_lend = 16, mem_donate = 24 }
  for method, flags in pairs(kinds) do
    local donate = method == "mem_donate"
    local to = donate and { "a" } or
        { { "a", data = "rw", impdef = { 1, 2 } }, { "b", data = "ro", impdef = { 3, 4 } } }
    local sent = expect.ok(nw[method](nw, { to = to, sender = 2, tag = 1234, pages = 3 }))
    local r = expect.fid(ffa.MEM_RETRIEVE_RESP, asked(nw, sent), method)
    local m = r.memory
    expect.eq({ m.sender, m.flags, m.tag, m.handle, m.ranges },
              { 2, flags, 1234, sent.handle, sent.sent.ranges })
    expect.eq(m.attributes, (donate and 0 or 0x2f) | 0x40, "as sent, and non-secure")
    expect.eq(#m.receivers, #to)
    for i, one in ipairs(m.receivers) do
      expect.eq({ one.name, one.permissions, one.impdef },
                { i == 1 and "a" or "b", donate and 0 or 3 - i,
                  donate and { 0, 0 } or { 2 * i - 1, 2 * i } })
    end
    expect.error("DENIED", asked(nw, sent), "once")
    local before = sent.sent.ranges[1][1]
    nw:act("a", function(a)
      local value, fault = a:try_read(before, 1)
      expect.fault(value, fault, "asking gives nothing to anybody")
    end)
    expect.ok(nw:mem_reclaim(sent))
    expect.error("INVALID_PARAMETERS", asked(nw, sent), "reclaimed")
  end
end

local function while_borrowed(nw)
  local sent = expect.ok(nw:mem_lend { to = { "a", "b" } })
  nw:act("a", function(a) expect.fid(ffa.MEM_RETRIEVE_RESP, a:mem_retrieve(sent)) end)
  expect.fid(ffa.MEM_RETRIEVE_RESP, asked(nw, sent))
  nw:act("a", function(a) expect.ok(a:mem_relinquish(sent)) end)
  expect.ok(nw:mem_reclaim(sent))
end

local function in_fragments(nw)
  local list, at = {}, nw:alloc(1400)
  for i = 1, 700 do
    list[i] = { at + (i - 1) * 8192, 1 }
  end
  local sent = expect.ok(nw:mem_share { to = { "a", "b" }, ranges = list, sender = 2 })
  local r = expect.fid(ffa.MEM_RETRIEVE_RESP,
                       nw:mem_retrieve { of = sent, hypervisor = true, step = true })
  local head = 48 + 2 * 32 + 16
  expect.eq({ r.w1, r.w2 }, { head + 11200, 4096 })
  for _, offset in ipairs { 0, 4080, 4112, 4095, head + 11200 } do
    expect.error("INVALID_PARAMETERS", nw:mem_frag_rx { of = r, offset = offset })
  end
  expect.error("DENIED", asked(nw, sent), "once")
  local second = expect.fid(ffa.MEM_FRAG_TX, nw:mem_frag_rx { of = r })
  expect.eq({ second.w3, second.w4 }, { 4096, 2 << 16 }, "the sender is named at this instance")
  expect.fid(ffa.MEM_FRAG_TX, nw:mem_frag_rx { of = r })
  expect.eq(r.memory.ranges, list)
  expect.error("INVALID_PARAMETERS", nw:mem_frag_rx { of = r }, "there is no more")
  -- a borrower fetches its own response independently
  nw:act("a", function(a)
    expect.eq(expect.fid(ffa.MEM_RETRIEVE_RESP, a:mem_retrieve(sent)).memory.ranges, list)
    expect.ok(a:mem_relinquish(sent))
  end)
  expect.ok(nw:mem_reclaim(sent))
end

local function refused(nw)
  local sent = expect.ok(nw:mem_share { to = "a" })
  for at = 0, 47 do
    if at < 8 or at >= 16 then
      local r = nw:mem_retrieve { of = sent, hypervisor = true, patch = { [at] = "\1" } }
      expect.truth(r.error == "INVALID_PARAMETERS", "byte " .. at)
    end
  end
  expect.error("INVALID_PARAMETERS",
               nw:mem_retrieve { of = sent, hypervisor = true, total = 47 }, "too short")
  -- VMs borrow from their hypervisor
  expect.error("INVALID_PARAMETERS", nw:mem_retrieve { of = sent, to = { "a" } })
  expect.error("INVALID_PARAMETERS", nw:mem_retrieve { of = sent, to = { 1 } })
  nw:act("a", function(a)
    expect.error("INVALID_PARAMETERS", a:mem_retrieve { of = sent, hypervisor = true })
  end)
  local of_partition = nw:act("b", function(b) return expect.ok(b:mem_share { to = "a" }) end)
  expect.error("INVALID_PARAMETERS", asked(nw, of_partition), "not its affair")
  expect.fid(ffa.MEM_RETRIEVE_RESP, asked(nw, sent), "none of them counted")
  expect.ok(nw:mem_reclaim(sent))
  local part = nw:mem_share { to = "a", ranges = { nw:alloc(1), nw:alloc(2) }, fragment = 112,
                              step = true }
  expect.error("INVALID_PARAMETERS", asked(nw, part), "not all sent")
  expect.ok(nw:mem_frag_tx { of = part })
  expect.fid(ffa.MEM_RETRIEVE_RESP, asked(nw, part))
  expect.ok(nw:mem_reclaim(part))
end

return scenario {
  name  = "a hypervisor asks what its VMs have sent",
  limit = "50 ms",
  tags  = { "memory", "quick" },
  partitions = { obedient("a"), obedient("b") },
  normal_world = function(nw)
    expect.ok(nw:rxtx_map())
    whole(nw)
    while_borrowed(nw)
    in_fragments(nw)
    refused(nw)
  end,
}
