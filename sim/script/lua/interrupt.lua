-- SPDX-License-Identifier: BSD-3-Clause
-- Interrupts and timers: those that a normal world configures at its GIC, the virtual ones of
-- partitions, and lines that the scenario itself pulls.
local P = ...
local ctx = P.methods

local NONE = 0xffffffff
local SPURIOUS = 1020 -- and up
local GET, ENABLE, DEACTIVATE, RECONFIGURE, SEND_IPI = 0xff04, 0xff03, 0xff08, 0xff09, 0xff0a

local el0_handler = {} -- context -> function: S-EL0 has no vectors

local function integer(value, what)
    if math.type(value) ~= "integer" then
        P.mistake(what .. ": wanted an integer, got " .. P.describe(value))
    end
    return value
end

local function option(value, what, choices)
    local found = choices[value]
    if found == nil then
        local names = {}
        for name in pairs(choices) do
            names[#names + 1] = tostring(name)
        end
        table.sort(names)
        P.mistake(what .. ": wanted one of " .. table.concat(names, ", ") .. ", got " ..
                  P.describe(value))
    end
    return found
end

-- What a paravirtual call returned: .value, and .ok unless it is -1.
local function judge(r)
    r.value = r[0] & 0xffffffff
    r.ok = r.value ~= NONE
    r.error = not r.ok and "NOT_SUPPORTED" or false
    return r
end

local function paravirt(self, ...)
    return judge(self:hvc(...))
end

-- Virtual interrupt `id` of a partition on or off; kind "irq" (default) or "fiq".
function ctx.interrupt_enable(self, id, on, kind)
    local fiq = option(kind == nil and "irq" or kind, "interrupt_enable: kind",
                       { irq = 0, fiq = 1 })
    return paravirt(self, ENABLE, integer(id, "interrupt_enable"), on == false and 0 or 1, fiq)
end

-- The next pending one, which is taken; nil without.
function ctx.interrupt_get(self)
    local id = self:hvc(GET)[0] & 0xffffffff
    return id ~= NONE and id or nil
end

function ctx.interrupt_deactivate(self, pint, vint)
    return paravirt(self, DEACTIVATE, integer(pint, "interrupt_deactivate"),
                    integer(vint or pint, "interrupt_deactivate"))
end

-- command: "pe" (linear index), "state" (0 non-secure, 1 secure), "enable" (0, 1), or a number
function ctx.interrupt_reconfigure(self, id, command, value)
    local number = math.type(command) == "integer" and command or
        option(command, "interrupt_reconfigure: command", { pe = 0, state = 1, enable = 2 })
    return paravirt(self, RECONFIGURE, integer(id, "interrupt_reconfigure"), number,
                    integer(value, "interrupt_reconfigure: value"))
end

function ctx.send_ipi(self, vcpu)
    return paravirt(self, SEND_IPI, integer(vcpu, "send_ipi"))
end

local RAW = { raw = 1 }

-- Who handles interrupts of this context's own level, and unmasks them; nil: nobody, masked.
-- A normal world's fn(nw, intid) runs between acknowledge and end of interrupt; a partition's
-- fn(sp, intid, kind) with a virtual interrupt that HF_INTERRUPT_GET has taken. `raw`: fn(ctx,
-- kind), and all of that is its own business. S-EL0 gets its interrupts by FFA_INTERRUPT: serve()
-- and obey() call fn.
function ctx.on_interrupt(self, fn, given)
    local o = P.options(given, "on_interrupt", RAW)
    if fn ~= nil and type(fn) ~= "function" then
        P.mistake("on_interrupt: wanted a function, got " .. P.describe(fn))
    end
    el0_handler[self] = fn
    if fn == nil or o.raw then
        self:set_handler(fn)
    elseif self.secure then
        self:set_handler(function(me, kind)
            local id = me:interrupt_get()
            if id then
                fn(me, id, kind)
                me:interrupt_deactivate(id)
            end
        end)
    else
        self:set_handler(function(me)
            local id = me:icc("IAR1")
            if id < SPURIOUS then
                fn(me, id)
                me:icc("EOIR1", id)
            end
        end)
    end
    self:mask(fn == nil)
end

-- For serve(): FFA_INTERRUPT came back.
function P.interrupted(self, r)
    local fn = el0_handler[self]
    if fn and self.el == 0 and r.w2 ~= 0 then
        fn(self, r.w2, "irq")
    end
end

-- A register of the EL1 physical timer, "CTL", "CVAL" or "TVAL": its value, or written.
function ctx.cntp(self, name, value)
    local r = self:access_cntp(name, value)
    if value == nil then
        return self.secure and r[0] or r
    end
end

-- The EL1 physical timer: one interrupt so many nanoseconds from now; false: off. A partition's is
-- virtual interrupt 3, a normal world's PPI 30 of its PE.
function ctx.timer(self, after)
    if after == false then
        self:cntp("CTL", 0)
        return
    end
    local ns = P.duration(after, "timer")
    local now, hz = P.counter()
    self:cntp("CVAL", now + ns // 1000000000 * hz + ns % 1000000000 * hz // 1000000000)
    self:cntp("CTL", 1)
end

local function gicd()
    return P.device("arm,gic-v3") or P.mistake("this board has no arm,gic-v3")
end

-- Where a register array of 32-bit words has the bit or byte of an interrupt: frame and offset.
local function registers(self, intid, pe)
    if intid < 32 or (intid >= 1056 and intid < 1120) then
        local index = intid < 32 and intid or intid - 1056 + 32
        return P.gicr(pe or self.pe) + 0x10000, index, false
    elseif intid >= 4096 then
        return gicd(), intid - 4096, true
    end
    return gicd(), intid, false
end

local ENABLE_OPTIONS = { priority = 1, pe = 1, edge = 1 }

-- A normal world configures an interrupt of its own: priority as it sees it (default 0xa0), the PE
-- that gets it (default: this one), edge-triggered or level.
function ctx.irq_enable(self, intid, given)
    local o = P.options(given, "irq_enable", ENABLE_OPTIONS)
    local frame, index, extended = registers(self, integer(intid, "irq_enable"), o.pe)
    local set = extended and { priority = 0x2000, config = 0x3000, enable = 0x1200, route = 0x8000 }
        or { priority = 0x400, config = 0xc00, enable = 0x100, route = 0x6000 }
    self:write(frame + set.priority + index, string.char(o.priority or 0xa0))
    if intid >= 16 and o.edge ~= nil then
        local at = frame + set.config + index // 16 * 4
        local shift = index % 16 * 2 + 1
        local value = self:read32(at) & ~(1 << shift)
        self:write32(at, o.edge and value | 1 << shift or value)
    end
    if intid >= 32 and (intid < 1056 or intid >= 4096) then
        local affinity = P.mpidr(o.pe or self.pe)
        self:write64(frame + set.route + index * 8, affinity)
    end
    self:write32(frame + set.enable + index // 32 * 4, 1 << index % 32)
end

function ctx.irq_disable(self, intid, pe)
    local frame, index, extended = registers(self, integer(intid, "irq_disable"), pe)
    self:write32(frame + (extended and 0x1400 or 0x180) + index // 32 * 4, 1 << index % 32)
end

-- A software generated interrupt to a PE, or with pe = "others" to all but this one.
function ctx.sgi(self, intid, pe)
    local value = (integer(intid, "sgi") & 15) << 24
    if pe == "others" then
        value = value | 1 << 40
    else
        local affinity = P.mpidr(integer(pe == nil and self.pe or pe, "sgi: pe")) or
            P.mistake("sgi: this run has no PE " .. tostring(pe))
        local low = affinity & 0xff
        value = value | 1 << low % 16 | (low // 16) << 44 | (affinity >> 8 & 0xff) << 16 |
            (affinity >> 16 & 0xff) << 32 | (affinity >> 32 & 0xff) << 48
    end
    self:icc("SGI1R", value)
end

-- Waits until fn() holds, asleep between interrupts; `most` bounds it (default "1 ms").
function ctx.wait_for(self, fn, most)
    local last = self.now_ns + P.duration(most or "1 ms", "wait_for")
    while not fn() do
        if self.now_ns >= last then
            return false
        end
        self:wait("1 us")
    end
    return true
end

local LINE = { pe = 1, after = 1, level = 1 }

-- machine.interrupt(intid [, { pe =, after =, level = }]): a device's line, pulsed unless `level`
-- says how it is left; at once or later.
function P.machine.interrupt(intid, given)
    local o = P.options(given, "machine.interrupt", LINE)
    local after = o.after == nil and 0 or P.duration(o.after, "machine.interrupt: after")
    P.line(integer(intid, "machine.interrupt"), o.pe, o.level, after)
end

-- machine.interrupt_state(intid [, pe]): enabled, pending, active, level, group, priority
function P.machine.interrupt_state(intid, pe)
    return P.interrupt_state(integer(intid, "machine.interrupt_state"), pe)
end
