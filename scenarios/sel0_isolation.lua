-- SPDX-License-Identifier: BSD-3-Clause
-- S-EL0 partitions touch what is not theirs: the SPMC they share a translation regime with, each other,
-- EL3, the normal world, devices, and their own memory in ways that they did not ask for.
local partitions = {
  { image = "echo_el0", memory = "256 KiB", load = 0x0e300000 },
  { name = "rich", image = "el0_1_3", manifest = "el0.dts", memory = "256 KiB", load = 0x0e340000 },
}
for i = 1, 13 do
  partitions[#partitions + 1] = {
    name = "victim" .. i, image = "el0_1_3", manifest = "el0_1_3.dts",
    memory = "256 KiB", load = 0x0e400000 + (i - 1) * 0x40000,
  }
end

return scenario {
  name  = "S-EL0 partitions reach nothing else",
  board = "qemu",
  limit = "20 ms",
  tags  = { "sel0", "isolation", "hostile", "twin", "quick" },
  partitions = partitions,
  normal_world = { image = "el0_kernel_isolation", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console],
              "[NWd/0] talk: an S-EL0 partition reaches its own memory, and nothing else")
  end,
}
