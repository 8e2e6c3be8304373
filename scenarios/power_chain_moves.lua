-- SPDX-License-Identifier: BSD-3-Clause
-- The PE on which a chain of partitions rests switches off: they go on, still linked, from another one.
return scenario {
  name  = "a call chain outlives its PE",
  pes   = 2,
  limit = "5 ms",
  tags  = { "pes", "psci", "messages", "quick" },

  partitions = {
    { name = "a", manifest = "manifests/a.dts", script = function(sp)
        sp:serve(function(request)
          local r = sp:direct_req("b", { request.payload[1] })
          while r.fid == ffa.YIELD do
            sp:yield()
            r = sp:run("b")
          end
          return { r.payload[1] + 1 }
        end)
      end },
    { name = "b", manifest = "manifests/b.dts", script = function(sp)
        sp:serve(function(request)
          sp:yield()
          return { request.payload[1] + 1 }
        end)
      end },
  },

  normal_world = function(nw)
    expect.ok(nw:cpu_on(1))
    repeat nw:wait("5 us") until nw:affinity_info(1).state == "OFF"
    expect.state("a", "BLOCKED")
    expect.state("b", "BLOCKED")
    local r = nw:run("a")
    expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, r)
    expect.eq(r.payload[1], 42)
    expect.state("b", "WAITING")
  end,

  secondary = function(nw)
    expect.fid(ffa.YIELD, nw:direct_req("a", { 40 }))
    nw:cpu_off()
  end,
}
