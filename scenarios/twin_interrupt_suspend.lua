-- SPDX-License-Identifier: BSD-3-Clause
-- Interrupts of both worlds end CPU_SUSPEND, standby and without power.
return scenario {
  name  = "twin: CPU_SUSPEND",
  board = "qemu",
  limit = "1 s",
  tags  = { "interrupts", "psci", "timers", "twin", "quick", "timed" },
  partitions = {
    { name = "plain", image = "interrupts", manifest = "interrupts_plain.dts" },
  },
  normal_world = { image = "interrupts_suspend", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console], "[NWd/0] interrupts: interrupts end CPU_SUSPEND")
  end,
}
