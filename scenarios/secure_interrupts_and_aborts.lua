-- SPDX-License-Identifier: BSD-3-Clause
-- Partitions that abort have no interrupts any more, whether they abort at boot, in a request,
-- or while they handle one; and whom they preempted goes on.
-- conformance: boot_fail.secure_interrupt_targets_aborted_sp2
-- conformance: free_sp_resources.secure_interrupt_targets_aborted_sp
-- conformance: sp_lifecycle.sp_preempts_vm_aborts_spmc_mode
-- conformance: sp_lifecycle.sp_preempts_sp_aborts_spmc_mode
-- conformance: sp_lifecycle.sp_aborts_direct_req_in_spmc_mode
local WDOG = 0x09050000
local told = {}
local handler = {} -- INTID -> what its handler does

local function partition(name, ids)
  return function(sp)
    sp:on_interrupt(function(me, id)
      told[#told + 1] = name .. " " .. id
      if handler[id] then
        handler[id](me)
      end
    end)
    for _, id in ipairs(ids) do
      expect.ok(sp:interrupt_enable(id))
    end
    sp:obey()
  end
end

local function expect_told(wanted, what)
  expect.eq(told, wanted, what)
  told = {}
end

-- Nobody hears of these lines, and nobody is stopped by them, also when they stay high.
local function expect_off(nw, lines, what)
  for _, id in ipairs(lines) do
    expect.eq(machine.interrupt_state(id).enabled, false, what .. " " .. id)
    machine.interrupt(id, { level = true })
  end
  local from = nw.now_ns
  nw:wait("2 us")
  nw:act("calm", function(calm) calm:wait("2 us") end)
  expect.truth(nw.now_ns - from < 5000, what)
  expect_told({}, what)
end

local function expect_gone(nw, who)
  expect.state(who, "ABORTED")
  expect.error("ABORTED", nw:run(who))
  expect.error("ABORTED", nw:direct_req(who, {}))
end

return scenario {
  name  = "interrupts of partitions that abort",
  limit = "5 ms",
  tags  = { "interrupts", "abort", "quick" },
  pes   = 4, -- as many as "fails" has vCPUs; one of them is on
  partitions = {
    { name = "calm", manifest = "manifests/ns_signaled.dts", script = function(sp) sp:obey() end },
    { name = "fails", manifest = "manifests/irq_mp.dts", script = function(sp)
        sp:on_interrupt(function() told[#told + 1] = "fails" end)
        expect.ok(sp:interrupt_enable(92))
        sp:mask(true)
        machine.interrupt(92) -- pending as it aborts
        machine.interrupt(4096, { level = true })
        sp:wait("1 us")
        sp:abort()
      end },
    { name = "a", manifest = "manifests/irq_a.dts", script = partition("a", { 35, 64 }) },
    { name = "b", manifest = "manifests/irq_b.dts", script = partition("b", { 80, 82 }) },
    { name = "c", manifest = "manifests/irq_c.dts", script = partition("c", { 84 }) },
    { name = "callee", manifest = "manifests/ns_signaled.dts",
      script = function(sp) sp:obey() end },
    { name = "el0", manifest = "manifests/irq_el0.dts", script = partition("el0", { 88, 90 }) },
  },
  normal_world = function(nw)
    nw:irq_enable(30)
    nw:on_interrupt(function() nw:timer(false) end)

    -- At boot: what was pending, what is high, and what still comes.
    expect_gone(nw, "fails")
    expect_off(nw, { 92, 93, 4096, 4097 }, "failed at boot")

    -- At S-EL0, in a request, with one pending and another one high.
    local _, r = nw:act("el0", function(el0)
      machine.interrupt(88)
      machine.interrupt(90, { level = true })
      el0:wait("1 us")
      el0:abort()
    end)
    expect.error("ABORTED", r)
    expect_gone(nw, "el0")
    expect_off(nw, { 39, 88, 89, 90 }, "S-EL0")

    -- The callee of one that handles an interrupt aborts: the handler hears it, and ends.
    handler[84] = function(c)
      local _, answer = c:act("callee", function(callee) callee:abort() end)
      expect.error("ABORTED", answer)
      expect.state("c", "RUNNING")
      expect.error("ABORTED", c:direct_req("callee", {}))
      told[#told + 1] = "c goes on"
    end
    machine.interrupt(84)
    nw:wait("1 us")
    expect_told { "c 84", "c goes on" }
    expect.state("c", "WAITING")
    expect_gone(nw, "callee")
    handler[84] = nil

    -- It handles one that preempted a partition: that one goes on, its request is answered.
    handler[82] = function(b)
      expect.state("calm", "PREEMPTED")
      machine.interrupt(80) -- its own, which would be next
      b:abort()
    end
    local answer = nw:act("calm", function(calm)
      machine.interrupt(82, { level = true }) -- it will never be silenced
      calm:wait("3 us")
      expect.state("b", "ABORTED")
      return "calm"
    end)
    expect.eq(answer, "calm")
    expect_told { "b 82" }
    expect_gone(nw, "b")
    expect_off(nw, { 37, 38, 80, 81, 82 }, "preempted a partition")

    -- It handles one that preempted the normal world, which goes on where it was.
    handler[35] = function(a) a:abort() end
    nw:act("a", function(a)
      a:write32(WDOG, 5)
      a:write32(WDOG + 8, 1) -- it counts on, and nobody silences it
    end)
    local from = nw.now_ns
    nw:wait("20 us")
    expect.eq((nw.now_ns - from) // 1000, 20)
    expect_told { "a 35" }
    expect_gone(nw, "a")
    expect_off(nw, { 35, 64, 65 }, "preempted the normal world")

    -- The others have not lost theirs.
    machine.interrupt(84)
    nw:wait("1 us")
    expect_told { "c 84" }
  end,
}
