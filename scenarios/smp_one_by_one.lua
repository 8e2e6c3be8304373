-- SPDX-License-Identifier: BSD-3-Clause
-- A kernel starts three PEs, each when the last one is gone; echo's only vCPU follows them from PE to PE.
-- conformance: direct_message.echo_mp
return scenario {
  name  = "four PEs, one after the other",
  pes   = 4,
  limit = "20 ms",
  tags  = { "boot", "pes", "psci", "twin", "quick" },

  partitions = {
    { image = "echo" },
    { name = "relay", image = "relay", manifest = "relay_mp4.dts" },
  },

  normal_world = { image = "kernel_smp_turns", el = 1 },

  finish = function(run)
    expect.truth(run.passed, "the kernel switched the machine off")
    expect.console(run, "[NWd/0] kernel_smp: 4 PEs")
    for pe = 1, 3 do
      expect.console(run, string.format("[NWd/%d] kernel_smp: PE %d is on", pe, pe), pe == 1 and 2 or 1)
    end
    expect.eq(run.console[#run.console], "[NWd/0] kernel_smp: all is well")
  end,
}
