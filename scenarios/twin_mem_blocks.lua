-- SPDX-License-Identifier: BSD-3-Clause
-- A partition's 2 MiB blocks are split by pages that it lends, and joined when they come back.
return scenario {
  name  = "twin: blocks are split and joined",
  limit = "500 ms",
  tags  = { "memory", "twin" },
  partitions = {
    { name = "a", image = "mem_1_3", manifest = "manifests/a.dts", memory = "6 MiB" },
    { name = "b", image = "mem_1_3", manifest = "manifests/b.dts" },
  },
  normal_world = { image = "mem_blocks", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console],
              "[NWd/0] talk: blocks are split and joined, and nothing is lost")
  end,
}
