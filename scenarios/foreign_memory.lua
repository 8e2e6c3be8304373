-- SPDX-License-Identifier: BSD-3-Clause
-- A partition touches what is not its own: memory of another one, of the SPMC, of the normal world, a
-- device. Each time the abort comes back to its own vectors, and nothing was read or written.
return scenario {
  name  = "memory of others",
  limit = "5 ms",
  tags  = { "isolation", "hostile", "quick" },
  partitions = {
    { image = "echo" },
    { name = "a", manifest = "manifests/a.dts", script = function(sp)
        local page = sp:alloc(1)
        sp:write(page, "secret")
        local value, fault = sp:try_read(0x0e100000, 4)
        expect.fault(value, fault, "the SPMC")
        expect.eq(fault.esr >> 26, 0x24, "a data abort from a lower level")
        expect.fault(sp:try_write(0x0e100000, "x"))
        sp:serve(function()
          expect.memory(page, 0, "secret")
          return { page }
        end)
      end },
  },
  normal_world = function(nw)
    local page = nw:direct_req("a", {}).payload[1]
    for _, address in ipairs { page, 0x0e100000, 0x80000000, 0x09040000, 0x5000 } do
      for write = 0, 1 do
        local r = nw:direct_req("echo", { 0xec8, address, write }, { bits = 64 })
        expect.eq(r.payload[2], 1, string.format("0x%x, write %d", address, write))
        expect.eq((r.payload[3] >> 26) & 0x3f, 0x25, "a data abort at its own level")
        expect.eq(r.payload[4], address, "FAR")
      end
    end
    nw:direct_req("a", {})
    expect.fault(nw:try_read(page, 4))
    expect.fault(nw:try_write(0x0e100000, "x"))
  end,
}
