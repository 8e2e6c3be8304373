-- SPDX-License-Identifier: BSD-3-Clause
-- Inter-processor interrupts to vCPUs of a PE that is in a partition: to the one that runs, at once; to one of
-- another partition that waits, when the normal world can run it; to one that was preempted, or is blocked, when
-- it goes on; and to oneself.
-- conformance: ipi.receive_ipi_multiple_services_to_same_cpu_running
-- conformance: ipi.receive_ipi_running_vcpu
-- conformance: ipi.receive_ipi_waiting_vcpu_in_swd
-- conformance: ipi.receive_ipi_preempted_vcpu
-- conformance: ipi.receive_ipi_blocked_vcpu
-- conformance: ipi.self_ipi
local SRI, IPI, TIMER = 8, 9, 30
local SEND, STAY, CALL = 1, 2, 3
local got = { mp = { [0] = 0, 0 }, far = { [0] = 0, 0 } }
local when = {}       -- of the IPI that a vCPU of PE 1 took last, by partition
local entered = false -- PE 1's partition stays
local sris = 0
local turn = 0

local function partition(name, manifest, other)
  return { name = name, manifest = manifest, script = function(sp)
      if sp.vcpu > 1 then
        sp:obey()
      end
      sp:on_interrupt(function(_, id)
        expect.eq({ id, sp.pe }, { IPI, sp.vcpu })
        got[name][sp.vcpu] = got[name][sp.vcpu] + 1
        when[name] = { spmc:vcpu(name, sp.vcpu).state, machine.now_ns }
      end)
      expect.ok(sp:interrupt_enable(IPI))
      sp:serve(function(request)
        local what, arg = request.payload[1], request.payload[2]
        if what == SEND then
          expect.ok(sp:send_ipi(arg))
        elseif what == STAY then
          entered = true
          sp:wait(arg)
          entered = false
        else
          local r = sp:direct_req(other, { STAY, arg })
          expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, r)
        end
        return { got[name][sp.vcpu] }
      end)
    end }
end

local function send(nw, name)
  expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, nw:direct_req(name, { SEND, 1 }))
end

local function is(n)
  return function() return turn == n end
end

local function clear()
  got.mp[1], got.far[1], sris, when = 0, 0, 0, {}
  entered = false
end

return scenario {
  name  = "IPIs to a PE that is in a partition",
  pes   = 4,
  quantum = "20 ns..500 ns",
  limit = "20 ms",
  tags  = { "interrupts", "ipi", "pes", "quick", "timed" },
  partitions = {
    partition("mp", "manifests/mp4.dts", "far"), partition("far", "manifests/mp4_b.dts", "mp"),
  },

  normal_world = function(nw)
    -- To oneself: taken inside the request.
    expect.eq(nw:direct_req("mp", { SEND, 0 }).payload[1], 1)
    expect.ok(nw:cpu_on(1))

    -- "far" runs there and takes its own at once; "mp" waits until "far" has answered.
    expect.truth(nw:wait_for(function() return entered end))
    send(nw, "mp")
    send(nw, "far")
    local sent = nw.now_ns
    nw:wait("30 us")
    expect.eq({ got.mp[1], got.far[1], entered, sris }, { 0, 1, true, 0 })
    expect.eq(when.far[1], "RUNNING")
    expect.truth(when.far[2] < sent + 15000, "at once, but for the turns of the PEs")
    expect.truth(nw:wait_for(is(1)))

    -- Preempted: nothing is to be done for it before it runs again.
    expect.state("far", "PREEMPTED", 1)
    send(nw, "far")
    nw:wait("30 us")
    expect.eq({ got.far[1], sris }, { 0, 0 })
    expect.error("NO_DATA", nw:notification_info_get(), "nor does the scheduler hear of it")
    turn = 2
    expect.truth(nw:wait_for(is(3)))

    -- Blocked: its callee goes on.
    expect.truth(nw:wait_for(function() return entered end))
    expect.state("far", "BLOCKED", 1)
    send(nw, "far")
    nw:wait("30 us")
    expect.eq({ got.far[1], entered, sris }, { 0, true, 0 })
    expect.truth(nw:wait_for(is(4)))
  end,

  secondary = function(nw)
    nw:irq_enable(SRI)
    nw:irq_enable(TIMER)
    nw:on_interrupt(function(_, id)
      if id == SRI then
        sris = sris + 1
      else
        nw:timer(false)
      end
    end)

    expect.eq(nw:direct_req("far", { STAY, 100000 }).payload[1], 1)
    expect.truth(nw:wait_for(function() return sris > 0 end, "20 us"), "for the one that waits")
    expect.eq(got.mp[1], 0)
    local list = expect.ok(nw:notification_info_get()).ids
    expect.eq({ #list, list[1].name, list[1].vcpus }, { 1, "mp", { 1 } })
    expect.fid(ffa.MSG_WAIT, nw:run("mp", 1))
    expect.eq({ got.mp[1], got.far[1], sris }, { 1, 1, 1 })
    clear()

    nw:timer("20 us")
    expect.fid(ffa.INTERRUPT, nw:direct_req("far", { STAY, 100000 }))
    turn = 1
    expect.truth(nw:wait_for(is(2), "2 ms"))
    expect.eq(nw:run("far", 1).payload[1], 1)
    expect.eq({ got.far[1], when.far[1], sris }, { 1, "RUNNING", 0 })
    clear()
    turn = 3

    expect.eq(nw:direct_req("far", { CALL, 100000 }).payload[1], 1)
    expect.eq({ got.far[1], when.far[1], sris }, { 1, "RUNNING", 0 })
    turn = 4
  end,
}
