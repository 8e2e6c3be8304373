-- SPDX-License-Identifier: BSD-3-Clause
-- Three PEs, or with --set pes=2 two, call a partition that has one vCPU: one at a time is served, each gets the answer
-- to its own request and no other; one that yielded is resumed by one of them; and a call chain stays on its PE.
-- --quantum "5 ns..300 ns" and --seed make other races.
local ANSWER = ffa.MSG_SEND_DIRECT_RESP_32
local SERVE, YIELD, CALL, CALL_AND_YIELD = 1, 2, 3, 4
local token, inside = 1000, {}
local result, wanted = {}, nil

local function new_token()
  token = token + 1
  return token
end

-- A request of a partition to "up"; the first word of the answer, or 0.
local function ask_up(sp)
  local mine = new_token()
  local r = sp:direct_req("up", { SERVE, mine })
  if r.error then
    expect.error("BUSY", r)
    return 0
  end
  expect.eq({ r.fid, r.payload[1] }, { ANSWER, mine }, "the answer to its own request")
  return mine
end

local function serve(sp, request)
  local what, mine = request.payload[1], request.payload[2]
  expect.eq(inside[sp.name], nil, "nobody else is served")
  inside[sp.name] = mine
  sp:wait(math.random(1, 200) .. " ns")
  if what == YIELD then
    expect.ok(sp:yield())
  elseif what == CALL then
    ask_up(sp)
  elseif what == CALL_AND_YIELD then
    expect.fid(ffa.YIELD, sp:direct_req("up", { YIELD, mine }))
    expect.ok(sp:yield())
    expect.eq(sp:run("up").payload[1], mine)
  end
  expect.eq(inside[sp.name], mine, "what it had before")
  inside[sp.name] = nil
  return { mine }
end

local function partition(sp)
  sp:serve(function(request) return serve(sp, request) end)
end

-- Asks until it is served.
local function ask(nw, who, what)
  local mine = new_token()
  local r
  repeat
    r = nw:direct_req(who, { what, mine })
    if r.error then
      expect.error("BUSY", r)
    end
  until not r.error
  expect.eq({ r.fid, r.payload[1] }, { ANSWER, mine }, "the answer to its own request")
end

local games = {}

games.call = {
  play = function(nw)
    for _ = 1, 3 do
      ask(nw, "up", SERVE)
    end
  end,
}

-- Some by way of another partition, which is told BUSY while others are served.
games.through = {
  play = function(nw)
    for _ = 1, 3 do
      ask(nw, nw.pe == 2 and "up" or "front", nw.pe == 2 and SERVE or CALL)
    end
  end,
}

-- All resume one that yielded, and one of them gets the answer. To those who come later it has nothing to say.
games.resume = {
  prepare = function(nw)
    wanted = new_token()
    expect.fid(ffa.YIELD, nw:direct_req("up", { YIELD, wanted }))
  end,
  play = function(nw)
    nw:wait(math.random(1, 300) .. " ns")
    result[nw.pe] = nw:run("up")
  end,
  settle = function()
    local answers = 0
    for pe = 0, params.pes - 1 do
      local r = result[pe]
      if r.fid == ANSWER then
        answers = answers + 1
        expect.eq(r.payload[1], wanted)
      elseif r.error then
        expect.error("BUSY", r)
      else
        expect.fid(ffa.MSG_WAIT, r)
      end
    end
    expect.eq(answers, 1, "answers")
  end,
}

-- PE 0 resumes the chain that it began; to others it is not there.
games.chain = {
  prepare = function(nw)
    wanted = new_token()
    expect.fid(ffa.YIELD, nw:direct_req("front", { CALL_AND_YIELD, wanted }))
  end,
  play = function(nw)
    if nw.pe ~= 0 then
      expect.truth(nw:run(nw.pe == 1 and "front" or "up").error, "the chain is PE 0's")
    end
  end,
  settle = function(nw)
    local r = nw:run("front")
    expect.eq({ r.fid, r.payload[1] }, { ANSWER, wanted })
  end,
}

local order = { "call", "through", "resume", "chain" }

return scenario {
  name    = "races for a vCPU",
  pes     = 4,
  quantum = "20 ns..2 us",
  limit   = "5 ms",
  tags    = { "direct", "smp", "race" },
  params  = { rounds = 10, pes = 3, game = "all" },
  partitions = {
    { name = "up", manifest = "manifests/a.dts", script = partition },
    { name = "front", manifest = "manifests/b.dts", script = partition },
  },

  normal_world = function(nw)
    nw:cpus_on(params.pes)
    nw:play(games, order)
  end,

  secondary = function(nw) nw:play(games, order) end,
}
