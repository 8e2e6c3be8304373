-- SPDX-License-Identifier: BSD-3-Clause
-- FFA_NS_RES_INFO_GET: the normal world asks which of its memory partitions can reach.
local TARGET, CONTINUE = 1, 16
local SPMC = 0x8000
local RO, RW = 0x11, 0x33 -- privileged and unprivileged
local USER = 0x0f         -- what of them is there at S-EL0

local buffers

local function ask(nw, target, flags)
  local id = target and nw:find(target).id or 0
  local r = expect.fid(ffa.SUCCESS_64, nw:call(ffa.NS_RES_INFO_GET_64, id,
                                               flags | (target and TARGET or 0)))
  return r, r.x2 >> 32, r.x2 & 0xffffffff
end

-- The whole answer as { { address, pages, rap, id, flags }, ... }, and in how many pieces it came.
local function all(nw, target)
  local bytes, calls, flags = "", 0, 0
  local written, rest
  repeat
    _, written, rest = ask(nw, target, flags)
    calls, flags = calls + 1, CONTINUE
    if written > 0 then
      bytes = bytes .. nw:read(buffers.rx, written)
      expect.ok(nw:rx_release())
    end
  until rest == 0
  local list = {}
  if bytes ~= "" then
    local size, count, at, reserved = string.unpack("<I4I4I4I4", bytes)
    expect.eq({ size, at, reserved }, { 16, 16, 0 }, "the header")
    expect.eq(#bytes, 16 + 16 * count)
    for n = 1, count do
      list[n] = { string.unpack("<i8I4I1I2I1", bytes, 16 * n + 1) }
      list[n][6] = nil
    end
  end
  return list, calls
end

-- conformance: ffa_ns_res_info_get.get_all_sp_info
-- conformance: ffa_ns_res_info_get.get_service1_info
-- conformance: ffa_ns_res_info_get.get_all_sp_info_sel0
local function at_boot(nw, one, user)
  local indirect = { { buffers.rx, 1, RW, SPMC, 1 }, { buffers.tx, 1, RO, SPMC, 1 } }
  local own = { { 0x81000000, 8, RW, one, 0 }, { 0x81008000, 2, RO, one, 0 } }
  local own_user = { 0x82000000, 600, RW & USER, user, 0 }
  expect.eq(all(nw), { own[1], own[2], own_user, indirect[1], indirect[2] }, "everybody")
  expect.eq(all(nw, "one"), { own[1], own[2], indirect[1], indirect[2] }, "one")
  expect.eq(all(nw, "user"), { own_user }, "user has no indirect messages")
  expect.eq(all(nw, "none"), {}, "none")
  nw:act("one", function(sp)
    sp:write(0x81007ff8, "the last")
    expect.fault(sp:try_write(0x81008000, "read me"))
    expect.fault(sp:try_read(0x8100a000, 4))
  end)
end

-- conformance: ffa_ns_res_info_get.get_lent_info
-- conformance: ffa_ns_res_info_get.get_lent_reclaim
-- conformance: ffa_ns_res_info_get.get_shared_info
-- conformance: ffa_ns_res_info_get.get_lent_info_sel0
-- conformance: ffa_ns_res_info_get.get_lent_info_multi_perm
-- conformance: ffa_ns_res_info_get.get_lent_info_diff_perm
local function sent(nw, method, to, data)
  local r = expect.ok(nw[method](nw, { to = to, pages = 3, data = data }))
  local rap = data == "ro" and RO or RW
  local want = { r.sent.ranges[1][1], 3, to == "user" and rap & USER or rap, nw:find(to).id, 0 }
  local function told(what)
    local before = to == "user" and 1 or 0
    expect.eq(all(nw, to)[before + 1], want, method .. ": " .. what)
  end
  told("not taken")
  nw:act(to, function(sp)
    expect.fid(ffa.MEM_RETRIEVE_RESP, sp:mem_retrieve { of = r, data = "ro" })
  end)
  told("taken, to read only")
  nw:act(to, function(sp) expect.ok(sp:mem_relinquish(r)) end)
  told("given back, it could be taken again")
  expect.ok(nw:mem_reclaim(r))
  expect.eq(#all(nw, to), to == "user" and 1 or 0, "reclaimed")
end

-- conformance: ffa_ns_res_info_get.get_all_lent_info_multi_rec
-- conformance: ffa_ns_res_info_get.get_target_lent_info_multi_rec
-- conformance: ffa_ns_res_info_get.get_lent_info_diff_perm_multi_rec
local function to_several(nw)
  local r = expect.ok(nw:mem_lend { to = { { "none", data = "ro" }, "user" }, pages = 2 })
  local at = r.sent.ranges[1][1]
  local none = { at, 2, RO, nw:find("none").id, 0 }
  local user = { at, 2, RW & USER, nw:find("user").id, 0 }
  nw:act("user", function(sp)
    expect.fid(ffa.MEM_RETRIEVE_RESP, sp:mem_retrieve(r))
  end)
  local list = all(nw)
  expect.eq({ list[4], list[5] }, { none, user })
  expect.eq(all(nw, "none"), { none })
  expect.eq(all(nw, "user")[2], user)
  nw:act("user", function(sp) expect.ok(sp:mem_relinquish(r)) end)
  expect.ok(nw:mem_reclaim(r))
end

-- conformance: ffa_ns_res_info_get.get_donated_info
-- conformance: ffa_ns_res_info_get.get_donated_info_sel0
local function given_away(nw, to)
  local r = expect.ok(nw:mem_donate { to = to, pages = 2 })
  local want = { r.sent.ranges[1][1], 2, to == "user" and RW & USER or RW, nw:find(to).id, 0 }
  expect.eq(all(nw, to)[to == "user" and 2 or 1], want, "it may take it")
  nw:act(to, function(sp) expect.fid(ffa.MEM_RETRIEVE_RESP, sp:mem_retrieve(r)) end)
  local list = all(nw, to)
  expect.eq(list[to == "user" and 2 or 1], want, "its own now")
  expect.eq(#list, to == "user" and 2 or 1)
end

-- conformance: ffa_ns_res_info_get.get_multiple_calls
local function in_pieces(nw)
  local base, ranges = nw:alloc(1200), {}
  for n = 0, 599 do
    ranges[n + 1] = { base + n * 8192, 1 }
  end
  local r = expect.ok(nw:mem_lend { to = "none", ranges = ranges })
  local list, calls = all(nw, "none")
  expect.eq({ #list, calls }, { 601, 3 }, "600 lent, one region its own")
  for n = 1, 600 do
    expect.eq(list[n + 1][1], ranges[n][1])
  end
  ask(nw, "none", 0)
  expect.error("RETRY", nw:call(ffa.NS_RES_INFO_GET_64, nw:find("none").id, TARGET | CONTINUE))
  expect.ok(nw:rx_release())
  expect.ok(nw:mem_reclaim(r))
  expect.error("ABORTED", nw:call(ffa.NS_RES_INFO_GET_64, nw:find("none").id, TARGET | CONTINUE))
  expect.eq(#all(nw, "none"), 1, "from the beginning")
end

-- conformance: ffa_ns_res_info_get.invalid_endpoint_id
-- conformance: ffa_ns_res_info_get.invalid_resource_type
-- conformance: ffa_ns_res_info_get.no_data_generated
-- conformance: ffa_ns_res_info_get.call_ffa_features
local function rules(nw)
  local function refused(x1, x2)
    expect.error("INVALID_PARAMETERS", nw:call(ffa.NS_RES_INFO_GET_64, x1, x2))
  end
  expect.ok(nw:features(ffa.NS_RES_INFO_GET_64))
  for _, id in ipairs { 0, 1, 0x7fff, 0x8000, 0x8004, 0xffff, 0x18001 } do
    refused(id, TARGET)
  end
  for _, flags in ipairs { 2, 4, 8, 12, 32, 1 << 63 } do
    refused(0, flags)
  end
  local _, written, rest = ask(nw, nil, CONTINUE)
  expect.eq({ written, rest }, { 0, 0 }, "nothing was begun")
  nw:act("one", function(sp)
    expect.error("NOT_SUPPORTED", sp:features(ffa.NS_RES_INFO_GET_64))
    expect.error("NOT_SUPPORTED", sp:call(ffa.NS_RES_INFO_GET_64))
  end)
end

return scenario {
  name  = "memory of the normal world that partitions reach",
  limit = "50 ms",
  tags  = { "memory", "discovery" },
  partitions = {
    obedient("one", "ns_regions.dts"),
    obedient("user", "ns_region_el0.dts", { writable = 200 }),
    obedient("none", "b.dts"),
  },
  normal_world = function(nw)
    expect.error("RETRY", nw:call(ffa.NS_RES_INFO_GET_64), "there is no RX buffer")
    buffers = expect.ok(nw:rxtx_map())
    rules(nw)
    at_boot(nw, nw:find("one").id, nw:find("user").id)
    for _, method in ipairs { "mem_lend", "mem_share" } do
      for _, to in ipairs { "none", "user" } do
        sent(nw, method, to, "rw")
        sent(nw, method, to, "ro")
      end
    end
    to_several(nw)
    given_away(nw, "none")
    given_away(nw, "user")
    in_pieces(nw)
  end,
}
