-- SPDX-License-Identifier: BSD-3-Clause
-- What comes in at a UART waits for its receiver, and raises its interrupt: here the normal world's, PL011
-- at 0x09000000 on INTID 33.
local UART = 0x09000000
local DR, FR, IMSC, CR, INTERRUPT = UART, UART + 0x18, UART + 0x38, UART + 0x30, 33
local RX_EMPTY, RX_INTERRUPT = 1 << 4, 1 << 4
local got = ""

return scenario {
  name  = "input at a UART",
  limit = "2 ms",
  tags  = { "interrupts", "quick" },
  partitions = { { image = "echo" } },

  normal_world = function(nw)
    machine.uart_input("serial@9000000", "hi")
    expect.eq(nw:read32(FR) & RX_EMPTY, RX_EMPTY, "it waits: the UART is off")
    nw:irq_enable(INTERRUPT)
    nw:on_interrupt(function(_, intid)
      expect.eq(intid, INTERRUPT)
      got = got .. string.char(nw:read32(DR))
    end)
    nw:write32(IMSC, RX_INTERRUPT)
    expect.eq(got, "")
    nw:write32(CR, 0x301)
    nw:wait("10 us")
    expect.eq(got, "hi")
    machine.uart_input("0", "!")
    nw:wait("10 us")
    expect.eq(got, "hi!")
  end,
}
