-- SPDX-License-Identifier: BSD-3-Clause
-- A partition reaches all the memory that its manifest and its load range give it, with the
-- permissions that stand there, and not a byte before or behind.
local function declared(sp, size)
  -- Loads are aligned to their size here; the package's first pages are the partition's as well.
  local base = sp:alloc(1) & ~(size - 1)
  for at = base + 0x8000, base + size - 1, 4096 do
    if at < base + 0x80000 or at >= base + 0x94000 then
      expect.truth(sp:try_write(at, "own") and sp:try_read(at + 4088, 8))
    end
  end
  for _, outside in ipairs { base - 8, base - 4096, base + size, base + size + 4096 } do
    local value, fault = sp:try_read(outside, 8)
    expect.fault(value, fault, string.format("0x%x", outside))
    value, fault = sp:try_write(outside, "x")
    expect.fault(value, fault, string.format("0x%x", outside))
  end
  return base
end

local function read_only(sp, at, pages, executable)
  for page = at, at + (pages - 1) * 4096, 4096 do
    expect.truth(sp:try_read(page, 4096))
    local value, fault = sp:try_write(page + 4, "x")
    expect.fault(value, fault)
    expect.eq(fault.esr & 0x3c, 0x0c, "a permission fault")
    expect.eq(sp:try_fetch(page) == true, executable)
  end
end

return scenario {
  name  = "memory that manifests give",
  limit = "20 ms",
  tags  = { "memory", "isolation", "quick" },
  partitions = {
    { name = "before", manifest = "manifests/a.dts", script = function(sp) sp:obey() end },
    -- conformance: boot.memory_size
    -- conformance: boot.beyond_memory_size
    -- conformance: boot.memory_before_image
    -- conformance: boot.memory_manifest_relative
    -- conformance: boot.memory_manifest_relative_test_memory_ro
    -- conformance: boot.memory_manifest_relative_ro_secure_memory
    { name = "regions", manifest = "manifests/mem_regions.dts", script = function(sp)
        local base = declared(sp, 0x100000)
        read_only(sp, base + 0x80000, 4, false)
        read_only(sp, base + 0x90000, 4, true)
        sp:obey()
      end },
    -- conformance: boot.memory_manifest
    { name = "normal", manifest = "manifests/mem_ns.dts", script = function(sp)
        declared(sp, 0x100000)
        expect.truth(sp:try_write(0x90000000, "x"))
        expect.truth(sp:try_write(0x90003fff, "x"))
        expect.fault(sp:try_fetch(0x90000000))
        read_only(sp, 0x90010000, 1, false)
        for _, outside in ipairs { 0x8fffffff, 0x90004000, 0x9000ffff, 0x90011000 } do
          expect.fault(sp:try_read(outside, 1))
        end
        sp:obey()
      end },
    { name = "after", manifest = "manifests/b.dts", script = function(sp) sp:obey() end },
  },
  normal_world = function(nw)
    nw:act("before", function(sp) declared(sp, 0x100000) end)
    nw:act("after", function(sp) declared(sp, 0x100000) end)
  end,
}
