-- SPDX-License-Identifier: BSD-3-Clause
-- SMCs that are no FF-A calls or reserved ones; a partition may make those that its manifest lists.
return scenario {
  name  = "twin: functions that nobody has",
  limit = "50 ms",
  tags  = { "smccc", "psci", "twin" },
  partitions = {
    { name = "listed", image = "talk_partner_1_3", manifest = "manifests/a.dts",
      smc_allowed = { 0x80000000 } },
    { name = "plain", image = "talk_partner_1_3", manifest = "manifests/b.dts" },
  },
  normal_world = { image = "talk_smccc", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console],
              "[NWd/0] talk: what nobody offers is unknown, in each world")
  end,
}
