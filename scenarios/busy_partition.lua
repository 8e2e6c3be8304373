-- SPDX-License-Identifier: BSD-3-Clause
-- A partition that has yielded inside a request takes no other one: BUSY, until FFA_RUN let it finish.
-- conformance: ffa_msg_send_direct_req.fails_direct_req_to_waiting_sp
-- conformance: direct_message.ffa_send_direct_message_req_yield_echo
return scenario {
  name  = "a busy partition",
  limit = "2 ms",
  tags  = { "messages", "cycles", "quick" },
  partitions = { { image = "echo" } },
  normal_world = function(nw)
    local echo = nw:find("echo")
    local r = nw:direct_req(echo, { 0xec5 })
    expect.fid(ffa.YIELD, r)
    expect.eq(r.w1, 0x80010000, "who yielded: echo, vCPU 0")
    expect.state("echo", "BLOCKED")
    expect.error("BUSY", nw:direct_req(echo, { 0xec0 }))
    expect.error("BUSY", nw:direct_req2(echo, nil, { 0xec0 }))
    r = nw:run(echo)
    expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, r)
    expect.eq(r.payload[1], 0xec5)
    expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, nw:direct_req(echo, { 0xec0 }))
  end,
}
