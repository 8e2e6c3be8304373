-- SPDX-License-Identifier: BSD-3-Clause
-- Four PEs at once, the kernel at NS-EL2: on each of them relay asks echo_mp, and both serve with the
-- vCPU of that PE, so that no PE waits for another.
return scenario {
  name  = "four PEs side by side",
  pes   = 4,
  limit = "20 ms",
  tags  = { "boot", "pes", "psci", "twin", "quick" },

  partitions = {
    { name = "echo", image = "echo_mp", manifest = "echo_mp4.dts" },
    { name = "relay", image = "relay", manifest = "relay_mp4.dts" },
  },

  normal_world = { image = "kernel_smp", el = 2 },

  finish = function(run)
    expect.truth(run.passed, "the kernel switched the machine off")
    expect.console(run, "[NWd/0] kernel_smp: 4 PEs")
    for pe = 1, 3 do
      expect.console(run, string.format("[NWd/%d] kernel_smp: PE %d is on", pe, pe), pe == 1 and 2 or 1)
    end
    expect.eq(run.console[#run.console], "[NWd/0] kernel_smp: all is well")
  end,
}
