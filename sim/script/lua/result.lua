-- SPDX-License-Identifier: BSD-3-Clause
-- What a call brought back: r[0] .. r[17], r.x0, r.w3, and what FF-A makes of them.
local P = ...
local meta = P.result

local ERROR, SUCCESS_32, SUCCESS_64 = 0x84000060, 0x84000061, 0xc4000061
local REQ_32, REQ_64, RESP_32, RESP_64 = 0x8400006f, 0xc400006f, 0x84000070, 0xc4000070
local INTERRUPT = 0x84000062
local REQ2, RESP2 = 0xc400008d, 0xc400008e

local function low32(value)
    return value & 0xffffffff
end

local function signed32(value)
    value = value & 0xffffffff
    return value < 0x80000000 and value or value - 0x100000000
end

local function slice(r, first, last)
    local list = {}
    for i = first, last do
        list[#list + 1] = r[i]
    end
    return list
end

local is_direct = {
    [REQ_32] = "req", [REQ_64] = "req", [RESP_32] = "resp", [RESP_64] = "resp",
    [REQ2] = "req2", [RESP2] = "resp2",
}

-- What a call's own method adds, when there is something to add.
P.optional_fields = { version = 1, id = 1, partitions = 1, count = 1, value = 1 }

local fields = {
    fid = function(r)
        return low32(r[0])
    end,
    name = function(r)
        return P.fid_name(low32(r[0])) or string.format("0x%x", r[0])
    end,
    ok = function(r)
        local fid = low32(r[0])
        return fid == SUCCESS_32 or fid == SUCCESS_64
    end,
    error = function(r)
        if low32(r[0]) == ERROR then
            return P.error_name(signed32(r[2])) or tostring(signed32(r[2]))
        end
    end,
    -- The first word of a direct message, the code of FFA_ERROR, 0 of FFA_SUCCESS, else w0.
    status = function(r)
        local fid = low32(r[0])
        local kind = is_direct[fid]
        if kind == "req" or kind == "resp" then
            return signed32(r[3])
        elseif kind then
            return r[4]
        elseif fid == ERROR then
            return signed32(r[2])
        elseif fid == SUCCESS_32 or fid == SUCCESS_64 then
            return 0
        end
        return signed32(r[0])
    end,
    sender = function(r)
        return (r[1] >> 16) & 0xffff
    end,
    receiver = function(r)
        return r[1] & 0xffff
    end,
    -- x3 .. x7 of a direct message, x4 .. x17 of one of the second kind
    payload = function(r)
        local kind = is_direct[low32(r[0])]
        if kind == "req2" or kind == "resp2" then
            return slice(r, 4, 17)
        end
        return slice(r, 3, 7)
    end,
    is_interrupt = function(r)
        return low32(r[0]) == INTERRUPT
    end,
    is_request = function(r)
        local kind = is_direct[low32(r[0])]
        return kind == "req" or kind == "req2"
    end,
}

function meta.__index(r, key)
    local field = fields[key]
    if field then
        return field(r)
    end
    if type(key) == "string" then
        local letter, digits = key:match("^([xw])(%d%d?)$")
        local reg = letter and tonumber(digits)
        if reg and reg <= 17 then
            return letter == "x" and r[reg] or low32(r[reg])
        end
        if not P.optional_fields[key] then
            P.no_field(fields, "a result", key)
        end
    end
end

function meta.__tostring(r)
    local code = fields.error(r)
    if code then
        return "FFA_ERROR " .. code
    end
    local text = fields.name(r)
    for i = 1, 7 do
        if r[i] ~= 0 then
            text = text .. string.format(" x%d=0x%x", i, r[i])
        end
    end
    return text
end

meta.__name = "result"
meta.__metatable = false

P.signed32 = signed32
P.is_result = function(value)
    return type(value) == "table" and P.is_result_table(value)
end
