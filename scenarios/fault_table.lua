-- SPDX-License-Identifier: BSD-3-Clause
-- A bit of a stage-2 descriptor turns over: the checkers see that the tables say something else than the ledger.
local data

return scenario {
  name   = "a bit of a descriptor turns over",
  limit  = "2 ms",
  tags   = { "faults", "memory", "quick" },
  expect = { fails = "changed in place" },
  partitions = {
    { name = "a", manifest = "manifests/a.dts", script = function(sp)
        data = sp:alloc(1)
        sp:serve(function() return {} end)
      end },
  },

  normal_world = function(nw)
    machine.fault(string.format("flip_table partition=a address=0x%x bit=7", data))
    nw:direct_req("a", {})
    expect.fail("the checkers look after every call")
  end,
}
