-- SPDX-License-Identifier: BSD-3-Clause
-- What a partition may not do inside a direct request 2, whom it may not answer, and each of several services.
-- conformance: direct_message.ffa_send_direct_message_req2_disallowed_smc
-- conformance: direct_message.ffa_secondary_spoofed_response2
-- conformance: direct_message.ffa_send_direct_message_req2_multiple_uuids
local SERVICES = {
  "31000000-0000-0000-0000-000000000031",
  "32000000-0000-0000-0000-000000000032",
  "33000000-0000-0000-0000-000000000033",
}
local NOBODYS = "34000000-0000-0000-0000-000000000034"

-- Everything that is refused leaves the request open: it is answered at the end.
local function misbehave(sp)
  local r = sp:msg_wait()
  while true do
    expect.fid(ffa.MSG_SEND_DIRECT_REQ2_64, r)
    local others = sp.id ~= 0x8001 and 0x8001 or 0x8002
    expect.error("DENIED", sp:msg_wait(), "no MSG_WAIT inside a request")
    expect.error("DENIED", sp:smc { ffa.INTERRUPT }, "not a partition's to say")
    expect.error("NOT_SUPPORTED", sp:error("ABORTED"), "no FFA_ERROR after boot")
    expect.truth(sp:secondary_ep_register(0x10000000).error, "only during boot")
    expect.error("DENIED", sp:run(others), "whom it did not call")

    expect.error("INVALID_PARAMETERS", sp:direct_resp2(r, { 1 }, { sender = others }))
    expect.error("INVALID_PARAMETERS", sp:direct_resp2(r, { 1 }, { sender = 0 }))
    expect.error("DENIED", sp:direct_resp2(others, { 1 }), "to somebody who did not ask")
    expect.error("DENIED", sp:direct_resp2(5, { 1 }), "nor this VM")
    expect.error("DENIED", sp:direct_resp(r, { 1 }), "RESP does not answer REQ2")
    r = sp:direct_resp2(r, { 0x600d })
  end
end

local function tell_service(sp)
  sp:serve(function(r) return { r.x2, r.x3, table.unpack(r.payload, 1, 12) } end)
end

return scenario {
  name  = "rules of direct request 2",
  limit = "5 ms",
  tags  = { "messages", "hostile", "quick" },
  partitions = {
    { name = "bad", manifest = "manifests/a.dts", script = misbehave },
    { name = "bad_el0", manifest = "manifests/mem_el0.dts", script = misbehave },
    { name = "many", manifest = "manifests/three_services.dts", script = tell_service },
    { name = "asks", manifest = "manifests/b.dts", script = function(sp) sp:obey() end },
  },
  normal_world = function(nw)
    local function services(who)
      for n, uuid in ipairs(SERVICES) do
        local r = who:direct_req2("many", uuid, { n, n + 1, n + 2 })
        expect.fid(ffa.MSG_SEND_DIRECT_RESP2_64, r)
        local key = 0x30 + n
        expect.eq({ r[4], r[5] }, { key, key << 56 }, "the receiver is told which service")
        expect.eq({ r[6], r[7], r[8] }, { n, n + 1, n + 2 })
        expect.eq(who:find(uuid).id, who:find("many").id)
      end
      local r = who:direct_req2("many", nil, { 9 })
      expect.eq({ r[4], r[5], r[6] }, { 0, 0, 9 }, "none is named")
      expect.error("INVALID_PARAMETERS", who:direct_req2("many", NOBODYS, { 1 }))
    end
    for _, name in ipairs { "bad", "bad_el0" } do
      expect.eq(nw:direct_req2(name, nil, { 1 }).payload[1], 0x600d)
      nw:act("asks", function(sp)
        expect.eq(sp:direct_req2(name, nil, { 1 }).payload[1], 0x600d)
      end)
    end
    services(nw)
    nw:act("asks", services)
  end,
}
