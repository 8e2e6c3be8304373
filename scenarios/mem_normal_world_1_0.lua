-- SPDX-License-Identifier: BSD-3-Clause
-- A normal world that speaks FF-A 1.0 sends memory to partitions of every version.
return scenario {
  name  = "memory of a normal world of FF-A 1.0",
  limit = "10 ms",
  tags  = { "memory", "versions", "quick" },
  partitions = (function()
    local list = {}
    for i, name in ipairs { "v1_0", "v1_1", "v1_2", "a" } do
      list[i] = { name = name, manifest = "manifests/" .. name .. ".dts",
                  script = function(sp) expect.ok(sp:rxtx_map()) sp:obey() end }
    end
    return list
  end)(),
  normal_world = function(nw)
    expect.ok(nw:version(0x10000))
    expect.ok(nw:rxtx_map())
    for _, method in ipairs { "mem_share", "mem_lend", "mem_donate" } do
      for _, name in ipairs { "v1_0", "v1_1", "v1_2", "a" } do
        local sent = expect.ok(nw[method](nw, { to = name, pages = 3, tag = 9 }))
        nw:act(name, function(b)
          local r = expect.fid(ffa.MEM_RETRIEVE_RESP, b:mem_retrieve(sent))
          expect.eq({ r.memory.tag, r.memory.sender, r.memory.ranges }, { 9, 0, sent.sent.ranges })
          b:write(r.memory.ranges[1][1], name)
          if method ~= "mem_donate" then
            expect.ok(b:mem_relinquish(sent))
          end
        end)
        expect.memory(sent.sent.ranges[1][1], 0, name)
        if method ~= "mem_donate" then
          expect.ok(nw:mem_reclaim(sent))
        end
      end
    end
    -- what a hypervisor of this version is told
    local sent = expect.ok(nw:mem_lend { to = { "a", "v1_0" }, sender = 5 })
    local r = expect.fid(ffa.MEM_RETRIEVE_RESP, nw:mem_retrieve { of = sent, hypervisor = true })
    expect.eq({ r.memory.sender, #r.memory.receivers, r.memory.access_size }, { 5, 2, 16 })
    expect.ok(nw:mem_reclaim(sent))
  end,
}
