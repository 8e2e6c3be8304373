-- SPDX-License-Identifier: BSD-3-Clause
-- The generic timer's frame, a watchdog and a UART as devices of partitions: each interrupt at
-- the moment that the device was told, and as often, while the owner runs, waits, or is blocked.
-- conformance: secure_interrupts.sp_running_generic_timer_interrupt
local FRAME, CNTP_TVAL, CNTP_CTL = 0x09090000, 0x28, 0x2c -- INTID 39, 16 ns each
local UART, DR, CR, IMSC, MIS = 0x090d0000, 0x00, 0x30, 0x38, 0x40 -- INTID 42
local ticks, bytes = {}, {}

local function arm(sp, us)
  sp:write32(FRAME + CNTP_TVAL, us * 1000 // 16)
  sp:write32(FRAME + CNTP_CTL, 1)
  return sp.now_ns
end

local function expect_tick(from, us, what)
  expect.eq(#ticks, 1, what)
  expect.truth(ticks[1] >= from + us * 1000 and ticks[1] < from + us * 1000 + 1000, what)
  ticks = {}
end

return scenario {
  name  = "interrupts of devices of partitions",
  limit = "5 ms",
  tags  = { "interrupts", "devices", "quick", "timed" },
  partitions = {
    { name = "timers", manifest = "manifests/sim_devices.dts", script = function(sp)
        sp:on_interrupt(function(_, id)
          expect.eq(id, 39)
          sp:write32(FRAME + CNTP_CTL, 0)
          ticks[#ticks + 1] = sp.now_ns
        end)
        expect.ok(sp:interrupt_enable(39))
        sp:obey()
      end },
    { name = "uart", manifest = "manifests/irq_c.dts", script = function(sp)
        sp:on_interrupt(function(_, id)
          expect.eq({ id, sp:read32(UART + MIS) & 0x10 }, { 42, 0x10 })
          bytes[#bytes + 1] = string.char(sp:read32(UART + DR) & 0xff)
        end)
        expect.ok(sp:interrupt_enable(42))
        sp:write32(UART + IMSC, 0x10)
        sp:write32(UART + CR, 0x301)
        sp:obey()
      end },
  },
  normal_world = function(nw)
    -- While it runs.
    local from
    nw:act("timers", function(sp)
      from = arm(sp, 20)
      sp:wait("30 us")
    end)
    expect_tick(from, 20, "it runs")
    -- While it waits: in the normal world, and in another partition.
    nw:act("timers", function(sp) from = arm(sp, 15) end)
    nw:wait("30 us")
    expect_tick(from, 15, "it waits")
    nw:act("timers", function(sp) from = arm(sp, 15) end)
    nw:act("uart", function(sp) sp:wait("30 us") end)
    expect_tick(from, 15, "another runs")
    -- While it is blocked.
    nw:act("timers", function(sp)
      from = arm(sp, 15)
      local _, r = sp:act("uart", function(uart) uart:wait("30 us") end)
      expect.eq({ r.fid, r.w2 }, { ffa.INTERRUPT, 39 })
      expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, sp:run("uart"))
    end)
    expect_tick(from, 15, "it is blocked")
    -- A deadline that is taken back does not come.
    nw:act("timers", function(sp)
      arm(sp, 5)
      sp:write32(FRAME + CNTP_CTL, 0)
      sp:wait("10 us")
    end)
    expect.eq(#ticks, 0)

    machine.uart_input("serial@90d0000", "secure input")
    expect.truth(nw:wait_for(function() return #bytes == 12 end, "2 ms"))
    expect.eq(table.concat(bytes), "secure input")
  end,
}
