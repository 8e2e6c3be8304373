-- SPDX-License-Identifier: BSD-3-Clause
-- Maintenance of a TLB is left out when a partition lends a page. The page is out of its tables, and may
-- still be in its TLBs: the checker sees it when the SPMC gives the lock of the tables back.
return scenario {
  name   = "maintenance of a TLB is left out, and seen",
  limit  = "1 ms",
  tags   = { "faults", "memory", "isolation", "quick" },
  expect = { fails = "TLB maintenance: TLBs may still hold what was taken away or changed: a," },
  partitions = {
    { name = "a", manifest = "manifests/a.dts", script = function(sp) sp:obey() end },
    { name = "b", manifest = "manifests/b.dts", script = function(sp) sp:obey() end },
  },
  normal_world = function(nw)
    nw:act("a", function(a)
      expect.ok(a:rxtx_map())
      local at = a:alloc(1)
      local function lend() return expect.ok(a:mem_lend { to = "b", ranges = { at } }) end

      expect.ok(a:mem_reclaim(lend()))
      machine.fault("skip_tlb partition=a")
      lend()
      expect.fail("the run ends before it is told")
    end)
  end,
}
