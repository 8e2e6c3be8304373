-- SPDX-License-Identifier: BSD-3-Clause
-- Timers that are devices: an SP804 and a frame of the generic timer in a partition (INTIDs 37, 38, 39), a
-- frame, an SP805 and a generic watchdog in the normal world (40, 36, 41). Each says when, by the clock.
local SP804, FRAME_S, FRAME_NS = 0x09070000, 0x09090000, 0x090a0000
local SP805, GWDT, GWDT_REFRESH = 0x09060000, 0x090b0000, 0x090c0000
local CNTP_TVAL, CNTP_CTL = 0x28, 0x2c
local secure, normal = {}, {}

-- To the next 10 us: the devices count in us, the counter in 16 ns.
local function tens(ns) return (ns + 5000) // 10000 end

return scenario {
  name  = "timers that are devices",
  limit = "20 ms",
  tags  = { "interrupts", "quick", "timed" },
  partitions = { { name = "timers", manifest = "manifests/sim_devices.dts", script = function(sp)
    local began = sp.now_ns
    sp:on_interrupt(function(_, intid)
      if intid == 39 then
        sp:write32(FRAME_S + CNTP_CTL, 0)
      else
        sp:write32(SP804 + (intid == 37 and 0x0c or 0x2c), 1)
      end
      secure[#secure + 1] = { intid, tens(sp.now_ns - began) }
    end)
    for intid = 37, 39 do
      sp:interrupt_enable(intid)
    end
    sp:write32(SP804, 100)
    sp:write32(SP804 + 0x08, 0xe2) -- periodic, 32 bits
    sp:write32(SP804 + 0x20, 250)
    sp:write32(SP804 + 0x28, 0xa3) -- one-shot
    sp:write32(FRAME_S + CNTP_TVAL, 160 * 1000 // 16)
    sp:write32(FRAME_S + CNTP_CTL, 1)
    sp:obey()
  end } },

  normal_world = function(nw)
    local began = nw.now_ns
    for _, intid in ipairs { 36, 40, 41 } do
      nw:irq_enable(intid)
    end
    nw:on_interrupt(function(_, intid)
      if intid == 40 then
        nw:write32(FRAME_NS + CNTP_CTL, 0)
      elseif intid == 36 then
        nw:write32(SP805 + 0x0c, 1)
      else
        nw:write32(GWDT_REFRESH, 0)
        nw:write32(GWDT, 0)
      end
      normal[#normal + 1] = { intid, tens(nw.now_ns - began) }
    end)
    nw:write32(FRAME_NS + CNTP_TVAL, 80 * 1000 // 16)
    nw:write32(FRAME_NS + CNTP_CTL, 1)
    nw:write32(SP805, 120)
    nw:write32(SP805 + 0x08, 3)
    nw:write32(GWDT + 0x08, 200 * 1000 // 16)
    nw:write32(GWDT, 1)
    nw:wait("330 us")
    nw:write32(SP805 + 0x08, 0)
    expect.eq(normal, { { 40, 8 }, { 36, 12 }, { 41, 20 }, { 36, 24 } })
    expect.eq(secure, { { 37, 10 }, { 39, 16 }, { 37, 20 }, { 38, 25 }, { 37, 30 } })
    expect.fault(nw:try_read(FRAME_S, 4))
    expect.fault(nw:try_read(SP804, 4))
  end,
}
