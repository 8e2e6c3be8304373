-- SPDX-License-Identifier: BSD-3-Clause
-- While a partition with a single vCPU works for one PE, another PE is told BUSY, and is served as
-- soon as the work is done: the vCPU goes to the PE that asks.
return scenario {
  name  = "a partition that is busy on another PE",
  pes   = 3,
  limit = "5 ms",
  tags  = { "pes", "psci", "messages", "quick", "timed" },

  partitions = { { image = "bench_loop" } },

  normal_world = function(nw)
    nw:cpus_on()
    nw:wait("50 us")
    expect.state("bench_loop", "RUNNING")
    expect.error("BUSY", nw:direct_req("bench_loop", { 0xb01, 1 }, { bits = 64 }))
    expect.error("BUSY", nw:run("bench_loop"))
    repeat
      nw:wait("20 us")
    until nw:affinity_info(1).state == "OFF" and nw:affinity_info(2).state == "OFF"
    expect.state("bench_loop", "WAITING")
    expect.eq(nw:direct_req("bench_loop", { 0xb01, 1 }, { bits = 64 }).payload[1], 0xb01)
  end,

  secondary = function(nw)
    local refused = 0
    nw:wait(nw.pe * 10000) -- PE 1 is first
    repeat
      local r = nw:direct_req("bench_loop", { 0xb01, 20000 }, { bits = 64 })
      if r.error then
        expect.error("BUSY", r)
        refused = refused + 1
        nw:wait("5 us")
      end
    until not r.error
    expect.eq(refused > 0, nw.pe == 2)
    nw:cpu_off()
  end,
}
