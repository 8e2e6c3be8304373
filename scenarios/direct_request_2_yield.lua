-- SPDX-License-Identifier: BSD-3-Clause
-- Direct request 2 to a partition that yields first: the normal world, or the partition that asked, is told
-- so, runs it on, and gets the answer. At S-EL1 and at S-EL0.
-- conformance: direct_message.ffa_send_direct_message_req2_yield_echo
-- conformance: direct_message.ffa_direct_message_req2_services_yield_echo
local payload = { 0xec0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, -1 }

local function echo_after_yields(sp)
  local r = sp:msg_wait()
  while true do
    expect.fid(ffa.MSG_SEND_DIRECT_REQ2_64, r)
    local got = r.payload
    for n = 1, 3 do
      expect.ok(sp:yield(n * 1000))
    end
    r = sp:direct_resp2(r, got)
  end
end

-- The answer comes after as many runs as there were yields.
local function ask(who, to)
  local r = who:direct_req2(to, nil, payload)
  for n = 1, 3 do
    expect.fid(ffa.YIELD, r)
    expect.eq({ r.w1 >> 16, r.w1 & 0xffff, r.w2 }, { who:find(to).id, 0, n * 1000 })
    expect.state(to, "BLOCKED")
    r = who:run(to)
  end
  expect.fid(ffa.MSG_SEND_DIRECT_RESP2_64, r)
  expect.eq(r.payload, payload)
  expect.state(to, "WAITING")
end

return scenario {
  name  = "direct request 2 with a yield in between",
  limit = "5 ms",
  tags  = { "messages", "cycles", "quick" },
  partitions = {
    { name = "one", manifest = "manifests/a.dts", script = echo_after_yields },
    { name = "zero", manifest = "manifests/mem_el0.dts", script = echo_after_yields },
    { name = "asks", manifest = "manifests/b.dts", script = function(sp) sp:obey() end },
    { name = "asks_el0", manifest = "manifests/echo_el0.dts", script = function(sp) sp:obey() end },
  },
  normal_world = function(nw)
    for _, to in ipairs { "one", "zero" } do
      ask(nw, to)
      for _, from in ipairs { "asks", "asks_el0" } do
        nw:act(from, function(sp)
          ask(sp, to)
          expect.state(from, "RUNNING")
        end)
      end
    end
  end,
}
