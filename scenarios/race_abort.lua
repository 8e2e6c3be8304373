-- SPDX-License-Identifier: BSD-3-Clause
-- A partition dies on one PE while others call it, write to it, notify it and want their memory back: all of them
-- are told something sensible, and nothing of it is left. One that has a vCPU on each PE dies on all of them.
-- --quantum "5 ns..300 ns" and --seed make other races.
local PES, YIELD = 3, 1
local ANSWER = ffa.MSG_SEND_DIRECT_RESP_32
local VICTIMS = { "v1", "v2", "v3", "m1", "m2" } -- with one vCPU, and with one for each PE
local sent, victim, gone, tx

local function partition(sp)
  sp:on_interrupt(function() end)
  if sp.vcpu == 0 then
    expect.ok(sp:rxtx_map())
    if sp.id > 0x8002 then
      expect.ok(sp:notification_bind { sender = 1, bits = 1 })
    end
  end
  sp:obey(function()
    expect.ok(sp:yield())
    return {}
  end)
end

local REFUSED = { BUSY = true, DENIED = true, ABORTED = true, INVALID_PARAMETERS = true } -- RX is gone
local LATE = { ABORTED = true, BUSY = true } -- of calls to one that is dead, or about to be

local function dies(nw)
  local r
  repeat -- as long as another PE is in it
    r = nw:try_within(victim, function(v)
      v:wait(math.random(1, 300) .. " ns")
      v:abort()
    end)
  until r.error ~= "BUSY"
  expect.error("ABORTED", r)
  gone = true
end

-- Its lender wants to have its memory back, and gets it when the borrower is dead.
local function wants_memory(nw)
  nw:within("a", function(a)
    local r
    repeat
      r = a:mem_reclaim(sent)
      if r.error then
        expect.error("DENIED", r)
      end
      a:wait(math.random(1, 60) .. " ns")
    until r.ok
    a:write(sent.sent.ranges[1][1], "mine")
  end)
end

local function bothers(nw)
  repeat
    local r = nw:notification_set { sender = 1, receiver = victim, bits = 1 }
    expect.truth(r.ok or r.error == "DENIED", tostring(r))
    local called = nw:try_within(victim, function(v) v:wait(math.random(1, 200) .. " ns") end)
    expect.truth(called.fid == ANSWER or LATE[called.error], tostring(called))
    r = nw:send2(victim, string.rep("m", 900), { tx = tx })
    expect.truth(r.ok or REFUSED[r.error], tostring(r))
    -- An innocent one asks it, and comes back whatever happens.
    nw:within("c", function(c)
      r = c:direct_req(victim, { YIELD })
      while r.fid == ffa.YIELD do
        r = c:run(victim, victim:sub(1, 1) == "m" and c.pe or 0)
      end
      expect.truth(r.fid == ANSWER or LATE[r.error], tostring(r))
    end)
  until gone
end

local play = { [0] = wants_memory, dies, bothers }

local function prepare(nw)
  gone = false
  sent = nw:within("a", function(a)
    return expect.ok(a:mem_lend { to = victim, pages = 2 })
  end)
  nw:within(victim, function(v) expect.fid(ffa.MEM_RETRIEVE_RESP, v:mem_retrieve(sent)) end)
end

local function settle(nw)
  expect.error("ABORTED", nw:direct_req(victim, {}))
  expect.truth(nw:send2(victim, "late").error)
  for vcpu = 0, victim:sub(1, 1) == "m" and PES - 1 or 0 do
    expect.state(victim, "ABORTED", vcpu)
  end
end

local function partitions()
  local list = {
    { name = "a", manifest = "manifests/a.dts", script = partition },
    { name = "c", manifest = "manifests/c.dts", script = partition },
  }
  for _, name in ipairs(VICTIMS) do
    list[#list + 1] = { name = name, script = partition, manifest = name:sub(1, 1) == "m"
                        and "manifests/notify_mp.dts" or "manifests/notify_a.dts" }
  end
  return list
end

return scenario {
  name    = "races with a partition that dies",
  pes     = 4,
  quantum = "20 ns..2 us",
  limit   = "5 ms",
  tags    = { "abort", "memory", "smp", "race" },
  partitions = partitions(),

  normal_world = function(nw)
    tx = expect.ok(nw:rxtx_map()).tx
    nw:cpus_on(PES)
    for _, name in ipairs(VICTIMS) do
      victim = name
      prepare(nw)
      nw:meet(PES)
      play[0](nw)
      nw:meet(PES)
      settle(nw)
    end
  end,

  secondary = function(nw)
    for _ = 1, #VICTIMS do
      nw:meet(PES)
      play[nw.pe](nw)
      nw:meet(PES)
    end
  end,
}
