-- SPDX-License-Identifier: BSD-3-Clause
-- Memory management (FF-A v1.2, 11 and 16) as methods of a context: descriptors from tables, in any
-- layout, with any field wrong on purpose; sending, fragments, giving back. Taking is in
-- mem_retrieve.lua.
local P = ...
local ctx = P.methods

local FID = {
    DONATE = 0x84000071, LEND = 0x84000072, SHARE = 0x84000073, RELINQUISH = 0x84000076,
    RECLAIM = 0x84000077, FRAG_RX = 0x8400007a, FRAG_TX = 0x8400007b,
}
local BITS_64 = 0x40000000
local PAGE = 4096
local KIND = { share = 1, lend = 2, donate = 3 }
local NORMAL_WB_ISH = 0x2f

local layouts = {
    ["1.0"] = { header = 32, access = 16 },
    ["1.1"] = { header = 48, access = 16 },
    ["1.2"] = { header = 48, access = 32 },
}
local DATA = { none = 0, ro = 1, rw = 2 }
local INSTR = { none = 0, nx = 1, x = 2 }

for _, name in ipairs { "handle", "sent", "memory", "bytes" } do
    P.optional_fields[name] = 1
end

local mem = { layouts = layouts, KIND = KIND, DATA = DATA, INSTR = INSTR }
P.mem = mem

local function low(value)
    return value & 0xffffffff
end

-- The layout that the caller's version has, or the one that `layout` forces.
function mem.layout(o, what)
    if o.layout ~= nil then
        return layouts[o.layout] or
            P.mistake(what .. ': layout: wanted "1.0", "1.1" or "1.2", got ' ..
                      P.describe(o.layout))
    end
    local version = P.ffa_version()
    return layouts[version < 0x10001 and "1.0" or version < 0x10002 and "1.1" or "1.2"]
end

-- A name of a table, or a number.
function mem.choice(names, value, what)
    if math.type(value) == "integer" then
        return value
    end
    return names[value] or P.mistake(what .. ": unknown: " .. P.describe(value))
end

local RECEIVER = { data = 1, instr = 1, permissions = 1, access_flags = 1, impdef = 1,
                   composite_offset = 1 }

-- One receiver: an endpoint, or { endpoint, data =, ... }, over what all have.
local function receiver(given, all, what)
    local own = {}
    if type(given) == "table" and given[1] ~= nil then
        for key, value in pairs(given) do
            if key ~= 1 then
                own[key] = value
            end
        end
        P.options(own, what .. ": receiver", RECEIVER)
        given = given[1]
    end
    local function field(name, otherwise)
        local value = own[name]
        if value == nil then
            value = all[name]
        end
        return value == nil and otherwise or value
    end
    local impdef = field("impdef", { 0, 0 })
    if type(impdef) ~= "table" then
        P.mistake(what .. ": impdef: wanted { low, high }, got " .. P.describe(impdef))
    end
    local permissions = mem.choice(DATA, field("data", "none"), what .. ": data") |
        mem.choice(INSTR, field("instr", "none"), what .. ": instr") << 2
    return {
        id = P.endpoint(given, what .. ": receiver"),
        permissions = P.integer(field("permissions", permissions), what .. ": permissions"),
        flags = P.integer(field("access_flags", 0), what .. ": access_flags"),
        impdef = { P.integer(impdef[1], what .. ": impdef"),
                   P.integer(impdef[2], what .. ": impdef") },
        offset = field("composite_offset", nil),
    }
end

-- "a", { "a", "b" } or { { "a", data = "ro" }, "b" }; a partition that find() gave is one as well.
function mem.receivers(to, all, what)
    if to == nil then
        P.mistake(what .. ": to: wanted the receiver, or a list of them")
    elseif type(to) ~= "table" or to.id ~= nil then
        to = { to }
    end
    local list = {}
    for i, one in ipairs(to) do
        list[i] = receiver(one, all, what)
    end
    return list
