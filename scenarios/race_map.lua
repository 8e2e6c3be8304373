-- SPDX-License-Identifier: BSD-3-Clause
-- One vCPU of a partition maps its buffers while another one takes back a page that it had lent: that joins the block
-- both lie in, and whoever looks on meanwhile sees what the memory is, not how the tables are being changed.
-- --quantum "5 ns..300 ns" and --seed make other races.
local buffers, sent, result

return scenario {
  name    = "races of buffers and memory in one block",
  pes     = 4,
  quantum = "20 ns..2 us",
  limit   = "5 ms",
  tags    = { "memory", "rxtx", "smp", "race" },
  params  = { rounds = 10 },
  partitions = {
    { name = "mp", manifest = "manifests/mp4.dts", memory = "4 MiB", script = function(mp)
        if mp.vcpu == 0 then
          buffers = expect.ok(mp:rxtx_map())
        end
        mp:obey()
      end },
    { name = "a", manifest = "manifests/a.dts", script = function(a) a:serve(function() return {} end) end },
  },

  normal_world = function(nw)
    nw:cpus_on(2)
    for _ = 1, params.rounds do
      nw:within("mp", function(mp)
        sent = expect.ok(mp:mem_lend { to = "a", pages = 1 })
        expect.ok(mp:rxtx_unmap())
      end)
      nw:meet(2)
      expect.ok(nw:within("mp", function(mp) return mp:mem_reclaim(sent) end))
      nw:meet(2)
      expect.ok(result)
    end
  end,

  secondary = function(nw)
    for _ = 1, params.rounds do
      nw:meet(2)
      result = nw:within("mp", function(mp) return mp:rxtx_map { rx = buffers.rx, tx = buffers.tx } end)
      nw:meet(2)
    end
  end,
}
