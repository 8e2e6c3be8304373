-- SPDX-License-Identifier: BSD-3-Clause
-- Notifications of single vCPUs on two PEs, where the SPMC offers them.
return scenario {
  name  = "twin: notifications of single vCPUs",
  board = "qemu",
  pes   = 4,
  limit = "1 s",
  tags  = { "interrupts", "notifications", "pes", "twin", "quick" },
  spmc  = { per_vcpu_notifications = true },
  partitions = {
    { name = "mp", image = "interrupts", manifest = "interrupts_mp.dts" },
  },
  normal_world = { image = "interrupts_notify_vcpu", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console], "[NWd/0] interrupts: vCPUs are notified one by one")
  end,
}
