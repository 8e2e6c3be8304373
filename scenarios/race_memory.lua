-- SPDX-License-Identifier: BSD-3-Clause
-- Three PEs want the same memory at the same moment: what one of them gets, the others do not get. What has to be
-- in a TX buffer lies there before; all make the call only. --quantum "5 ns..300 ns" and --seed make other races.
local RETRIEVE_BYTES, LEND_BYTES = 80, 112 -- of descriptors with one receiver, and one range
local result = {}
local sent, again

local function partition(sp)
  if sp.vcpu == 0 then
    expect.ok(sp:rxtx_map())
  end
  sp:obey()
end

-- How many of the PEs' results are good; the others' errors are among those given.
local function winners(first, errors, last)
  local count, winner = 0, nil
  for pe = first, last or params.pes - 1 do
    if result[pe].error then
      expect.truth(errors[result[pe].error], "PE " .. pe .. ": " .. tostring(result[pe]))
    else
      count, winner = count + 1, result[pe]
    end
  end
  return count, winner
end

local function reclaim(nw, who)
  return nw:within(who, function(sp) return sp:mem_reclaim(sent) end)
end

local function send(nw, method, to, ranges)
  sent = nw:within("a", function(a)
    return expect.ok(a[method](a, { to = to, ranges = ranges, pages = ranges == nil and 1 or nil }))
  end)
end

-- The request lies in TX; this one is refused for w3.
local function stage_retrieve(nw)
  nw:within("mp", function(mp)
    expect.error("INVALID_PARAMETERS", mp:mem_retrieve { of = sent, w3 = 1 })
  end)
end

local function take(nw)
  result[nw.pe] = nw:within("mp", function(mp)
    local r = mp:call(ffa.MEM_RETRIEVE_REQ_32, RETRIEVE_BYTES, RETRIEVE_BYTES)
    if not r.error then
      mp:wait(math.random(1, 200) .. " ns")
      expect.ok(mp:rx_release())
    end
    return r
  end)
end

local function take_back(nw)
  result[nw.pe] = reclaim(nw, "a")
end

local function take_back_own(nw)
  result[nw.pe] = reclaim(nw, "mp")
end

local games = {}

-- Its owner takes memory back while two vCPUs of the borrower take it.
local function lend_or_share(method)
  return {
    prepare = function(nw)
      send(nw, method, "mp")
      stage_retrieve(nw)
    end,
    play = { [0] = take_back, take, take },
    settle = function(nw)
      local takers = winners(1, { DENIED = true, INVALID_PARAMETERS = true })
      expect.eq(takers, result[0].ok and 0 or 1, "borrowers that have it")
      if not result[0].ok then
        expect.error("DENIED", result[0])
        nw:within("mp", function(mp) expect.ok(mp:mem_relinquish(sent)) end)
        expect.ok(reclaim(nw, "a"))
      end
    end,
  }
end
games.lend = lend_or_share("mem_lend")
games.share = lend_or_share("mem_share")

-- A donation goes to one of two, or back.
games.donate = {
  prepare = function(nw)
    send(nw, "mem_donate", "mp")
    stage_retrieve(nw)
  end,
  play = { [0] = take_back, take, take },
  settle = function(nw)
    local takers = winners(1, { DENIED = true, INVALID_PARAMETERS = true })
    expect.eq(takers, result[0].ok and 0 or 1, "new owners")
    if not result[0].ok then
      local back = nw:within("mp", function(mp)
        return expect.ok(mp:mem_donate { to = "a", ranges = sent.sent.ranges })
      end)
      nw:within("a", function(a) expect.fid(ffa.MEM_RETRIEVE_RESP, a:mem_retrieve(back)) end)
    end
  end,
}

local function relinquish(nw)
  result[nw.pe] = nw:within("mp", function(mp) return mp:call(ffa.MEM_RELINQUISH) end)
end

-- Two vCPUs give back what they have once, and the owner would have it.
games.relinquish = {
  prepare = function(nw)
    send(nw, "mem_lend", "mp")
    nw:within("mp", function(mp)
      expect.fid(ffa.MEM_RETRIEVE_RESP, mp:mem_retrieve(sent))
      expect.error("INVALID_PARAMETERS", mp:mem_relinquish { of = sent, w1 = 1 })
    end)
  end,
  play = { [0] = relinquish, relinquish, take_back },
  settle = function(nw)
    expect.eq(winners(0, { DENIED = true, INVALID_PARAMETERS = true }, 1), 1, "it was given back")
    if params.pes < 3 or not result[2].ok then
      expect.ok(reclaim(nw, "a"))
    end
  end,
}

-- Three vCPUs of one owner lend the same page.
local function lend(nw)
  result[nw.pe] = nw:within("mp", function(mp)
    return mp:call(ffa.MEM_LEND_32, LEND_BYTES, LEND_BYTES)
  end)
end
games.send = {
  prepare = function(nw)
    nw:within("mp", function(mp)
      expect.error("INVALID_PARAMETERS",
                   mp:mem_lend { to = "a", ranges = { mp:alloc(1) }, w3 = 1 })
    end)
  end,
  play = { [0] = lend, lend, lend },
  settle = function(nw)
    local count, winner = winners(0, { DENIED = true })
    expect.eq(count, 1, "it is lent")
    nw:within("mp", function(mp) expect.ok(mp:mem_reclaim(winner.w2 | winner.w3 << 32)) end)
  end,
}

-- All vCPUs of an owner have it back; one of them lends it again at once, and nobody takes that for the same.
games.reclaim = {
  prepare = function(nw)
    sent = nw:within("mp", function(mp) return expect.ok(mp:mem_lend { to = "a", pages = 1 }) end)
  end,
  play = {
    [0] = take_back_own,
    function(nw)
      take_back_own(nw)
      if result[1].ok then
        again = nw:within("mp", function(mp)
          return expect.ok(mp:call(ffa.MEM_LEND_32, LEND_BYTES, LEND_BYTES))
        end)
      end
    end,
    take_back_own,
  },
  settle = function(nw)
    expect.eq(winners(0, { INVALID_PARAMETERS = true }), 1, "it is back")
    if result[1].ok then
      nw:within("mp", function(mp) expect.ok(mp:mem_reclaim(again.w2 | again.w3 << 32)) end)
    end
  end,
}

local order = { "lend", "share", "donate", "relinquish", "send", "reclaim" }

return scenario {
  name    = "races for memory",
  pes     = 4,
  quantum = "20 ns..2 us",
  limit   = "5 ms",
  tags    = { "memory", "smp", "race" },
  params  = { rounds = 10, pes = 3, game = "all" },
  partitions = {
    { name = "a", manifest = "manifests/a.dts", script = partition },
    { name = "mp", manifest = "manifests/mp4.dts", script = partition },
  },

  normal_world = function(nw)
    nw:cpus_on(params.pes)
    nw:play(games, order)
  end,

  secondary = function(nw) nw:play(games, order) end,
}
