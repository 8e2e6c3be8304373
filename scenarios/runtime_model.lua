-- SPDX-License-Identifier: BSD-3-Clause
-- What a partition may not do inside a direct request, and during boot.
-- conformance: partition_runtime_model.rtm_ffa_dir_req
-- conformance: direct_message.ffa_send_direct_message_req_disallowed_smc
-- conformance: ffa.ffa_msg_wait_fail
-- conformance: ffa.nwd_ffa_abort_unsupported
return scenario {
  name  = "runtime models",
  limit = "2 ms",
  tags  = { "cycles", "hostile", "quick" },
  partitions = {
    { image = "echo" },
    { name = "a", manifest = "manifests/a.dts", script = function(sp)
        expect.error("DENIED", sp:yield(), "no yield during boot")
        expect.error("INVALID_PARAMETERS", sp:msg_wait(2), "reserved flags of MSG_WAIT")
        expect.error("INVALID_PARAMETERS", sp:smc { ffa.MSG_WAIT, 1 }, "w1 of MSG_WAIT")
        sp:serve(function()
          expect.error("DENIED", sp:msg_wait(), "no MSG_WAIT inside a request")
          expect.error("NOT_SUPPORTED", sp:error("ABORTED"), "no FFA_ERROR after boot")
          expect.truth(sp:secondary_ep_register(0x10000000).error, "only during boot")
          expect.error("DENIED", sp:smc { ffa.INTERRUPT }, "not a partition's to say")
          expect.state("a", "RUNNING")
          return { 0x600d }
        end)
      end },
  },
  normal_world = function(nw)
    expect.eq(nw:direct_req("a", {}).payload[1], 0x600d)
    local r = nw:direct_req("echo", { 0xec7 }) -- echo calls FFA_MSG_WAIT inside the request
    expect.eq(r.payload[2], ffa.ERROR)
    expect.eq(r.payload[3] & 0xffffffff, 0xfffffffa, "DENIED")
    expect.error("NOT_SUPPORTED", nw:msg_wait(), "the normal world does not wait")
    expect.error("NOT_SUPPORTED", nw:yield())
    expect.error("NOT_SUPPORTED", nw:abort())
  end,
}
