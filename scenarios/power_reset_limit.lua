-- SPDX-License-Identifier: BSD-3-Clause
-- One reset more than the scenario allows ends the run.
return scenario {
  name   = "too many resets",
  limit  = "5 ms",
  resets = 1,
  tags   = { "psci", "quick" },
  expect = { fails = "system reset (type 0x0, cookie 0)" },
  partitions = { { image = "echo" } },
  normal_world = function(nw)
    note("boot ", nw.boot)
    nw:system_reset()
  end,
  finish = function() end,
}
