-- SPDX-License-Identifier: BSD-3-Clause
-- The logical partition at EL3: secure partitions find it and can not call it; it sends them requests for
-- the normal world, which never sees it.
local LSP, LSP_UUID = 0xffc0, "6f727265-7279-4c53-a05a-656c332d3031"

return scenario {
  name  = "a logical partition at EL3",
  limit = "5 ms",
  tags  = { "discovery", "messages", "quick" },

  partitions = {
    { name = "a", manifest = "manifests/a.dts", script = function(sp)
        local all = sp:partitions()
        expect.eq({ #all, all[3].id, all[3].vcpus, all[3].uuid }, { 3, LSP, 1, LSP_UUID })
        expect.eq(all[3].properties, 0x102, "it sends direct requests, and takes none")
        local one = sp:partitions(LSP_UUID)
        expect.eq({ #one, one[1].id }, { 1, LSP })
        expect.error("INVALID_PARAMETERS", sp:direct_req(LSP, { 1 }))
        expect.error("INVALID_PARAMETERS", sp:direct_req2(LSP, nil, { 1 }))
        sp:serve(function(request)
          if request.payload[1] == 1 then
            expect.eq(request.sender, LSP)
            expect.fid(ffa.MSG_SEND_DIRECT_REQ_64, request)
          elseif request.payload[1] == 2 then
            sp:yield()
          elseif request.payload[1] == 3 then
            local r = sp:direct_req("b", { 5 })
            return { r.payload[1] }
          elseif request.payload[1] == 4 then
            sp:abort()
          end
          return { request.payload[1] * 0x100000001, request.payload[5] }
        end)
      end },
    { name = "b", manifest = "manifests/b.dts", script = function(sp)
        sp:serve(function(request) return { request.payload[1] + 1 } end)
      end },
  },

  normal_world = function(nw)
    expect.eq(#nw:partitions(), 2, "the normal world does not see it")
    expect.error("INVALID_PARAMETERS", nw:partition_info_get_regs { uuid = LSP_UUID })
    expect.error("INVALID_PARAMETERS", nw:direct_req(LSP, { 1 }))
    expect.error("INVALID_PARAMETERS", nw:direct_req("a", { 1 }, { sender = LSP }))

    expect.eq(nw:lsp_send("a", { 1, 2, 3, 4, 5 }).payload, { 0x100000001, 5, 0, 0, 0 })
    expect.eq(nw:lsp_send("a", { 3 }).payload[1], 6, "a chain of two")
    expect.eq(nw:lsp_send(LSP, { 1 }).error, "INVALID_PARAMETERS")
    expect.eq(nw:lsp_resume().error, "DENIED")

    -- It yields: the normal world says when it goes on.
    expect.truth(nw:lsp_send("a", { 2 }).yielded)
    expect.state("a", "BLOCKED")
    expect.eq(nw:lsp_send("b", { 1 }).error, "BUSY")
    expect.error("BUSY", nw:direct_req("a", { 9 }))
    expect.eq(nw:lsp_resume().payload[1], 0x200000002)
    expect.state("a", "WAITING")

    -- Or it gives cycles itself: what comes back is still not its business.
    expect.truth(nw:lsp_send("a", { 2 }).yielded)
    local r = nw:run("a")
    expect.fid(ffa.MSG_WAIT, r)
    expect.eq({ r[1], r[2], r[3], r[7] }, { 0, 0, 0, 0 })
    expect.eq(nw:lsp_resume().payload[1], 0x200000002)

    expect.eq(nw:lsp_send("a", { 4 }).error, "ABORTED")
    expect.eq(nw:lsp_send("a", { 1 }).error, "ABORTED")
    expect.eq(nw:lsp_send("b", { 1 }).payload[1], 2)
  end,
}
