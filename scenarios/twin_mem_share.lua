-- SPDX-License-Identifier: BSD-3-Clause
-- A kernel shares memory with a partition: a whole life, old handles, several ranges, refusals.
return scenario {
  name  = "twin: memory is shared",
  limit = "50 ms",
  tags  = { "memory", "twin", "quick" },
  partitions = {
    { name = "a", image = "mem_1_3", manifest = "manifests/a.dts" },
  },
  normal_world = { image = "mem_share", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console],
              "[NWd/0] talk: what is shared is seen from both sides, and from nowhere else")
  end,
}
