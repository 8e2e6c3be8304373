-- SPDX-License-Identifier: BSD-3-Clause
-- PSCI calls of a normal world as methods of a context. Results have .ok, .status and .error by
-- PSCI's own names.
local P = ...
local ctx = P.methods

local CPU_OFF, CPU_ON, AFFINITY_INFO = 0x84000002, 0x84000003, 0x84000004
local BITS_64 = 0x40000000
local ENTRY = 0x80000000 -- a script has no code: any address that the dispatcher takes

local errors = {
    [-1] = "NOT_SUPPORTED", [-2] = "INVALID_PARAMETERS", [-3] = "DENIED", [-4] = "ALREADY_ON",
    [-5] = "ON_PENDING", [-6] = "INTERNAL_FAILURE", [-9] = "INVALID_ADDRESS",
}
local states = { [0] = "ON", [1] = "OFF", [2] = "ON_PENDING" }

local CPU_ON_OPTIONS = { entry = 1, bits = 1 }
local AFFINITY_OPTIONS = { level = 1, bits = 1 }

local function integer(value, what, otherwise)
    if value == nil and otherwise ~= nil then
        return otherwise
    elseif math.type(value) ~= "integer" then
        P.mistake(what .. ": wanted an integer, got " .. P.describe(value))
    end
    return value
end

local function options(given, what, allowed)
    if given ~= nil and type(given) ~= "table" then
        P.mistake(what .. ": wanted a table, got " .. P.describe(given))
    end
    for key in pairs(given or {}) do
        if not allowed[key] then
            P.no_field(allowed, what, tostring(key))
        end
    end
    return given or {}
end

-- 64-bit calls unless bits = 32 asks for the other form.
local function fid(base, o)
    if o.bits ~= nil and o.bits ~= 32 and o.bits ~= 64 then
        P.mistake("bits: wanted 32 or 64, got " .. P.describe(o.bits))
    end
    return o.bits == 32 and base or base | BITS_64
end

-- A small number is a linear index of this machine, anything else an MPIDR as it is.
local function affinity(value, what)
    return P.mpidr(integer(value, what)) or value
end

local function judge(r)
    local status = P.signed32(r[0])
    r.status, r.ok = status, status >= 0
    r.error = status < 0 and (errors[status] or tostring(status)) or false
    return r
end

-- Starts a PE; the scenario's `secondary` plays it, nw:regs()[0] there is the context id.
function ctx.cpu_on(self, target, context_id, given)
    local o = options(given, "cpu_on", CPU_ON_OPTIONS)
    return judge(self:smc(fid(CPU_ON, o), affinity(target, "cpu_on: PE"),
                          integer(o.entry, "cpu_on: entry", ENTRY),
                          integer(context_id, "cpu_on: context id", 0)))
end

-- Comes back only when it is refused.
function ctx.cpu_off(self)
    return judge(self:smc(CPU_OFF))
end

-- r.state: "ON", "OFF" or "ON_PENDING"; false with an error.
function ctx.affinity_info(self, target, given)
    local o = options(given, "affinity_info", AFFINITY_OPTIONS)
    local r = judge(self:smc(fid(AFFINITY_INFO, o), affinity(target, "affinity_info: PE"),
                             integer(o.level, "affinity_info: level", 0)))
    r.state = states[r.status] or false
    return r
end
