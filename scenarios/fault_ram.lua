-- SPDX-License-Identifier: BSD-3-Clause
-- A bit of a partition's data turns over, and its answer shows it; so does one of a buffer that is shared. Nobody
-- else is touched.
local data

return scenario {
  name  = "a bit of RAM turns over",
  limit = "2 ms",
  tags  = { "faults", "memory", "quick" },
  partitions = {
    { image = "echo" },
    { name = "keeper", manifest = "manifests/a.dts", script = function(sp)
        expect.ok(sp:rxtx_map())
        data = sp:alloc(1)
        sp:write64(data, 0x1234)
        sp:serve(function(request)
          return { sp:read64(request.payload[1] ~= 0 and request.payload[1] or data) }
        end)
      end },
  },

  normal_world = function(nw)
    local function answer() return nw:direct_req("keeper", {}).payload[1] end

    expect.eq(answer(), 0x1234)
    machine.fault(string.format("flip_ram address=0x%x bit=3", data + 1))
    expect.eq(answer(), 0x1234 ~ 0x800, "at once")
    machine.fault(string.format("flip_ram address=0x%x bit=3 of=call of_endpoint=keeper", data + 1))
    expect.eq(answer(), 0x1234 ~ 0x800, "it was read before the partition answered")
    expect.eq(answer(), 0x1234, "turned back while it answered")

    local page = nw:alloc(1)
    nw:write64(page, 0)
    machine.fault(string.format("flip_ram address=0x%x bit=7", page))
    expect.eq(nw:read64(page), 0x80, "non-secure memory has bits, too")
    machine.fault("flip_ram address=0 bit=0") -- no RAM: told, and nothing happens
    expect.eq(nw:direct_req("echo", { 0xec0, 7 }).payload, { 0xec0, 7, 0, 0, 0 })
  end,
}
