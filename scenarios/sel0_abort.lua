-- SPDX-License-Identifier: BSD-3-Clause
-- An S-EL0 partition has no vectors: whatever goes wrong in it ends it. Its caller hears ABORTED, and
-- the others go on.
local partitions = {
  { image = "echo" },
  { name = "lives", image = "echo_el0", manifest = "echo_el0.dts", memory = "256 KiB" },
}
for i = 1, 7 do
  partitions[#partitions + 1] =
    { name = "echo" .. i, image = "echo_el0", manifest = "echo_el0.dts", memory = "256 KiB" }
end
for i = 1, 11 do
  partitions[#partitions + 1] =
    { name = "el0" .. i, image = "el0_1_3", manifest = "el0_1_3.dts", memory = "256 KiB" }
end

-- conformance: sp_lifecycle.sel0_sp_abort_fatal_error
-- conformance: trap_sys_reg_access.el0_sp_aborts
return scenario {
  name  = "S-EL0 partitions abort",
  board = "qemu",
  limit = "20 ms",
  tags  = { "sel0", "abort", "hostile", "twin", "quick" },
  partitions = partitions,
  normal_world = { image = "el0_kernel_abort", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console],
              "[NWd/0] talk: each fault of S-EL0 is the end of the partition, and of no other")
  end,
}
