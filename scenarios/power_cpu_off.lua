-- SPDX-License-Identifier: BSD-3-Clause
-- Partitions that asked for it hear that a PE switches off: in boot order, one after the other. They
-- can refuse, can not ask others meanwhile, and one that dies of it is taken for consent.
local RESP = 0x80000002
local heard = {}
local mode = {} -- partition -> what it does next

local function note_denied(sp)
  expect.error("DENIED", sp:msg_wait())
  expect.error("DENIED", sp:yield())
  expect.error("DENIED", sp:direct_req("deaf", { 1 }))
  expect.error("DENIED", sp:run("deaf", sp.vcpu))
end

local function partition(name)
  return function(sp)
    local r = sp:msg_wait()
    while true do
      if r.w2 & 0x80000000 == 0 then
        r = sp:direct_resp(r, {})
      else
        heard[#heard + 1] = name
        local how = mode[name]
        mode[name] = nil
        if how == "abort" then
          sp:abort()
        elseif how == "refuse" then
          r = sp:direct_resp(r, { -3 }, { flags = RESP })
        else
          if how == "misbehave" then
            note_denied(sp)
            expect.error("DENIED", sp:direct_resp(r, {}), "no framework message")
            expect.error("DENIED", sp:direct_resp(r, {}, { flags = 0x80000005 }), "another one's")
            expect.error("DENIED", sp:direct_resp(0, {}, { flags = RESP }), "to somebody else")
          end
          r = sp:direct_resp(r, { 0 }, { flags = RESP })
        end
      end
    end
  end
end

local function off(nw, how)
  heard, mode = {}, how or {}
  expect.ok(nw:cpu_on(1))
  for _ = 1, 400 do
    nw:wait("5 us")
    if nw:affinity_info(1).state == "OFF" then
      return heard
    end
  end
  expect.fail("PE 1 does not go off")
end

return scenario {
  name  = "partitions hear of a PE that switches off",
  pes   = 4,
  limit = "20 ms",
  tags  = { "pes", "psci", "abort", "quick" },

  partitions = {
    { name = "a", manifest = "manifests/power_a.dts", script = partition("a") },
    { name = "b", manifest = "manifests/power_b.dts", script = partition("b") },
    { name = "deaf", manifest = "manifests/power_deaf.dts", script = partition("deaf") },
  },

  normal_world = function(nw)
    expect.eq(off(nw), { "b", "a" }, "boot order, and only those who asked")
    for _, name in ipairs { "a", "b", "deaf" } do
      expect.state(name, "OFF", 1)
      expect.state(name, "WAITING", 0)
    end
    expect.eq(off(nw, { b = "misbehave" }), { "b", "a" })
    expect.eq(off(nw, { b = "refuse" }), { "b", "b", "a" }, "DENIED, and asked again")
    expect.eq(off(nw, { a = "refuse" }), { "b", "a", "b", "a" })
    expect.eq(off(nw, { b = "abort" }), { "b", "a" }, "the dead do not object")
    expect.state("b", "ABORTED", 1)
    expect.state("b", "ABORTED", 0)
    expect.state("a", "OFF", 1)
    expect.eq(off(nw), { "a" }, "nor are they asked")
    expect.eq(nw:direct_req("a", {}).fid, ffa.MSG_SEND_DIRECT_RESP_32)
  end,

  secondary = function(nw)
    local tries = 0
    repeat
      local r = nw:cpu_off()
      expect.eq(r.error, "DENIED")
      expect.eq(nw:direct_req("a", {}).fid, ffa.MSG_SEND_DIRECT_RESP_32, "the PE goes on as before")
      tries = tries + 1
    until tries == 3
  end,
}
