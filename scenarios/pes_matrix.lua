-- SPDX-License-Identifier: BSD-3-Clause
-- The same work on however many PEs --pes says: each calls a partition that has a vCPU there, and one whose single
-- vCPU they compete for; timers of both partitions and of the normal world fire meanwhile, vCPUs interrupt
-- each other, and notifications go both ways. tools/determinism runs it on 1, 4, 8 and 14 PEs.
local ROUNDS = 6
local VM, SRI, TIMER_NWD = 0, 8, 30
local VINT_TIMER, VINT_NPI, VINT_IPI = 3, 5, 9
local REST = 0

-- What came to a vCPU, by its key: "mp0", "up0" ...
local came = {}
local set = { mp = 0, vm = 0 } -- notifications so far, a bit for each PE
local got = { mp = 0, vm = 0 }
local preempted, done = 0, 0

local function partition(name, vcpus)
  return { name = name, manifest = "manifests/matrix_" .. name .. ".dts", vcpus = vcpus, script = function(sp)
      local mine = { timers = 0, ipis = 0, wanted = 0 }
      came[name .. sp.vcpu] = mine
      sp:on_interrupt(function(me, id)
        if id == VINT_TIMER then
          me:timer(false)
          mine.timers = mine.timers + 1
        elseif id == VINT_IPI then
          mine.ipis = mine.ipis + 1
        else
          expect.eq(id, VINT_NPI)
          local new = expect.ok(me:notification_get {}).vm -- others get theirs meanwhile
          got.mp = got.mp | new
        end
      end)
      for _, id in ipairs { VINT_TIMER, VINT_IPI } do
        expect.ok(sp:interrupt_enable(id))
      end
      if name == "mp" and sp.vcpu == 0 then
        expect.ok(sp:notification_bind { sender = VM, bits = (1 << machine.pes) - 1 })
      end
      sp:serve(function(request)
        local asked_by, after = request.payload[1], request.payload[2]
        expect.truth(name == "up" or sp.pe == sp.vcpu)
        if after ~= REST then
          mine.wanted = mine.wanted + 1
          sp:timer(after)
          if name == "mp" and machine.pes > 1 then
            sp:send_ipi((sp.vcpu + 1) % machine.pes) -- refused while that one has not started
          end
        end
        sp:wait(math.random(100, 4000))
        if name == "mp" and after == REST then
          expect.ok(sp:notification_set { receiver = VM, bits = 1 << asked_by, delay_sri = true })
          set.vm = set.vm | 1 << asked_by
        end
        -- One timer is over before the next is started: each counts.
        if after ~= REST then
          expect.truth(sp:wait_for(function() return mine.timers == mine.wanted end, "50 us"))
        end
        return { sp.pe }
      end)
    end }
end

-- The answer, however often the normal world's own interrupts come between.
local function ask(nw, name, after)
  local vcpu = name == "mp" and nw.pe or 0
  local r
  repeat
    r = nw:direct_req(name, { nw.pe, after })
    if r.error then
      expect.error("BUSY", r)
      nw:wait(math.random(200, 3000))
    end
  until not r.error
  while r.fid == ffa.INTERRUPT do
    preempted = preempted + 1
    nw:wait(math.random(0, 300))
    r = nw:run(name, vcpu)
  end
  expect.eq({ r.fid, r.payload[1] }, { ffa.MSG_SEND_DIRECT_RESP_32, nw.pe })
end

local function drive(nw)
  nw:irq_enable(SRI)
  nw:irq_enable(TIMER_NWD)
  nw:on_interrupt(function(me, id)
    if id == TIMER_NWD then
      me:timer(false)
    else
      expect.eq(id, SRI)
    end
  end)
  for _ = 1, ROUNDS do
    nw:timer(math.random(200, 3000))
    ask(nw, "mp", math.random(100, 6000))
    ask(nw, "up", math.random(100, 6000))
  end
  expect.ok(nw:notification_set { sender = VM, receiver = "mp", bits = 1 << nw.pe })
  set.mp = set.mp | 1 << nw.pe
  ask(nw, "mp", REST)
  done = done + 1
end

return scenario {
  name  = "the same work on any number of PEs",
  board = "thor",
  pes   = 4,
  limit = "50 ms",
  quantum = "50 ns..2 us",
  tags  = { "interrupts", "notifications", "pes", "quick" },
  partitions = { partition("mp", "pes"), partition("up", 1) },

  normal_world = function(nw)
    local every = (1 << machine.pes) - 1
    expect.ok(nw:notification_bitmap_create { vm = VM, vcpus = machine.pes })
    expect.ok(nw:notification_bind { sender = "mp", receiver = VM, bits = every })
    nw:cpus_on()
    drive(nw)
    expect.truth(nw:wait_for(function() return done == machine.pes end, "20 ms"))
    for pe = 1, machine.pes - 1 do
      expect.truth(nw:wait_for(function() return nw:affinity_info(pe).state == "OFF" end))
    end
    got.vm = expect.ok(nw:notification_get { receiver = VM }).sp
    ask(nw, "mp", REST) -- for what was told after its last request
    expect.eq({ set.mp, set.vm & every, got.mp, got.vm }, { every, every, every, every })
    expect.truth(preempted > 0)
    local ipis = 0
    for key, one in pairs(came) do
      local is_mp = key:sub(1, 2) == "mp"
      expect.eq(one.timers, is_mp and ROUNDS or ROUNDS * machine.pes, key)
      ipis = ipis + one.ipis
    end
    expect.truth(machine.pes == 1 or ipis > 0)
    note("preempted " .. preempted .. " times, " .. ipis .. " interrupts from vCPU to vCPU")
  end,
  secondary = function(nw)
    drive(nw)
    nw:cpu_off()
  end,
}
