-- SPDX-License-Identifier: BSD-3-Clause
-- A PE stalls, and is back with what it was about; another one dies, and the rest go on without it. A stall at the
-- ninth call on PE 1 comes from the header.
local turns, longest, last = 0, 0, nil

return scenario {
  name   = "PEs that stall and die",
  pes    = 3,
  limit  = "5 ms",
  faults = { "stall_pe pe=1 for=20us nth=9 of=call of_pe=1" },
  tags   = { "faults", "pes", "quick", "timed" },
  partitions = {
    { name = "echo", image = "echo_mp", manifest = "echo_mp4.dts", vcpus = "pes" },
  },

  normal_world = function(nw)
    nw:cpus_on()
    nw:wait("60 us")
    expect.truth(turns > 10 and longest >= 20000, "PE 1 was away once: " .. longest .. " ns")

    longest = 0
    machine.fault("stall_pe pe=1 for=40us")
    nw:wait("60 us")
    expect.truth(longest >= 40000, "and again")

    longest = 0
    nw:wait("30 us")
    expect.truth(longest < 20000, "not by itself")
    machine.fault("kill_pe pe=2")
    machine.fault("kill_pe pe=1")
    nw:wait("20 us")
    local seen = turns
    nw:wait("50 us")
    expect.eq(turns, seen, "PE 1 does nothing any more")
    expect.eq(nw:affinity_info(1).state, "ON", "nobody was told: it is on")
    expect.eq(nw:direct_req("echo", { 0xec0, 5 }).payload, { 0xec0, 5, 0, 0, 0 })
  end,

  secondary = function(nw)
    while true do
      if nw.pe == 1 then
        longest = math.max(longest, last and nw.now_ns - last or 0)
        turns, last = turns + 1, nw.now_ns
      end
      nw:direct_req("echo", { 0xec0, nw.pe })
      nw:wait("1 us")
    end
  end,
}
