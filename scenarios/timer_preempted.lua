-- SPDX-License-Identifier: BSD-3-Clause
-- A deadline passes while an interrupt of the normal world keeps the partition from running: it is told when
-- FFA_RUN lets it go on, before anything else. So is one that waits for the partition that was preempted.
-- conformance: arch_timer.preempted_state
local NS_TIMER = 30
local told = {}

local function timed(sp)
  sp:on_interrupt(function(_, id)
    expect.eq(id, 3)
    sp:timer(false)
    told[#told + 1] = { sp.name, sp.now_ns }
  end)
  expect.ok(sp:interrupt_enable(3))
end

local function expect_told(names, since)
  expect.eq(#told, #names)
  for i, name in ipairs(names) do
    expect.eq(told[i][1], name)
    expect.truth(told[i][2] >= since and told[i][2] < since + 3000, name .. " at once")
  end
  told = {}
end

return scenario {
  name  = "deadlines of partitions that are preempted",
  limit = "5 ms",
  tags  = { "interrupts", "timer", "quick", "timed" },
  partitions = {
    { name = "a", manifest = "manifests/a.dts", script = function(sp)
        timed(sp)
        sp:serve(function(request)
          local arm, ask = request.payload[1], request.payload[2]
          if arm ~= 0 then
            sp:timer(arm)
          end
          if ask == 0 then
            local began, left = sp.now_ns, 50000
            sp:wait(left) -- of which the time that it does not run is no part
            expect.truth(sp.now_ns - began > left)
            return { 7 }
          end
          local r = sp:direct_req("b", { request.payload[3] })
          while r.fid == ffa.INTERRUPT do
            r = sp:run("b")
          end
          return { r.payload[1] }
        end)
      end },
    { name = "b", manifest = "manifests/b.dts", script = function(sp)
        timed(sp)
        sp:serve(function(request)
          if request.payload[1] ~= 0 then
            sp:timer(request.payload[1])
          end
          sp:wait(50000)
          return { 8 }
        end)
      end },
  },

  normal_world = function(nw)
    nw:irq_enable(NS_TIMER)
    nw:on_interrupt(function(_, id)
      expect.eq(id, NS_TIMER)
      nw:timer(false)
    end)

    -- Preempted after 20 us; the deadlines, at 30 us and later, pass before 120 us.
    local function preempted(payload, runs)
      nw:timer("20 us")
      expect.fid(ffa.INTERRUPT, nw:direct_req("a", payload))
      expect.state(runs, "PREEMPTED")
      nw:wait("100 us")
      expect.eq(#told, 0, "nobody runs who could be told")
      expect.state(runs, "PREEMPTED")
      return nw.now_ns, nw:run("a")
    end

    local since, r = preempted({ 30000, 0 }, "a")
    expect.eq({ r.fid, r.payload[1] }, { ffa.MSG_SEND_DIRECT_RESP_32, 7 })
    expect_told({ "a/0" }, since)

    since, r = preempted({ 0, 1, 30000 }, "b")
    expect.eq({ r.fid, r.payload[1] }, { ffa.MSG_SEND_DIRECT_RESP_32, 8 })
    expect_told({ "b/0" }, since)

    since, r = preempted({ 30000, 1, 0 }, "b")
    expect.eq({ r.fid, r.payload[1] }, { ffa.MSG_SEND_DIRECT_RESP_32, 8 })
    expect_told({ "a/0" }, since)

    since, r = preempted({ 40000, 1, 30000 }, "b")
    expect.eq({ r.fid, r.payload[1] }, { ffa.MSG_SEND_DIRECT_RESP_32, 8 })
    expect_told({ "a/0", "b/0" }, since)

    nw:wait("200 us")
    expect.eq(#told, 0, "nobody is told twice")
  end,
}
