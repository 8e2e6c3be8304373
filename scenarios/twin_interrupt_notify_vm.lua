-- SPDX-License-Identifier: BSD-3-Clause
-- A partition notifies a VM: the schedule receiver interrupt, at once and delayed.
return scenario {
  name  = "twin: partitions notify VMs",
  board = "qemu",
  limit = "1 s",
  tags  = { "interrupts", "notifications", "twin", "quick" },
  partitions = {
    { name = "a", image = "interrupts", manifest = "interrupts_device.dts" },
  },
  normal_world = { image = "interrupts_notify_vm", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console], "[NWd/0] interrupts: partitions notify VMs")
  end,
}
