-- SPDX-License-Identifier: BSD-3-Clause
-- A race, planted: two PEs count together, and between reading the count and writing it there is a call. Left
-- alone, the second PE counts long after the first one.
local count = 0

local function add(nw, rounds)
  for _ = 1, rounds do
    local seen = count
    expect.eq(nw:direct_req("server", { seen }).payload[1], seen) -- others run meanwhile
    count = seen + 1
  end
end

return scenario {
  name = "a planted race",
  pes = 2,
  limit = "5 ms",
  params = { rounds = 4, apart_us = 40 },
  partitions = {
    { name = "server", manifest = "echo_mp4.dts", vcpus = "pes",
      script = function(sp) sp:serve(function(request) return { request.payload[1] } end) end },
  },
  normal_world = function(nw)
    expect.ok(nw:cpu_on(1))
    add(nw, params.rounds)
    repeat nw:wait("1 us") until nw:affinity_info(1).state == "OFF"
    expect.eq(count, params.rounds + 1)
  end,
  secondary = function(nw)
    nw:wait(params.apart_us * 1000)
    add(nw, 1)
    nw:cpu_off()
  end,
}
