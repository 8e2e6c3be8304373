-- SPDX-License-Identifier: BSD-3-Clause
-- The power goes off in the middle of FFA_MEM_SHARE, of the borrower's retrieve and of the reclaim, each time a
-- little later, with RAM kept and lost. Everything boots again and works, whatever was half done.
local CUTS, STEP_NS = 12, 131
local cut_at

local function share_and_back(nw)
  local sent = expect.ok(nw:mem_share { to = "a", pages = 2 })
  nw:act("a", function(a)
    expect.fid(ffa.MEM_RETRIEVE_RESP, a:mem_retrieve { of = sent })
    expect.ok(a:mem_relinquish(sent))
  end)
  expect.ok(nw:mem_reclaim(sent))
end

return scenario {
  name  = "power cuts in the middle of calls",
  limit = "5 ms",
  tags  = { "faults", "boot", "memory", "quick" },
  partitions = {
    { image = "echo" },
    { name = "a", manifest = "manifests/a.dts", script = function(sp)
        expect.ok(sp:rxtx_map())
        sp:obey()
      end },
  },

  normal_world = function(nw)
    if cut_at then
      expect.truth(machine.now_ns >= cut_at, "the cut came when it was due")
    end
    expect.eq(nw:direct_req("echo", { 0xec0, nw.boot }).payload, { 0xec0, nw.boot, 0, 0, 0 })
    expect.ok(nw:rxtx_map())
    if nw.boot <= CUTS then
      cut_at = machine.now_ns + nw.boot * STEP_NS
      machine.fault(string.format("power_cut at=%dns ram=%s", cut_at, nw.boot % 2 == 0 and "lost" or "kept"))
      while true do share_and_back(nw) end
    end
    share_and_back(nw)
  end,

  finish = function(run)
    expect.truth(run.passed)
    expect.eq(cut_at ~= nil, true)
  end,
}
