-- SPDX-License-Identifier: BSD-3-Clause
-- On each of four PEs the timers of its own vCPU, of a vCPU that comes along, and of the kernel.
return scenario {
  name  = "twin: timers on each PE",
  board = "qemu",
  pes   = 4,
  limit = "1 s",
  tags  = { "interrupts", "pes", "timers", "twin", "quick" },
  partitions = {
    { name = "mp", image = "interrupts", manifest = "interrupts_mp.dts" },
    { name = "plain", image = "interrupts", manifest = "interrupts_plain.dts" },
  },
  normal_world = { image = "interrupts_timers", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console], "[NWd/0] interrupts: each PE has its timers")
  end,
}
