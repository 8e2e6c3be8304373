-- SPDX-License-Identifier: BSD-3-Clause
-- A request of the normal world comes back with the same payload, over each of the three ABIs.
-- conformance: ffa_msg_send_direct_req.succeeds_nwd_to_sp_echo
-- conformance: direct_message.ffa_send_direct_message_req_echo
return scenario {
  name  = "direct messages: echo",
  limit = "2 ms",
  tags  = { "messages", "quick" },
  partitions = { { image = "echo" } },

  normal_world = function(nw)
    local echo = nw:find("echo")
    local r = nw:direct_req(echo, { 0xec0, 1, 2, 3, 4 })
    expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, r)
    expect.eq(r.payload, { 0xec0, 1, 2, 3, 4 })
    expect.eq(r.sender, echo.id)
    expect.eq(r.receiver, 0)
    r = nw:direct_req(echo, { 0xec0, 1 << 40, -1, 3, 4 }, { bits = 64 })
    expect.fid(ffa.MSG_SEND_DIRECT_RESP_64, r)
    expect.eq(r.payload, { 0xec0, 1 << 40, -1, 3, 4 })
    expect.state("echo", "WAITING")
  end,
}
