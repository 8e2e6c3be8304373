-- SPDX-License-Identifier: BSD-3-Clause
-- A kernel lends memory to two partitions; who may ask for what, also as Device memory.
return scenario {
  name  = "twin: memory is lent",
  limit = "50 ms",
  tags  = { "memory", "twin", "quick" },
  partitions = {
    { name = "a", image = "mem_1_3", manifest = "manifests/a.dts" },
    { name = "b", image = "mem_1_3", manifest = "manifests/b.dts" },
  },
  normal_world = { image = "mem_lend", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console],
              "[NWd/0] talk: what is lent is the borrower's, until it comes back")
  end,
}
