-- SPDX-License-Identifier: BSD-3-Clause
-- One transaction for three partitions, and one for a VM beside them; what a hypervisor is told.
return scenario {
  name  = "twin: several borrowers",
  limit = "50 ms",
  tags  = { "memory", "twin", "quick" },
  partitions = {
    { name = "a", image = "mem_1_3", manifest = "manifests/a.dts" },
    { name = "b", image = "mem_1_3", manifest = "manifests/b.dts" },
    { name = "c", image = "mem_1_3", manifest = "manifests/c.dts" },
  },
  normal_world = { image = "mem_multi", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console], "[NWd/0] talk: borrowers come and go one by one")
  end,
}
