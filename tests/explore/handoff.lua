-- SPDX-License-Identifier: BSD-3-Clause
-- A race for which two things have to come late, planted: the first PE is put off while the flag is up, and the
-- second one between its two looks at the flag.
local flag = false

local function call(nw)
  expect.eq(nw:direct_req("server", { nw.pe }).payload[1], nw.pe)
end

return scenario {
  name = "a planted race of two delays",
  pes = 2,
  limit = "5 ms",
  quantum = "200 ns",
  partitions = {
    { name = "server", manifest = "echo_mp4.dts", vcpus = "pes",
      script = function(sp) sp:serve(function(request) return { request.payload[1] } end) end },
  },
  normal_world = function(nw)
    expect.ok(nw:cpu_on(1))
    nw:wait("2 us")
    flag = true
    call(nw)
    flag = false
    repeat nw:wait("2 us") until nw:affinity_info(1).state == "OFF"
  end,
  secondary = function(nw)
    nw:wait("10 us")
    if flag then
      call(nw)
      expect.truth(flag, "the flag is still up")
    end
    nw:cpu_off()
  end,
}
