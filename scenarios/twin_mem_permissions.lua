-- SPDX-License-Identifier: BSD-3-Clause
-- Read-only, execute-never and executable memory, and the syndrome of what is refused.
return scenario {
  name  = "twin: permissions of memory",
  limit = "50 ms",
  tags  = { "memory", "isolation", "twin", "quick" },
  partitions = {
    { name = "a", image = "mem_1_3", manifest = "manifests/a.dts" },
    { name = "b", image = "mem_1_3", manifest = "manifests/b.dts" },
  },
  normal_world = { image = "mem_permissions", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console], "[NWd/0] talk: permissions are what was granted")
  end,
}
