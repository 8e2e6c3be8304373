-- SPDX-License-Identifier: BSD-3-Clause
-- Taking memory: FFA_MEM_RETRIEVE_REQ, the response as a table, FFA_MEM_FRAG_RX.
local P = ...
local ctx, mem = P.methods, P.mem

local RETRIEVE_REQ, RETRIEVE_RESP = 0x84000074, 0x84000075
local FRAG_RX, FRAG_TX = 0x8400007a, 0x8400007b
local NORMAL_WB_ISH = 0x2f
local CONSTITUENT = 16

local names = { data = { [0] = "none", "ro", "rw", 3 }, instr = { [0] = "none", "nx", "x", 3 } }

-- Constituents of a fragment, added to what is known of the memory.
local function take_ranges(memory, bytes)
    for at = 1, #bytes - CONSTITUENT + 1, CONSTITUENT do
        local address, pages = string.unpack("<i8I4", bytes, at)
        memory.ranges[#memory.ranges + 1] = { address, pages }
    end
    memory.got, memory.fragments = memory.got + #bytes, memory.fragments + 1
end

local function access(bytes, at, size)
    local id, permissions, flags, composite = string.unpack("<I2I1I1I4", bytes, at)
    local one = { id = id, name = P.partition_name(id), permissions = permissions, flags = flags,
                  data = names.data[permissions & 3], instr = names.instr[permissions >> 2 & 3] }
    if size >= 32 then
        local first, second = string.unpack("<i8i8", bytes, at + 8)
        one.impdef = { first, second }
    end
    return one, composite
end

-- The first fragment of a response, as the layout of the caller's version has it.
local function decode(bytes, total)
    local m = { receivers = {}, ranges = {}, total = total, got = 0, fragments = 0 }
    local count, size, at = 0, 16, 32
    if P.ffa_version() < 0x10001 then
        m.sender, m.attributes, m.reserved, m.flags, m.handle, m.tag, m.reserved2, count =
            string.unpack("<I2I1I1I4i8i8I4I4", bytes)
    else
        m.sender, m.attributes, m.flags, m.handle, m.tag, size, count, at =
            string.unpack("<I2I2I4i8i8I4I4I4", bytes)
    end
    m.access_size, m.access_offset = size, at
    m.non_secure = m.attributes & 0x40 ~= 0
    for n = 1, math.min(count, 16) do
        if at + n * size > #bytes then
            P.mistake("mem_retrieve: the response names more receivers than it has room for")
        end
        m.receivers[n], m.composite_offset = access(bytes, at + (n - 1) * size + 1, size)
    end
    if m.composite_offset == nil or m.composite_offset + 16 > #bytes then
        P.mistake("mem_retrieve: the response has no composite memory region")
    end
    m.page_count, m.range_count = string.unpack("<I4I4", bytes, m.composite_offset + 1)
    m.got = m.composite_offset + 16
    take_ranges(m, bytes:sub(m.got + 1))
    return m
end

local function fragment(self, length, what)
    local mine = P.buffers_of(self, 0) or P.mistake(what .. ": there is no RX buffer")
    if length < 1 or length > mine.pages * 4096 then
        P.mistake(string.format("%s: a fragment of %d bytes came", what, length))
    end
    return self:read(mine.rx, length)
end

local MEM_FRAG_RX = { of = 1, handle = 1, offset = 1, endpoint = 1, keep = 1 }

-- The next fragment; r.bytes, and what `of` knows grows by it.
function ctx.mem_frag_rx(self, given)
    local o = mem.of(given, "mem_frag_rx", MEM_FRAG_RX)
    local memory = o.of and o.of.memory
    local r = self:call(FRAG_RX, o.handle & 0xffffffff, o.handle >> 32,
                        P.optional(o.offset, "mem_frag_rx: offset", memory and memory.got or 0),
                        P.optional(o.endpoint, "mem_frag_rx: endpoint", 0))
    if r.fid == FRAG_TX then
        r.bytes = fragment(self, r.w3, "mem_frag_rx")
        r.handle, r.memory = r.w1 | r.w2 << 32, memory
        if memory then
            take_ranges(memory, r.bytes)
        end
        if not o.keep then
            self:rx_release()
        end
    end
    return r
end

local RETRIEVE = {
    of = 1, handle = 1, from = 1, kind = 1, to = 1, data = 1, instr = 1, permissions = 1,
    access_flags = 1, impdef = 1, composite_offset = 1, flags = 1, tag = 1, attributes = 1,
    layout = 1, access_size = 1, access_count = 1, access_offset = 1, patch = 1, bytes = 1,
    bits = 1, total = 1, length = 1, w3 = 1, w4 = 1, hypervisor = 1, step = 1, keep = 1,
}

-- As the sender named them; the caller itself with what the options say.
local function as_sent(self, sent, o, all)
    local list = {}
    for n, one in ipairs(sent.receivers) do
        local own = one.id == self.id
        list[n] = {
            one.id, impdef = own and o.impdef or one.impdef,
            data = own and o.data ~= nil and o.data or one.permissions & 3,
            instr = own and o.instr ~= nil and o.instr or all.instr,
            permissions = own and o.permissions or nil,
            access_flags = own and o.access_flags or nil,
        }
    end
    return list
end

local function request(self, o)
    local sent = o.of and o.of.sent or { tag = 0, sender = 0 }
    local kind = mem.choice(mem.KIND, o.kind or sent.kind or 0, "mem_retrieve: kind")
    local alone = not sent.receivers or #sent.receivers < 2
    local all = { data = o.data, instr = o.instr, permissions = o.permissions,
                  access_flags = o.access_flags, impdef = o.impdef }
    if all.instr == nil then
        all.instr = alone and kind ~= mem.KIND.share and "nx" or "none"
    end
    local to = o.to
    if to == nil then
        to = sent.receivers and as_sent(self, sent, o, all) or { self.id }
    end
    if kind == mem.KIND.donate and o.data == nil then
        all.data = "rw"
        for _, one in ipairs(type(to) == "table" and to or {}) do
            if type(one) == "table" and one.data == 0 then
                one.data = nil
            end
        end
    end
    local function value(name, otherwise)
        return P.optional(o[name], "mem_retrieve: " .. name, otherwise)
    end
    return mem.patched(mem.head({
        receivers = mem.receivers(to, all, "mem_retrieve"), handle = o.handle,
        sender = o.from ~= nil and P.endpoint(o.from, "mem_retrieve: from") or sent.sender,
        attributes = value("attributes", NORMAL_WB_ISH), flags = value("flags", kind << 3),
        tag = value("tag", sent.tag),
    }, o, "mem_retrieve"), o.patch, "mem_retrieve")
end

-- All but the handle is zero.
local function hypervisor_request(o)
    local layout = mem.layout(o, "mem_retrieve")
    local bytes = string.rep("\0", 8) .. string.pack("<i8", o.handle) ..
        string.rep("\0", layout.header - 16)
    return mem.patched(bytes, o.patch, "mem_retrieve")
end

-- r.memory: what the response says, from as many fragments as it takes.
function ctx.mem_retrieve(self, given)
    local o = mem.of(given, "mem_retrieve", RETRIEVE)
    local bytes = mem.raw(o.bytes, "mem_retrieve") or
        (o.hypervisor and hypervisor_request(o) or request(self, o))
    mem.to_tx(self, bytes)
    local total = P.optional(o.total, "mem_retrieve: total", #bytes)
    local r = self:call(mem.fid(RETRIEVE_REQ, o, "mem_retrieve"), total,
                        P.optional(o.length, "mem_retrieve: length", total),
                        P.optional(o.w3, "mem_retrieve: w3", 0),
                        P.optional(o.w4, "mem_retrieve: w4", 0))
    if r.fid ~= RETRIEVE_RESP then
        return r
    end
    r.handle = o.handle
    r.memory = decode(fragment(self, r.w2, "mem_retrieve"), r.w1)
    if o.keep then
        return r
    end
    self:rx_release()
    while not o.step and r.memory.got < r.memory.total do
        local next_one = self:mem_frag_rx { of = r }
        if next_one.fid ~= FRAG_TX then
            return next_one
        end
    end
    return r
end
