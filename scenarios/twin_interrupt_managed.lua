-- SPDX-License-Identifier: BSD-3-Clause
-- Managed exits, alone, of one that asked another and of one that was asked.
return scenario {
  name  = "twin: managed exits",
  board = "qemu",
  limit = "1 s",
  tags  = { "interrupts", "twin", "quick", "timed" },
  partitions = {
    { name = "managed", image = "interrupts", manifest = "interrupts_managed.dts" },
    { name = "plain", image = "interrupts", manifest = "interrupts_plain.dts" },
    { name = "queued", image = "interrupts", manifest = "interrupts_queued.dts" },
  },
  normal_world = { image = "interrupts_managed", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console], "[NWd/0] interrupts: a managed exit gives the PE back")
  end,
}
