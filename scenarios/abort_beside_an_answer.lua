-- SPDX-License-Identifier: BSD-3-Clause
-- A partition's vCPU answers on one PE while another one aborts it on the other PE, a little earlier for each
-- victim: its vCPUs are dead at the end, whichever comes first.
local VICTIMS, STEP_NS = 16, 50
local round, due, gone = 0, 0, 0

local function until_ns(here, time_ns)
  if time_ns > here.now_ns then
    here:wait(time_ns - here.now_ns .. " ns")
  end
end

-- vCPU 0 answers, vCPU 1 aborts.
local function partition(sp)
  sp:serve(function(request)
    until_ns(sp, due - sp.vcpu * request.payload[1] * STEP_NS)
    if sp.vcpu == 1 then
      sp:abort()
    end
    return {}
  end)
end

local function victims()
  local list = {}
  for i = 1, VICTIMS do
    list[i] = { name = "m" .. i, manifest = "manifests/notify_mp.dts", script = partition }
  end
  return list
end

return scenario {
  name    = "a partition dies beside an answer",
  pes     = 4,
  quantum = "20 ns",
  limit   = "20 ms",
  tags    = { "abort", "messages", "pes", "race", "quick" },
  partitions = victims(),

  normal_world = function(nw)
    expect.ok(nw:cpu_on(1))
    for i = 1, VICTIMS do
      round, due = i, nw.now_ns + 5000
      until_ns(nw, due - 1000)
      local r = nw:direct_req("m" .. i, { i })
      expect.truth(r.fid == ffa.MSG_SEND_DIRECT_RESP_32 or r.error == "ABORTED", tostring(r))
      expect.truth(nw:wait_for(function() return gone == i end, "20 ms"))
      expect.state("m" .. i, "ABORTED", 0)
      expect.state("m" .. i, "ABORTED", 1)
      expect.error("ABORTED", nw:direct_req("m" .. i, { i }))
    end
  end,

  secondary = function(nw)
    for i = 1, VICTIMS do
      expect.truth(nw:wait_for(function() return round == i end, "20 ms"))
      until_ns(nw, due - 2000)
      local r = nw:direct_req("m" .. i, { i })
      expect.error("ABORTED", r)
      gone = i
    end
  end,
}
