-- SPDX-License-Identifier: BSD-3-Clause
-- Partitions abort or hang at moments that they did not choose: the caller hears of it, what they had
-- is given back, and the others go on.
local TICK = 44

local function serves(nw, name)
  expect.eq(expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, nw:direct_req(name, { 5 }), name).payload[1], 5)
end

local function dead(nw, name)
  expect.state(name, "ABORTED")
  expect.error("ABORTED", nw:direct_req(name, {}), name)
  expect.error("ABORTED", nw:run(name), name)
  serves(nw, "lives")
end

-- It aborts before its first instruction in a request; in the middle of a call of its own; while it
-- holds memory; while another one waits for it.
local function aborts(nw)
  machine.fault("abort_partition partition=first")
  expect.error("ABORTED", nw:direct_req("first", {}))
  dead(nw, "first")

  machine.fault("abort_partition partition=el0")
  expect.error("ABORTED", nw:direct_req("el0", {}))
  dead(nw, "el0")

  local sent = expect.ok(nw:mem_share { to = "second" })
  nw:act("second", function(sp) expect.fid(ffa.MEM_RETRIEVE_RESP, sp:mem_retrieve(sent)) end)
  expect.error("DENIED", nw:mem_reclaim(sent))
  machine.fault("abort_partition partition=second nth=2")
  local _, r = nw:act("second", function(sp)
    sp:id_get()
    expect.fail("the call does not come back")
  end)
  expect.error("ABORTED", r)
  expect.ok(nw:mem_reclaim(sent), "the borrower is dead")
  dead(nw, "second")

  machine.fault("abort_partition partition=third")
  nw:act("lives", function(sp)
    expect.error("ABORTED", sp:direct_req("third", {}), "a partition hears of it")
  end)
  dead(nw, "third")
end

-- The normal world's timer takes the PE away; FFA_RUN gives it back in vain.
local function hangs(nw)
  local ticks = 0
  nw:irq_enable(TICK, { edge = true })
  nw:on_interrupt(function() ticks = ticks + 1 end)
  machine.fault("hang_partition partition=last")
  for i = 1, 3 do
    machine.interrupt(TICK, { after = "10 us" })
    local from = nw.now_ns
    local r = i == 1 and nw:direct_req("last", {}) or nw:run("last")
    expect.fid(ffa.INTERRUPT, r)
    expect.eq(ticks, i)
    expect.truth(nw.now_ns - from >= 10000 and nw.now_ns - from < 15000, "and not before")
    expect.state("last", "PREEMPTED")
    expect.error("BUSY", nw:direct_req("last", {}))
    serves(nw, "lives")
  end
end

local REPEATS = { handler = function(request) return request.payload end }

return scenario {
  name  = "partitions abort and hang",
  limit = "2 ms",
  tags  = { "faults", "abort", "quick" },
  partitions = {
    obedient("first", "a.dts", REPEATS),
    obedient("el0", "mem_el0.dts", { handler = REPEATS.handler, writable = 200 }),
    obedient("second", "b.dts", REPEATS), obedient("third", "c.dts", REPEATS),
    obedient("last", "ns_signaled.dts", REPEATS), obedient("lives", "second.dts", REPEATS),
  },
  normal_world = function(nw)
    expect.ok(nw:rxtx_map())
    aborts(nw)
    hangs(nw)
  end,
}
