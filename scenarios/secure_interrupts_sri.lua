-- SPDX-License-Identifier: BSD-3-Clause
-- Partitions that leave it to the normal world's scheduler when they handle their interrupts: it
-- gets the schedule receiver interrupt, when its PE is back in the normal world, and runs them.
-- conformance: secure_interrupts.sri_triggered_due_to_secure_interrupt
-- conformance: secure_interrupts.sri_triggered_due_to_secure_interrupt_transition_waiting
local SRI = 8
local told, sris = {}, {}

local function partition(name, ids)
  return function(sp)
    sp:on_interrupt(function(_, id) told[#told + 1] = name .. " " .. id end)
    for _, id in ipairs(ids) do
      expect.ok(sp:interrupt_enable(id))
    end
    sp:obey()
  end
end

local function expect_told(wanted, sri_count)
  expect.eq(told, wanted)
  expect.eq(#sris, sri_count, "schedule receiver interrupts")
  told, sris = {}, {}
end

return scenario {
  name  = "interrupts that the scheduler delivers",
  limit = "2 ms",
  tags  = { "interrupts", "quick", "timed" },
  partitions = {
    { name = "a", manifest = "manifests/irq_a_sri.dts", script = partition("a", { 64, 65 }) },
    { name = "b", manifest = "manifests/irq_b_sri.dts", script = partition("b", { 80, 81 }) },
    { name = "c", manifest = "manifests/irq_c.dts", script = partition("c", { 84 }) },
  },
  normal_world = function(nw)
    nw:irq_enable(SRI)
    nw:on_interrupt(function(_, id)
      expect.eq(id, SRI)
      sris[#sris + 1] = nw.now_ns
    end)

    -- "a" waits, and the normal world runs: at once.
    local from = nw.now_ns
    machine.interrupt(64, { after = "1 us" })
    nw:wait("5 us")
    expect.eq((sris[1] - from) // 1000, 1)
    expect.state("a", "WAITING")
    expect_told({}, 1)
    expect.fid(ffa.MSG_WAIT, nw:run("a"))
    expect_told({ "a 64" }, 0)
    expect.fid(ffa.MSG_WAIT, nw:run("a"))
    expect_told({}, 0)

    -- It waits, and another partition runs, which is not disturbed.
    nw:act("c", function(c)
      machine.interrupt(64)
      c:wait("2 us")
      machine.interrupt(65)
      c:wait("2 us")
      expect.eq({ #told, #sris }, { 0, 0 })
    end)
    expect_told({}, 1)
    -- A request runs it as well.
    expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, nw:direct_req("a", {}))
    expect_told({ "a 64", "a 65" }, 0)

    -- While it runs, it just gets them. When it goes to wait with one, the call is held back.
    nw:act("a", function(a)
      machine.interrupt(64)
      a:wait("1 us")
      expect.eq(told, { "a 64" })
      a:mask(true)
      machine.interrupt(65)
      a:wait("1 us")
      local r = a:direct_resp(nw.id, {})
      expect.eq({ r.fid, r.w2 }, { ffa.INTERRUPT, 65 })
      a:mask(false)
    end)
    expect_told({ "a 64", "a 65" }, 0)

    -- "b" is resumed when it waits: that is no matter of the scheduler.
    machine.interrupt(80)
    nw:wait("2 us")
    expect_told({ "b 80" }, 0)
    -- It goes to wait with one: it waits, and the scheduler is told, once.
    nw:act("b", function(b)
      b:mask(true)
      machine.interrupt(80)
      machine.interrupt(81)
      b:wait("1 us")
    end)
    expect.state("b", "WAITING")
    nw:wait("5 us")
    expect_told({}, 1)
    nw:act("b", function(b)
      b:mask(false)
      b:wait("100 ns")
    end)
    expect_told({ "b 80", "b 81" }, 0)
    -- The same after FFA_RUN, and in a request of another partition.
    nw:act("c", function(c)
      c:act("b", function(b)
        b:mask(true)
        machine.interrupt(81)
        b:wait("1 us")
      end)
      c:wait("1 us")
      expect.eq(#sris, 0, "not before the normal world runs")
    end)
    expect_told({}, 1)
    expect.fid(ffa.MSG_WAIT, nw:run("b"))
    expect_told({}, 1) -- still masked: it waits with it again
    nw:act("b", function(b)
      b:mask(false)
      b:wait("100 ns")
    end)
    expect_told({ "b 81" }, 0)
  end,
}
