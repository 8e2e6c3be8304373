-- SPDX-License-Identifier: BSD-3-Clause
-- Registers change on their way between a caller and the SPMC: it checks what arrives, refuses what
-- is wrong, and nothing of a refused call stays.
local function served(sp)
  expect.ok(sp:rxtx_map())
  sp:obey(function(request) return request.payload end)
end

local function echoes(nw, to, what)
  local r = expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, nw:direct_req(to, { 1, 2, 3, 4, 5 }), what)
  for i = 1, 5 do
    expect.eq(r.payload[i], i, what)
  end
end

-- A fault, a call that it strikes, and afterwards all is well.
local function struck(nw, line, call)
  machine.fault(line)
  call()
  echoes(nw, "a", "after " .. line)
end

local function calls_of_the_normal_world(nw)
  struck(nw, "corrupt_call endpoint=nwd arg=0 mask=0x80", function()
    expect.error("NOT_SUPPORTED", nw:direct_req("a", { 1 }), "another function")
  end)
  struck(nw, "corrupt_call endpoint=nwd arg=1 mask=0x70", function()
    expect.error("INVALID_PARAMETERS", nw:direct_req("a", { 1 }), "to nobody")
  end)
  struck(nw, "corrupt_call endpoint=nwd arg=1 mask=0x80000000", function()
    expect.error("INVALID_PARAMETERS", nw:direct_req("a", { 1 }), "of a partition")
  end)
  struck(nw, "corrupt_call endpoint=nwd arg=2 mask=1", function()
    expect.error("INVALID_PARAMETERS", nw:direct_req("a", { 1 }), "w2 has to be zero")
  end)
  struck(nw, "corrupt_call endpoint=nwd arg=3 mask=0x10", function()
    expect.eq(nw:direct_req("a", { 1 }).payload[1], 0x11, "what is not looked at goes through")
  end)
  struck(nw, "corrupt_call endpoint=nwd arg=17 mask=0x100", function()
    local words = {}
    for i = 1, 14 do
      words[i] = i
    end
    local r = expect.fid(ffa.MSG_SEND_DIRECT_RESP2_64, nw:direct_req2("a", nil, words))
    expect.eq({ r.payload[13], r.payload[14] }, { 13, 14 + 0x100 })
  end)
  struck(nw, "corrupt_call endpoint=nwd arg=17", function()
    expect.eq(nw:direct_req("a", { 1 }).payload[1], 1, "x17 is no argument of it")
  end)
end

local function memory(nw)
  struck(nw, "corrupt_call endpoint=nwd arg=1 mask=1", function()
    expect.error("INVALID_PARAMETERS", nw:mem_share { to = "a" }, "another length")
  end)
  local sent = expect.ok(nw:mem_share { to = "a" })
  struck(nw, "corrupt_call endpoint=nwd arg=1 mask=1", function()
    expect.error("INVALID_PARAMETERS", nw:mem_reclaim(sent), "another handle")
  end)
  expect.ok(nw:mem_reclaim(sent))
end

local function calls_of_a_partition(nw)
  -- Its answer goes to somebody who has not asked; it is refused, and answers again.
  machine.fault("corrupt_call endpoint=raw arg=1 mask=7")
  expect.eq(nw:direct_req("raw", { 7 }).payload[1], 1, "how often it was refused")
  machine.fault("corrupt_call endpoint=raw arg=4 mask=0x50")
  expect.eq(nw:direct_req("raw", { 7 }).payload[2], 0x57, "what is not looked at")
end

local function answers(nw)
  machine.fault("wrong_answer partition=a arg=3 mask=0xf")
  expect.eq(nw:direct_req("a", { 0x30, 2 }).payload[1], 0x3f)
  machine.fault("wrong_answer partition=a arg=10 mask=0xf")
  local r = nw:direct_req2("a", nil, { 1, 2, 3, 4, 5, 6, 0x10, 8 })
  expect.eq({ r.payload[6], r.payload[7], r.payload[8] }, { 6, 0x1f, 8 })
  machine.fault("wrong_answer partition=raw arg=1 mask=0x70000")
  expect.eq(nw:direct_req("raw", { 7 }).payload[1], 1, "in another's name: refused")
end

local function results(nw)
  machine.fault("corrupt_result endpoint=nwd arg=2 mask=0x4")
  expect.eq(nw:id_get().w2, 4, "the caller is told another id")
  expect.eq(nw:id_get().w2, 0)
  machine.fault("corrupt_result endpoint=a arg=4 mask=0xff0000")
  expect.eq(nw:direct_req("a", { 1, 2 }).payload[2], 0xff0002, "a request")
end

return scenario {
  name  = "calls and results change on their way",
  limit = "2 ms",
  tags  = { "faults", "messages", "quick" },
  partitions = {
    { name = "a", manifest = "manifests/a.dts", script = served },
    { name = "raw", manifest = "manifests/b.dts", script = function(sp)
        local r, refused = sp:msg_wait(), 0
        while true do
          if r.is_request then
            refused = 0
          else
            expect.truth(r.error == "INVALID_PARAMETERS" or r.error == "DENIED", r.error)
            refused = refused + 1
          end
          r = sp:smc { ffa.MSG_SEND_DIRECT_RESP_32, sp.id << 16, 0, refused, 7 }
        end
      end },
  },
  normal_world = function(nw)
    expect.ok(nw:rxtx_map())
    for _, part in ipairs { calls_of_the_normal_world, memory, calls_of_a_partition, answers,
                            results } do
      part(nw)
      echoes(nw, "a", "in the end")
    end
  end,
}
