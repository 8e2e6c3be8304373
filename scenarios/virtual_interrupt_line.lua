-- SPDX-License-Identifier: BSD-3-Clause
-- A virtual interrupt that is pending goes to the other line with the partition's wish, IRQ or FIQ, is gone from
-- the one that it was on, and comes once.
local TIMER = 3
local seen = {}

return scenario {
  name  = "a pending virtual interrupt changes its line",
  limit = "2 ms",
  tags  = { "interrupts", "quick" },
  partitions = {
    { name = "a", manifest = "manifests/a.dts", script = function(sp)
        local function pending(line)
          sp:mask(true)
          expect.ok(sp:interrupt_enable(TIMER, true, "irq"))
          sp:timer("1 us")
          sp:wait("5 us")
          expect.ok(sp:interrupt_enable(TIMER, true, line))
          sp:mask(false)
          sp:wait("1 us")
          expect.eq(table.remove(seen), line)
          expect.eq(#seen, 0, "once")
        end
        sp:on_interrupt(function(_, line)
          seen[#seen + 1] = line
          if #seen < 3 and sp:interrupt_get() == TIMER then
            sp:timer(false)
            sp:interrupt_deactivate(TIMER)
          end
        end, { raw = true })
        sp:serve(function()
          for _, line in ipairs { "irq", "fiq", "fiq", "irq" } do
            pending(line)
          end
          return { 0x600d }
        end)
      end },
  },
  normal_world = function(nw)
    expect.eq(nw:direct_req("a", { 0 }).payload[1], 0x600d)
  end,
}
