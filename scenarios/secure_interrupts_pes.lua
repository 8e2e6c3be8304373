-- SPDX-License-Identifier: BSD-3-Clause
-- Interrupts and several PEs: a partition with one vCPU gets its own wherever that is, one with
-- a vCPU on each PE gets them where they come; and it can have them moved, also while the device
-- counts.
-- conformance: secure_interrupts.target_vcpu_migrated_waiting
-- conformance: secure_interrupts.target_vcpu_migrated_running
-- conformance: secure_interrupts.target_vcpu_migrated_blocked
-- conformance: secure_interrupts.sp_route_interrupt_to_secondary_vcpu
-- conformance: secure_interrupts.preempted_by_secure_interrupt
local PES = 4
local SP804, TICK = 0x090e0000, 4096 -- of "mp", one tick is 1 us
local NWD = 100
local told = {}

local function record(name, sp, id)
  told[#told + 1] = { name, id, sp.pe, sp.now_ns }
end

-- { who, INTID, PE } of all that were handled since the last time
local function expect_told(wanted, what)
  local list = {}
  for i, one in ipairs(told) do
    list[i] = { one[1], one[2], one[3] }
  end
  expect.eq(list, wanted, what)
  told = {}
end

local function partition(name, ids)
  return function(sp)
    sp:on_interrupt(function(_, id) record(name, sp, id) end)
    for _, id in ipairs(ids) do
      expect.ok(sp:interrupt_enable(id))
    end
    sp:obey()
  end
end

-- "mp" does what lies ready for a vCPU when that is run.
local mp_job = {}

local function mp(sp)
  sp:on_interrupt(function(_, id)
    if id == TICK then
      sp:write32(SP804 + 0x0c, 1)
    end
    record("mp", sp, id)
  end)
  for _, id in ipairs { 92, 93, TICK } do
    expect.ok(sp:interrupt_enable(id))
  end
  local r = sp:msg_wait()
  while true do
    if r.fid == ffa.RUN and mp_job[sp.vcpu] then
      mp_job[sp.vcpu](sp)
    end
    r = sp:msg_wait()
  end
end

-- fn(name, INTID, PE) for "a" at S-EL1 and "el0", and for each of the PEs.
local function each(pes, fn)
  for _, one in ipairs { { "a", 64 }, { "el0", 88 } } do
    for _, pe in ipairs(pes) do
      fn(one[1], one[2], pe)
    end
  end
end

-- fn(partition's context, begin) on another PE: has begun when this returns what waits for its end.
local function under_way(nw, pe, name, fn)
  local began
  local done = nw:start_on_pe(pe, function(nw_there)
    nw_there:act(name, function(sp)
      fn(sp, function() began = true end)
    end)
  end)
  expect.truth(nw:wait_for(function() return began end))
  nw:wait("3 us")
  return done
end

-- Interrupts 64 and 88 go to PE 0, where the machine booted.
local function waiting(nw)
  each({ 3, 2, 1 }, function(name, id, pe)
    nw:on_pe(pe, function(nw_there)
      expect.eq(nw_there:act(name, function(sp) return sp.pe end), pe)
    end)
    machine.interrupt(id)
    nw:wait("1 us")
    expect_told({ { name, id, 0 } })
    expect.state(name, "WAITING")
  end)
end

local function running(nw)
  each({ 1, 2, 3 }, function(name, id, pe)
    local ended
    local done = under_way(nw, pe, name, function(sp, begin)
      begin()
      sp:wait("20 us")
      ended = sp.now_ns
    end)
    local from = nw.now_ns
    machine.interrupt(id)
    done()
    -- S-EL1 at once, S-EL0 with its response; both where they run
    local at = told[1] and told[1][4]
    if name == "a" then
      expect.truth(at < from + 3000, at - from)
    else
      expect.truth(at >= ended and at < ended + 3000)
    end
    expect_told({ { name, id, pe } })
  end)
end

local function blocked(nw)
  each({ 1, 2, 3 }, function(name, id, pe)
    local ended
    local done = under_way(nw, pe, name, function(sp, begin)
      sp:act("b", function(b)
        begin()
        b:wait("20 us")
        ended = b.now_ns
        expect.eq(#told, 0)
        expect.state(name, "BLOCKED")
      end)
    end)
    machine.interrupt(id)
    done()
    expect.truth(told[1][4] >= ended, "b is not disturbed")
    expect_told({ { name, id, pe } })
  end)
end

-- Preempted on one PE, resumed on another: there it gets what came meanwhile.
local function preempted(nw)
  nw:irq_enable(NWD, { edge = true, pe = 1 })
  nw:on_pe(1, function(nw_there)
    nw_there:on_interrupt(function(_, id) expect.eq(id, NWD) end)
    local _, r = nw_there:act("a", function(a)
      machine.interrupt(NWD)
      a:wait("5 us")
      expect.eq(a.pe, 2)
    end)
    expect.fid(ffa.INTERRUPT, r)
  end)
  expect.state("a", "PREEMPTED")
  machine.interrupt(64)
  nw:wait("2 us")
  expect_told({})
  nw:on_pe(2, function(nw_there)
    expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, nw_there:run("a"))
  end)
  expect_told({ { "a", 64, 2 } })
end

local function routes(nw)
  -- "mp" has the timer count, and moves its interrupt to another PE, on and on.
  for pe = 0, PES - 1 do
    local to = (pe + 1) % PES
    mp_job[pe] = function(sp)
      sp:write32(SP804, 5)
      sp:write32(SP804 + 8, 0xa3)
      expect.ok(sp:interrupt_reconfigure(TICK, "pe", to))
      sp:wait("20 us")
      expect_told({ { "mp", TICK, to } }, "while it runs here")
      sp:write32(SP804, 5)
      sp:write32(SP804 + 8, 0xa3)
    end
    nw:on_pe(pe, function(nw_there) expect.fid(ffa.MSG_WAIT, nw_there:run("mp", pe)) end)
    nw:wait("10 us")
    expect_told({ { "mp", TICK, to } }, "while it waits")
    -- While it runs there, too.
    mp_job[to] = function(sp)
      sp:write32(SP804, 2)
      sp:write32(SP804 + 8, 0xa3)
      local from = sp.now_ns
      sp:wait("10 us")
      expect.truth(told[1][4] < from + 5000)
    end
    nw:on_pe(to, function(nw_there) expect.fid(ffa.MSG_WAIT, nw_there:run("mp", to)) end)
    expect_told({ { "mp", TICK, to } }, "while it runs there")
  end
  mp_job = {}
  -- Who has one vCPU may name the PE that this is on, and no other.
  nw:on_pe(3, function(nw_there)
    nw_there:act("a", function(a)
      expect.eq(a:interrupt_reconfigure(64, "pe", 0).ok, false)
      expect.ok(a:interrupt_reconfigure(64, "pe", 3))
    end)
    machine.interrupt(64)
    nw_there:wait("1 us")
  end)
  expect_told({ { "a", 64, 3 } })
  mp_job[0] = function(sp)
    expect.eq(sp:interrupt_reconfigure(92, "pe", 8).ok, false, "PE 8")
    expect.eq(sp:interrupt_reconfigure(64, "pe", 0).ok, false, "another's")
  end
  expect.fid(ffa.MSG_WAIT, nw:run("mp", 0))
end

-- A vCPU that runs by FFA_RUN: its own interrupt and another's, masked or not, on each PE.
local function by_run(nw)
  for pe = 0, PES - 1 do
    nw:on_pe(pe, function(nw_there)
      nw_there:act("a", function(a) expect.ok(a:interrupt_reconfigure(64, "pe", pe)) end)
      for _, masked in ipairs { false, true } do
        mp_job[pe] = function(sp)
          expect.ok(sp:interrupt_reconfigure(92, "pe", pe))
          sp:mask(masked)
          machine.interrupt(64)
          sp:wait("1 us")
          expect_told({ { "a", 64, pe } }, "another's preempts it")
          machine.interrupt(92)
          sp:wait("1 us")
          if masked then
            expect_told({}, "its own")
            local r = sp:msg_wait()
            expect.eq({ r.fid, r.w2 }, { ffa.INTERRUPT, 92 }, "before it waits")
            sp:mask(false)
            sp:wait("100 ns")
          end
          expect_told({ { "mp", 92, pe } }, "its own")
        end
        expect.fid(ffa.MSG_WAIT, nw_there:run("mp", pe))
        expect_told({})
      end
    end)
  end
end

return scenario {
  name  = "secure interrupts on four PEs",
  limit = "10 ms",
  tags  = { "interrupts", "pes", "quick", "timed" },
  pes   = PES,
  quantum = "200 ns",
  partitions = {
    { name = "a", manifest = "manifests/irq_a.dts", script = partition("a", { 64 }) },
    { name = "b", manifest = "manifests/irq_b.dts", script = partition("b", { 80 }) },
    { name = "el0", manifest = "manifests/irq_el0.dts", script = partition("el0", { 88 }) },
    { name = "mp", manifest = "manifests/irq_mp.dts", script = mp },
  },
  normal_world = function(nw)
    nw:cpus_on()
    expect.truth(nw:wait_for(function() return spmc:vcpu("mp", PES - 1).state == "WAITING" end))
    waiting(nw)
    running(nw)
    blocked(nw)
    preempted(nw)
    routes(nw)
    by_run(nw)
  end,
  secondary = function(nw) nw:attend() end,
}
