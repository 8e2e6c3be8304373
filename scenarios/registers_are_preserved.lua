-- SPDX-License-Identifier: BSD-3-Clause
-- x8 and up come back as they were when the ABI does not return them; what it leaves undefined is zero.
-- conformance: arch.smccc_nwd_regs_callee_preserved
return scenario {
  name  = "registers across calls",
  limit = "2 ms",
  tags  = { "smccc", "quick" },
  partitions = {
    { image = "echo" },
    { name = "a", manifest = "manifests/a.dts", script = function(sp)
        local r = sp:smc { x0 = ffa.ID_GET, x8 = 8, x9 = 9, x17 = 17 }
        expect.eq({ r.x8, r.x9, r.x17 }, { 8, 9, 17 })
        expect.eq({ r.x3, r.x4, r.x5, r.x6, r.x7 }, { 0, 0, 0, 0, 0 })
        sp:serve(function(q)
          expect.eq({ q[8], q[17] }, { 8, 17 }, "a plain request brings eight registers")
          return {}
        end)
      end },
  },
  normal_world = function(nw)
    local r = nw:smc { x0 = ffa.SPM_ID_GET, x8 = 8, x12 = 12, x17 = 17 }
    expect.eq({ r.x8, r.x12, r.x17 }, { 8, 12, 17 })
    expect.eq({ r.x1, r.x3, r.x4, r.x5, r.x6, r.x7 }, { 0, 0, 0, 0, 0, 0 })
    r = nw:smc { x0 = ffa.MSG_SEND_DIRECT_REQ_32, x1 = 0x8001, x3 = 0xec0, x8 = 88, x17 = 1717 }
    expect.eq({ r.x8, r.x17 }, { 88, 1717 }, "over a message")
    r = nw:smc { x0 = ffa.RX_RELEASE, x9 = 99 }
    expect.error("DENIED", r)
    expect.eq({ r.x1, r.x3, r.x7, r.x9 }, { 0, 0, 0, 99 }, "over an error")
  end,
}
