-- SPDX-License-Identifier: BSD-3-Clause
-- Seven PEs start their vCPUs of a partition at the same time while the first one makes calls all along, and
-- all take turns as short as single accesses: the SPMC's state is whole whenever no lock is held.
local PES = 8
local up = 1

return scenario {
  name    = "PEs start beside calls",
  pes     = PES,
  quantum = "4 ns..40 ns",
  limit   = "2 ms",
  tags    = { "boot", "pes", "quick" },
  partitions = {
    { name = "mp", manifest = "manifests/storm_mp.dts", script = function(sp) sp:obey() end },
    { name = "sri", manifest = "manifests/storm_sri.dts", script = function(sp) sp:obey() end },
    { name = "a", manifest = "manifests/a.dts", script = function(sp) sp:obey() end },
  },
  normal_world = function(nw)
    for pe = 1, PES - 1 do
      expect.ok(nw:cpu_on(pe))
      nw:act("a", function() end)
    end
    for _ = 1, 300 do
      expect.fid(ffa.MSG_WAIT, nw:run("a"))
      expect.fid(ffa.MSG_WAIT, nw:run("mp"))
      if up == PES then
        break
      end
    end
    expect.eq(up, PES)
    for vcpu = 0, PES - 1 do
      expect.state("mp", "WAITING", vcpu)
      expect.state("sri", "WAITING", vcpu)
    end
  end,
  secondary = function(nw)
    expect.truth(nw:act("mp", function(sp) return sp.vcpu end) == nw.pe)
    up = up + 1
  end,
}
