-- SPDX-License-Identifier: BSD-3-Clause
-- Direct requests in each form with all their registers, and the ones that are refused.
return scenario {
  name  = "twin: direct requests",
  limit = "20 ms",
  tags  = { "messages", "hostile", "twin", "quick" },
  partitions = {
    { name = "partner", image = "talk_partner_1_3", manifest = "manifests/a.dts" },
    { image = "echo" },
    { name = "old",  image = "talk_partner_1_1", manifest = "manifests/v1_1.dts" },
    { name = "deaf", image = "echo", manifest = "manifests/deaf.dts" },
    { name = "two",  image = "echo", manifest = "manifests/two_services.dts" },
  },
  normal_world = { image = "talk_messages", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console],
              "[NWd/0] talk: requests and responses carry what they should, to whom they should")
  end,
}
