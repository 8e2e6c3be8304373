-- SPDX-License-Identifier: BSD-3-Clause
-- A PE switches off: its vCPU may refuse, and another partition's timer goes on elsewhere.
return scenario {
  name  = "twin: a PE switches off",
  board = "qemu",
  pes   = 4,
  limit = "1 s",
  tags  = { "interrupts", "pes", "psci", "timers", "twin", "quick" },
  partitions = {
    { name = "mp", image = "interrupts", manifest = "interrupts_mp.dts" },
    { name = "plain", image = "interrupts", manifest = "interrupts_plain.dts" },
  },
  normal_world = { image = "interrupts_power", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console], "[NWd/0] interrupts: partitions hear of PEs that go")
  end,
}
