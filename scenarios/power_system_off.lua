-- SPDX-License-Identifier: BSD-3-Clause
-- SYSTEM_OFF ends the run, whatever other PEs are at.
local went_on = false

return scenario {
  name  = "the normal world switches the machine off",
  pes   = 2,
  limit = "2 ms",
  tags  = { "psci", "quick" },
  partitions = { { image = "echo" } },
  normal_world = function(nw)
    expect.ok(nw:cpu_on(1))
    nw:wait("20 us")
    nw:system_off()
    went_on = true
  end,
  secondary = function(nw)
    while true do nw:direct_req("echo", { 0xec0 }) end
  end,
  finish = function(run)
    expect.truth(run.passed and not went_on)
  end,
}
