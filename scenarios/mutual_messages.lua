-- SPDX-License-Identifier: BSD-3-Clause
-- Each of two partitions asks the other one at the same moment, on four PEs whose turns are as short as
-- single accesses; and both send indirect messages into each other's buffers. Whoever finds the other
-- one engaged is told so: nobody waits for anybody for ever, and locks are taken in one order.
local PES = 4
local ROUNDS = 60
local other = { a = "b", b = "a" }
local busy, answered, sent = 0, 0, 0
local there = 1

local function partition(name)
  return function(sp)
    expect.ok(sp:rxtx_map())
    sp:serve(function(request)
      local word, text = request.payload[1], name .. request.payload[2]
      local r = sp:send2(other[name], text)
      if r.ok then
        sent = sent + 1
      else
        expect.eq(r.error, "BUSY")
      end
      if request.sender ~= sp.id and request.sender & 0x8000 == 0 then
        r = sp:direct_req(other[name], { word, request.payload[2] })
        if r.error then
          expect.truth(r.error == "BUSY" or r.error == "DENIED", tostring(r))
          busy = busy + 1
        else
          expect.eq({ r.payload[1], r.payload[2] }, { word + 1, request.payload[2] })
          answered = answered + 1
        end
      end
      sp:rx_release()
      return { word + 1, request.payload[2] }
    end)
  end
end

local function ask(nw)
  for round = 1, ROUNDS do
    local to = (round + nw.pe) % 2 == 0 and "a" or "b"
    local r = nw:direct_req(to, { round, nw.pe })
    if r.error then
      expect.eq(r.error, "BUSY")
      nw:wait(math.random(1, 200) .. " ns")
    else
      expect.eq({ r.payload[1], r.payload[2] }, { round + 1, nw.pe })
    end
  end
  there = there + 1
end

return scenario {
  name    = "two partitions ask each other",
  pes     = PES,
  quantum = "4 ns..60 ns",
  limit   = "20 ms",
  tags    = { "messages", "pes", "hostile", "timed" },
  partitions = {
    { name = "a", manifest = "manifests/mail_a.dts", script = partition("a") },
    { name = "b", manifest = "manifests/mail_b.dts", script = partition("b") },
  },
  normal_world = function(nw)
    nw:cpus_on()
    ask(nw)
    expect.truth(nw:wait_for(function() return there == PES + 1 end, "5 ms"), "all PEs come to their end")
    expect.state("a", "WAITING")
    expect.state("b", "WAITING")
    expect.truth(busy > 0 and answered > 0 and sent > 0, "they met, and did not only meet")
  end,
  secondary = ask,
}
