-- SPDX-License-Identifier: BSD-3-Clause
-- FFA_MSG_WAIT gives the RX buffer back, unless told to retain it.
-- conformance: rx_ownership.ffa_msg_wait_buffer_full
-- conformance: rx_ownership.ffa_msg_wait_retain_buffer
-- conformance: rx_ownership.ffa_msg_wait_retain_buffer_indirect_msg_fail
return scenario {
  name  = "ownership of the RX buffer",
  limit = "2 ms",
  tags  = { "indirect", "rxtx", "quick" },
  partitions = {
    { name = "a", manifest = "manifests/mail_a.dts", script = function(sp)
        expect.ok(sp:rxtx_map {})
        expect.error("DENIED", sp:rx_release(), "it is empty")
        sp:msg_wait()
        expect.eq(sp:message().text, "one")
        sp:msg_wait(1)
        expect.eq(sp:message().text, "one", "retained")
        expect.error("INVALID_PARAMETERS", sp:msg_wait(2))
        sp:msg_wait()
        expect.eq(sp:message().text, "two")
        expect.ok(sp:rx_release())
        sp:msg_wait()
      end },
  },
  normal_world = function(nw)
    expect.ok(nw:rxtx_map {})
    expect.ok(nw:send2("a", "one"))
    expect.fid(0x8400006b, nw:run("a"))
    expect.error("BUSY", nw:send2("a", "too early"), "it keeps the buffer")
    nw:run("a")
    expect.ok(nw:send2("a", "two"))
    nw:run("a")
    expect.ok(nw:send2("a", "three"))
  end,
}
