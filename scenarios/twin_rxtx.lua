-- SPDX-License-Identifier: BSD-3-Clause
-- Buffers of a kernel and of a partition: what is mapped, what is refused, whose the buffer is.
return scenario {
  name  = "twin: rules of RX and TX buffers",
  limit = "20 ms",
  tags  = { "rxtx", "hostile", "twin", "quick" },
  partitions = {
    { name = "partner", image = "talk_partner_1_3", manifest = "manifests/a.dts" },
  },
  normal_world = { image = "talk_rxtx", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console], "[NWd/0] talk: buffers are mapped by the rules")
  end,
}
