-- SPDX-License-Identifier: BSD-3-Clause
-- One partition gives up at boot, one aborts, one crashes; the others start and serve.
-- conformance: boot_fail.sp1_fails_to_init
-- conformance: boot_fail.sp2_fails_to_init
-- conformance: boot_fail.dir_msg_to_failed_sp
return scenario {
  name  = "partitions that fail at boot",
  limit = "5 ms",
  tags  = { "boot", "abort", "quick" },
  partitions = {
    { image = "failing_error" },
    { image = "failing_abort" },
    { image = "failing_crash" },
    { image = "echo" },
  },
  normal_world = function(nw)
    for _, name in ipairs { "failing_error", "failing_abort", "failing_crash" } do
      expect.state(name, "ABORTED")
      expect.error("ABORTED", nw:direct_req(name, { 0xec0 }), name)
      expect.error("ABORTED", nw:run(name), name)
    end
    expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, nw:direct_req("echo", { 0xec0 }))
  end,
}
