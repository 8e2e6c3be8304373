-- SPDX-License-Identifier: BSD-3-Clause
-- The one vCPU of an S-EL0 partition follows the PEs that ask it, one after the other.
return scenario {
  name  = "an S-EL0 partition on each PE",
  pes   = 4,
  limit = "20 ms",
  tags  = { "sel0", "pes", "twin", "quick" },

  partitions = {
    { name = "echo", image = "echo_el0", manifest = "manifests/echo_el0.dts" },
    { name = "relay", image = "relay", manifest = "relay_mp4.dts" },
  },

  normal_world = { image = "kernel_smp_turns", el = 1 },

  finish = function(run)
    expect.truth(run.passed, "the kernel switched the machine off")
    expect.eq(run.console[#run.console], "[NWd/0] kernel_smp: all is well")
  end,
}
