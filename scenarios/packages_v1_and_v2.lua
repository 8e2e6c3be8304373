-- SPDX-License-Identifier: BSD-3-Clause
-- The same image and manifest in both versions of the package format: version 1 has the manifest right
-- behind its header, version 2 page aligned.
return scenario {
  name  = "packages of both versions",
  limit = "2 ms",
  tags  = { "boot", "quick" },
  partitions = {
    { name = "v1", image = "echo", manifest = "manifests/a.dts", spkg_version = 1 },
    { name = "v2", image = "echo", manifest = "manifests/b.dts", spkg_version = 2 },
  },
  normal_world = function(nw)
    expect.eq(nw:direct_req("v1", { 0xec0, 1 }).payload, { 0xec0, 1, 0, 0, 0 })
    expect.eq(nw:direct_req("v2", { 0xec0, 2 }).payload, { 0xec0, 2, 0, 0, 0 })
  end,
}
