-- SPDX-License-Identifier: BSD-3-Clause
-- A level-sensitive line stays up until its owner has silenced the device. However long that takes,
-- the owner is told once, and nobody else loses a cycle to it.
local TIMER = 0x09070000
local LOAD, CONTROL, CLEAR, RAW = 0x00, 0x08, 0x0c, 0x10
local ONE_SHOT = 0xa3 -- enabled, interrupt, 32 bits, once

local taken = 0

local function arm(sp, ticks)
    sp:write32(TIMER + CONTROL, 0)
    sp:write32(TIMER + LOAD, ticks)
    sp:write32(TIMER + CONTROL, ONE_SHOT)
end

return scenario {
    name = "a level interrupt is told once, however late it is silenced",
    limit = "20 ms",
    tags = { "interrupts", "quick", "timed" },
    partitions = {
        { name = "owner", manifest = "manifests/level_timer.dts", script = function(sp)
            sp:on_interrupt(function(me, intid)
                expect.eq(intid, 37, "interrupt")
                taken = taken + 1
                me:wait("20 us") -- the line is still up
                me:write32(TIMER + CLEAR, 1)
            end)
            expect.ok(sp:interrupt_enable(37))
            sp:obey()
        end },
        { name = "other", manifest = "manifests/a.dts", script = function(sp) sp:obey() end },
    },
    normal_world = function(nw)
        local function expect_taken(count, what)
            expect.eq(taken, count, what)
            taken = 0
        end
        -- It waits: the normal world is preempted for it.
        nw:act("owner", function(sp) arm(sp, 10) end)
        nw:wait("200 us")
        expect_taken(1, "while it waited")
        -- It runs.
        nw:act("owner", function(sp)
            arm(sp, 10)
            sp:wait("200 us")
        end)
        expect_taken(1, "while it ran")
        -- It runs and has masked interrupts: the line is up all the time.
        nw:act("owner", function(sp)
            sp:mask(true)
            arm(sp, 10)
            local before = sp.now_ns
            sp:wait("200 us")
            expect.truth(sp.now_ns - before < 201000, "no time is lost to the line")
            sp:mask(false)
            sp:id_get()
        end)
        expect_taken(1, "after it was masked")
        -- It was preempted: the normal world goes on at full speed until it is run again.
        nw:irq_enable(40, { edge = true })
        nw:on_interrupt(function() end)
        nw:act("owner", function(sp) arm(sp, 60) end)
        machine.interrupt(40, { after = "20 us" })
        local unfinished
        local _, r = nw:act("owner", function(sp)
            sp:wait("300 us")
            unfinished = taken
        end)
        expect.fid(ffa.INTERRUPT, r)
        local before = nw.now_ns
        nw:wait("100 us")
        expect.truth(nw.now_ns - before < 101000, "the normal world loses no time to the line")
        nw:act("other", function() end)
        expect.eq(taken, 0, "not told while it is preempted")
        expect.truth(nw:run("owner").is_request == false, "its answer")
        expect.eq(unfinished, 1, "told as it went on")
        expect_taken(1, "in all")
        -- And again, for nothing may be left switched off.
        nw:act("owner", function(sp) arm(sp, 10) end)
        nw:wait("200 us")
        expect_taken(1, "the next one")
        expect.eq(machine.interrupt_state(37).enabled, true)
    end,
}
