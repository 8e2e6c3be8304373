-- SPDX-License-Identifier: BSD-3-Clause
-- Thousands of memory calls that are nearly right, by a kernel and four partitions in turn.
return scenario {
  name  = "twin: hostile memory calls",
  limit = "500 ms",
  tags  = { "memory", "hostile", "twin" },
  partitions = {
    { name = "a", image = "mem_1_3", manifest = "manifests/a.dts" },
    { name = "b", image = "mem_1_3", manifest = "manifests/b.dts" },
    { name = "c", image = "mem_1_3", manifest = "manifests/c.dts" },
    { name = "d", image = "mem_1_1", manifest = "manifests/v1_1.dts" },
  },
  normal_world = { image = "mem_hostiles", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console], "[NWd/0] talk: nothing is lost in the noise")
  end,
}
