-- SPDX-License-Identifier: BSD-3-Clause
-- What FFA_RXTX_MAP takes and what it refuses, from the normal world and from a partition.
local function rules(who, foreign, what)
  local page = who:alloc(4)
  local function map(tx, rx, pages)
    return who:rxtx_map { tx = tx, rx = rx, pages = pages or 1 }
  end
  expect.error("INVALID_PARAMETERS", who:rxtx_unmap(), what .. ": unmap without map")
  expect.error("INVALID_PARAMETERS", map(page, page), what .. ": the same page")
  expect.error("INVALID_PARAMETERS", map(page, page + 8), what .. ": unaligned")
  expect.error("INVALID_PARAMETERS", map(page, page + 4096, 0), what .. ": no pages")
  expect.error("INVALID_PARAMETERS", map(page, page + 4096, 5), what .. ": too many pages")
  expect.error("INVALID_PARAMETERS", map(page, page + 4096, 2), what .. ": overlapping")
  expect.truth(map(foreign, page).error, what .. ": memory of somebody else")
  expect.error("NOT_SUPPORTED", who:rxtx_map { tx = page, rx = page + 4096, bits = 32 })
  expect.ok(map(page, page + 4096), what)
  expect.error("DENIED", map(page + 8192, page + 12288), what .. ": mapped already")
  expect.ok(who:rxtx_unmap())
  expect.error("INVALID_PARAMETERS", who:rxtx_unmap(), what .. ": unmapped already")
  expect.ok(map(page, page + 8192, 2), what .. ": mapped anew, larger")
end

-- conformance: ffa_rxtx_map.succeeds
-- conformance: ffa_rxtx_map.fails_with_device_memory
-- conformance: ffa_rxtx_map.fails_with_unaligned_pointer
-- conformance: ffa_rxtx_map.fails_with_same_page
-- conformance: ffa_rxtx_map.fails_if_already_succeeded
-- conformance: ffa_rxtx_unmap.succeeds
-- conformance: ffa_rxtx_unmap.fails_if_no_mapping
-- conformance: ffa_rxtx_unmap.fails_if_already_unmapped
-- conformance: ffa_rxtx_unmap.succeeds_in_remapping_region
return scenario {
  name  = "rules of FFA_RXTX_MAP",
  limit = "2 ms",
  tags  = { "rxtx", "quick" },
  partitions = {
    { name = "a", manifest = "manifests/a.dts", script = function(sp)
        rules(sp, 0x0e100000, "partition")
        expect.truth(sp:rxtx_map { tx = 0x09000000, rx = sp:alloc(1) }.error, "a device")
        sp:serve(function() return {} end)
      end },
  },
  normal_world = function(nw)
    rules(nw, 0x10000000, "normal world")
  end,
}
