-- SPDX-License-Identifier: BSD-3-Clause
-- FF-A 1.3: who offers a service, and who was started from an image, through RX and in registers, for the normal
-- world and for partitions. A service may have several partitions, an image UUID has one.
-- conformance: partition_info_v1_3.ffa_partition_info_get_with_protocol_uuid
-- conformance: partition_info_v1_3.ffa_partition_info_get_regs_with_protocol_uuid
-- conformance: partition_info_v1_3.ffa_partition_info_get_with_image_uuid
-- conformance: partition_info_v1_3.ffa_partition_info_get_regs_with_image_uuid
local OWN    = "41000000-0000-0000-0000-000000000041"
local COMMON = "0a000000-0000-0000-0000-00000000000a"
local IMAGE  = "4f000000-0000-0000-0000-00000000004f"
local NIL    = "00000000-0000-0000-0000-000000000000"
local METHODS = 0x207 -- direct requests 1 and 2, received and sent: what the manifests say

local function look(who)
  local function through_rx(uuid)
    expect.eq(expect.ok(who:partition_info_get { uuid = uuid, count = true }).count,
              #who:partitions(uuid), "a count alone")
    local r = expect.ok(who:partition_info_get { uuid = uuid })
    expect.eq(r.w3, 48)
    expect.ok(who:rx_release())
    return r.partitions
  end
  local function in_registers(uuid)
    expect.eq(expect.ok(who:partition_info_get_regs { uuid = uuid }).size, 48)
    return who:partitions(uuid)
  end
  for _, ask in ipairs { through_rx, in_registers } do
    local own = ask(OWN)
    expect.eq({ #own, own[1].name, own[1].image, own[1].uuid }, { 1, "image", IMAGE, NIL })
    expect.eq(own[1].properties & METHODS & ~2, 0x201, "of that service")

    local common = ask(COMMON)
    expect.eq({ #common, common[1].name, common[2].name }, { 2, "a", "image" })
    expect.eq({ common[1].image, common[2].image }, { NIL, IMAGE })
    expect.eq(common[2].properties & METHODS & ~2, 0x1, "of the other service")

    local image = ask(IMAGE)
    expect.eq(#image, 2, "its two services")
    for _, one in ipairs(image) do
      expect.eq({ one.name, one.image, one.vcpus }, { "image", IMAGE, 1 })
    end
    expect.eq({ image[1].properties & METHODS & ~2, image[2].properties & METHODS & ~2 }, { 0x201, 1 })
  end
  expect.error("INVALID_PARAMETERS", who:partition_info_get { uuid = "41000000-0000-0000-0000-000000000042" })
  expect.error("INVALID_PARAMETERS",
               who:partition_info_get_regs { uuid = "4f000000-0000-0000-0000-000000000050" })
end

-- An older caller finds it by the UUID of its image, and is not told that UUID.
local function look_v1_2(who)
  local r = expect.ok(who:partition_info_get_regs { uuid = IMAGE })
  expect.eq({ r.size, #r.partitions, r.partitions[1].name }, { 24, 2, "image" })
  expect.eq(r.partitions[1].image, nil)
end

return scenario {
  name  = "discovery of FF-A 1.3",
  limit = "2 ms",
  tags  = { "discovery", "quick" },
  partitions = {
    { name = "a", manifest = "manifests/a.dts", script = function(sp) expect.ok(sp:rxtx_map {}) sp:obey() end },
    { name = "image", manifest = "manifests/image_uuid.dts", script = function(sp)
        expect.ok(sp:rxtx_map {})
        sp:obey()
      end },
    { name = "zero", manifest = "manifests/mem_el0.dts", script = function(sp)
        expect.ok(sp:call(ffa.MEM_PERM_SET_32, sp:alloc(1), 20, 5)) -- no execution, but writes
        expect.ok(sp:rxtx_map {})
        sp:obey()
      end },
    { name = "old", manifest = "manifests/v1_2.dts", script = function(sp) sp:obey() end },
  },
  normal_world = function(nw)
    expect.ok(nw:rxtx_map {})
    look(nw)
    for _, name in ipairs { "a", "image", "zero" } do
      nw:act(name, look)
    end
    nw:act("old", look_v1_2)
  end,
}
