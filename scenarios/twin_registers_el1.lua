-- SPDX-License-Identifier: BSD-3-Clause
-- General, system and vector registers of a kernel and two partitions, over calls and turns.
-- conformance: arch.smccc_nwd_regs_callee_preserved
-- conformance: arch.smccc_regs_callee_preserved
-- conformance: arch.smccc_extended_regs_callee_preserved
return scenario {
  name  = "twin: registers over calls, NS-EL1",
  limit = "20 ms",
  tags  = { "smccc", "twin", "quick" },
  partitions = {
    { name = "a", image = "talk_partner_1_3", manifest = "manifests/a.dts" },
    { name = "b", image = "talk_partner_1_3", manifest = "manifests/b.dts" },
    { image = "echo" },
  },
  normal_world = { image = "talk_registers", el = 1 },

  finish = function(run)
    expect.eq(run.console[#run.console],
              "[NWd/0] talk: every register is returned, kept or zero, as it should be")
  end,
}