end

-- { address, { address, pages }, { address, pages, reserved }, ... } as they are in a descriptor.
function mem.constituents(ranges, what)
    local parts, pages = {}, 0
    if type(ranges) ~= "table" then
        P.mistake(what .. ": ranges: wanted { { address, pages }, ... }, got " ..
                  P.describe(ranges))
    end
    for i, one in ipairs(ranges) do
        local range = type(one) == "table" and one or { one, 1 }
        local count = P.integer(range[2] == nil and 1 or range[2], what .. ": pages of a range")
        parts[i] = string.pack("<i8I4I4", P.integer(range[1], what .. ": address of a range"),
                               low(count), low(range[3] or 0))
        pages = pages + count
    end
    return table.concat(parts), pages, #ranges
end

-- { [offset] = bytes } over a descriptor.
function mem.patched(bytes, patch, what)
    for offset, over in pairs(patch or {}) do
        if math.type(offset) ~= "integer" or type(over) ~= "string" or offset < 0 or
            offset > #bytes then
            P.mistake(what .. ": patch: wanted { [offset] = bytes }, inside the descriptor")
        end
        bytes = bytes:sub(1, offset) .. over .. bytes:sub(offset + #over + 1)
    end
    return bytes
end

-- Header and access descriptors. `t` has every field; those of `o` win.
function mem.head(t, o, what)
    local layout = mem.layout(o, what)
    local size = P.optional(o.access_size, what .. ": access_size", layout.access)
    local count = P.optional(o.access_count, what .. ": access_count", #t.receivers)
    local at = P.optional(o.access_offset, what .. ": access_offset", layout.header)
    local composite = t.composite and layout.header + #t.receivers * layout.access or 0
    local parts = {}
    composite = P.optional(o.composite_offset, what .. ": composite_offset", composite)
    if layout.header == 32 then
        parts[1] = string.pack("<I2I1I1I4i8i8I4I4", t.sender & 0xffff, t.attributes & 0xff,
                               t.attributes >> 8 & 0xff, low(t.flags), t.handle, t.tag, 0,
                               low(count))
    else
        parts[1] = string.pack("<I2I2I4i8i8I4I4I4I4i8", t.sender & 0xffff, t.attributes & 0xffff,
                               low(t.flags), t.handle, t.tag, low(size), low(count), low(at), 0, 0)
    end
    for _, one in ipairs(t.receivers) do
        local access = string.pack("<I2I1I1I4", one.id & 0xffff, one.permissions & 0xff,
                                   one.flags & 0xff, low(one.offset or composite))
        if layout.access == 32 then
            access = access .. string.pack("<i8i8", one.impdef[1], one.impdef[2])
        end
        parts[#parts + 1] = access .. string.rep("\0", layout.access - #access)
    end
    return table.concat(parts)
end

-- Raw bytes in place of a descriptor, if any.
function mem.raw(bytes, what)
    if bytes ~= nil and type(bytes) ~= "string" then
        P.mistake(what .. ": bytes: wanted a string, got " .. P.describe(bytes))
    end
    return bytes
end

-- Bytes at the start of the TX buffer; without one, or without room, the call is made all the same.
function mem.to_tx(self, bytes)
    local mine = P.buffers_of(self, 0)
    if mine and #bytes <= mine.pages * PAGE then
        self:write(mine.tx, bytes)
    end
end

function mem.tx_bytes(self)
    local mine = P.buffers_of(self, 0)
    return mine and mine.pages * PAGE or PAGE
end

function mem.fid(base, o, what)
    if o.bits ~= nil and o.bits ~= 32 and o.bits ~= 64 then
        P.mistake(what .. ": bits: wanted 32 or 64, got " .. P.describe(o.bits))
    end
    return o.bits == 64 and base | BITS_64 or base
end

local function handle_of(r, first)
    return low(r[first]) | low(r[first + 1]) << 32
end

-- A result in which `of` may be, or a handle, or options.
function mem.of(given, what, allowed)
    if math.type(given) == "integer" then
        return { handle = given }
    elseif P.is_result(given) then
        given = { of = given }
    end
    local o = {}
    for key, value in pairs(P.options(given, what, allowed)) do
        o[key] = value
    end
    if o.of ~= nil and (not P.is_result(o.of) or (o.of.sent or o.of.memory) == nil) then
        P.mistake(what .. ": of: wanted what mem_share, mem_lend, mem_donate or mem_retrieve gave")
    end
    if o.handle == nil then
        o.handle = o.of and o.of.handle or o.of and 0 or
            P.mistake(what .. ": wanted a handle, or of = the result that has it")
    end
    P.integer(o.handle, what .. ": handle")
    return o
end

local function note(r, sent)
    if r.ok then
        r.handle = handle_of(r, 2)
    elseif r.fid == FID.FRAG_RX then
        r.handle = handle_of(r, 1)
    end
    sent.handle = r.handle or sent.handle
    r.sent = sent
    return r
end

local FRAG_TX = { of = 1, handle = 1, bytes = 1, length = 1, endpoint = 1, w5 = 1 }

-- The next fragment of what `of` has still to send, or any bytes.
function ctx.mem_frag_tx(self, given)
    local o = mem.of(given, "mem_frag_tx", FRAG_TX)
    local sent = o.of and o.of.sent or { rest = "", fragment = 0, sender = 0 }
    local bytes = mem.raw(o.bytes, "mem_frag_tx")
    if bytes == nil then
        bytes = sent.rest:sub(1, sent.fragment)
        sent.rest = sent.rest:sub(#bytes + 1)
    end
    mem.to_tx(self, bytes)
    local endpoint = self.id == 0 and sent.sender << 16 or 0
    return note(self:call(FID.FRAG_TX, low(o.handle), o.handle >> 32,
                          P.optional(o.length, "mem_frag_tx: length", #bytes),
                          P.optional(o.endpoint, "mem_frag_tx: endpoint", endpoint),
                          P.optional(o.w5, "mem_frag_tx: w5", 0)), sent)
end

local SEND = {
    to = 1, pages = 1, ranges = 1, data = 1, instr = 1, permissions = 1, access_flags = 1,
    impdef = 1, composite_offset = 1, flags = 1, tag = 1, attributes = 1, sender = 1, handle = 1,
    layout = 1, access_size = 1, access_count = 1, access_offset = 1, page_count = 1,
    range_count = 1, patch = 1, bytes = 1, fragment = 1, step = 1, bits = 1, total = 1,
    length = 1, w3 = 1, w4 = 1,
}

-- The whole descriptor, and what a retrieve request has to repeat of it.
local function describe(self, kind, o, what)
    local all = { data = o.data, instr = o.instr, permissions = o.permissions,
                  access_flags = o.access_flags, impdef = o.impdef }
    if all.data == nil and kind ~= KIND.donate then
        all.data = "rw"
    end
    local ranges = o.bytes and {} or o.ranges
    if ranges == nil then
        local pages = P.optional(o.pages, what .. ": pages", 1)
        ranges = { { self:alloc(pages), pages } }
    end
    local receivers = o.bytes and {} or mem.receivers(o.to, all, what)
    local said = kind == KIND.share or (kind == KIND.lend and #receivers > 1)
    local t = {
        kind = kind, receivers = receivers, ranges = ranges, composite = true,
        sender = P.optional(o.sender, what .. ": sender", self.id),
        attributes = P.optional(o.attributes, what .. ": attributes", said and NORMAL_WB_ISH or 0),
        flags = P.optional(o.flags, what .. ": flags", 0),
        handle = P.optional(o.handle, what .. ": handle", 0),
        tag = P.optional(o.tag, what .. ": tag", 0),
    }
    if o.bytes then
        return mem.raw(o.bytes, what), t
    end
    local list, pages, count = mem.constituents(ranges, what)
    local composite = string.pack(
        "<I4I4i8", low(P.optional(o.page_count, what .. ": page_count", pages)),
        low(P.optional(o.range_count, what .. ": range_count", count)), 0)
    return mem.patched(mem.head(t, o, what) .. composite .. list, o.patch, what), t
end

local function send(self, fid, kind, given, what)
    local o = P.options(given, what, SEND)
    local bytes, sent = describe(self, kind, o, what)
    local fragment = P.optional(o.fragment, what .. ": fragment", mem.tx_bytes(self))
    if fragment < 0 then
        P.mistake(what .. ": fragment: wanted bytes, got " .. P.describe(fragment))
    end
    local first = bytes:sub(1, fragment)
    sent.rest, sent.fragment, sent.bytes = bytes:sub(fragment + 1), fragment, bytes
    mem.to_tx(self, first)
    local r = note(self:call(mem.fid(fid, o, what), P.optional(o.total, what .. ": total", #bytes),
                             P.optional(o.length, what .. ": length", #first),
                             P.optional(o.w3, what .. ": w3", 0),
                             P.optional(o.w4, what .. ": w4", 0)), sent)
    while not o.step and r.fid == FID.FRAG_RX and #sent.rest > 0 do
        r = self:mem_frag_tx { of = r }
    end
    return r
end

function ctx.mem_share(self, given)
    return send(self, FID.SHARE, KIND.share, given, "mem_share")
end

function ctx.mem_lend(self, given)
    return send(self, FID.LEND, KIND.lend, given, "mem_lend")
end

function ctx.mem_donate(self, given)
    return send(self, FID.DONATE, KIND.donate, given, "mem_donate")
end

local RELINQUISH = { of = 1, handle = 1, flags = 1, endpoints = 1, count = 1, bytes = 1, w1 = 1 }

function ctx.mem_relinquish(self, given)
    local o = mem.of(given, "mem_relinquish", RELINQUISH)
    local endpoints = o.endpoints or { self.id }
    if type(endpoints) ~= "table" then
        P.mistake("mem_relinquish: endpoints: wanted a list, got " .. P.describe(endpoints))
    end
    local bytes = string.pack("<i8I4I4", o.handle,
                              low(P.optional(o.flags, "mem_relinquish: flags", 0)),
                              low(P.optional(o.count, "mem_relinquish: count", #endpoints)))
    for _, one in ipairs(endpoints) do
        bytes = bytes .. string.pack("<I2", P.endpoint(one, "mem_relinquish: endpoints") & 0xffff)
    end
    mem.to_tx(self, mem.raw(o.bytes, "mem_relinquish") or bytes)
    return self:call(FID.RELINQUISH, P.optional(o.w1, "mem_relinquish: w1", 0))
end

local RECLAIM = { of = 1, handle = 1, flags = 1, w4 = 1 }

function ctx.mem_reclaim(self, given)
    local o = mem.of(given, "mem_reclaim", RECLAIM)
    return self:call(FID.RECLAIM, low(o.handle), o.handle >> 32,
                     P.optional(o.flags, "mem_reclaim: flags", 0),
                     P.optional(o.w4, "mem_reclaim: w4", 0))
end

-- { rx, tx, pages } of the buffers that are mapped.
function ctx.buffers(self)
    local mine = P.buffers_of(self, 0) or P.mistake("buffers: none are mapped")
    return { rx = mine.rx, tx = mine.tx, pages = mine.pages }
end

-- Any bytes into the TX buffer, from `offset` on.
function ctx.write_tx(self, bytes, offset)
    local mine = P.buffers_of(self, 0) or P.mistake("write_tx: there is no TX buffer")
    if type(bytes) ~= "string" then
        P.mistake("write_tx: wanted the bytes in a string, got " .. P.describe(bytes))
    end
    self:write(mine.tx + P.optional(offset, "write_tx: offset", 0), bytes)
end
