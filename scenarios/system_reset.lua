-- SPDX-License-Identifier: BSD-3-Clause
-- PSCI SYSTEM_RESET2 of the normal world ends the run: nobody asked for a reset.
return scenario {
  name   = "a reset that nobody expected",
  limit  = "2 ms",
  tags   = { "psci", "quick" },
  expect = { fails = "system reset (type 0x80000001, cookie 42)" },
  partitions = { { image = "echo" } },
  normal_world = function(nw)
    nw:smc { 0x84000012, 0x80000001, 42 }
  end,
}
