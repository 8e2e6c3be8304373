-- SPDX-License-Identifier: BSD-3-Clause
-- Direct request 2 on each of four PEs, all at once: to a partition with a vCPU for each of them, which asks
-- another one such, and to two with a single vCPU, who are BUSY while another PE has them.
-- conformance: direct_message.echo_mp_req2
local ROUNDS = 20
local done = 0

local function echo(sp)
  sp:serve(function(r) return r.payload end)
end

local function words(pe, round)
  local list = {}
  for i = 1, 14 do
    list[i] = (pe + 1) << 56 | round << 16 | i
  end
  return list
end

local function answer(who, to, list)
  local r
  repeat
    r = who:direct_req2(to, nil, list)
    if r.error == "BUSY" then
      who:wait("1 us")
    end
  until r.error ~= "BUSY"
  return r
end

local function ask(nw)
  for round = 1, ROUNDS do
    local list = words(nw.pe, round)
    for _, to in ipairs { "mp", "up", "up_el0" } do
      local r = answer(nw, to, list)
      expect.fid(ffa.MSG_SEND_DIRECT_RESP2_64, r)
      expect.eq(r.payload, list)
    end
  end
  done = done + 1
end

return scenario {
  name  = "direct request 2 on every PE",
  pes   = 4,
  quantum = "20 ns..500 ns",
  limit = "50 ms",
  tags  = { "pes", "messages", "quick" },
  partitions = {
    { name = "mp", manifest = "manifests/mp4.dts", script = function(sp)
        sp:serve(function(r)
          local passed_on = sp:direct_req2("far", nil, r.payload)
          expect.eq(sp.vcpu, sp.pe)
          return passed_on.payload
        end)
      end },
    { name = "far", manifest = "manifests/mp4_b.dts", script = echo },
    { name = "up", manifest = "manifests/a.dts", script = echo },
    { name = "up_el0", manifest = "manifests/mem_el0.dts", script = echo },
  },
  normal_world = function(nw)
    nw:cpus_on()
    ask(nw)
    expect.truth(nw:wait_for(function() return done == 4 end, "20 ms"))
  end,
  secondary = ask,
}
