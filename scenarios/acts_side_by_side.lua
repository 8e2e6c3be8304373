-- SPDX-License-Identifier: BSD-3-Clause
-- act() on two PEs at the same time: each vCPU of a partition does what its own PE brought, and of two requests to
-- a single vCPU the one that is refused leaves nothing behind.
local ROUNDS = 40
local here, refused, done = 0, 0, 0

local function meet(nw)
  local gate = (here // 2 + 1) * 2
  here = here + 1
  while here < gate do
    nw:wait("20 ns")
  end
end

local function play(nw)
  for round = 1, ROUNDS do
    meet(nw)
    nw:wait(1 + round * nw.pe .. " ns")
    expect.eq({ nw:act("mp", function(sp) return round, sp.vcpu end) }, { round, nw.pe })
    meet(nw)
    nw:wait(1 + round * nw.pe .. " ns")
    local mine, r = nw:act("up", function() return nw.pe end)
    if mine then
      expect.eq(mine, nw.pe)
      done = done + 1
    else
      expect.error("BUSY", r)
      refused = refused + 1
    end
  end
  meet(nw)
end

return scenario {
  name    = "functions for a partition from two PEs",
  pes     = 4,
  quantum = "4 ns",
  limit   = "20 ms",
  tags    = { "messages", "pes", "race", "quick" },
  partitions = {
    { name = "mp", manifest = "manifests/notify_mp.dts", script = function(sp) sp:obey() end },
    { name = "up", manifest = "manifests/a.dts", script = function(sp) sp:obey() end },
  },
  normal_world = function(nw)
    expect.ok(nw:cpu_on(1))
    play(nw)
    expect.eq(done + refused, 2 * ROUNDS)
    expect.truth(done >= ROUNDS)
  end,
  secondary = play,
}
