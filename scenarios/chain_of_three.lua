-- SPDX-License-Identifier: BSD-3-Clause
-- The normal world asks a, a asks b, b asks echo; each one is blocked while the next one works.
local function forward(sp, to)
  sp:serve(function(r)
    local answer = sp:direct_req(to, { table.unpack(r.payload) })
    expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, answer)
    local list = answer.payload
    list[5] = list[5] + 1
    return list
  end)
end

-- conformance: ffa_msg_send_direct_req.succeeds_sp_to_sp_echo
-- conformance: direct_message.ffa_direct_message_services_echo
return scenario {
  name  = "a call chain of three",
  limit = "2 ms",
  tags  = { "messages", "chain", "quick" },
  partitions = {
    { name = "a", manifest = "manifests/a.dts", script = function(sp) forward(sp, "b") end },
    { name = "b", manifest = "manifests/b.dts", script = function(sp)
        sp:serve(function(r)
          expect.state("a", "BLOCKED")
          local answer = sp:direct_req("echo", r.payload)
          expect.state("echo", "WAITING")
          local list = answer.payload
          list[5] = list[5] + 1
          return list
        end)
      end },
    { image = "echo" },
  },
  normal_world = function(nw)
    local r = nw:direct_req("a", { 0xec0, 7, 8, 9, 0 })
    expect.eq(r.payload, { 0xec0, 7, 8, 9, 2 }, "two partitions added one each")
    expect.state("a", "WAITING")
    expect.state("b", "WAITING")
  end,
}
