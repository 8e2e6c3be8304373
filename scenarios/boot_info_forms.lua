-- SPDX-License-Identifier: BSD-3-Clause
-- Boot information in each register and in the form of each version. The partitions read it, compare the
-- manifest in it with what they were started with, and tell what they found.
local BLOB, DESCRIPTOR, MANIFEST = 0xb10, 0xb11, 0xb12
local FDT = 0

local function part(name)
  return { name = name, image = "boot_info", manifest = "boot_info_" .. name .. ".dts" }
end

-- conformance: ffa_boot_info.dump_and_validate_boot_info
-- conformance: ffa_boot_info.parse_fdt
return scenario {
  name  = "boot information in each form",
  limit = "5 ms",
  tags  = { "boot", "quick" },
  partitions = { part("1_0"), part("1_1"), part("1_2"), part("1_3"), part("empty"), part("none") },

  normal_world = function(nw)
    local function ask(name, command, argument)
      local r = nw:direct_req(name, { command, argument or 0 }, { bits = 64 })
      expect.eq(r.payload[1], command)
      return { table.unpack(r.payload, 2) }
    end

    for minor = 0, 3 do
      local name = "1_" .. minor
      local version = 0x10000 + minor
      local blob = ask(name, BLOB)
      local fdt = ask(name, DESCRIPTOR, 0)
      expect.eq({ blob[1], blob[2], blob[3] }, { version, 1, minor }, name)
      expect.eq({ fdt[1], fdt[3] }, { FDT, 0x1000 }, name)
      -- The blob of FF-A 1.1 and later reaches to the end of the manifest.
      expect.eq(blob[4], minor == 0 and 0 or 0x1000 + fdt[2], name)
      expect.eq(ask(name, MANIFEST), { version, minor, 0, 0 }, name)
    end
    expect.eq(ask("empty", BLOB), { 0x10003, 0, 1, 32 })
    expect.eq(ask("none", BLOB), { 0, 0, 4, 0 }, "all registers were zero")
  end,
}
