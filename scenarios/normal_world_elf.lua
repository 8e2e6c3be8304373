-- SPDX-License-Identifier: BSD-3-Clause
-- The same kernel as an ELF file: its segments go where they belong, and it starts at its entry
-- point, not at the first byte of the file.
return scenario {
  name  = "a normal world that is an ELF file",
  limit = "5 ms",
  tags  = { "setup", "messages", "twin", "quick" },
  partitions = { { image = "echo" }, { image = "relay" } },
  normal_world = { image = "kernel.elf", el = 2 },

  finish = function(run)
    expect.eq(run.console[#run.console], "[NWd/0] kernel: all is well")
  end,
}
