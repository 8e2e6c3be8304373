-- SPDX-License-Identifier: BSD-3-Clause
-- FFA_CONSOLE_LOG: texts of every length, lines in pieces and lines that are too long.
return scenario {
  name  = "twin: FFA_CONSOLE_LOG",
  limit = "50 ms",
  tags  = { "console", "twin" },
  partitions = {
    { name = "new", image = "talk_partner_1_3", manifest = "manifests/a.dts" },
    { name = "old", image = "talk_partner_1_1", manifest = "manifests/v1_1.dts" },
  },
  normal_world = { image = "talk_console_log", el = 1 },

  finish = function(run)
    expect.console(run, "[NWd/0] kernel: in three pieces")
    expect.console(run, "[NWd/0] the partners' lines are their own")
    expect.console(run, "[new/0] partner: in three pieces", 2, "by SMC and by HVC")
    expect.console(run, "[old/0] partner: in three pieces", 2)
    expect.console(run, "[NWd/0] one")
    expect.console(run, "[NWd/0] abc", 1, "zeros are left out")
    expect.eq(run.console[#run.console],
              "[NWd/0] talk: texts of each length are logged, and of no other")
  end,
}
