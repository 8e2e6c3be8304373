-- SPDX-License-Identifier: BSD-3-Clause
-- echo makes its calls by SMC, then by HVC: no difference to be seen.
return scenario {
  name  = "SMC and HVC from S-EL1",
  limit = "2 ms",
  tags  = { "setup", "quick" },
  partitions = { { image = "echo" } },
  normal_world = function(nw)
    for conduit = 0, 1 do
      expect.eq(nw:direct_req("echo", { 0xec3, conduit }).payload[1], 0xec3)
      local r = nw:direct_req("echo", { 0xec1, ffa.ID_GET })
      expect.eq(r.payload[2], ffa.SUCCESS_32)
      r = nw:direct_req("echo", { 0xec1, 0x840000ee })
      expect.eq(r.payload[2], ffa.ERROR, "an unknown FF-A function")
      r = nw:direct_req("echo", { 0xec1, 0x12345678 })
      expect.eq(r.payload[2] & 0xffffffff, 0xffffffff, "not FF-A at all: unknown function")
    end
  end,
}
