-- SPDX-License-Identifier: BSD-3-Clause
-- S-EL0 partitions beside an S-EL1 one: messages in every form and along chains of both kinds, cycles
-- given back by FFA_YIELD and WFI, and registers that are kept.
return scenario {
  name  = "S-EL0 partitions answer",
  board = "qemu",
  limit = "20 ms",
  tags  = { "sel0", "messages", "twin", "quick" },
  partitions = {
    { image = "echo_el0" },
    { image = "echo" },
    { name = "other", image = "echo_el0", manifest = "echo_el0.dts" },
    { name = "first", image = "el0_1_3", memory = "256 KiB" },
    { name = "last", image = "el0_1_3", manifest = "el0_1_3.dts", memory = "256 KiB" },
  },
  normal_world = { image = "el0_kernel_echo", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console],
              "[NWd/0] talk: S-EL0 partitions answer, and keep their registers")
  end,
}
