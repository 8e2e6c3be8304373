-- SPDX-License-Identifier: BSD-3-Clause
-- A normal world of FF-A 1.0 gets descriptors of 8 bytes; one of 1.2 gets 24.
-- conformance: ffa.ffa_partition_info_get_v1_0_descriptors
return scenario {
  name   = "descriptors of older versions",
  limit  = "2 ms",
  tags   = { "discovery", "quick" },
  params = { version = 0x10000, bytes = 8 },
  partitions = { { image = "echo" } },
  normal_world = function(nw)
    expect.eq(nw:version(params.version).version, 0x10003)
    local map = expect.ok(nw:rxtx_map {})
    expect.ok(nw:partition_info_get {})
    expect.eq(nw:read32(map.rx) & 0xffff, 0x8001)
    expect.eq((nw:read32(map.rx) >> 16) & 0xffff, 1, "one execution context")
    expect.eq(nw:read(map.rx + params.bytes, 16), string.rep("\0", 16), "nothing behind it")
  end,
}
