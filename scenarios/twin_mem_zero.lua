-- SPDX-License-Identifier: BSD-3-Clause
-- Zeroed when it is sent, relinquished or reclaimed; and refused where it may not be.
return scenario {
  name  = "twin: memory is zeroed",
  limit = "50 ms",
  tags  = { "memory", "twin", "quick" },
  partitions = {
    { name = "a", image = "mem_1_3", manifest = "manifests/a.dts" },
    { name = "b", image = "mem_1_3", manifest = "manifests/b.dts" },
  },
  normal_world = { image = "mem_zero", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console],
              "[NWd/0] talk: memory is zeroed when it was asked for, and else it is not")
  end,
}
