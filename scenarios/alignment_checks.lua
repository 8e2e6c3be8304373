-- SPDX-License-Identifier: BSD-3-Clause
-- SCTLR_EL1.A is a partition's own: real code sets and clears it, finds it as it left it whoever ran in between, and
-- reads and writes at addresses that are not aligned while it is clear.
-- conformance: arch_features.vm_unaligned_access
local UNALIGNED = 0xa2c0

return scenario {
  name  = "alignment checks of partitions",
  limit = "5 ms",
  tags  = { "isolation", "quick" },
  partitions = {
    { name = "a", image = "arch", manifest = "manifests/a.dts" },
    { name = "b", image = "arch", manifest = "manifests/b.dts" },
  },
  normal_world = function(nw)
    local last = { a = 0, b = 0 } -- as after reset
    local function set(name, on)
      local r = nw:direct_req(name, { UNALIGNED, on }, { bits = 64 })
      expect.fid(ffa.MSG_SEND_DIRECT_RESP_64, r)
      expect.eq(r.payload[2], last[name], name .. " finds it as it was")
      last[name] = on
    end
    for _, on in ipairs { 0, 1, 0, 1, 1, 0 } do
      set("a", on)
      set("b", 1 - on)
    end
  end,
}
