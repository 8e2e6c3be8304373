-- SPDX-License-Identifier: BSD-3-Clause
-- CPU_SUSPEND: standby returns when an interrupt is pending; without power the PE starts at its entry
-- point afterwards, and partitions are as they were.
local wakes = 0

local function wake_up(nw)
  nw:irq_enable(40, { edge = true })
  machine.interrupt(40, { after = "20 us" })
  return nw.now_ns
end

local function take(nw)
  expect.eq(nw:icc("IAR1"), 40)
  nw:icc("EOIR1", 40)
end

return scenario {
  name  = "CPU_SUSPEND",
  limit = "5 ms",
  tags  = { "psci", "interrupts", "quick" },
  partitions = { { image = "echo" } },

  normal_world = function(nw)
    if nw:regs()[0] == 0 then
      for bits = 32, 64, 32 do
        local before = wake_up(nw)
        expect.ok(nw:cpu_suspend("standby", { bits = bits }))
        expect.truth(nw.now_ns - before >= 20000, "it slept")
        take(nw)
      end
      expect.eq(nw:cpu_suspend(0x20000).error, "INVALID_PARAMETERS")
      expect.eq(nw:cpu_suspend("down", { entry = 2 }).error, "INVALID_ADDRESS")
      wake_up(nw)
      nw:cpu_suspend("down", { context_id = 77 })
      expect.fail("CPU_SUSPEND returned")
    end
    expect.eq(nw:regs()[0], 77 + wakes)
    take(nw)
    expect.eq(nw:affinity_info(0).state, "ON")
    expect.eq(nw:direct_req("echo", { 0xec0, 5 }).payload, { 0xec0, 5, 0, 0, 0 })
    wakes = wakes + 1
    if wakes == 1 then
      wake_up(nw)
      nw:cpu_suspend("down", { context_id = 78, bits = 32 })
    end
  end,

  finish = function(run)
    expect.truth(run.passed)
    expect.eq(wakes, 2)
  end,
}
