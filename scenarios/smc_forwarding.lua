-- SPDX-License-Identifier: BSD-3-Clause
-- SMCs that are not FF-A: those that the SPMC manifest lists reach EL3, others are unknown functions.
-- conformance: arch.smccc_forward
return scenario {
  name  = "SMCs that are not FF-A",
  limit = "2 ms",
  tags  = { "smccc", "quick" },
  partitions = {
    { name = "listed", manifest = "manifests/a.dts", smc_allowed = { 0x80000000 },
      script = function(sp)
        local r = sp:smc { x0 = 0x80000000, x7 = 77 }
        expect.eq(r.x0, 0x10002, "SMCCC_VERSION, answered by EL3")
        expect.eq(r.x7, 77, "restored")
        expect.eq(sp:smc { 0x80000001, 0x80000000 }.w0, 0xffffffff, "not listed")
        expect.eq(sp:hvc { 0x80000000 }.w0, 0xffffffff, "an HVC is no SMC")
        sp:serve(function() return {} end)
      end },
    { name = "plain", manifest = "manifests/b.dts", script = function(sp)
        expect.eq(sp:smc { 0x80000000 }.w0, 0xffffffff)
        sp:serve(function() return {} end)
      end },
  },
  normal_world = function(nw)
    expect.eq(nw:smc { 0x80000000 }.w0, 0x10002)
    expect.eq(nw:smc { 0x84000000 }.w0, 0x10001, "PSCI_VERSION")
    expect.eq(nw:smc { 0xc4000003, 1, 0x80000000, 0 }.w0, 0xfffffffe, "CPU_ON of a PE that is not there")
    expect.eq(nw:smc { 0x8000ffff }.w0, 0xffffffff)
  end,
}
