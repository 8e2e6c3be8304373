-- SPDX-License-Identifier: BSD-3-Clause
-- Discovery through the RX buffer and by registers, by a kernel and partitions of three versions.
return scenario {
  name  = "twin: discovery, a kernel of FF-A 1.1",
  limit = "50 ms",
  tags  = { "discovery", "rxtx", "twin", "quick" },
  partitions = {
    { name = "p1_3", image = "talk_partner_1_3", manifest = "manifests/a.dts" },
    { name = "p1_1", image = "talk_partner_1_1", manifest = "manifests/v1_1.dts" },
    { name = "p1_0", image = "talk_partner_1_0", manifest = "manifests/v1_0.dts" },
    { name = "two",  image = "echo", manifest = "manifests/two_services.dts" },
    { image = "echo" },
  },
  normal_world = { image = "talk_discovery_1_1", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console],
              "[NWd/0] talk: everybody is found, by everybody, in each way")
  end,
}
