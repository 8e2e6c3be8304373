-- SPDX-License-Identifier: BSD-3-Clause
-- Three PEs: on each of them a vCPU serves a request, and meanwhile sends an IPI to that of the next PE. Each
-- arrives once, whether its vCPU runs, is about to wait, waits, or has yielded; and soon.
-- --quantum "5 ns..300 ns" and --seed make other races.
local SRI, IPI = 8, 9
local ANSWER = ffa.MSG_SEND_DIRECT_RESP_32
local got, sri = { [0] = 0, 0, 0 }, {}

local function partition(sp)
  sp:on_interrupt(function(_, id)
    expect.eq(id, IPI)
    got[sp.vcpu] = got[sp.vcpu] + 1
  end)
  expect.ok(sp:interrupt_enable(IPI))
  sp:serve(function(request)
    sp:wait(math.random(1, 150) .. " ns")
    expect.ok(sp:send_ipi((sp.vcpu + 1) % params.pes))
    if request.payload[1] == 1 then
      expect.ok(sp:yield())
    end
    sp:wait(math.random(1, 150) .. " ns")
    return {}
  end)
end

-- The normal world's scheduler: what the SRI asks for.
local function schedule(nw)
  if sri[nw.pe] then
    sri[nw.pe] = false
    local info = nw:notification_info_get()
    expect.truth(info.ok or info.error == "NO_DATA", tostring(info))
    for _, one in ipairs(info.ids or {}) do
      for _, vcpu in ipairs(one.vcpus) do
        sri[vcpu + 100] = true -- for the PE that can run it
      end
    end
  end
  if sri[nw.pe + 100] then
    sri[nw.pe + 100] = nil
    expect.fid(ffa.MSG_WAIT, nw:run("mp", nw.pe))
  end
end

local function round(nw, n)
  nw:meet(params.pes)
  local r = nw:direct_req("mp", { math.random(0, 1) })
  while r.fid == ffa.YIELD do
    nw:wait(math.random(1, 200) .. " ns")
    r = nw:run("mp", nw.pe)
  end
  expect.fid(ANSWER, r)
  nw:meet(params.pes)
  -- All have sent by now.
  local soon = nw:wait_for(function()
    schedule(nw)
    return got[nw.pe] >= n
  end, "2 ms")
  expect.truth(soon, "an IPI arrives")
  expect.eq(got[nw.pe], n, "once")
end

local function play(nw)
  nw:irq_enable(SRI)
  nw:on_interrupt(function(_, id)
    expect.eq(id, SRI)
    sri[nw.pe] = true
  end)
  for n = 1, params.rounds do
    round(nw, n)
  end
  nw:meet(params.pes)
end

return scenario {
  name    = "races of inter-processor interrupts",
  pes     = 4,
  quantum = "20 ns..2 us",
  limit   = "5 ms",
  tags    = { "interrupts", "ipi", "smp", "race" },
  params  = { rounds = 20, pes = 3 },
  partitions = {
    { name = "mp", manifest = "manifests/notify_mp.dts", script = partition },
  },

  normal_world = function(nw)
    nw:cpus_on(params.pes)
    play(nw)
  end,

  secondary = play,
}
