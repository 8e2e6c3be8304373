-- SPDX-License-Identifier: BSD-3-Clause
-- Inter-processor interrupts of a partition to its vCPUs that wait, while their PEs run the normal world: the
-- scheduler of that PE hears SRI, is told which vCPU, and runs it. Between PE 0 and another, between two others, to
-- two at once, together with an interrupt of the normal world's own; and to vCPUs that are not there.
-- conformance: ipi.receive_ipi_invalid_target_vcpus
-- conformance: ipi.receive_ipi_waiting_vcpu_in_nwd
-- conformance: ipi.receive_ipi_waiting_vcpu_in_nwd_non_primary_cpu
-- conformance: ipi.receive_ipi_waiting_vcpu_in_nwd_with_nwd_interrupt
-- conformance: ipi.receive_ipi_one_service_to_two_vcpus
local SRI, IPI, TIMER = 8, 9, 30
local IDLE = 3 -- a PE that is off
local got = { [0] = 0, 0, 0, 0 }        -- IPIs that a vCPU took
local sris = { [0] = 0, 0, 0, 0 }       -- SRIs that a PE took
local own = { [0] = 0, 0, 0, 0 }        -- interrupts of a PE's own
local listed = {}                       -- vCPUs that INFO_GET told of
local job = {}                          -- what a PE is to do, by number

local function handle_sri(nw)
  nw:irq_enable(SRI)
  nw:irq_enable(TIMER)
  nw:on_interrupt(function(_, id)
    if id == TIMER then
      nw:timer(false)
      own[nw.pe] = own[nw.pe] + 1
      return
    end
    expect.eq(id, SRI)
    sris[nw.pe] = sris[nw.pe] + 1
  end)
end

-- Which vCPUs are to be run: whoever asks first is told, and each once.
local function look(nw)
  local r = nw:notification_info_get()
  if r.error then
    return expect.error("NO_DATA", r)
  end
  for _, one in ipairs(r.ids) do
    expect.eq(one.name, "mp")
    for _, vcpu in ipairs(one.vcpus) do
      expect.eq(listed[vcpu], nil, "told once")
      listed[vcpu] = true
    end
  end
end

-- The scheduler's part: SRI has come to this PE; its vCPU is run and takes the IPI.
local function schedule(nw, what)
  expect.truth(nw:wait_for(function() return sris[nw.pe] > 0 end), what .. ": SRI")
  expect.eq({ sris[nw.pe], got[nw.pe] }, { 1, 0 }, what .. ": the vCPU does not run by itself")
  expect.state("mp", "WAITING", nw.pe)
  look(nw)
  expect.truth(nw:wait_for(function() return listed[nw.pe] end), what .. ": in the list")
  local r = nw:run("mp", nw.pe)
  while r.fid == ffa.INTERRUPT do -- the normal world's own, if that is late
    r = nw:run("mp", nw.pe)
  end
  expect.fid(ffa.MSG_WAIT, r)
  expect.eq({ sris[nw.pe], got[nw.pe] }, { 1, 1 }, what .. ": taken once")
  nw:wait("20 us")
  expect.eq(sris[nw.pe], 1, what .. ": no second SRI")
  sris[nw.pe], got[nw.pe], listed[nw.pe] = 0, 0, nil
end

-- On PE `pe`, which does it while this PE waits.
local function on(nw, pe, fn)
  local mine = { fn = fn }
  job[pe] = mine
  return function(what)
    expect.truth(nw:wait_for(function() return mine.done end, "2 ms"), what)
  end
end

local SEND = 1

-- vCPU of this PE sends to each of them.
local function send(nw, ...)
  local r = nw:direct_req("mp", { SEND, select("#", ...), ... })
  expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, r)
  return r.payload[1] == 0
end

