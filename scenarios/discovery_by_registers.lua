-- SPDX-License-Identifier: BSD-3-Clause
-- FFA_PARTITION_INFO_GET_REGS: everybody, one UUID, an unknown one, and indexes past the end.
-- conformance: ffa.ffa_partition_info_get_regs_sp_test
-- conformance: ffa.ffa_partition_info_get_regs_uuid_null
-- conformance: ffa.ffa_partition_info@all
return scenario {
  name  = "discovery by registers",
  limit = "2 ms",
  tags  = { "discovery", "quick" },
  partitions = {
    { image = "echo" },
    { image = "relay" },
    { name = "a", manifest = "manifests/a.dts", script = function(sp)
        local all = sp:partitions()
        expect.eq(#all, 4, "a partition sees all of them, and the logical one at EL3")
        expect.eq(all[4].id, 0xffc0)
        sp:serve(function() return {} end)
      end },
  },
  normal_world = function(nw)
    local all = nw:partitions()
    expect.eq(#all, 3)
    expect.eq({ all[1].id, all[2].id, all[3].id }, { 0x8001, 0x8002, 0x8003 })
    expect.eq(all[1].uuid, "dfa65ffd-2a3e-424a-98f6-96df11f8ed05")

    local one = nw:partitions("62fd0fb0-ea4a-4bc8-9fd8-b6f0da726022")
    expect.eq(#one, 1)
    expect.eq(one[1].id, 0x8002)

    expect.error("INVALID_PARAMETERS",
                 nw:partition_info_get_regs { uuid = "00000000-0000-0000-0000-000000000bad" })
    expect.error("INVALID_PARAMETERS", nw:partition_info_get_regs { start = 3 })
  end,
}
