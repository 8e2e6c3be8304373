-- SPDX-License-Identifier: BSD-3-Clause
-- A partition is about to wait with an interrupt of its own pending: the SPMC gives
-- FFA_INTERRUPT instead, and the call, which has done nothing, is made again. At S-EL1 the
-- interrupt is still to be taken by HF_INTERRUPT_GET, at S-EL0 that is all there is.
-- conformance: secure_interrupts.sp_direct_response_intercepted
-- conformance: secure_interrupts.sp_direct_response2_intercepted
-- conformance: secure_interrupts.sp_forward_direct_response_intercepted
local EDGE, EDGE_2 = 64, 65
local EL0_EDGE, EL0_EDGE_2 = 88, 89
local trail = {}
local ANSWER = 0x51

-- Answers requests by hand, with its interrupts masked; two of them come meanwhile.
local function stubborn(ids, takes)
  return function(sp)
    for _, id in ipairs(ids) do
      expect.ok(sp:interrupt_enable(id))
    end
    local request = sp:msg_wait()
    while true do
      expect.truth(request.is_request, tostring(request))
      local send = request.fid == ffa.MSG_SEND_DIRECT_REQ2_64 and sp.direct_resp2 or sp.direct_resp
      for _, id in ipairs(ids) do
        machine.interrupt(id)
        sp:wait("1 us")
      end
      for n, id in ipairs(ids) do
        for _ = 1, takes and 2 or 1 do -- until it is taken
          local r = send(sp, request, { ANSWER, n })
          expect.eq({ r.fid, r.w1, r.w2 }, { ffa.INTERRUPT, 0, id })
          expect.eq(spmc:vcpu(sp.id == 0x8001 and "a" or "el0", 0).state, "RUNNING")
          trail[#trail + 1] = id
        end
        if takes then
          expect.eq(sp:interrupt_get(), id)
        end
      end
      expect.eq(sp:interrupt_get(), nil, "all of them came")
      request = send(sp, request, { ANSWER, 3 })
    end
  end
end

local function expect_trail(wanted, what)
  expect.eq(trail, wanted, what)
  trail = {}
end

return scenario {
  name  = "answers held back by interrupts",
  limit = "2 ms",
  tags  = { "interrupts", "quick" },
  partitions = {
    { name = "a", manifest = "manifests/irq_a.dts", script = stubborn({ EDGE, EDGE_2 }, true) },
    { name = "el0", manifest = "manifests/irq_el0.dts",
      script = stubborn({ EL0_EDGE, EL0_EDGE_2 }, false) },
    { name = "b", manifest = "manifests/irq_b.dts", script = function(sp) sp:obey() end },
    { name = "waits", manifest = "manifests/irq_c.dts", script = function(sp)
        expect.ok(sp:interrupt_enable(84))
        local r = sp:msg_wait()
        expect.fid(ffa.RUN, r)
        machine.interrupt(84)
        sp:wait("1 us")
        r = sp:msg_wait()
        expect.eq({ r.fid, r.w2 }, { ffa.INTERRUPT, 84 }, "FFA_MSG_WAIT is held back as well")
        expect.eq(sp:interrupt_get(), 84)
        trail[#trail + 1] = 84
        expect.fid(ffa.RUN, sp:msg_wait())
        -- A call that is refused is refused first.
        machine.interrupt(84)
        sp:wait("1 us")
        expect.error("INVALID_PARAMETERS", sp:msg_wait(4))
        expect.error("DENIED", sp:direct_resp(0, {}))
        expect.eq(sp:interrupt_get(), 84)
        sp:msg_wait()
      end },
  },
  normal_world = function(nw)
    for _, who in ipairs { "a", "el0" } do
      local wanted = who == "a" and { EDGE, EDGE, EDGE_2, EDGE_2 } or { EL0_EDGE, EL0_EDGE_2 }
      local r = nw:direct_req(who, { 1 })
      expect.eq({ r.fid, r.payload[1], r.payload[2] }, { ffa.MSG_SEND_DIRECT_RESP_32, ANSWER, 3 })
      expect_trail(wanted, "a response")
      r = nw:direct_req2(who, nil, { 1 })
      expect.eq({ r.fid, r.payload[1], r.payload[2] }, { ffa.MSG_SEND_DIRECT_RESP2_64, ANSWER, 3 })
      expect_trail(wanted, "a response of the second kind")
      local got = nw:act("b", function(b)
        local one = b:direct_req(who, { 1 })
        expect.eq({ one.fid, one.sender, one.receiver },
                  { ffa.MSG_SEND_DIRECT_RESP_32, nw:find(who).id, b.id })
        return one.payload[2]
      end)
      expect.eq(got, 3)
      expect_trail(wanted, "a response to a partition")
      expect.state(who, "WAITING")
    end
    expect.fid(ffa.MSG_WAIT, nw:run("waits"))
    expect_trail { 84 }
    expect.fid(ffa.MSG_WAIT, nw:run("waits"))
    expect_trail {}
  end,
}
