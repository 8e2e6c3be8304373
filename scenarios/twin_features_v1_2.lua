-- SPDX-License-Identifier: BSD-3-Clause
-- FFA_FEATURES for every number there is, by a kernel of FF-A 1.2 and partitions of each version.
return scenario {
  name  = "twin: FFA_FEATURES, a kernel of FF-A 1.2",
  limit = "100 ms",
  tags  = { "setup", "twin" },
  partitions = {
    { name = "p1_3", image = "talk_partner_1_3", manifest = "manifests/a.dts" },
    { name = "p1_0", image = "talk_partner_1_0", manifest = "manifests/v1_0.dts" },
    { name = "p1_1", image = "talk_partner_1_1", manifest = "manifests/v1_1.dts" },
    { name = "p1_2", image = "talk_partner_1_2", manifest = "manifests/v1_2.dts" },
  },
  normal_world = { image = "talk_features_1_2", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console], "[NWd/0] talk: FFA_FEATURES says what everybody has")
  end,
}
