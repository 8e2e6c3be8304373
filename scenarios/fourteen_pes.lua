-- SPDX-License-Identifier: BSD-3-Clause
-- All fourteen PEs of the board, whose numbers are in Aff2: relay serves each on a vCPU of its own,
-- echo's only vCPU goes from one PE to the next.
return scenario {
  name  = "fourteen PEs",
  board = "thor",
  pes   = 14,
  limit = "20 ms",
  tags  = { "boot", "pes", "psci" },

  partitions = {
    { image = "echo" },
    { name = "relay", image = "relay", manifest = "relay_mp14.dts" },
  },

  normal_world = { image = "kernel_smp", el = 1 },

  finish = function(run)
    expect.truth(run.passed, "the kernel switched the machine off")
    expect.console(run, "[NWd/0] kernel_smp: 14 PEs")
    for pe = 1, 13 do
      expect.console(run, string.format("[NWd/%d] kernel_smp: PE %d is on", pe, pe), pe == 1 and 2 or 1)
    end
    expect.eq(run.console[#run.console], "[NWd/0] kernel_smp: all is well")
  end,
}
