-- SPDX-License-Identifier: BSD-3-Clause
-- Hundreds of scattered pages in many fragments, both ways, and fragments that are wrong.
return scenario {
  name  = "twin: fragments",
  limit = "500 ms",
  tags  = { "memory", "twin" },
  partitions = {
    { name = "a", image = "mem_1_3", manifest = "manifests/a.dts", memory = "6 MiB" },
    { name = "b", image = "mem_1_3", manifest = "manifests/b.dts" },
  },
  normal_world = { image = "mem_fragments", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console], "[NWd/0] talk: fragments make a whole, or nothing")
  end,
}
