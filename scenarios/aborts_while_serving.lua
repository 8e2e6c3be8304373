-- SPDX-License-Identifier: BSD-3-Clause
-- A partition dies inside a request, in each way that a partition can: its caller hears ABORTED, others
-- go on, and nobody reaches it any more.
-- conformance: sp_lifecycle.sel1_sp_abort_fatal_error
-- conformance: sp_lifecycle.sp_abort_dir_req_from_sp
return scenario {
  name   = "a partition aborts while it serves",
  limit  = "5 ms",
  tags   = { "abort", "quick" },
  partitions = {
    { name = "by_call",   image = "echo", manifest = "manifests/a.dts" },
    { name = "by_crash",  image = "echo", manifest = "manifests/b.dts" },
    { name = "by_assert", image = "echo", manifest = "manifests/c.dts" },
    { image = "echo" },
    { image = "relay" },
  },
  normal_world = function(nw)
    local command = { by_call = 0xed0, by_crash = 0xed1, by_assert = 0xed4 }
    for _, name in ipairs { "by_call", "by_crash", "by_assert" } do
      expect.error("ABORTED", nw:direct_req(name, { command[name] }), name)
      expect.state(name, "ABORTED")
      expect.error("ABORTED", nw:direct_req(name, { 0xec0 }), name .. " stays dead")
      expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, nw:direct_req("echo", { 0xec0 }), "echo serves")
    end
    -- relay hears of it and lives
    expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, nw:direct_req("relay", { 0xed2 }))
    expect.state("echo", "ABORTED")
    expect.state("relay", "WAITING")
  end,
}
