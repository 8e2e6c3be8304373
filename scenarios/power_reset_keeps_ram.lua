-- SPDX-License-Identifier: BSD-3-Clause
-- SYSTEM_RESET with other PEs on, a share outstanding and a request in flight: everything boots again
-- from its pristine package, and RAM stays.
local address, boots = nil, {}

return scenario {
  name      = "a reset that keeps memory",
  pes       = 2,
  limit     = "20 ms",
  resets    = 2,
  reset_ram = "keep",
  tags      = { "psci", "boot", "memory", "pes", "quick" },

  partitions = {
    { image = "echo" },
    { name = "a", manifest = "manifests/a.dts", script = function(sp)
        boots[#boots + 1] = machine.now_ns
        sp:rxtx_map()
        sp:obey()
      end },
  },

  normal_world = function(nw)
    expect.eq(#boots, nw.boot, "the partition started with each boot")
    expect.eq(nw:direct_req("echo", { 0xec0, nw.boot }).payload, { 0xec0, nw.boot, 0, 0, 0 })
    local page = nw:alloc(1)
    address = address or page
    expect.eq(page, address, "memory is handed out anew")
    expect.eq(nw:read64(page), nw.boot > 1 and 0x5eed0000 + nw.boot - 1 or 0)
    if nw.boot == 3 then
      expect.eq(nw:cpu_on(1).error, false, "PE 1 was off")
      nw:wait("50 us")
      return
    end
    nw:write64(page, 0x5eed0000 + nw.boot)
    nw:rxtx_map()
    local sent = expect.ok(nw:mem_share { to = "a" })
    nw:act("a", function(a) expect.fid(ffa.MEM_RETRIEVE_RESP, a:mem_retrieve { of = sent }) end)
    expect.ok(nw:cpu_on(1, nw.boot))
    nw:wait("50 us")
    if nw.boot == 1 then
      nw:system_reset()
    else
      nw:act("a", function(a) a:yield() end) -- rests inside of the request
      nw:system_reset { kind = 0, cookie = 5 }
    end
    expect.fail("the machine goes on")
  end,

  secondary = function(nw)
    expect.eq(nw:direct_req("echo", { 0xec0, 7 }).payload, { 0xec0, 7, 0, 0, 0 })
    while true do nw:wait("1 us") end
  end,

  finish = function(run)
    expect.truth(run.passed)
    expect.eq(#boots, 3)
    expect.truth(boots[1] < boots[2] and boots[2] < boots[3], "one clock for all")
  end,
}
