-- SPDX-License-Identifier: BSD-3-Clause
-- Memory changes hands for good: from the normal world to a partition, and on to the next one.
return scenario {
  name  = "twin: memory is donated",
  limit = "50 ms",
  tags  = { "memory", "twin", "quick" },
  partitions = {
    { name = "a", image = "mem_1_3", manifest = "manifests/a.dts" },
    { name = "b", image = "mem_1_3", manifest = "manifests/b.dts" },
  },
  normal_world = { image = "mem_donate", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console], "[NWd/0] talk: what is given away is gone")
  end,
}
