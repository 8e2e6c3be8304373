-- SPDX-License-Identifier: BSD-3-Clause
-- Thousands of hostile calls of a kernel at NS-EL1; each answer is the same on QEMU.
return scenario {
  name  = "twin: hostile calls from NS-EL1",
  limit = "500 ms",
  tags  = { "hostile", "twin" },
  partitions = {
    { image = "echo" },
    { image = "relay" },
    { name = "a", image = "talk_partner_1_3", manifest = "manifests/a.dts" },
    { name = "b", image = "talk_partner_1_3", manifest = "manifests/b.dts" },
  },
  normal_world = { image = "talk_hostile", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console], "[NWd/0] talk: hostile calls do no harm")
  end,
}
