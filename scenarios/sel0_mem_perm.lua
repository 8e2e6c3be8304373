-- SPDX-License-Identifier: BSD-3-Clause
-- FFA_MEM_PERM_GET and FFA_MEM_PERM_SET by each version that has them: what they take and refuse, what
-- holds at first (image, regions of the manifest, zeroed memory), and that nothing is ever writable
-- and executable. Afterwards a write to a page that was made read-only ends the partition.
-- conformance: memory_permissions.ffa_mem_perm_set_ro_fails_write
-- conformance: ffa.npi_not_supported
return scenario {
  name  = "S-EL0 partitions set their memory's permissions",
  board = "qemu",
  limit = "20 ms",
  tags  = { "sel0", "memory", "twin", "quick" },
  partitions = {
    { image = "echo" },
    { image = "el0_1_1", memory = "256 KiB" },
    { image = "el0_1_2", memory = "256 KiB" },
    { image = "el0_1_3", manifest = "el0.dts", memory = "256 KiB" },
  },
  normal_world = { image = "el0_kernel_mem_perm", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console],
              "[NWd/0] talk: permissions are as each partition has set them")
  end,
}
