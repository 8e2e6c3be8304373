-- SPDX-License-Identifier: BSD-3-Clause
-- Partitions that have interrupts wait: those of the normal world, or all.
return scenario {
  name  = "twin: partitions that have interrupts wait",
  board = "qemu",
  limit = "1 s",
  tags  = { "interrupts", "twin", "quick" },
  partitions = {
    { name = "queued", image = "interrupts", manifest = "interrupts_queued.dts" },
    { name = "plain", image = "interrupts", manifest = "interrupts_plain.dts" },
    { name = "quiet", image = "interrupts", manifest = "interrupts_quiet.dts" },
  },
  normal_world = { image = "interrupts_queued", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console], "[NWd/0] interrupts: who wants quiet has it")
  end,
}
