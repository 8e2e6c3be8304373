-- SPDX-License-Identifier: BSD-3-Clause
-- FFA_YIELD and interrupts: while one is handled it does nothing, since nobody could resume; one
-- that comes for a partition that has yielded is told when it runs again.
-- conformance: secure_interrupts.sp_yield_sec_interrupt_handling
-- conformance: secure_interrupts.sp_blocked_through_ffa_yield
-- conformance: secure_interrupts.sp_to_sp_yield_interrupt_queued
local told = {}
local yields_in_handler = false

local function handle(sp, id)
  if yields_in_handler then
    for _ = 1, 2 do
      expect.eq(sp:yield(1000).fid, ffa.SUCCESS_32)
      expect.state(sp.id == 0x8001 and "a" or "el0", "RUNNING")
    end
  end
  told[#told + 1] = { id, sp.now_ns }
end

local function partition(id)
  return function(sp)
    sp:on_interrupt(handle)
    expect.ok(sp:interrupt_enable(id))
    sp:obey()
  end
end

local function expect_told(id, what)
  expect.eq({ #told, told[1] and told[1][1] }, { 1, id }, what)
  told = {}
end

local function yields(sp)
  expect.ok(sp:yield())
  sp:wait("1 us") -- S-EL1 takes it here at the latest
  return sp.now_ns
end

return scenario {
  name  = "interrupts of partitions that yield",
  limit = "2 ms",
  tags  = { "interrupts", "quick" },
  partitions = {
    { name = "a", manifest = "manifests/irq_a.dts", script = partition(64) },
    { name = "el0", manifest = "manifests/irq_el0.dts", script = partition(88) },
    { name = "b", manifest = "manifests/irq_b.dts", script = partition(80) },
  },
  normal_world = function(nw)
    for who, id in pairs { a = 64, el0 = 88 } do
      -- It handles one: FFA_YIELD comes back at once, the normal world runs on when it waits.
      yields_in_handler = true
      machine.interrupt(id)
      nw:wait("1 us")
      expect_told(id)
      expect.state(who, "WAITING")
      yields_in_handler = false

      -- It yielded to the normal world.
      local _, r = nw:act(who, yields)
      expect.eq({ r.fid, r.sender }, { ffa.YIELD, nw:find(who).id })
      machine.interrupt(id)
      nw:wait("5 us")
      expect.eq({ #told, machine.interrupt_state(id).pending }, { 0, false }, "kept")
      expect.state(who, "BLOCKED")
      local from = nw.now_ns
      expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, nw:run(who))
      expect.truth(told[1][2] > from)
      expect_told(id)

      -- It yielded to a partition, and so on.
      nw:act("b", function(b)
        _, r = b:act(who, yields)
        expect.eq({ r.fid, r.sender }, { ffa.YIELD, nw:find(who).id })
        machine.interrupt(id)
        b:wait("5 us")
        expect.eq(#told, 0)
        expect.state(who, "BLOCKED")
        expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, b:run(who))
        expect_told(id)
      end)
      expect.eq(#told, 0, "nothing is told twice")

      -- The caller of one that yielded has an interrupt of its own: that is told, and nothing else.
      nw:act("b", function(b)
        _, r = b:act(who, yields)
        expect.fid(ffa.YIELD, r)
        machine.interrupt(80)
        b:wait("1 us")
        expect_told(80)
        machine.interrupt(id)
        expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, b:run(who))
        expect_told(id)
      end)
      told = {}
    end
  end,
}
