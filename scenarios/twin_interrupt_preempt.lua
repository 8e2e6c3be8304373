-- SPDX-License-Identifier: BSD-3-Clause
-- The normal world's timer preempts partitions, alone and in chains; FFA_RUN resumes them.
return scenario {
  name  = "twin: the normal world preempts partitions",
  board = "qemu",
  limit = "1 s",
  tags  = { "interrupts", "twin", "quick" },
  partitions = {
    { name = "a", image = "interrupts", manifest = "interrupts_device.dts" },
    { name = "b", image = "interrupts", manifest = "interrupts_plain.dts" },
    { name = "c", image = "interrupts", manifest = "interrupts_sri.dts" },
  },
  normal_world = { image = "interrupts_preempt", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console], "[NWd/0] interrupts: partitions are preempted and go on")
  end,
}
