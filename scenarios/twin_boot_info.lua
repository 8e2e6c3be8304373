-- SPDX-License-Identifier: BSD-3-Clause
-- Boot information in each form and register; the call log has the registers that partitions start with.
local function part(name)
  return { name = name, image = "boot_info", manifest = "boot_info_" .. name .. ".dts" }
end

return scenario {
  name  = "twin: boot information",
  limit = "20 ms",
  tags  = { "boot", "twin", "quick" },
  partitions = { part("1_0"), part("1_1"), part("1_2"), part("1_3"), part("empty"), part("none") },
  normal_world = { image = "boot_info_kernel", el = 1 },

  finish = function(run)
    local told = {}
    for _, line in ipairs(run.console) do
      told[#told + 1] = line:match("^%[NWd/0%] (.*)$")
    end
    expect.eq(told, {
      "0x8001: form 0x10000, x0, manifest 0x10000",
      "0x8001: type 0 at 0x1000",
      "0x8002: form 0x10001, x1, manifest 0x10001",
      "0x8002: type 0 at 0x1000",
      "0x8003: form 0x10002, x2, manifest 0x10002",
      "0x8003: type 0 at 0x1000",
      "0x8004: form 0x10003, x3, manifest 0x10003",
      "0x8004: type 0 at 0x1000",
      "0x8005: form 0x10003, x1, manifest 0x0",
      "0x8006: form 0x0, x4, manifest 0x0",
      "boot_info_kernel: 6 partitions told",
    })
  end,
}
