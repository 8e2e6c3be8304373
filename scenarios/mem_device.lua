-- SPDX-License-Identifier: BSD-3-Clause
-- A device's registers can be lent to one borrower, who takes them as Device; nothing else.
local NW, NORMAL, DEVICE = 0, 0x2f, 0x10
local send = { share = "mem_share", lend = "mem_lend", donate = "mem_donate" }
local FLAGS = 0x18 -- UARTFR: the transmit FIFO is empty
local secure_uart, normal_uart = 0x09040000, 0x09000000

-- conformance: memory_sharing.invalid_device_share_fails
-- conformance: memory_sharing.cannot_share_device_memory
local function refused(nw, owner, uart)
  nw:act(owner, function(o)
    local ranges = { uart }
    for _, attributes in ipairs { NORMAL, DEVICE } do
      for kind, method in pairs(send) do
        if kind ~= "lend" then
          expect.truth(o[method](o, { to = "a", ranges = ranges, attributes = attributes }).error)
        end
        expect.truth(o[method](o, { to = { "a", "b" }, ranges = ranges,
                                    attributes = attributes }).error, kind .. " to two")
      end
    end
    expect.error("DENIED", o:mem_share { to = "a", ranges = ranges })
    expect.error("DENIED", o:mem_donate { to = "a", ranges = ranges })
    expect.error("DENIED", o:mem_lend { to = { "a", "b" }, ranges = ranges, attributes = DEVICE })
    expect.error("DENIED", o:mem_lend { to = "a", ranges = ranges, flags = 1 }, "zeroed")
    expect.error("DENIED", o:mem_lend { to = "a", ranges = { uart, o:alloc(1) } }, "and memory")
    expect.error("DENIED", o:mem_lend { to = "a", ranges = { o:alloc(1), uart } }, "and memory")
  end)
end

-- conformance: memory_sharing.lend_device_memory_and_lose_access
-- conformance: memory_sharing.lend_device_memory_between_sps_and_reclaim
-- conformance: memory_sharing.lend_device_memory_to_sp_and_reclaim
-- conformance: memory_sharing.lend_device_memory_as_normal_fails
local function lent(nw, owner, borrower, uart)
  local sent = nw:act(owner, function(o)
    o:read32(uart + FLAGS)
    local r = expect.ok(o:mem_lend { to = borrower, ranges = { uart } })
    if owner ~= NW then
      local value, fault = o:try_read(uart + FLAGS, 4)
      expect.fault(value, fault, "the owner has lost it")
    end
    return r
  end)
  nw:act(borrower, function(b)
    local value, fault = b:try_read(uart + FLAGS, 4)
    expect.fault(value, fault, "not taken yet")
    expect.error("DENIED", b:mem_retrieve { of = sent, attributes = NORMAL })
    expect.error("DENIED", b:mem_retrieve { of = sent, attributes = DEVICE, instr = "x" })
    local r = expect.fid(ffa.MEM_RETRIEVE_RESP, b:mem_retrieve { of = sent, attributes = DEVICE })
    expect.eq(r.memory.attributes, DEVICE | (owner == NW and 0x40 or 0))
    expect.eq(b:read32(uart + FLAGS), 0x90)
    expect.ok(b:mem_relinquish(sent))
    value, fault = b:try_read(uart + FLAGS, 4)
    expect.fault(value, fault, "given back")
    -- left open, the type is the device's own
    r = expect.fid(ffa.MEM_RETRIEVE_RESP,
                   b:mem_retrieve { of = sent, attributes = 0, data = "ro" })
    expect.eq(r.memory.attributes & ~0x40, DEVICE)
    value, fault = b:try_write(uart, "x")
    expect.fault(value, fault, "to read only")
    expect.ok(b:mem_relinquish(sent))
  end)
  nw:act(owner, function(o)
    expect.error("DENIED", o:mem_reclaim { of = sent, flags = 1 }, "registers are not zeroed")
    expect.ok(o:mem_reclaim(sent))
    expect.eq(o:read32(uart + FLAGS), 0x90)
  end)
end

-- conformance: ffa_rxtx_map.fails_with_device_memory
local function no_buffer(nw)
  nw:act("owner", function(o)
    expect.ok(o:rxtx_unmap())
    expect.truth(o:rxtx_map { tx = secure_uart }.error)
    expect.truth(o:rxtx_map { rx = secure_uart }.error)
    expect.ok(o:rxtx_map())
  end)
  expect.ok(nw:rxtx_unmap())
  expect.truth(nw:rxtx_map { tx = normal_uart }.error)
  expect.truth(nw:rxtx_map { rx = normal_uart }.error)
  expect.ok(nw:rxtx_map())
end

local function not_ones_own(nw)
  for _, who in ipairs { NW, "a", "e" } do
    nw:act(who, function(o)
      expect.error("DENIED", o:mem_lend { to = "b", ranges = { secure_uart } })
    end)
  end
  nw:act("owner", function(o)
    expect.error("DENIED", o:mem_lend { to = "b", ranges = { normal_uart } })
    expect.error("DENIED", o:mem_lend { to = "b", ranges = { { secure_uart, 2 } } }, "one too many")
  end)
end

return scenario {
  name  = "devices are lent",
  limit = "50 ms",
  tags  = { "memory" },
  partitions = {
    obedient("owner", "mem_device.dts"), obedient("a"), obedient("b"),
    obedient("e", "mem_el0.dts", { writable = 200 }),
  },
  normal_world = function(nw)
    expect.ok(nw:rxtx_map())
    not_ones_own(nw)
    no_buffer(nw)
    for _, one in ipairs { { "owner", secure_uart }, { NW, normal_uart } } do
      refused(nw, one[1], one[2])
      lent(nw, one[1], "a", one[2])
      lent(nw, one[1], "e", one[2])
      lent(nw, one[1], "b", one[2])
    end
    not_ones_own(nw)
  end,
}
