-- SPDX-License-Identifier: BSD-3-Clause
-- A hypervisor forwards FFA_RXTX_MAP for its VMs, which then send and take indirect messages.
return scenario {
  name  = "mailboxes of VMs",
  limit = "10 ms",
  tags  = { "indirect", "rxtx", "quick" },
  partitions = {
    { name = "echo", manifest = "manifests/mail_a.dts", script = function(sp)
        expect.ok(sp:rxtx_map {})
        expect.error("INVALID_PARAMETERS", sp:rxtx_unmap(5), "only a hypervisor has VMs")
        expect.error("INVALID_PARAMETERS", sp:rx_release(5))
        expect.error("NOT_SUPPORTED", sp:rx_acquire(5))
        local r = sp:msg_wait()
        while true do
          local m = sp:message()
          expect.ok(sp:rx_release())
          r = sp:direct_resp(r, { sp:send2(m.sender, m.text .. " back").status & 0xffffffff })
        end
      end },
  },
  normal_world = function(nw)
    local function refused(code, vm, opts, why)
      expect.error(code, nw:rxtx_map_for(vm, opts), why)
    end
    expect.error("INVALID_PARAMETERS", nw:rxtx_map { tx = 0, rx = 0, pages = 0 }, "no descriptor")
    expect.ok(nw:rxtx_map {})
    refused("INVALID_PARAMETERS", 0, {}, "the hypervisor itself")
    refused("INVALID_PARAMETERS", nw:find("echo").id, {}, "a partition")
    refused("INVALID_PARAMETERS", 5, { rx_offset = 12 }, "unaligned")
    refused("INVALID_PARAMETERS", 5, { tx_offset = 4096 - 24 }, "over the end of the buffer")
    refused("INVALID_PARAMETERS", 5, { ranges = 2 }, "in two pieces")
    refused("INVALID_PARAMETERS", 5, { pages = 5 }, "too large")
    refused("DENIED", 5, { rx = 0x0e100000 }, "secure memory")
    expect.error("DENIED", nw:send2("echo", "hello", { vm = 5, tx = nw:alloc(1) }), "not known yet")
    expect.ok(nw:rxtx_map_for(5, { pages = 4 }))
    expect.ok(nw:rxtx_map_for(6))
    refused("DENIED", 5, {}, "mapped already")

    expect.error("INVALID_PARAMETERS", nw:send2("echo", "hello", { vm = 5, from = 6 }))
    expect.error("INVALID_PARAMETERS", nw:send2(6, "hello", { vm = 5 }), "VMs have a hypervisor")
    expect.ok(nw:send2("echo", "hello", { vm = 5 }))
    expect.eq(nw:direct_req("echo", {}).status, 0)
    local m = nw:message(5)
    expect.eq({ m.sender, m.receiver, m.text }, { nw:find("echo").id, 5, "hello back" })
    expect.truth(m.tail_is_zero, "of all four pages")

    expect.error("DENIED", nw:rx_release(6), "that one is empty")
    expect.error("DENIED", nw:rx_acquire(5), "that one is full")
    expect.ok(nw:rx_acquire(6))
    expect.ok(nw:send2("echo", "hello", { vm = 6 }))
    expect.eq(nw:direct_req("echo", {}).status, -4, "BUSY while the hypervisor writes to it")
    expect.ok(nw:rx_release(6))
    expect.ok(nw:rx_release(5))
    expect.error("INVALID_PARAMETERS", nw:rx_release(7), "no such VM")

    expect.ok(nw:rxtx_unmap(5))
    expect.error("INVALID_PARAMETERS", nw:rxtx_unmap(5), "unmapped already")
    for vm = 7, 21 do
      expect.ok(nw:rxtx_map_for(vm))
    end
    refused("NO_MEMORY", 22, {}, "sixteen is enough")
    expect.ok(nw:rxtx_unmap(6))
    expect.ok(nw:rxtx_map_for(22))
    expect.ok(nw:rxtx_unmap(), "and the hypervisor's own")
  end,
}
