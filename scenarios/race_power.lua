-- SPDX-License-Identifier: BSD-3-Clause
-- Two PEs switch a third one on whenever it is off, and a fourth one comes and goes, too. Who is told that it is
-- on has switched it on, once. A partition with one vCPU is called from all of them, and goes on elsewhere with its
-- timer; what runs on a PE that goes off starts anew.
-- --quantum "5 ns..300 ns" and --seed make other races.
local ANSWER = ffa.MSG_SEND_DIRECT_RESP_32
local TIMER = 3
local SERVE, ARM, YIELD = 1, 2, 3
local came, switched_on = { 0, 0, 0 }, { 0, 0, 0 }
local deadline, told, helper_ends = nil, 0, false

local function partition(sp)
  sp:on_interrupt(function(_, id)
    expect.eq(id, TIMER)
    expect.truth(deadline and sp.now_ns >= deadline, "not before its time")
    sp:timer(false)
    deadline = nil
    told = told + 1
  end)
  expect.ok(sp:interrupt_enable(TIMER))
  sp:serve(function(request)
    local what = request.payload[1]
    sp:wait(math.random(1, 100) .. " ns")
    if what == ARM and deadline == nil then
      local ns = math.random(500, 3000)
      deadline = sp.now_ns + ns
      sp:timer(ns .. " ns")
    elseif what == YIELD then
      expect.ok(sp:yield())
    end
    return { request.payload[2] }
  end)
end

local function call(nw, who, what)
  local r = nw:direct_req(who, { what, nw.pe })
  if r.error then
    expect.error("BUSY", r)
  elseif what ~= YIELD then
    expect.eq({ r.fid, r.payload[1] }, { ANSWER, nw.pe }, "the answer to its own request")
  end
  return r
end

local function switch_on(nw, pe)
  local r = nw:cpu_on(pe)
  if r.ok then
    switched_on[pe] = switched_on[pe] + 1
  else
    expect.truth(r.error == "ALREADY_ON" or r.error == "ON_PENDING", tostring(r))
  end
end

-- What PE 0 and PE 3 do.
local function steer(nw, others)
  for _ = 1, params.rounds do
    switch_on(nw, others[math.random(#others)])
    nw:wait(math.random(1, 300) .. " ns")
    call(nw, "up", SERVE)
    call(nw, "mp", SERVE)
  end
end

return scenario {
  name    = "races of PEs that come and go",
  pes     = 4,
  quantum = "20 ns..2 us",
  limit   = "5 ms",
  tags    = { "psci", "timer", "smp", "race" },
  params  = { rounds = 30 },
  partitions = {
    { name = "up", manifest = "manifests/a.dts", script = partition },
    { name = "mp", manifest = "manifests/mp4.dts", script = function(sp)
        sp:serve(function(request)
          expect.eq(sp.pe, sp.vcpu)
          if request.payload[1] == YIELD then
            sp:yield()
          end
          return { request.payload[2] }
        end)
      end },
  },

  normal_world = function(nw)
    switch_on(nw, 3)
    steer(nw, { 1, 2 })
    expect.truth(nw:wait_for(function() return helper_ends end))
    for pe = 1, 3 do
      expect.truth(nw:wait_for(function() return nw:affinity_info(pe).state == "OFF" end),
                   "PE " .. pe .. " goes off")
      expect.eq(came[pe], switched_on[pe], "how often PE " .. pe .. " came")
      expect.state("mp", came[pe] == 0 and "CREATED" or "OFF", pe)
    end
    if deadline then
      nw:wait(math.max(deadline - nw.now_ns, 0) + 2000 .. " ns")
      expect.eq(deadline, nil, "its timer is told here: it has nowhere else to go")
    end
    expect.eq(call(nw, "up", SERVE).fid, ANSWER)
  end,

  -- PE 1 and PE 2 go off again at once, and leave something behind.
  secondary = function(nw)
    came[nw.pe] = came[nw.pe] + 1
    if nw.pe == 3 then
      steer(nw, { 1, 2 })
      helper_ends = true
    else
      call(nw, "up", math.random(SERVE, ARM))
      call(nw, "mp", math.random(0, 1) == 0 and SERVE or YIELD)
    end
    nw:cpu_off()
  end,
}
