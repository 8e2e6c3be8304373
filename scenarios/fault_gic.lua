-- SPDX-License-Identifier: BSD-3-Clause
-- A bit of GICD_ISENABLER turns over: nobody is told, and the checker sees that the GIC has not
-- enabled what the SPMC believes.
return scenario {
  name   = "an enable bit of the GIC turns over",
  limit  = "1 ms",
  tags   = { "faults", "interrupts", "quick" },
  expect = { fails = "the GIC has not enabled what the SPMC believes" },
  partitions = {
    { name = "dog", manifest = "manifests/irq_a.dts", script = function(sp)
        sp:on_interrupt(function() expect.fail("it is disabled") end)
        expect.ok(sp:interrupt_enable(64))
        sp:obey()
      end },
  },
  normal_world = function(nw)
    expect.truth(machine.interrupt_state(64).enabled)
    machine.fault("flip_gic intid=64 field=enable")
    nw:wait("1 us")
    expect.eq(machine.interrupt_state(64).enabled, false)
    machine.interrupt(64)
    nw:wait("10 us")
  end,
}
