-- SPDX-License-Identifier: BSD-3-Clause
-- Partitions abort while they hold memory, and while others hold theirs.
return scenario {
  name  = "twin: partitions abort with memory",
  limit = "50 ms",
  tags  = { "memory", "hostile", "twin", "quick" },
  partitions = {
    { name = "a", image = "mem_1_3", manifest = "manifests/a.dts" },
    { name = "b", image = "mem_1_3", manifest = "manifests/b.dts" },
    { name = "c", image = "mem_1_3", manifest = "manifests/c.dts" },
  },
  normal_world = { image = "mem_aborts", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console], "[NWd/0] talk: the dead hold nothing back")
  end,
}
