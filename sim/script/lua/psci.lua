-- SPDX-License-Identifier: BSD-3-Clause
-- PSCI calls of a normal world as methods of a context. Results have .ok, .status and .error by
-- PSCI's own names. And the SiP calls of the sample logical partition at EL3.
local P = ...
local ctx = P.methods

local CPU_OFF, CPU_ON, AFFINITY_INFO = 0x84000002, 0x84000003, 0x84000004
local CPU_SUSPEND, SYSTEM_OFF, SYSTEM_RESET, SYSTEM_RESET2 =
    0x84000001, 0x84000008, 0x84000009, 0x84000012
local LSP_SEND, LSP_RESUME = 0xc2000f00, 0xc2000f01
local POWER_DOWN = 0x10000
local BITS_64 = 0x40000000
local ENTRY = 0x80000000 -- a script has no code: any address that the dispatcher takes

local errors = {
    [-1] = "NOT_SUPPORTED", [-2] = "INVALID_PARAMETERS", [-3] = "DENIED", [-4] = "ALREADY_ON",
    [-5] = "ON_PENDING", [-6] = "INTERNAL_FAILURE", [-9] = "INVALID_ADDRESS",
}
local states = { [0] = "ON", [1] = "OFF", [2] = "ON_PENDING" }

local CPU_ON_OPTIONS = { entry = 1, bits = 1 }
local AFFINITY_OPTIONS = { level = 1, bits = 1 }
local SUSPEND_OPTIONS = { state = 1, entry = 1, context_id = 1, bits = 1 }
local RESET_OPTIONS = { kind = 1, cookie = 1, bits = 1 }

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

-- "standby": back when an interrupt is pending. "down": the PE's function starts anew then, with the
-- context id in nw:regs()[0]; this one only goes on when it is refused. A number: a power_state.
function ctx.cpu_suspend(self, how, given)
    local o = options(given, "cpu_suspend", SUSPEND_OPTIONS)
    local state = how == "standby" and 0 or how == "down" and POWER_DOWN or how
    return judge(self:smc(fid(CPU_SUSPEND, o), integer(state, "cpu_suspend"),
                          integer(o.entry, "cpu_suspend: entry", ENTRY),
                          integer(o.context_id, "cpu_suspend: context id", 0)))
end

-- Ends the run.
function ctx.system_off(self)
    return judge(self:smc(SYSTEM_OFF))
end

-- The machine boots again, if the scenario allows `resets`: normal_world is called anew, and nw.boot
-- is one more. With a kind: SYSTEM_RESET2.
function ctx.system_reset(self, given)
    local o = options(given, "system_reset", RESET_OPTIONS)
    if o.kind == nil then
        return judge(self:smc(SYSTEM_RESET))
    end
    return judge(self:smc(fid(SYSTEM_RESET2, o), integer(o.kind, "system_reset: kind"),
                          integer(o.cookie, "system_reset: cookie", 0)))
end

-- A direct request of the logical partition at 0xffc0 to a secure one: .ok, .yielded, .error,
-- .payload of its response.
local function judge_lsp(r)
    local status = P.signed32(r[0])
    r.status, r.ok, r.yielded = status, status == 0, status == 1
    r.error = status < 0 and (P.error_name(status) or tostring(status)) or false
    r.payload = { r[1], r[2], r[3], r[4], r[5] }
    return r
end

function ctx.lsp_send(self, to, words)
    local w = words or {}
    return judge_lsp(self:smc(LSP_SEND, P.endpoint(to, "lsp_send: to"), w[1] or 0, w[2] or 0,
                              w[3] or 0, w[4] or 0, w[5] or 0))
end

-- Gives cycles to a partition that has yielded in the middle of it.
function ctx.lsp_resume(self)
    return judge_lsp(self:smc(LSP_RESUME))
end
