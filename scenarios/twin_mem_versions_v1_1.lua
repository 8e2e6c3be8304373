-- SPDX-License-Identifier: BSD-3-Clause
-- Shared and lent with partitions of four versions, each with descriptors of its own layout.
return scenario {
  name  = "twin: memory, a kernel of FF-A 1.1",
  limit = "50 ms",
  tags  = { "memory", "twin", "quick" },
  partitions = {
    { name = "p1_0", image = "mem_1_0", manifest = "manifests/v1_0.dts" },
    { name = "p1_1", image = "mem_1_1", manifest = "manifests/v1_1.dts" },
    { name = "p1_2", image = "mem_1_2", manifest = "manifests/v1_2.dts" },
    { name = "p1_3", image = "mem_1_3", manifest = "manifests/a.dts" },
  },
  normal_world = { image = "mem_versions_1_1", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console], "[NWd/0] talk: each version is answered in its own layout")
  end,
}
