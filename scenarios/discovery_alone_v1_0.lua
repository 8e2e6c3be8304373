-- SPDX-License-Identifier: BSD-3-Clause
-- Discovery with one partition of FF-A 1.0, as it sees itself and as a normal world of 1.0 does: 8 bytes.
-- conformance: ffa_v1_0.ffa_partition_info_v1_0
local UUID = "10000000-0000-0000-0000-000000000010"
local BYTES = 8

local function look(who)
  local map = expect.ok(who:rxtx_map {})
  for _, asked in ipairs { "00000000-0000-0000-0000-000000000000", UUID } do
    expect.eq(expect.ok(who:partition_info_get { uuid = asked, count = true }).count, 1)
    local r = expect.ok(who:partition_info_get { uuid = asked })
    expect.eq({ r.count, r.partitions[1].id, r.partitions[1].vcpus }, { 1, 0x8001, 1 })
    expect.eq(r.w3, 0, "the size is told since 1.1")
    expect.eq(who:read(map.rx + BYTES, 4096 - BYTES), string.rep("\0", 4096 - BYTES), "no more")
    expect.error("BUSY", who:partition_info_get { uuid = asked }, "the buffer is full")
    expect.ok(who:rx_release())
  end
  expect.error("INVALID_PARAMETERS",
               who:partition_info_get { uuid = "10000000-0000-0000-0000-000000000012" })
  expect.error("INVALID_PARAMETERS", who:partition_info_get { flags = 2 })
  expect.ok(who:rxtx_unmap())
  expect.error("BUSY", who:partition_info_get {}, "no buffer")
  expect.ok(who:partition_info_get { count = true })
  expect.error("NOT_SUPPORTED", who:partition_info_get_regs {}, "since 1.2")
end

return scenario {
  name  = "discovery with one partition of FF-A 1.0",
  limit = "2 ms",
  tags  = { "discovery", "quick" },
  partitions = {
    { name = "old", manifest = "manifests/v1_0.dts", script = function(sp)
        look(sp)
        sp:obey()
      end },
  },
  normal_world = function(nw)
    expect.eq(nw:version(0x10000).version, 0x10003)
    look(nw)
  end,
}
