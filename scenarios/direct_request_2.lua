-- SPDX-License-Identifier: BSD-3-Clause
-- FFA_MSG_SEND_DIRECT_REQ2: fourteen registers, a UUID that the receiver must own, and its own response.
local ECHO = "dfa65ffd-2a3e-424a-98f6-96df11f8ed05"

-- conformance: direct_message.ffa_send_direct_message_req2_echo
-- conformance: direct_message.ffa_send_direct_message_req2_invalid_uuid
-- conformance: direct_message.ffa_send_direct_message_req2_different_messaging_methods
-- conformance: direct_message.ffa_msg_send_direct_req2_send_v1_1_not_supported
-- conformance: direct_message.ffa_msg_send_direct_req2_recv_not_supported
return scenario {
  name  = "direct request 2",
  limit = "2 ms",
  tags  = { "messages", "quick" },
  partitions = {
    { image = "echo" },
    { name = "old", manifest = "manifests/v1_1.dts", script = function(sp)
        expect.error("NOT_SUPPORTED", sp:direct_req2("echo", ECHO, { 0xec0 }), "an ABI of 1.2")
        sp:serve(function() return {} end)
      end },
    { name = "two", manifest = "manifests/two_services.dts", script = function(sp)
        sp:serve(function(r) return r.payload end)
      end },
  },
  normal_world = function(nw)
    local payload = { 0xec0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, -1 }
    local r = nw:direct_req2("echo", ECHO, payload)
    expect.fid(ffa.MSG_SEND_DIRECT_RESP2_64, r)
    expect.eq(r.payload, payload)
    expect.fid(ffa.MSG_SEND_DIRECT_RESP2_64, nw:direct_req2("echo", nil, payload), "the null UUID")
    expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, nw:direct_req("echo", { 0xec0 }), "REQ after REQ2")

    expect.error("INVALID_PARAMETERS",
                 nw:direct_req2("echo", "62fd0fb0-ea4a-4bc8-9fd8-b6f0da726022", payload),
                 "not a UUID of echo")
    expect.error("DENIED", nw:direct_req2("old", nil, payload), "a receiver of FF-A 1.1")
    local r2 = nw:direct_req2("two", "21000000-0000-0000-0000-000000000021", payload)
    expect.fid(ffa.MSG_SEND_DIRECT_RESP2_64, r2, "the service that takes request 2")
    expect.error("DENIED", nw:direct_req2("two", "22000000-0000-0000-0000-000000000022", payload),
                 "the service that does not")
  end,
}
