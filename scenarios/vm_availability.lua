-- SPDX-License-Identifier: BSD-3-Clause
-- VMs come and go: partitions that asked for it are told by framework messages, and keep a view of
-- their own.
-- conformance: vm_availability_messaging.vm_unavailable_created
-- conformance: vm_availability_messaging.vm_available_created
-- conformance: vm_availability_messaging.vm_unavailable_destroyed
-- conformance: vm_availability_messaging.vm_available_destroyed
-- conformance: vm_availability_messaging.vm_error_created
-- conformance: vm_availability_messaging.vm_error_destroyed
-- conformance: vm_availability_messaging.multiple_sps
-- conformance: vm_availability_messaging.sp_not_subscribed
-- conformance: vm_availability_messaging.sp_cannot_send_messages
-- conformance: vm_availability_messaging.sp_cannot_send_non_framework_messages
local CREATED, CREATED_RESP, DESTROYED, DESTROYED_RESP =
    0x80000004, 0x80000005, 0x80000006, 0x80000007
local INVALID = -2

-- What a partition knows of each VM: nil (not there), "there", "error".
local function told(view, r)
  local vm, is_created = r.w5, r.w2 == CREATED
  local ok = (is_created and view[vm] == nil) or (not is_created and view[vm] == "there")
  view[vm] = not ok and "error" or is_created and "there" or nil
  return ok and 0 or INVALID
end

local views = { a = {}, b = {}, c = {} }

local function partition(name)
  return function(sp)
    if name == "a" then -- partitions do not send them
      for _, flags in ipairs { CREATED, DESTROYED, 0x80000000, 0x80000008 } do
        expect.error("INVALID_PARAMETERS", sp:direct_req("b", { 1, 2, 3 }, { flags = flags }))
      end
    end
    local r = sp:msg_wait()
    while true do
      if r.w2 & 0x80000000 == 0 then
        -- A plain request has a plain answer.
        expect.error("DENIED", sp:direct_resp(r, { 0 }, { flags = CREATED_RESP }))
        r = sp:direct_resp(r, { 7 })
      else
        expect.eq({ r.sender, r.w3, r.w4 }, { 0, 0x1234, 0x5678 })
        local status = told(views[name], r)
        local answer = r.w2 + 1
        expect.error("DENIED", sp:direct_resp(r, { status }), "not a framework message")
        expect.error("DENIED", sp:direct_resp(r, { status }, { flags = answer ~ 2 }), "of the other")
        r = sp:direct_resp(r, { status }, { flags = answer })
      end
    end
  end
end

local function send(nw, to, flags, vm)
  local r = nw:direct_req(to, { 0x1234, 0x5678, vm }, { flags = flags })
  if r.error then
    return r.error
  end
  expect.eq({ r.fid, r.w2 }, { ffa.MSG_SEND_DIRECT_RESP_32, flags + 1 })
  return r.status
end

return scenario {
  name  = "partitions hear of VMs",
  limit = "5 ms",
  tags  = { "messages", "vms", "quick" },

  partitions = {
    { name = "a", manifest = "manifests/vm_a.dts", script = partition("a") },
    { name = "b", manifest = "manifests/vm_b.dts", script = partition("b") },
    { name = "c", manifest = "manifests/vm_created.dts", script = partition("c") },
    { image = "echo" },
  },

  normal_world = function(nw)
    expect.eq(send(nw, "a", CREATED, 1), 0)
    expect.eq(views.a[1], "there")
    expect.eq(send(nw, "a", CREATED, 1), INVALID, "twice")
    expect.eq(views.a[1], "error")
    expect.eq(send(nw, "a", DESTROYED, 2), INVALID, "never created")
    expect.eq(views.a[2], "error")
    for _, vm in ipairs { 1, 2 } do
      expect.eq(send(nw, "a", CREATED, vm), INVALID)
      expect.eq(send(nw, "a", DESTROYED, vm), INVALID)
      expect.eq(views.a[vm], "error", "nothing mends it")
    end
    expect.eq(send(nw, "a", CREATED, 3), 0)
    expect.eq(send(nw, "a", DESTROYED, 3), 0)
    expect.eq(views.a[3], nil)

    -- Each keeps its own view.
    expect.eq(send(nw, "b", CREATED, 1), 0)
    expect.eq(send(nw, "b", DESTROYED, 1), 0)
    expect.eq(send(nw, "c", CREATED, 1), 0)
    expect.eq({ views.a[1], views.b[1] or "none", views.c[1] }, { "error", "none", "there" })

    -- Only what was asked for.
    expect.eq(send(nw, "c", DESTROYED, 1), "INVALID_PARAMETERS")
    expect.eq(views.c[1], "there")
    expect.eq(send(nw, "echo", CREATED, 1), "INVALID_PARAMETERS")
    expect.eq(send(nw, "echo", DESTROYED, 1), "INVALID_PARAMETERS")
    expect.error("INVALID_PARAMETERS", nw:direct_req(0x80ff, {}, { flags = CREATED }))
    expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, nw:direct_req("a", { 1 }))

    -- Bits that no function has, functions that nobody has.
    for _, flags in ipairs { 0x80000104, 0xc0000004, 0x80000003, 0x80000005, 0x800000ff } do
      expect.truth(nw:direct_req("a", { 1, 2, 3 }, { flags = flags }).error)
    end
  end,
}
