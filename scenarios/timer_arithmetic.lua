-- SPDX-License-Identifier: BSD-3-Clause
-- Deadlines at the ends of 64 bits and of 32, by a counter of 1 GHz that goes past 32 bits: of a partition, whose
-- timer the SPMC keeps, and of the normal world.
local NEVER = { -1, math.mininteger, math.maxinteger, 1 << 62 } -- unsigned: 2^64 - 1, 2^63 ...
local told = 0

-- Exactly one interrupt, `ns` from now but for what a call takes.
local function comes_after(ctx, ns, what)
  local began = ctx.now_ns
  if ns > 20000 then
    ctx:wait(ns - 20000)
    expect.eq(told, 0, what .. ": too early")
  end
  ctx:wait("40 us")
  expect.eq(told, 1, what)
  ctx:wait("1 ms")
  expect.eq(told, 1, what .. ": once")
  expect.truth(ctx.now_ns - began < ns + 2000000)
  told = 0
end

local function never(ctx, what)
  ctx:wait("1 s")
  expect.eq({ told, ctx:cntp("CTL") & 4 }, { 0, 0 }, what)
end

local function try(ctx)
  local function now() return ctx.now_ns end -- which is the counter
  local function set(name, value)
    ctx:cntp(name, value)
    ctx:cntp("CTL", 1)
  end

  for _, cval in ipairs(NEVER) do
    set("CVAL", cval)
    never(ctx, string.format("at 0x%x", cval))
    expect.eq(ctx:cntp("CVAL"), cval)
    local low, at = ctx:cntp("TVAL"), now()
    expect.truth((low + at - cval) & 0xffffffff < 1000, "the low half of what is left")
  end
  set("CVAL", 0)
  comes_after(ctx, 0, "the deadline 0")
  set("CVAL", now() + (1 << 32) + 1000)
  comes_after(ctx, (1 << 32) + 1000, "more than 32 bits away")
  set("CVAL", (now() | 0xffffffff) + 1)
  comes_after(ctx, (now() | 0xffffffff) + 1 - now(), "where 32 bits wrap")

  set("TVAL", 0x7fffffff)
  comes_after(ctx, 0x7fffffff, "the farthest TVAL")
  set("TVAL", 0)
  comes_after(ctx, 0, "TVAL 0")
  for _, tval in ipairs { 0xffffffff, 0xffffff00, 0x80000000, -1 } do
    set("TVAL", tval)
    comes_after(ctx, 0, string.format("TVAL 0x%x is in the past", tval))
  end
  set("TVAL", 0x1234500000100000) -- 32 bits of it
  comes_after(ctx, 0x100000, "TVAL has 32 bits")
  ctx:cntp("CTL", 0)
end

return scenario {
  name  = "timer arithmetic",
  board = "thor",
  limit = "300 s",
  tags  = { "interrupts", "timer", "quick" },
  partitions = {
    { name = "a", manifest = "manifests/a.dts", script = function(sp)
        sp:on_interrupt(function(_, id)
          expect.eq(id, 3)
          told = told + 1
        end)
        expect.ok(sp:interrupt_enable(3))
        -- Before the counter has come to 2^31, a negative TVAL is a deadline past the end of it.
        sp:cntp("TVAL", 0x80000000)
        sp:cntp("CTL", 1)
        expect.eq({ told, sp:cntp("CTL") }, { 0, 1 })
        expect.truth(sp:cntp("CVAL") < -0x70000000)
        sp:cntp("CTL", 0)
        sp:obey()
      end },
  },

  normal_world = function(nw)
    nw:irq_enable(30)
    nw:on_interrupt(function(_, id)
      expect.eq(id, 30)
      nw:cntp("CTL", 3) -- masked: the line is a level
      told = told + 1
    end)
    nw:wait("5 s")
    nw:act("a", try)
    try(nw)

    -- The partition waits, and the normal world runs, when 2^32 is passed once more.
    nw:act("a", function(sp)
      sp:cntp("CVAL", (sp.now_ns | 0xffffffff) + 1)
      sp:cntp("CTL", 1)
    end)
    comes_after(nw, (nw.now_ns | 0xffffffff) + 1 - nw.now_ns, "for one that waits")
    expect.truth(nw.now_ns > 30000000000)
  end,
}
