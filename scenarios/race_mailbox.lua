-- SPDX-License-Identifier: BSD-3-Clause
-- Three PEs and one RX buffer: it has one writer at a time, a message in it is whole, it is given back once, and
-- buffers that were unmapped are not written any more.
-- --quantum "5 ns..300 ns" and --seed make other races.
local LONG, PATTERN = 1500, string.rep("P", 4096)
local result = {}
local buffers, places = nil, nil -- of mp; the two places where it has RX and TX in turn
local released = 0

local function partition(sp)
  if sp.vcpu == 0 then
    local mine = expect.ok(sp:rxtx_map())
    if sp.name == "mp/0" then
      buffers, places = mine, { sp:alloc(2), sp:alloc(2) }
    end
  end
  sp:obey()
end

-- PE 1 and PE 2 each have a partition that sends: a text of one letter, long enough to take a while.
local SENDER = { "s1", "s2" }

local function text_of(pe)
  return string.rep(pe == 1 and "x" or "y", LONG + 10 * pe)
end

local function send(nw)
  result[nw.pe] = nw:within(SENDER[nw.pe], function(sp)
    return sp:send2("mp", text_of(nw.pe))
  end)
end

-- What lies in RX is whole, and from one whose call says so.
local function read_and_release(nw)
  return nw:within("mp", function(mp)
    local m = mp:message()
    if mp:rx_release().error then
      return false
    end
    local pe = m.sender == result.s1 and 1 or 2
    expect.eq({ m.text, m.tail_is_zero }, { text_of(pe), true }, "the message")
    expect.truth(result[pe].ok, "its sender knows")
    return true
  end)
end

local games = {}

-- Two send to one, who takes nothing until then: one message arrives.
games.send = {
  pes = 3,
  play = {
    [0] = function(nw)
      released = 0
      nw:within("mp", function(mp)
        for _ = 1, 6 do
          released = released + (mp:rx_release().ok and 1 or 0)
          mp:wait(math.random(1, 60) .. " ns")
        end
      end)
    end,
    send, send,
  },
  settle = function(nw)
    local sent = (result[1].ok and 1 or 0) + (result[2].ok and 1 or 0)
    for pe = 1, 2 do
      expect.truth(result[pe].ok or result[pe].error == "BUSY", tostring(result[pe]))
    end
    expect.eq(released + (read_and_release(nw) and 1 or 0), sent, "messages")
  end,
}

-- Three vCPUs give one message back.
local function release(nw)
  result[nw.pe] = nw:within("mp", function(mp) return mp:rx_release() end)
end
games.release = {
  prepare = function(nw)
    nw:within("s1", function(sp) expect.ok(sp:send2("mp", "once")) end)
  end,
  play = { [0] = release, release, release },
  settle = function()
    local count = 0
    for pe = 0, params.pes - 1 do
      count = count + (result[pe].ok and 1 or 0)
      expect.truth(result[pe].ok or result[pe].error == "DENIED", tostring(result[pe]))
    end
    expect.eq(count, 1, "releases")
  end,
}

-- The receiver takes its buffers away and maps others, while two send.
games.unmap = {
  play = {
    [0] = function(nw)
      nw:within("mp", function(mp)
        local old = buffers
        expect.ok(mp:rxtx_unmap())
        mp:write(old.rx, PATTERN)
        mp:wait(math.random(1, 100) .. " ns")
        places[1], places[2] = places[2], places[1]
        buffers = expect.ok(mp:rxtx_map { rx = places[1], tx = places[1] + 4096 })
        mp:wait(math.random(1, 300) .. " ns")
        expect.truth(mp:read(old.rx, 4096) == PATTERN, "memory that is no buffer is not written")
      end)
    end,
    send, send,
  },
  settle = function(nw)
    read_and_release(nw)
  end,
}

-- All PEs of the normal world ask for the same list, and it goes to one at a time.
local function ask(nw)
  local r = nw:call(ffa.PARTITION_INFO_GET, 0, 0, 0, 0, 0)
  result[nw.pe] = r
  if r.ok then
    local first, size = result.rx, r.w3
    expect.eq(r.w2, result.count, "partitions")
    for i = 0, 2 do
      expect.eq(nw:read32(first + i * size) & 0xffff, 0x8001 + i, "its id")
    end
    nw:write(first, string.rep("?", 3 * size))
    expect.ok(nw:rx_release())
  else
    expect.error("BUSY", r)
  end
end
games.list = {
  prepare = function(nw)
    result.rx = result.rx or expect.ok(nw:rxtx_map()).rx
    result.count = nw:partition_info_get { count = true }.count
  end,
  play = { [0] = ask, ask, ask },
}

local order = { "send", "release", "unmap", "list" }

return scenario {
  name    = "races for an RX buffer",
  pes     = 4,
  quantum = "20 ns..2 us",
  limit   = "5 ms",
  tags    = { "indirect", "rxtx", "smp", "race" },
  params  = { rounds = 10, pes = 3, game = "all" },
  partitions = {
    { name = "mp", manifest = "manifests/mail_mp.dts", script = partition },
    { name = "s1", manifest = "manifests/mail_a.dts", script = partition },
    { name = "s2", manifest = "manifests/mail_b.dts", script = partition },
  },

  normal_world = function(nw)
    result.s1 = nw:find("s1").id
    nw:cpus_on(params.pes)
    nw:meet(params.pes) -- a vCPU that comes up says FFA_MSG_WAIT, and that gives RX back
    nw:play(games, order)
  end,

  secondary = function(nw)
    nw:meet(params.pes)
    nw:play(games, order)
  end,
}
