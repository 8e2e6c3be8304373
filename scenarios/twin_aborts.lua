-- SPDX-License-Identifier: BSD-3-Clause
-- Partitions that die at boot or while they serve, in each way that there is.
return scenario {
  name  = "twin: partitions that die",
  limit = "20 ms",
  tags  = { "abort", "boot", "twin", "quick" },
  partitions = {
    { image = "failing_error" },
    { image = "failing_abort" },
    { image = "failing_crash" },
    { name = "by_call",      image = "echo", manifest = "manifests/a.dts" },
    { name = "by_crash",     image = "echo", manifest = "manifests/b.dts" },
    { name = "by_overflow",  image = "echo", manifest = "manifests/c.dts" },
    { name = "by_undefined", image = "echo", manifest = "manifests/two_services.dts" },
    { name = "by_assertion", image = "echo", manifest = "manifests/v1_2.dts" },
    { image = "echo" },
    { image = "relay" },
  },
  normal_world = { image = "talk_aborts", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console], "[NWd/0] talk: the dead stay dead, and the others go on")
  end,
}
