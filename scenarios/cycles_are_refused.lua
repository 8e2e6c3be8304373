-- SPDX-License-Identifier: BSD-3-Clause
-- A request to somebody who already waits in the same chain could never be answered: refused, with each
-- mix of the two kinds of request.
-- conformance: direct_message.fail_if_cyclic_dependency
-- conformance: direct_message.fail_if_cyclic_dependency_v1_2
-- conformance: direct_message.fail_if_cyclic_dependency_req_req2
-- conformance: direct_message.ffa_direct_message_req2_services_echo
return scenario {
  name  = "cycles are refused",
  limit = "2 ms",
  tags  = { "messages", "chain", "hostile", "quick" },
  partitions = {
    { name = "a", manifest = "manifests/a.dts", script = function(sp)
        sp:serve(function(r)
          local answer = r.payload[1] == 1 and sp:direct_req("b", { 5 }) or sp:direct_req2("b", nil, { 5 })
          return { answer.payload[1] }
        end)
      end },
    { name = "b", manifest = "manifests/b.dts", script = function(sp)
        sp:serve(function()
          expect.truth(sp:direct_req("a", { 1 }).error, "REQ to an ancestor")
          expect.truth(sp:direct_req2("a", nil, { 1 }).error, "REQ2 to an ancestor")
          expect.error("INVALID_PARAMETERS", sp:direct_req(0, { 1 }))
          return { 0x600d }
        end)
      end },
  },
  normal_world = function(nw)
    expect.eq(nw:direct_req("a", { 1 }).payload[1], 0x600d)
    expect.eq(nw:direct_req("a", { 2 }).payload[1], 0x600d)
  end,
}
