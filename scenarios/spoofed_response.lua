-- SPDX-License-Identifier: BSD-3-Clause
-- A partition answers with the wrong sender or receiver, or with the other ABI's response: refused, and
-- the request stays open until it is answered as it should be.
-- conformance: direct_message.ffa_secondary_spoofed_response
-- conformance: direct_message.ffa_secondary_direct_msg_resp_invalid
-- conformance: direct_message.ffa_secondary_direct_msg_resp2_invalid
-- conformance: direct_message.ffa_direct_msg_check_abi_pairs_nwd_to_sp
-- conformance: direct_message.ffa_direct_message_req2_after_req
return scenario {
  name  = "spoofed responses",
  limit = "2 ms",
  tags  = { "messages", "hostile", "quick" },
  partitions = {
    { image = "echo" },
    { name = "a", manifest = "manifests/a.dts", script = function(sp)
        expect.error("DENIED", sp:direct_resp(0, { 1 }), "no request yet: the model of boot")
        local r = sp:msg_wait()
        expect.fid(ffa.MSG_SEND_DIRECT_REQ_32, r)
        expect.error("INVALID_PARAMETERS", sp:direct_resp(r, { 1 }, { sender = 0x8001 }))
        expect.error("DENIED", sp:direct_resp(0x8001, { 1 }), "to somebody who did not ask")
        expect.truth(sp:direct_resp2(r, { 1 }).error, "RESP2 does not answer REQ")
        r = sp:direct_resp(r, { 0xa })
        expect.fid(ffa.MSG_SEND_DIRECT_REQ2_64, r)
        expect.truth(sp:direct_resp(r, { 1 }).error, "RESP does not answer REQ2")
        r = sp:direct_resp2(r, { 0xb })
        sp:serve(function() return {} end)
      end },
  },
  normal_world = function(nw)
    local r = nw:direct_req("echo", { 0xec6, 0x8002, 0 }) -- answers as if it were "a", at first
    expect.eq(r.payload[2], ffa.ERROR)
    expect.eq(nw:direct_req("a", { 1 }).payload[1], 0xa)
    expect.eq(nw:direct_req2("a", nil, { 1 }).payload[1], 0xb)
  end,
}
