-- SPDX-License-Identifier: BSD-3-Clause
-- FFA_RUN by the rules, FFA_YIELD with and without a request, and partitions that are busy.
return scenario {
  name  = "twin: FFA_RUN and FFA_YIELD",
  limit = "20 ms",
  tags  = { "cycles", "hostile", "twin", "quick" },
  partitions = {
    { name = "partner", image = "talk_partner_1_3", manifest = "manifests/a.dts" },
    { image = "echo" },
    { image = "relay" },
  },
  normal_world = { image = "talk_run", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console],
              "[NWd/0] talk: cycles are given, refused and taken back by the rules")
  end,
}
