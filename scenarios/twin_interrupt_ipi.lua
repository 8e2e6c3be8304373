-- SPDX-License-Identifier: BSD-3-Clause
-- IPIs to oneself, and to a vCPU of another PE that waits, runs, or is preempted.
return scenario {
  name  = "twin: IPIs among the vCPUs of a partition",
  board = "qemu",
  pes   = 4,
  limit = "1 s",
  tags  = { "interrupts", "pes", "twin", "quick" },
  partitions = {
    { name = "mp", image = "interrupts", manifest = "interrupts_mp.dts" },
  },
  normal_world = { image = "interrupts_ipi", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console], "[NWd/0] interrupts: vCPUs call each other")
  end,
}
