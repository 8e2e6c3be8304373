-- SPDX-License-Identifier: BSD-3-Clause
-- A partition that never answers is stopped by the scenario's limit, and the run says so.
return scenario {
  name   = "a partition that loops for ever",
  limit  = "3 ms",
  tags   = { "limits", "quick" },
  expect = { fails = "limit" },
  partitions = { { image = "echo" } },
  normal_world = function(nw)
    nw:direct_req("echo", { 0xed5 })
    expect.fail("the request came back")
  end,
}
