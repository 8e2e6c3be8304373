-- SPDX-License-Identifier: BSD-3-Clause
-- One vCPU of a partition maps its buffers while another one takes back a page that it had lent: that joins the block
-- both lie in, and whoever looks on meanwhile sees what the memory is, not how the tables are being changed.
-- --quantum "5 ns..300 ns" and --seed make other races.
local here, job, answer = 0, {}, {}
local buffers, sent, result = nil, nil, nil

-- The last one lets all go; each is a little late, as the seed says.
local function meet(nw)
  local gate = (here // 2 + 1) * 2
  here = here + 1
  while here < gate do
    nw:wait(math.random(20, 200) .. " ns")
  end
  nw:wait(math.random(1, 400) .. " ns")
end

-- fn(sp) in the partition, by the vCPU that this PE can call.
local function within(nw, fn)
  job[nw.pe] = fn
  expect.fid(ffa.MSG_SEND_DIRECT_RESP_32, nw:direct_req("mp", {}))
  return answer[nw.pe]
end

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
        mp:serve(function()
          answer[mp.pe] = job[mp.pe](mp)
          return {}
        end)
      end },
    { name = "a", manifest = "manifests/a.dts", script = function(a) a:serve(function() return {} end) end },
  },

  normal_world = function(nw)
    expect.ok(nw:cpu_on(1))
    for _ = 1, params.rounds do
      within(nw, function(mp)
        sent = expect.ok(mp:mem_lend { to = "a", pages = 1 })
        expect.ok(mp:rxtx_unmap())
      end)
      meet(nw)
      expect.ok(within(nw, function(mp) return mp:mem_reclaim(sent) end))
      meet(nw)
      expect.ok(result)
    end
  end,

  secondary = function(nw)
    for _ = 1, params.rounds do
      meet(nw)
      result = within(nw, function(mp) return mp:rxtx_map { rx = buffers.rx, tx = buffers.tx } end)
      meet(nw)
    end
  end,
}
