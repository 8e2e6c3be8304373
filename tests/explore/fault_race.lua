-- SPDX-License-Identifier: BSD-3-Clause
-- A mistake, planted, that takes a fault and a schedule: a caller whose request was refused by mistake asks again
-- without looking, and that is wrong only when the other PE has counted in between.
local count, given = 0, {}

-- The number that this PE gets; nobody else has it, unless the first answer was lost.
local function take_number(nw)
  local seen = count
  local r = nw:direct_req("server", { seen })
  if r.error then -- others run meanwhile, and `seen` is from before
    nw:wait("10 us")
    r = nw:direct_req("server", { seen })
  else
    seen = count
  end
  count = seen + 1
  given[#given + 1] = seen
end

local function check()
  local had = {}
  for _, number in ipairs(given) do
    expect.truth(not had[number], "number " .. number .. " is given twice")
    had[number] = true
  end
end

return scenario {
  name = "a planted race behind a fault",
  pes = 2,
  limit = "5 ms",
  params = { rounds = 3, apart_us = 40 },
  possible_faults = { "stall_pe for=1us", "corrupt_call endpoint=nwd arg=1 mask=0xff00ff", "no_memory" },
  holds_under_faults = true,
  partitions = {
    { name = "server", manifest = "echo_mp4.dts", vcpus = "pes",
      script = function(sp) sp:serve(function(request) return { request.payload[1] } end) end },
  },
  normal_world = function(nw)
    for _ = 1, 2 do
      nw:cpu_on(1) -- one that was refused by mistake, too
    end
    for _ = 1, params.rounds do
      take_number(nw)
      nw:wait("500 ns")
    end
    repeat nw:wait("1 us") until nw:affinity_info(1).state == "OFF"
    check()
  end,
  secondary = function(nw)
    nw:wait(params.apart_us * 1000)
    take_number(nw)
    nw:cpu_off()
  end,
}
