-- SPDX-License-Identifier: BSD-3-Clause
-- expect.*: each emits an event; one that does not hold ends the run with file and line.
local P = ...
local expect = {}

local function show(value, depth)
    if type(value) ~= "table" or P.has_metatable(value) or depth > 2 then
        return P.describe(value)
    end
    local parts = {}
    for key, one in pairs(value) do
        if #parts == 8 then
            parts[#parts + 1] = "..."
            break
        end
        local text = show(one, depth + 1)
        parts[#parts + 1] = math.type(key) == "integer" and text or tostring(key) .. " = " .. text
    end
    return "{" .. table.concat(parts, ", ") .. "}"
end

local function same(a, b, depth)
    if a == b then
        return true
    end
    if type(a) ~= "table" or type(b) ~= "table" or P.has_metatable(a) or P.has_metatable(b) or
        depth > 16 then
        return false
    end
    for key, value in pairs(a) do
        if not same(value, rawget(b, key), depth + 1) then
            return false
        end
    end
    for key in pairs(b) do
        if rawget(a, key) == nil then
            return false
        end
    end
    return true
end

local function prefix(what)
    return what == nil and "" or tostring(what) .. ": "
end

local function weigh(holds, what, wanted, got)
    if holds then
        P.held(prefix(what) .. wanted)
    else
        P.failed(prefix(what) .. "wanted " .. wanted .. ", got " .. got)
    end
end

function expect.eq(got, wanted, what)
    weigh(same(got, wanted, 0), what, show(wanted, 0), show(got, 0))
end

function expect.ne(got, unwanted, what)
    weigh(not same(got, unwanted, 0), what, "anything but " .. show(unwanted, 0), show(got, 0))
end

function expect.truth(value, what)
    weigh(value, what, "truth", show(value, 0))
end

local function result(value, name)
    if not P.is_result(value) then
        P.mistake(name .. ": wanted the result of a call, got " .. P.describe(value))
    end
    return value
end

function expect.ok(r, what)
    weigh(result(r, "expect.ok").ok, what, "success", tostring(r))
    return r
end

function expect.error(code, r, what)
    if type(code) ~= "string" then
        P.mistake('expect.error: wanted the name of an error first, as in "DENIED"')
    end
    P.error_value(code) -- a misspelt name is a mistake, not a failure
    local got = result(r, "expect.error").error
    weigh(got == code, what, "FFA_ERROR " .. code, got and "FFA_ERROR " .. got or tostring(r))
    return r
end

function expect.fid(fid, r, what)
    local got = result(r, "expect.fid").fid
    weigh(got == fid, what, P.fid_name(fid) or P.describe(fid), tostring(r))
    return r
end

-- Bytes at address + offset as the running context sees them.
function expect.memory(address, offset, bytes, what)
    if type(bytes) ~= "string" then
        P.mistake("expect.memory: wanted bytes in a string, got " .. P.describe(bytes))
    end
    local got, fault = P.current():try_read(address + offset, #bytes)
    weigh(got == bytes, what, P.describe(bytes),
          got and P.describe(got) or string.format("a fault, ESR 0x%x", fault.esr))
end

function expect.state(partition, state, vcpu, what)
    local got = P.vcpu(partition, vcpu or 0).state
    weigh(got == state, what, P.describe(state), P.describe(got))
end

-- The two values of ctx:try_read() or ctx:try_write().
function expect.fault(value, fault, what)
    weigh(value == nil and type(fault) == "table", what, "a fault", show(value, 0))
    return fault
end

-- In finish: so often the machine wrote a line, by default once.
function expect.console(run, line, count, what)
    if type(line) ~= "string" or (count ~= nil and math.type(count) ~= "integer") then
        P.mistake("expect.console: wanted the run, a line and how often, got " ..
                  P.describe(line) .. " and " .. P.describe(count))
    end
    local wanted, got = count or 1, 0
    for _, one in ipairs(run.console) do
        got = got + (one == line and 1 or 0)
    end
    weigh(got == wanted, what or got ~= wanted and line or nil, P.describe(wanted), P.describe(got))
end

function expect.fail(what)
    P.failed(tostring(what))
end

return P.strict(expect, "expect")
