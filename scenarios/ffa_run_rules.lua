-- SPDX-License-Identifier: BSD-3-Clause
-- Whom FFA_RUN may run: not the normal world, not oneself, no vCPU that is not there.
-- conformance: ffa_run.fails_to_resume_hypervisor
return scenario {
  name  = "rules of FFA_RUN",
  limit = "2 ms",
  tags  = { "cycles", "hostile", "quick" },
  partitions = {
    { name = "a", manifest = "manifests/a.dts", script = function(sp)
        expect.truth(sp:run(0).error, "the normal world")
        expect.truth(sp:run(sp.id).error, "itself")
        expect.truth(sp:run("b").error, "during boot")
        local r = sp:msg_wait()
        while true do
          if r.is_request then
            expect.truth(sp:run(0).error)
            expect.truth(sp:run(sp.id).error)
            expect.truth(sp:run("b", 7).error)
            r = sp:direct_resp(r, {})
          else
            expect.fid(ffa.RUN, r, "cycles by FFA_RUN")
            expect.truth(sp:direct_resp(0, {}).error, "nobody asked")
            r = sp:msg_wait()
          end
        end
      end },
    { name = "b", manifest = "manifests/b.dts", script = function(sp)
        sp:serve(function() return {} end)
      end },
  },
  normal_world = function(nw)
    expect.error("INVALID_PARAMETERS", nw:run(0))
    expect.error("INVALID_PARAMETERS", nw:run(0x8000))
    expect.error("INVALID_PARAMETERS", nw:run("a", 1), "a has one vCPU")
    expect.error("INVALID_PARAMETERS", nw:run(0x8055))
    expect.fid(ffa.MSG_WAIT, nw:run("a"), "a waits again")
    expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, nw:direct_req("a", {}))
  end,
}
