-- SPDX-License-Identifier: BSD-3-Clause
-- A partition hangs at its second entry, its first request, and nobody takes the PE away from it: the
-- run ends at its limit.
return scenario {
  name   = "a partition hangs, and nobody stops it",
  limit  = "200 us",
  tags   = { "faults", "limits", "quick" },
  expect = { fails = "limit" },
  faults = { "hang_partition partition=echo nth=2" },
  partitions = {
    { name = "echo", manifest = "manifests/a.dts", script = function(sp) sp:obey() end },
  },
  normal_world = function(nw)
    nw:direct_req("echo", {})
    expect.fail("it hangs")
  end,
}
