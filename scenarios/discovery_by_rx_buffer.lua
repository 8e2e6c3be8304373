-- SPDX-License-Identifier: BSD-3-Clause
-- FFA_PARTITION_INFO_GET through the RX buffer: descriptors, count only, reserved flags, ownership.
-- conformance: ffa.ffa_partition_info_get_uuid_null
-- conformance: ffa.ffa_partition_info_get_count_flag
-- conformance: ffa.ffa_partition_info_get_flags_mbz_fail
-- conformance: ffa.ffa_partition_info_get_uuid_unknown
-- conformance: partition_info_v1_3.ffa_partition_info_get_null_uuid
return scenario {
  name  = "discovery through the RX buffer",
  limit = "2 ms",
  tags  = { "discovery", "rxtx", "quick" },
  partitions = { { image = "echo" }, { image = "relay" } },
  normal_world = function(nw)
    expect.eq(expect.ok(nw:partition_info_get { count = true }).count, 2, "no buffer is needed")
    expect.error("BUSY", nw:partition_info_get {}, "no RX buffer yet")

    expect.ok(nw:rxtx_map {})
    local r = expect.ok(nw:partition_info_get {})
    expect.eq(r.count, 2)
    expect.eq(r.w3, 48, "descriptors of FF-A 1.3")
    expect.eq(r.partitions[1].id, 0x8001)
    expect.eq(r.partitions[2].uuid, "62fd0fb0-ea4a-4bc8-9fd8-b6f0da726022")

    expect.error("BUSY", nw:partition_info_get {}, "the buffer is still ours")
    expect.ok(nw:rx_release())
    expect.error("DENIED", nw:rx_release(), "nothing to release")
    expect.error("INVALID_PARAMETERS", nw:partition_info_get { flags = 2 }, "reserved flag")
    expect.error("INVALID_PARAMETERS",
                 nw:partition_info_get { uuid = "00000000-0000-0000-0000-000000000bad" })
  end,
}
