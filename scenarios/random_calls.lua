-- SPDX-License-Identifier: BSD-3-Clause
-- The normal world and two partitions make calls with registers that are mostly nonsense, thousands of
-- them. Nobody crashes the SPMC, and the invariants hold after each one. --seed makes other calls.
local fids = {}
for name, fid in pairs(ffa) do
  if not name:find("^ABORT") and not name:find("^CONSOLE_LOG") then
    fids[#fids + 1] = fid
  end
end

local function number(who, pages)
  local kind = math.random(8)
  if kind == 1 then
    return math.random(0, 8)
  elseif kind == 2 then
    return 0x8000 + math.random(0, 4)
  elseif kind == 3 then
    return ((0x8000 + math.random(0, 4)) << 16) | math.random(0, 2)
  elseif kind == 4 then
    return (who.id << 16) | (0x8000 + math.random(0, 4))
  elseif kind == 5 then
    return pages + 4096 * math.random(0, 7)
  elseif kind == 6 then
    return math.random(0, 0xffffffff)
  elseif kind == 7 then
    return ~0 << math.random(0, 63)
  end
  return 0
end

-- Registers that must be zero often are, else few calls would come past the first check.
local function random_registers(who, pages)
  local x = { fids[math.random(#fids)] }
  local used = math.random(4) == 1 and 18 or math.random(1, 8)
  for i = 2, used do
    x[i] = math.random(2) == 1 and 0 or number(who, pages)
  end
  return x
end

local function random_call(who, pages)
  local x = random_registers(who, pages)
  return math.random(4) == 1 and who:hvc(x) or who:smc(x)
end

local function partition(sp)
  local pages = sp:alloc(8)
  sp:msg_wait()
  while true do
    random_call(sp, pages)
    if math.random(3) == 1 then
      sp:msg_wait()
    end
  end
end

return scenario {
  name   = "random calls from everybody",
  limit  = "100 ms",
  tags   = { "hostile" },
  params = { calls = 1000 },
  partitions = {
    { name = "a", manifest = "manifests/a.dts", script = partition },
    { name = "b", manifest = "manifests/b.dts", script = partition },
    { image = "echo" },
  },
  normal_world = function(nw)
    local pages = nw:alloc(8)
    for _ = 1, params.calls do
      local x = random_registers(nw, pages)
      if math.random(3) == 1 then
        x = { ffa.RUN, (0x8000 + math.random(1, 2)) << 16 }
      end
      nw:smc(x)
    end
    expect.eq(expect.ok(nw:spm_id_get()).id, 0x8000, "the SPMC still answers")
  end,
}
