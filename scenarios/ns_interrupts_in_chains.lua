-- SPDX-License-Identifier: BSD-3-Clause
-- The normal world's interrupt comes while the last of three partitions in a call chain works,
-- in each of the 27 ways to choose their actions. The strictest action in the chain counts; who
-- is stopped goes on when its caller runs it; nobody works twice, and the normal world gets its
-- interrupt once.
local IRQ, MEI = 100, 4
local ACTIONS = { "queued", "exit", "signaled" }
local trail

local function mark(...)
  trail[#trail + 1] = table.concat({ ... }, " ")
end

-- What has to happen, from the rules alone. Position 0 is the normal world.
local function model(chain)
  local list, told, leaving = {}, {}, {}
  local top, pending = 3, true
  local function say(...) list[#list + 1] = table.concat({ ... }, " ") end
  local function waits()
    for i = 1, top do
      if chain[i].action == "queued" or leaving[i] then
        return true
      end
    end
    return false
  end
  for i = 1, 3 do
    say(chain[i].name, "works")
  end
  while true do
    while pending and top > 0 and not waits() do
      if chain[top].action == "exit" then
        say(chain[top].name, "is asked to end")
        leaving[top] = true
      else
        told[top - 1] = true
        top = top - 1
      end
    end
    if top == 0 then
      if pending then
        say("normal world: interrupt")
        pending = false
      end
      if not told[0] then
        return list
      end
      say("normal world runs", chain[1].name)
      told[0] = nil
      top = 1
    elseif told[top] then
      say(chain[top].name, "runs", chain[top + 1].name)
      told[top] = nil
      top = top + 1
    else
      say(chain[top].name, "ends")
      leaving[top] = nil
      top = top - 1
    end
  end
end

local chain -- partitions of this round, in order

local function finish(sp, r, who, callee)
  while r.is_interrupt do
    expect.eq({ r.sender, r.receiver, r.w2 }, { sp:find(callee).id, 0, 0 }, "who was stopped")
    mark(who, "runs", callee)
    r = sp:run(callee)
  end
  expect.eq({ r.fid, r.sender, r.payload[1] },
            { ffa.MSG_SEND_DIRECT_RESP_32, sp:find(callee).id, 7 })
end

local function work(sp, place)
  local name = chain[place].name
  mark(name, "works")
  if place < 3 then
    finish(sp, sp:direct_req(chain[place + 1].name, { place + 1 }), name, chain[place + 1].name)
  else
    machine.interrupt(IRQ)
    sp:wait("2 us")
  end
  mark(name, "ends")
  return { 7 }
end

local partitions, by = {}, {}
for place = 1, 3 do
  for _, action in ipairs(ACTIONS) do
    local name = action .. " " .. place
    by[action .. place] = { name = name, action = action }
    partitions[#partitions + 1] = {
      name = name, manifest = "manifests/ns_" .. action .. ".dts", script = function(sp)
        sp:on_interrupt(function(_, id, kind)
          expect.eq({ id, kind, action }, { MEI, "fiq", "exit" })
          mark(name, "is asked to end")
        end)
        sp:serve(function(request) return work(sp, request.payload[1]) end)
      end,
    }
  end
end

return scenario {
  name  = "interrupts of the normal world in call chains",
  limit = "5 ms",
  tags  = { "interrupts", "quick" },
  partitions = partitions,
  normal_world = function(nw)
    nw:irq_enable(IRQ, { edge = true })
    nw:on_interrupt(function(_, id)
      expect.eq(id, IRQ)
      mark("normal world: interrupt")
    end)
    for _, first in ipairs(ACTIONS) do
      for _, second in ipairs(ACTIONS) do
        for _, third in ipairs(ACTIONS) do
          chain, trail = { by[first .. 1], by[second .. 2], by[third .. 3] }, {}
          finish(nw, nw:direct_req(chain[1].name, { 1 }), "normal world", chain[1].name)
          expect.eq(trail, model(chain), first .. ", " .. second .. ", " .. third)
          for _, one in ipairs(chain) do
            expect.state(one.name, "WAITING")
          end
        end
      end
    end
  end,
}
