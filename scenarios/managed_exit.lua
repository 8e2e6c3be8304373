-- SPDX-License-Identifier: BSD-3-Clause
-- Managed exit: a partition that asked for it hears of the normal world's interrupts by virtual
-- interrupt 4, and ends what it does. Nothing of that is left for its next request.
-- conformance: interrupts.sp_managed_exit
-- conformance: managed_exit.sp_managed_exit
-- conformance: managed_exit.sp_managed_exit_interrupts_disabled
local IRQ, IRQ_2, MEI = 100, 101, 4
local asked, taken = {}, {}

local function partition(name, line)
  return function(sp)
    expect.eq(expect.ok(sp:features(3)).w2, MEI)
    sp:on_interrupt(function(_, id, kind)
      asked[#asked + 1] = { name, id, kind }
    end)
    expect.ok(sp:interrupt_enable(line))
    sp:obey()
  end
end

local function expect_both(wanted_asked, wanted_taken, what)
  expect.eq(asked, wanted_asked, what)
  expect.eq(taken, wanted_taken, what)
  asked, taken = {}, {}
end

-- Works until it is asked to end, or for so long.
local function work(sp, most)
  local from = sp.now_ns
  sp:wait_for(function() return #asked > 0 end, most or "50 us")
  return sp.now_ns - from
end

return scenario {
  name  = "managed exit",
  limit = "5 ms",
  tags  = { "interrupts", "quick", "timed" },
  partitions = {
    { name = "a", manifest = "manifests/irq_a_exit.dts", script = partition("a", 64) },
    { name = "b", manifest = "manifests/irq_b_exit.dts", script = partition("b", 80) },
    { name = "c", manifest = "manifests/irq_c.dts", script = function(sp) sp:obey() end },
  },
  normal_world = function(nw)
    nw:irq_enable(IRQ, { edge = true })
    nw:irq_enable(IRQ_2, { edge = true })
    nw:on_interrupt(function(_, id) taken[#taken + 1] = id end)
    for _, one in ipairs { { "a", "fiq" }, { "b", "irq" } } do
      local who, kind = table.unpack(one)
      local told = { who, MEI, kind }

      -- In the middle of a request: it answers early, and the answer is a normal one.
      local spent, in_time = nw:act(who, function(sp)
        machine.interrupt(IRQ, { after = "5 us" })
        local ns = work(sp)
        expect.eq(taken, {}, "not before it has ended")
        -- It has been told: a second one is not another reason.
        machine.interrupt(IRQ_2)
        sp:wait("2 us")
        return ns, #asked
      end)
      expect.truth(spent >= 5000 and spent < 8000, spent)
      expect.eq(in_time, 1)
      expect_both({ told }, { IRQ, IRQ_2 }, who)
      expect.state(who, "WAITING")

      -- Masked: nothing is held back, and nothing is left.
      nw:act(who, function(sp)
        sp:mask(true)
        machine.interrupt(IRQ)
        sp:wait("2 us")
      end)
      expect_both({}, { IRQ })
      nw:act(who, function(sp)
        expect.eq(sp:interrupt_get(), nil, "it is gone")
        sp:mask(false)
        sp:wait("1 us")
      end)
      expect_both({}, {})

      -- As the caller of another, and as the called.
      nw:act(who, function(sp)
        local _, r = sp:act("c", function(c)
          machine.interrupt(IRQ)
          c:wait("3 us")
        end)
        expect.eq({ r.fid, r.sender }, { ffa.INTERRUPT, nw:find("c").id }, "c is stopped")
        expect.eq(#asked, 1)
        expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, sp:run("c"))
      end)
      expect_both({ told }, { IRQ })
      local r = nw:direct_req("c", {})
      expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, r)
      _, r = nw:act("c", function(c)
        local ns = c:act(who, function(sp)
          machine.interrupt(IRQ)
          return work(sp)
        end)
        expect.truth(ns < 3000, ns)
        expect.eq(#taken, 1, "c was stopped as it came back")
      end)
      expect.eq({ r.fid, r.sender }, { ffa.INTERRUPT, nw:find("c").id })
      expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, nw:run("c"))
      expect_both({ told }, { IRQ })

      -- With its interrupt switched off it is not told; it ends when it ends.
      nw:act(who, function(sp)
        expect.ok(sp:interrupt_enable(MEI, false))
        machine.interrupt(IRQ)
        expect.truth(work(sp, "10 us") >= 10000)
        expect.eq(taken, {})
      end)
      expect_both({}, { IRQ })
      -- The kind is the manifest's, whatever is asked for.
      local other = kind == "irq" and "fiq" or "irq"
      nw:act(who, function(sp) expect.ok(sp:interrupt_enable(MEI, true, other)) end)
      nw:act(who, function(sp)
        machine.interrupt(IRQ)
        work(sp)
      end)
      expect_both({ told }, { IRQ })

      -- FFA_YIELD lets the normal world in as well, and its next interrupt asks again.
      for _, masked in ipairs { false, true } do
        _, r = nw:act(who, function(sp)
          sp:mask(masked)
          machine.interrupt(IRQ)
          sp:wait("1 us")
          expect.eq(taken, {})
          expect.ok(sp:yield())
          sp:mask(false)
          sp:wait("1 us")
          machine.interrupt(IRQ)
          sp:wait("1 us")
        end)
        expect.fid(ffa.YIELD, r)
        expect_both(masked and {} or { told }, { IRQ })
        expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, nw:run(who))
        expect_both({ told }, { IRQ })
      end

      -- By FFA_RUN: it ends with FFA_MSG_WAIT.
      machine.interrupt(IRQ, { after = "250 ns" })
      repeat
        r = nw:run(who)
      until #taken > 0
      expect.fid(ffa.MSG_WAIT, r)
      expect.state(who, "WAITING")
      asked, taken = {}, {}
      nw:act(who, function(sp)
        expect.eq(sp:interrupt_get(), nil)
        sp:wait("1 us")
      end)
      expect_both({}, {})
    end

    -- A Secure interrupt while it ends: handled, and the end is an end all the same.
    nw:act("a", function(a)
      machine.interrupt(IRQ)
      work(a)
      machine.interrupt(64)
      a:wait("1 us")
    end)
    expect_both({ { "a", MEI, "fiq" }, { "a", 64, "irq" } }, { IRQ })

    -- Level: the normal world's device asks until the normal world silences it.
    nw:irq_enable(102)
    nw:on_interrupt(function(_, id)
      machine.interrupt(id, { level = false })
      taken[#taken + 1] = id
    end)
    nw:act("a", function(a)
      machine.interrupt(102, { level = true })
      work(a)
      a:wait("10 us")
    end)
    expect_both({ { "a", MEI, "fiq" } }, { 102 })
  end,
}
