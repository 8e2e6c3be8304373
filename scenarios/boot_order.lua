-- SPDX-License-Identifier: BSD-3-Clause
-- Partitions start in boot order, whatever the order of their packages; those without one start last.
local order = {}

local function starter(letter)
  return function(sp)
    order[#order + 1] = letter
    sp:serve(function() return {} end)
  end
end

return scenario {
  name  = "boot order",
  limit = "2 ms",
  tags  = { "boot", "quick" },
  partitions = {
    { name = "third",  manifest = "manifests/a.dts",      script = starter("third") },
    { name = "second", manifest = "manifests/second.dts", script = starter("second") },
    { name = "first",  manifest = "manifests/first.dts",  script = starter("first") },
    { name = "fourth", manifest = "manifests/b.dts",      script = starter("fourth") },
  },
  normal_world = function(nw)
    expect.eq(order, { "first", "second", "third", "fourth" })
    expect.eq(nw:find("third").id, 0x8001, "ids are in manifest order")
  end,
}
