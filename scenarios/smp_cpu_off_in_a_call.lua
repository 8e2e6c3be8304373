-- SPDX-License-Identifier: BSD-3-Clause
-- A PE goes off while a request rests on it: what ran on that PE alone is given up, and the partition
-- that serves all PEs goes on from another one.
return scenario {
  name  = "a PE goes off in the middle of a call",
  pes   = 2,
  limit = "5 ms",
  tags  = { "pes", "psci", "messages", "quick", "timed" },

  partitions = {
    { image = "echo" },
    { name = "relay", image = "relay", manifest = "relay_mp2.dts" },
  },

  normal_world = function(nw)
    expect.ok(nw:cpu_on(1))
    nw:wait("200 us")
    expect.eq(nw:affinity_info(1).state, "OFF")
    expect.state("relay", "OFF", 1)
    expect.state("echo", "BLOCKED", 0)

    -- Echo still holds the request; its answer has nobody to go to.
    expect.error("BUSY", nw:direct_req("echo", { 0xec0, 1 }))
    expect.fid(ffa.MSG_WAIT, nw:run("echo"))
    expect.state("echo", "WAITING", 0)
    expect.eq(nw:direct_req("relay", { 0xec0, 2 }).payload, { 0xec0, 2, 0, 0, 0 })
  end,

  secondary = function(nw)
    local r = nw:direct_req("relay", { 0xec5 }) -- echo yields, and relay hands that on
    expect.fid(ffa.YIELD, r)
    expect.state("relay", "BLOCKED", 1)
    nw:cpu_off()
  end,
}
