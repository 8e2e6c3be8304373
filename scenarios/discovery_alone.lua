-- SPDX-License-Identifier: BSD-3-Clause
-- Discovery with one partition: it finds itself, the normal world finds it, and nobody finds more. Partition and
-- normal world are of different versions.
-- conformance: ffa.ffa_partition_info
local UUID = "11000000-0000-0000-0000-000000000011"

local function look(who, version)
  local bytes = version >= 0x10003 and 48 or 24
  local map = expect.ok(who:rxtx_map {})
  for _, asked in ipairs { "00000000-0000-0000-0000-000000000000", UUID } do
    expect.eq(expect.ok(who:partition_info_get { uuid = asked, count = true }).count, 1)
    local r = expect.ok(who:partition_info_get { uuid = asked })
    expect.eq({ r.count, r.partitions[1].id, r.partitions[1].vcpus }, { 1, 0x8001, 1 })
    expect.eq(r.w3, bytes)
    expect.eq(who:read(map.rx + bytes, 4096 - bytes), string.rep("\0", 4096 - bytes), "no more")
    expect.error("BUSY", who:partition_info_get { uuid = asked }, "the buffer is full")
    expect.ok(who:rx_release())
  end
  expect.error("INVALID_PARAMETERS",
               who:partition_info_get { uuid = "11000000-0000-0000-0000-000000000012" })
  expect.error("INVALID_PARAMETERS", who:partition_info_get { flags = 2 })
  expect.ok(who:rxtx_unmap())
  expect.error("BUSY", who:partition_info_get {}, "no buffer")
  expect.ok(who:partition_info_get { count = true })
  if version < 0x10002 then
    expect.error("NOT_SUPPORTED", who:partition_info_get_regs {}, "since 1.2")
  end
end

return scenario {
  name  = "discovery with one partition",
  limit = "2 ms",
  tags  = { "discovery", "quick" },
  partitions = {
    { name = "only", manifest = "manifests/v1_1.dts", script = function(sp)
        look(sp, 0x10001)
        sp:obey()
      end },
  },
  normal_world = function(nw)
    look(nw, 0x10003)
  end,
}
