-- SPDX-License-Identifier: BSD-3-Clause
-- Partitions lend, share and donate secure memory; the owner faults on it while it is lent.
return scenario {
  name  = "twin: memory between partitions",
  limit = "50 ms",
  tags  = { "memory", "isolation", "twin", "quick" },
  partitions = {
    { name = "a", image = "mem_1_3", manifest = "manifests/a.dts" },
    { name = "b", image = "mem_1_3", manifest = "manifests/b.dts" },
    { name = "c", image = "mem_1_3", manifest = "manifests/c.dts" },
  },
  normal_world = { image = "mem_between", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console],
              "[NWd/0] talk: what is lent comes back, what is given does not")
  end,
}
