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
    local seen = {}
    for _, line in ipairs(run.console) do
      seen[line] = (seen[line] or 0) + 1
    end
    expect.eq(seen["[NWd/0] kernel: in three pieces"], 1)
    expect.eq(seen["[NWd/0] the partners' lines are their own"], 1)
    expect.eq(seen["[new/0] partner: in three pieces"], 2, "by SMC and by HVC")
    expect.eq(seen["[old/0] partner: in three pieces"], 2)
    expect.eq(seen["[NWd/0] one"], 1)
    expect.eq(seen["[NWd/0] abc"], 1, "zeros are left out")
    expect.eq(run.console[#run.console],
              "[NWd/0] talk: texts of each length are logged, and of no other")
  end,
}
