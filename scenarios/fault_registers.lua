-- SPDX-License-Identifier: BSD-3-Clause
-- Bits of registers turn over that are saved for a vCPU: only of one that does not run, and only where somebody
-- looks does it matter.
return scenario {
  name  = "a bit of a saved register turns over",
  limit = "5 ms",
  tags  = { "faults", "registers", "quick" },
  partitions = {
    { image = "echo" },
    { name = "a", manifest = "manifests/a.dts", script = function(sp)
        sp:serve(function(request)
          if request.payload[1] == 1 then
            machine.fault("flip_register partition=a vcpu=0 reg=x9 bit=4") -- it runs: nothing happens
            expect.eq(sp:smc { x0 = ffa.ID_GET, x9 = 99 }.x9, 99)
          end
          return {}
        end)
      end },
  },

  normal_world = function(nw)
    machine.fault("flip_register partition=a reg=x30 bit=0")
    nw:direct_req("a", { 1 })
    -- Where it would go on when its next message comes: nothing is there.
    machine.fault("flip_register partition=echo reg=pc bit=40")
    expect.error("ABORTED", nw:direct_req("echo", { 0xec0 }))
    expect.state("echo", "ABORTED")
    nw:direct_req("a", {})
  end,
}
