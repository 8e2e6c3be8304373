-- SPDX-License-Identifier: BSD-3-Clause
-- A kernel and partitions of each version settle theirs and ask who they are; the same on QEMU.
return scenario {
  name  = "twin: versions and identities",
  limit = "20 ms",
  tags  = { "setup", "twin", "quick" },
  partitions = {
    { name = "p1_3", image = "talk_partner_1_3", manifest = "manifests/a.dts" },
    { name = "p1_0", image = "talk_partner_1_0", manifest = "manifests/v1_0.dts" },
    { name = "p1_1", image = "talk_partner_1_1", manifest = "manifests/v1_1.dts" },
    { name = "p1_2", image = "talk_partner_1_2", manifest = "manifests/v1_2.dts" },
  },
  normal_world = { image = "talk_identities", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console],
              "[NWd/0] talk: versions and identities are as they should be")
  end,
}
