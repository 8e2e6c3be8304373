-- SPDX-License-Identifier: BSD-3-Clause
-- A device's interrupt finds its partition in each state; switched off, reconfigured, by way of the scheduler.
return scenario {
  name  = "twin: a device's interrupt and its partition",
  board = "qemu",
  limit = "1 s",
  tags  = { "interrupts", "twin", "quick", "timed" },
  partitions = {
    { name = "device", image = "interrupts", manifest = "interrupts_device.dts" },
    { name = "plain", image = "interrupts", manifest = "interrupts_plain.dts" },
    { name = "sri", image = "interrupts", manifest = "interrupts_sri.dts" },
  },
  normal_world = { image = "interrupts_device", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console], "[NWd/0] interrupts: devices find their partitions")
  end,
}
