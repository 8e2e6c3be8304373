-- SPDX-License-Identifier: BSD-3-Clause
-- Real code touches unmapped, read-only, execute-never and foreign memory, in both worlds' address
-- spaces and in each way an instruction can: every abort comes back to the partition with the right
-- ESR and FAR. As a twin test it shows that the SPMC, too, sees the same ESR, FAR and HPFAR.
-- conformance: sp_lifecycle.sel1_sp_reports_permission_fault
return scenario {
  name  = "memory faults of real code",
  board = "qemu",
  limit = "20 ms",
  tags  = { "isolation", "hostile", "twin" },
  partitions = { { image = "echo" }, { image = "faults" } },
  normal_world = { image = "faults_kernel", el = 1 },

  finish = function(run)
    expect.truth(run.passed, "the kernel switched the machine off")
    expect.eq(run.console[#run.console], "[NWd/0] kernel: 68 accesses, 60 of them refused")
  end,
}
