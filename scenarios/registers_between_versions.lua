-- SPDX-License-Identifier: BSD-3-Clause
-- A direct request between partitions of FF-A 1.2 and 1.1, either way: both keep x8 and above over the call, and
-- neither sees what the other has there.
-- conformance: arch.smccc_direct_message_services_echo_sender_v1_2
-- conformance: arch.smccc_direct_message_services_echo_sender_v1_1
local ROUNDS = 4

-- x8 to x17, as nobody else has them.
local function mark(sp, round, x)
  for n = 8, 17 do
    x["x" .. n] = sp.id << 48 | round << 32 | n
  end
  return x
end

local function check(sp, round, r)
  for n = 8, 17 do
    expect.eq(r[n], sp.id << 48 | round << 32 | n, "x" .. n .. " of " .. sp.name)
  end
end

local function echo(sp, round)
  local r = sp:smc(mark(sp, round, { x0 = ffa.MSG_WAIT }))
  while true do
    check(sp, round, r)
    expect.fid(ffa.MSG_SEND_DIRECT_REQ_64, r)
    round = round + 1
    r = sp:smc(mark(sp, round, { x0 = ffa.MSG_SEND_DIRECT_RESP_64, x1 = sp.id << 16 | r.sender,
                                 x3 = r.x3, x4 = r.x4, x5 = r.x5, x6 = r.x6, x7 = r.x7 }))
  end
end

local function ask(who, to)
  for round = 1, ROUNDS do
    local list = { 1 << 63 | round, 2, 3, 4, -5 }
    local r = who:smc(mark(who, round, { x0 = ffa.MSG_SEND_DIRECT_REQ_64,
                                         x1 = who.id << 16 | who:find(to).id, x3 = list[1],
                                         x4 = list[2], x5 = list[3], x6 = list[4], x7 = list[5] }))
    expect.fid(ffa.MSG_SEND_DIRECT_RESP_64, r)
    expect.eq({ r.x3, r.x4, r.x5, r.x6, r.x7 }, list)
    check(who, round, r)
  end
end

local function partition(name, manifest)
  return { name = name, manifest = "manifests/" .. manifest .. ".dts", script = function(sp)
      if name:match("^echo") then
        echo(sp, 100)
      end
      sp:obey()
    end }
end

return scenario {
  name  = "registers between versions",
  limit = "2 ms",
  tags  = { "smccc", "messages", "quick" },
  partitions = {
    partition("asks_1_2", "v1_2"), partition("echo_1_1", "v1_1_echo"),
    partition("asks_1_1", "v1_1_asks"), partition("echo_1_2", "v1_2_echo"),
    partition("echo_1_1_el0", "v1_1_echo_el0"), partition("asks_1_1_el0", "v1_1_asks_el0"),
  },
  normal_world = function(nw)
    for _, to in ipairs { "echo_1_1", "echo_1_1_el0" } do
      nw:act("asks_1_2", function(sp) ask(sp, to) end)
    end
    for _, from in ipairs { "asks_1_1", "asks_1_1_el0" } do
      nw:act(from, function(sp) ask(sp, "echo_1_2") end)
    end
    ask(nw, "echo_1_1")
  end,
}
