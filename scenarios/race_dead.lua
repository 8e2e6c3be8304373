-- SPDX-License-Identifier: BSD-3-Clause
-- One vCPU of a partition ends it, while another one of its own runs on another PE and never gives its cycles back.
-- That one is stopped, whatever it is about; who lent the partition memory gets it back; nothing hangs.
-- --quantum "5 ns..300 ns" and --seed make other races.
local ANSWER = ffa.MSG_SEND_DIRECT_RESP_32
local sent, is_over

local function partition(sp)
  if sp.vcpu == 0 then
    expect.ok(sp:rxtx_map())
  end
  sp:obey()
end

-- What PE 1 does, while PE 0 ends the partition.
local games = {
  run = function(nw)
    local r = nw:try_within("mp", function(mp)
      while true do
        mp:wait("50 ns")
      end
    end)
    expect.error("ABORTED", r)
  end,
  reclaim = function(nw)
    local r = nw:try_within("a", function(a)
      while not a:mem_reclaim(sent).ok do
        a:wait(math.random(1, 60) .. " ns")
      end
      a:write(sent.sent.ranges[1][1], "mine")
    end)
    expect.fid(ANSWER, r)
  end,
}

local prepare = {
  run = function() end,
  reclaim = function(nw)
    nw:try_within("a", function(a) sent = expect.ok(a:mem_lend { to = "mp", pages = 1 }) end)
    nw:try_within("mp", function(mp) expect.fid(ffa.MEM_RETRIEVE_RESP, mp:mem_retrieve(sent)) end)
  end,
}

return scenario {
  name    = "races with a partition that ends itself",
  pes     = 4,
  quantum = "20 ns..2 us",
  limit   = "5 ms",
  tags    = { "abort", "smp", "race" },
  params  = { game = "run" },
  partitions = {
    { name = "a", manifest = "manifests/a.dts", script = partition },
    { name = "mp", manifest = "manifests/mp4.dts", script = partition },
  },

  normal_world = function(nw)
    nw:cpus_on(2)
    prepare[params.game](nw)
    nw:meet(2)
    expect.error("ABORTED", nw:try_within("mp", function(mp)
      mp:wait(math.random(1, 300) .. " ns")
      mp:abort()
    end))
    expect.truth(nw:wait_for(function() return is_over end, "3 ms"), "PE 1 goes on")
    expect.error("ABORTED", nw:direct_req("mp", {}))
    expect.state("mp", "ABORTED", 1)
  end,

  secondary = function(nw)
    nw:meet(2)
    games[params.game](nw)
    is_over = true
  end,
}
