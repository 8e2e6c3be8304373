-- SPDX-License-Identifier: BSD-3-Clause
-- Everybody waits and nothing is due: the run ends at once and says so.
return scenario {
  name   = "nothing left to happen",
  limit  = "1 s",
  tags   = { "limits", "quick" },
  expect = { fails = "nothing can happen" },
  partitions = { { image = "echo" } },
  normal_world = function(nw)
    nw:wfi()
    expect.fail("woken up by nobody")
  end,
}
