-- SPDX-License-Identifier: BSD-3-Clause
-- A partition has devices of the FVP: the trusted watchdog (32768 Hz, INTID 56), whose first expiry is an
-- interrupt while the normal world runs, and UART1 (INTID 38). The second expiry resets the machine.
local WDOG, UART = 0x2a490000, 0x1c0a0000
local LOAD, CONTROL, INTCLR, RIS, LOCK = WDOG, WDOG + 0x08, WDOG + 0x0c, WDOG + 0x10, WDOG + 0xc00
local TICK_NS = 1000000000 // 32768
local barks, typed = 0, ""

return scenario {
  name   = "devices of the FVP in a partition",
  board  = "fvp",
  limit  = "100 ms",
  tags   = { "interrupts", "quick", "timed" },
  expect = { fails = "/soc/watchdog@2a490000: watchdog reset" },
  partitions = { { name = "dog", manifest = "manifests/fvp_devices.dts", script = function(sp)
    sp:on_interrupt(function(_, intid)
      if intid == 38 then
        typed = typed .. string.char(sp:read32(UART))
        return
      end
      expect.eq({ intid, sp:read32(RIS) }, { 56, 1 })
      barks = barks + 1
      if barks < 3 then
        sp:write32(INTCLR, 1)
      end
    end)
    sp:interrupt_enable(56)
    sp:interrupt_enable(38)
    sp:write32(UART + 0x30, 0x301)
    sp:write32(UART + 0x38, 0x10)
    sp:write32(LOCK, 0x1acce551)
    sp:write32(LOAD, 33)
    sp:write32(CONTROL, 3)
    sp:obey()
  end } },

  normal_world = function(nw)
    machine.uart_input("serial@1c0a0000", "yes")
    nw:wait("900 us")
    expect.eq({ barks, typed }, { 0, "yes" })
    nw:wait("1300 us")
    expect.eq(barks, 2)
    nw:wait("5 ms")
    expect.fail("the watchdog let it pass")
  end,

  finish = function(run)
    expect.eq(barks, 3)
    expect.truth(run.simulated_ns >= 4 * 33 * TICK_NS, "three intervals and one without an answer")
  end,
}
