-- SPDX-License-Identifier: BSD-3-Clause
-- A kernel starts three more PEs by PSCI. On each the SPMC starts relay's vCPU before the kernel gets
-- it; then all of them ask relay and echo at the same time, go off, and one comes a second time.
return scenario {
  name  = "four PEs come and go",
  pes   = 4,
  limit = "20 ms",
  tags  = { "boot", "pes", "psci", "quick" },

  partitions = {
    { image = "echo" },
    { name = "relay", image = "relay", manifest = "relay_mp4.dts" },
  },

  normal_world = { image = "kernel_smp", el = 1 },

  finish = function(run)
    expect.truth(run.passed, "the kernel switched the machine off")
    expect.eq(run.console[#run.console], "[NWd/0] kernel_smp: all is well")
    expect.console(run, "[NWd/0] kernel_smp: 4 PEs")
    expect.console(run, "[NWd/1] kernel_smp: PE 1 is on", 2)
    expect.console(run, "[NWd/2] kernel_smp: PE 2 is on")
    expect.console(run, "[NWd/3] kernel_smp: PE 3 is on")
  end,
}
