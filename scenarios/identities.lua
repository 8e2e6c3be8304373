-- SPDX-License-Identifier: BSD-3-Clause
-- FFA_ID_GET and FFA_SPM_ID_GET, from the normal world and from a partition, over SMC and HVC.
-- conformance: hf_vm_get_id.secure_partition_id
-- conformance: ffa.ffa_spm_id_get
-- conformance: ffa.ffa_spm_id_get@sp
return scenario {
  name  = "who am I, who are you: FFA_ID_GET, FFA_SPM_ID_GET",
  limit = "2 ms",
  tags  = { "setup", "quick" },
  partitions = {
    { name = "a", manifest = "manifests/a.dts", script = function(sp)
        for _, conduit in ipairs { "smc", "hvc" } do
          sp:conduit(conduit)
          expect.eq(expect.ok(sp:id_get()).id, 0x8001, "own id by " .. conduit)
          expect.eq(expect.ok(sp:spm_id_get()).id, 0x8000, "SPMC by " .. conduit)
        end
        sp:serve(function() return {} end)
      end },
  },
  normal_world = function(nw)
    expect.eq(expect.ok(nw:id_get()).id, 0)
    expect.eq(expect.ok(nw:spm_id_get()).id, 0x8000)
  end,
}
