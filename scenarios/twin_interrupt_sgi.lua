-- SPDX-License-Identifier: BSD-3-Clause
-- SGIs of the normal world find a kernel or a partition on other PEs.
return scenario {
  name  = "twin: SGIs of the normal world among PEs",
  board = "qemu",
  pes   = 4,
  limit = "1 s",
  tags  = { "interrupts", "pes", "twin", "quick", "timed" },
  partitions = {
    { name = "mp", image = "interrupts", manifest = "interrupts_mp.dts" },
  },
  normal_world = { image = "interrupts_sgi", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console], "[NWd/0] interrupts: SGIs find their PE")
  end,
}
