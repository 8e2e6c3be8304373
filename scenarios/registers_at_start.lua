-- SPDX-License-Identifier: BSD-3-Clause
-- A normal world that starts, on another PE or after a suspend, gets its context id and nothing else: what the
-- SPMC had in registers stays there.
local started = {}

local function nothing_but(nw, context_id)
  local regs = nw:regs()
  expect.eq(regs[0], context_id)
  for n = 1, 7 do
    expect.eq(regs[n], 0, "x" .. n)
  end
  started[#started + 1] = nw.pe
end

return scenario {
  name  = "registers of a normal world that starts",
  pes   = 2,
  limit = "2 ms",
  tags  = { "psci", "isolation", "quick" },
  partitions = { { name = "a", manifest = "manifests/a.dts", script = function(sp) sp:obey() end } },

  normal_world = function(nw)
    if #started == 0 then
      expect.ok(nw:cpu_on(1, 11))
      repeat nw:wait("1 us") until nw:affinity_info(1).state == "OFF"
      nw:irq_enable(40, { edge = true })
      machine.interrupt(40, { after = "20 us" })
      nw:cpu_suspend("down", { context_id = 22 })
    end
    nothing_but(nw, 22)
  end,
  secondary = function(nw)
    nothing_but(nw, 11)
    nw:cpu_off()
  end,
  finish = function(run)
    expect.truth(run.passed)
    expect.eq(#started, 2)
  end,
}
