-- SPDX-License-Identifier: BSD-3-Clause
-- Chains of up to four partitions, cycles in them, and misdeeds and yields in their middle.
return scenario {
  name  = "twin: call chains",
  limit = "20 ms",
  tags  = { "messages", "chain", "hostile", "twin", "quick" },
  partitions = {
    { name = "partner", image = "talk_partner_1_3", manifest = "manifests/a.dts" },
    { name = "first",  image = "echo", manifest = "manifests/b.dts" },
    { name = "second", image = "echo", manifest = "manifests/c.dts" },
    { image = "echo" },
    { image = "relay" },
  },
  normal_world = { image = "talk_chains", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console],
              "[NWd/0] talk: chains end where they began, and nobody gets in between")
  end,
}
