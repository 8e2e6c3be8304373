-- SPDX-License-Identifier: BSD-3-Clause
-- A partition's timer fires while it runs and while the normal world does; the normal world's while it runs.
return scenario {
  name  = "twin: timers of both worlds",
  board = "qemu",
  limit = "200 ms",
  tags  = { "interrupts", "timers", "twin", "quick" },
  partitions = { { image = "tick" } },
  normal_world = { image = "tick_kernel", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console], "[NWd/0] kernel: ours fired under the partition")
  end,
}
