-- SPDX-License-Identifier: BSD-3-Clause
-- A device's interrupt finds an S-EL0 partition: by FFA_INTERRUPT, between its calls.
return scenario {
  name  = "twin: a device's interrupt at S-EL0",
  board = "qemu",
  limit = "1 s",
  tags  = { "interrupts", "sel0", "twin", "quick" },
  partitions = {
    { image = "interrupts_el0" },
  },
  normal_world = { image = "interrupts_sel0", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console], "[NWd/0] interrupts: S-EL0 has interrupts, too")
  end,
}
