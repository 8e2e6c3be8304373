-- SPDX-License-Identifier: BSD-3-Clause
-- A request is refused when its receiver is not a partition, or its sender is not who it says.
-- conformance: ffa_msg_send_direct_req.fails_if_sp_to_nwd
-- conformance: direct_message.ffa_send_direct_message_req_invalid_dst
-- conformance: direct_message.ffa_send_direct_message_resp_invalid
-- conformance: direct_message.ffa_send_direct_message_resp2_invalid
-- conformance: direct_message.ffa_secondary_direct_msg_req_invalid
-- conformance: direct_message.ffa_secondary_direct_msg_req2_invalid
return scenario {
  name  = "wrong receivers and spoofed senders",
  limit = "2 ms",
  tags  = { "messages", "hostile", "quick" },
  partitions = {
    { image = "echo" },
    { name = "a", manifest = "manifests/a.dts", script = function(sp)
        expect.error("INVALID_PARAMETERS", sp:direct_req(0x8001, { 1 }, { sender = 0x8001 }),
                     "somebody else's id")
        expect.error("INVALID_PARAMETERS", sp:direct_req(0x8001, { 1 }, { sender = 0 }),
                     "the normal world's id")
        expect.error("INVALID_PARAMETERS", sp:direct_req(0, { 1 }), "partition to normal world")
        expect.error("INVALID_PARAMETERS", sp:direct_req(sp.id, { 1 }), "to itself")
        expect.error("INVALID_PARAMETERS", sp:direct_req(0xffc0, { 1 }), "to a logical partition")
        expect.error("INVALID_PARAMETERS", sp:direct_req2(0, nil, { 1 }))
        sp:serve(function() return {} end)
      end },
    { name = "deaf", manifest = "manifests/deaf.dts", script = function(sp)
        sp:serve(function() return {} end)
      end },
  },
  normal_world = function(nw)
    expect.error("INVALID_PARAMETERS", nw:direct_req(0x8009, { 1 }), "nobody")
    expect.error("INVALID_PARAMETERS", nw:direct_req(0x8000, { 1 }), "the SPMC")
    expect.error("INVALID_PARAMETERS", nw:direct_req(0, { 1 }), "itself")
    expect.error("INVALID_PARAMETERS", nw:direct_req("echo", { 1 }, { sender = 0x8002 }),
                 "a partition's id")
    expect.error("INVALID_PARAMETERS", nw:direct_req("echo", { 1 }, { sender = 0xffff }),
                 "the SPMD's id")
    expect.error("DENIED", nw:direct_req("deaf", { 1 }), "its manifest takes no requests")
    expect.error("INVALID_PARAMETERS", nw:direct_req("echo", { 1 }, { flags = 1 }), "w2 must be zero")
    expect.truth(nw:direct_req("echo", { 1 }, { flags = 0x80000000 }).error, "a forged framework message")
    expect.error("NOT_SUPPORTED", nw:direct_resp("echo", { 1 }), "a response of the normal world")
    expect.error("NOT_SUPPORTED", nw:direct_resp2("echo", { 1 }))
    expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, nw:direct_req("echo", { 0xec0 }), "echo is unharmed")
  end,
}
