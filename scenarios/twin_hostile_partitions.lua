-- SPDX-License-Identifier: BSD-3-Clause
-- A kernel and two partitions make thousands of hostile calls, in turns.
return scenario {
  name  = "twin: hostile calls from both worlds",
  limit = "500 ms",
  tags  = { "hostile", "twin" },
  partitions = {
    { image = "echo" },
    { image = "relay" },
    { name = "a", image = "talk_partner_1_3", manifest = "manifests/a.dts" },
    { name = "b", image = "talk_partner_1_3", manifest = "manifests/b.dts" },
  },
  normal_world = { image = "talk_hostile_all", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console], "[NWd/0] talk: hostile calls do no harm")
  end,
}