return scenario {
  name  = "IPIs to vCPUs that wait, or are not there",
  pes   = 4,
  quantum = "20 ns..500 ns",
  limit = "20 ms",
  tags  = { "interrupts", "ipi", "pes", "quick" },
  partitions = {
    { name = "mp", manifest = "manifests/mp4.dts", script = function(sp)
        sp:on_interrupt(function(_, id)
          expect.eq({ id, sp.pe }, { IPI, sp.vcpu })
          got[sp.vcpu] = got[sp.vcpu] + 1
        end)
        expect.ok(sp:interrupt_enable(IPI))
        sp:serve(function(request)
          local refused = 0
          for i = 1, request.payload[2] do
            refused = refused + (sp:send_ipi(request.payload[2 + i]).ok and 0 or 1)
          end
          return { refused }
        end)
      end },
    { name = "up", manifest = "manifests/a.dts", script = function(sp)
        expect.truth(sp:send_ipi(1).error, "no such vCPU")
        sp:obey()
      end },
    { name = "zero", manifest = "manifests/mem_el0.dts", script = function(sp)
        expect.truth(sp:send_ipi(0).error, "S-EL0 has none")
        sp:serve(function() return {} end)
      end },
  },

  normal_world = function(nw)
    handle_sri(nw)
    nw:cpus_on(3)
    expect.truth(nw:wait_for(function() return job[1] == false and job[2] == false end))

    -- Nobody there: numbers past the last, and one whose PE is off.
    local nobody = { 4, 5, 255, 0x10000, 0x10001, 0x7fffffff, 0x80000000, 0xffffffff, IDLE }
    for _, index in ipairs(nobody) do
      expect.truth(not send(nw, index), "vCPU " .. index)
    end
    nw:wait("20 us")
    expect.error("NO_DATA", nw:notification_info_get())
    for pe = 0, 3 do
      expect.eq({ sris[pe], got[pe] }, { 0, 0 })
    end

    -- From PE 0 to PE 1
    local wait = on(nw, 1, function(me) schedule(me, "0 to 1") end)
    expect.truth(send(nw, 1))
    wait("0 to 1")
    expect.error("NO_DATA", nw:notification_info_get(), "nobody is left")

    -- From PE 2 to PE 1, and back: neither is the first.
    wait = on(nw, 1, function(me) schedule(me, "2 to 1") end)
    local sent = on(nw, 2, function(me) expect.truth(send(me, 1)) end)
    sent("2 sends")
    wait("2 to 1")
    wait = on(nw, 2, function(me) schedule(me, "1 to 2") end)
    sent = on(nw, 1, function(me) expect.truth(send(me, 2)) end)
    sent("1 sends")
    wait("1 to 2")

    -- The normal world's own interrupt of that PE comes with it: both are taken, neither twice.
    for _, before_ns in ipairs { 0, 1000, 2000, 3000, 4000 } do
      local armed = false
      wait = on(nw, 1, function(me)
        me:timer(2000)
        armed = true
        me:wait(before_ns)
        schedule(me, "with the timer")
        expect.truth(me:wait_for(function() return own[1] > 0 end))
        expect.eq(own[1], 1)
        own[1] = 0
      end)
      expect.truth(nw:wait_for(function() return armed end))
      nw:wait(before_ns)
      expect.truth(send(nw, 1))
      wait("with an interrupt of its own")
    end

    -- From one sender to two
    local one = on(nw, 1, function(me) schedule(me, "0 to 1 and 2") end)
    local two = on(nw, 2, function(me) schedule(me, "0 to 1 and 2") end)
    expect.truth(send(nw, 1, 2))
    one("the first of two")
    two("the second of two")
    expect.eq({ sris[0], got[0] }, { 0, 0 })
  end,

  secondary = function(nw)
    handle_sri(nw)
    job[nw.pe] = false
    while true do
      if nw:wait_for(function() return job[nw.pe] end) then
        local mine = job[nw.pe]
        job[nw.pe] = false
        mine.fn(nw)
        mine.done = true
      end
    end
  end,
}
