-- SPDX-License-Identifier: BSD-3-Clause
-- Three partitions with periodic timers: each gets every tick, while the normal world runs, while one of them
-- does, and while one calls another.
-- conformance: arch_timer.multiple_sp_periodic_deadline
local PERIOD = { a = 10000, b = 15000, c = 7000 } -- ns
local TICKS = 100
local CNT_NS = 16
local LATE = 5000
local BEGIN, REST = 1, 2
local ticks = {}

-- Each deadline is counted from the one before, so that none is left out and none moves.
local function periodic(name)
  return { name = name, manifest = "manifests/" .. name .. ".dts", script = function(sp)
      local due
      sp:on_interrupt(function(_, id)
        expect.eq(id, 3)
        local t = ticks[name]
        t.count = t.count + 1
        t.latest = math.max(t.latest, sp.now_ns - due * CNT_NS)
        due = due + PERIOD[name] // CNT_NS
        if t.count < TICKS then
          sp:cntp("CVAL", due)
        else
          sp:timer(false)
        end
      end)
      expect.ok(sp:interrupt_enable(3))
      sp:obey(function(request)
        if request.payload[1] == REST then
          sp:wait("30 us")
          return {}
        end
        ticks[name] = { count = 0, latest = 0 }
        due = sp.now_ns // CNT_NS + PERIOD[name] // CNT_NS
        sp:cntp("CVAL", due)
        sp:cntp("CTL", 1)
        return {}
      end)
    end }
end

local function all_done()
  return ticks.a.count == TICKS and ticks.b.count == TICKS and ticks.c.count == TICKS
end

local function run(nw, meanwhile)
  for _, name in ipairs { "a", "b", "c" } do
    nw:direct_req(name, { BEGIN })
  end
  repeat meanwhile() until all_done()
  for _, name in ipairs { "a", "b", "c" } do
    expect.truth(ticks[name].latest < LATE, name .. ": late by up to " .. ticks[name].latest .. " ns")
  end
  nw:wait("100 us")
  expect.truth(all_done(), "and no more")
end

return scenario {
  name  = "periodic timers of several partitions",
  limit = "50 ms",
  tags  = { "interrupts", "timer", "quick", "timed" },
  partitions = { periodic("a"), periodic("b"), periodic("c") },

  normal_world = function(nw)
    run(nw, function() nw:wait("50 us") end)
    run(nw, function()
      nw:act("b", function(sp) sp:wait("120 us") end)
      nw:wait("5 us")
    end)
    run(nw, function()
      nw:act("a", function(sp)
        local r = sp:direct_req("c", { REST })
        while r.fid == ffa.INTERRUPT do
          r = sp:run("c")
        end
        expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, r)
        sp:wait("20 us")
      end)
    end)
  end,
}
