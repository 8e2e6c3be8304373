-- SPDX-License-Identifier: BSD-3-Clause
-- Periodic timers on four PEs: of two partitions with a vCPU for each PE, and of one with a single vCPU, which goes
-- from PE to PE. Each vCPU gets every tick, on its PE, while all PEs call partitions and rest.
-- conformance: arch_timer.multiple_sp_periodic_deadline_mp
local PES, TICKS, CNT_NS = 4, 40, 16
local PERIOD = { mp = 10000, far = 14000, up = 9000 } -- ns
local LATE = 20000
local BEGIN, REST = 1, 2
local ticks, done = {}, 0

local function periodic(name, manifest)
  return { name = name, manifest = manifest, script = function(sp)
      local mine = { count = 0, latest = 0, due = 0, name = name }
      ticks[name .. sp.vcpu] = mine
      sp:on_interrupt(function(_, id)
        expect.eq(id, 3)
        expect.truth(name == "up" or sp.pe == sp.vcpu)
        mine.count = mine.count + 1
        mine.latest = math.max(mine.latest, sp.now_ns - mine.due * CNT_NS)
        mine.due = mine.due + PERIOD[name] // CNT_NS
        if mine.count < TICKS then
          sp:cntp("CVAL", mine.due)
        else
          sp:timer(false)
        end
      end)
      expect.ok(sp:interrupt_enable(3))
      sp:serve(function(request)
        if request.payload[1] == BEGIN then
          mine.due = (sp.now_ns + PERIOD[name]) // CNT_NS
          sp:cntp("CVAL", mine.due)
          sp:cntp("CTL", 1)
        else
          sp:wait(5000 + 1000 * sp.pe)
        end
        return {}
      end)
    end }
end

-- The one with a single vCPU is BUSY while another PE has it.
local function ask(nw, name, what)
  local r
  repeat
    r = nw:direct_req(name, { what })
    if r.error then
      expect.error("BUSY", r)
      nw:wait("1 us")
    end
  until not r.error
  expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, r)
end

local function drive(nw)
  ask(nw, "mp", BEGIN)
  ask(nw, "far", BEGIN)
  if nw.pe == 0 then
    ask(nw, "up", BEGIN)
  end
  repeat
    ask(nw, "mp", REST)
    ask(nw, "up", REST)
    nw:wait("8 us")
  until ticks["mp" .. nw.pe].count == TICKS and ticks["far" .. nw.pe].count == TICKS
  done = done + 1
end

return scenario {
  name  = "periodic timers on four PEs",
  pes   = PES,
  limit = "50 ms",
  quantum = "100 ns..1 us",
  tags  = { "interrupts", "timer", "pes", "quick", "timed" },
  partitions = {
    periodic("mp", "manifests/mp4.dts"), periodic("far", "manifests/mp4_b.dts"),
    periodic("up", "manifests/a.dts"),
  },

  normal_world = function(nw)
    nw:cpus_on()
    drive(nw)
    expect.truth(nw:wait_for(function() return done == PES and ticks.up0.count == TICKS end, "10 ms"))
    nw:wait("200 us")
    for key, one in pairs(ticks) do
      expect.eq(one.count, TICKS, key)
      expect.truth(one.latest < LATE, key .. ": late by up to " .. one.latest .. " ns")
    end
  end,
  secondary = drive,
}
