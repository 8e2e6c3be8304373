-- SPDX-License-Identifier: BSD-3-Clause
-- A VM and a partition notify a partition, which is told by virtual interrupt 5.
return scenario {
  name  = "twin: VMs and partitions notify a partition",
  board = "qemu",
  pes   = 4,
  limit = "1 s",
  tags  = { "interrupts", "notifications", "twin", "quick" },
  partitions = {
    { name = "a", image = "interrupts", manifest = "interrupts_device.dts" },
    { name = "mp", image = "interrupts", manifest = "interrupts_mp.dts" },
  },
  normal_world = { image = "interrupts_notify_sp", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console], "[NWd/0] interrupts: VMs and partitions notify a partition")
  end,
}
