-- SPDX-License-Identifier: BSD-3-Clause
-- A kernel at EL2 goes about the GIC at random, in the Non-secure view; what it saw is in its log.
return scenario {
  name  = "twin: the GIC in the Non-secure view",
  board = "qemu",
  pes   = 2,
  limit = "200 ms",
  tags  = { "interrupts", "gic", "twin", "quick" },
  partitions = { { image = "echo" } },
  normal_world = { image = "gic_probe", el = 2 },

  finish = function(run)
    expect.eq(run.console[#run.console], "[NWd/0] gic_probe: done")
  end,
}
