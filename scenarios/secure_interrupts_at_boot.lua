-- SPDX-License-Identifier: BSD-3-Clause
-- Interrupts while partitions boot: one that boots gets its own, those of the others wait until
-- it has booted, and those of partitions that have not booted wait until these enable them.
-- conformance: secure_interrupts.handle_interrupt_rtm_init
local told = {}

local function partition(name, ids, boot)
  return function(sp)
    sp:on_interrupt(function(_, id) told[#told + 1] = name .. " " .. id end)
    for _, id in ipairs(ids) do
      expect.ok(sp:interrupt_enable(id))
    end
    if boot then
      boot(sp)
    end
    told[#told + 1] = name .. " is up"
    sp:obey()
  end
end

local function boot_of_b(b)
  -- Its own, at once.
  machine.interrupt(80)
  b:wait("2 us")
  expect.eq(told, { "a is up", "b 80" })
  -- Masked, and it goes to wait: held back.
  b:mask(true)
  machine.interrupt(81)
  b:wait("1 us")
  local r = b:msg_wait()
  expect.eq({ r.fid, r.w2, spmc:vcpu("b", 0).state }, { ffa.INTERRUPT, 81, "STARTING" })
  expect.error("DENIED", b:yield())
  b:mask(false)
  told[#told + 1] = "b unmasks"
  -- One of a partition that is up: not now. One of a partition that is not.
  machine.interrupt(64)
  machine.interrupt(84)
  machine.interrupt(88)
  b:wait("3 us")
end

local function boot_of_el0(el0)
  machine.interrupt(88)
  el0:wait("1 us")
  local r = el0:msg_wait()
  expect.eq({ r.fid, r.w2, spmc:vcpu("el0", 0).state }, { ffa.INTERRUPT, 88, "STARTING" })
  told[#told + 1] = "el0 88 in boot"
end

return scenario {
  name  = "interrupts while partitions boot",
  limit = "2 ms",
  tags  = { "interrupts", "boot", "quick" },
  partitions = {
    { name = "a", manifest = "manifests/irq_a.dts", script = partition("a", { 64 }) },
    { name = "b", manifest = "manifests/irq_b.dts",
      script = partition("b", { 80, 81 }, boot_of_b) },
    { name = "c", manifest = "manifests/irq_c.dts", script = partition("c", { 84 }) },
    { name = "el0", manifest = "manifests/irq_el0.dts",
      script = partition("el0", { 88 }, boot_of_el0) },
  },
  normal_world = function(nw)
    -- c's came before c was there; el0's twice before it enabled it, and that is one.
    local wanted = { "a is up", "b 80", "b unmasks", "b 81", "b is up", "c 84", "c is up",
                     "el0 88 in boot", "el0 is up", "a 64" }
    expect.eq(told, wanted)
    nw:wait("5 us")
    expect.eq(told, wanted, "each once")
  end,
}
