-- SPDX-License-Identifier: BSD-3-Clause
-- All eight PEs of the board, the kernel at NS-EL2: relay serves each PE on a vCPU of its own, echo's
-- only vCPU goes from one PE to the next.
-- conformance: direct_message.echo_mp
-- conformance: ffa_power_mgt.cpu_start_echo_second_sp
return scenario {
  name  = "eight PEs share two partitions",
  pes   = 8,
  limit = "20 ms",
  tags  = { "boot", "pes", "psci" },

  partitions = {
    { image = "echo" },
    { name = "relay", image = "relay", manifest = "relay_mp8.dts" },
  },

  normal_world = { image = "kernel_smp", el = 2 },

  finish = function(run)
    expect.truth(run.passed, "the kernel switched the machine off")
    expect.console(run, "[NWd/0] kernel_smp: 8 PEs")
    for pe = 1, 7 do
      expect.console(run, string.format("[NWd/%d] kernel_smp: PE %d is on", pe, pe), pe == 1 and 2 or 1)
    end
    expect.eq(run.console[#run.console], "[NWd/0] kernel_smp: all is well")
  end,
}
