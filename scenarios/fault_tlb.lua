-- SPDX-License-Identifier: BSD-3-Clause
-- Maintenance of a TLB is left out when a partition lends a page: its TLB still has the page, and it
-- writes into what is not its own any more. With the maintenance it takes an abort. The checkers would end
-- the run before that: fault_tlb_seen.lua.
local LEND, RECLAIM, WRITE, READ = 2, 3, 4, 5

local function ask(nw, ...)
  return expect.fid(ffa.MSG_SEND_DIRECT_RESP_64,
                    nw:direct_req("stale", { ... }, { bits = 64 })).payload
end

-- Does the partition still reach what it has lent?
local function still_reaches(nw)
  expect.eq({ ask(nw, WRITE, 0x1111)[2], ask(nw, READ)[3] }, { 0, 0x1111 }, "its own")
  local lent = ask(nw, LEND, nw:find("b").id)
  expect.eq(lent[2], 0)
  local write, read = ask(nw, WRITE, 0x2222), ask(nw, READ)
  expect.eq(write[2], read[2])
  expect.eq(ask(nw, RECLAIM, lent[3])[2], 0)
  expect.eq({ ask(nw, READ)[2], ask(nw, READ)[3] }, { 0, write[2] == 0 and 0x2222 or 0x1111 },
            "and afterwards")
  return write[2] == 0
end

return scenario {
  name  = "maintenance of a TLB is left out",
  limit = "2 ms",
  checks = false,
  tags  = { "faults", "memory", "isolation", "quick" },
  partitions = {
    { name = "stale", image = "stale", manifest = "manifests/a.dts" },
    { name = "b", manifest = "manifests/b.dts", script = function(sp) sp:obey() end },
  },
  normal_world = function(nw)
    expect.eq(still_reaches(nw), false, "maintained")
    machine.fault("skip_tlb partition=stale")
    expect.eq(still_reaches(nw), true, "left out")
    machine.fault("skip_tlb partition=b")
    expect.eq(still_reaches(nw), false, "another one's")
  end,
}
