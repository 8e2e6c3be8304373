-- SPDX-License-Identifier: BSD-3-Clause
-- FF-A calls as methods of a context. Each makes one call, with registers that may be wrong on
-- purpose, and returns what came back.
local P = ...
local ctx = P.methods

local FID = {
    ERROR = 0x84000060, VERSION = 0x84000063, FEATURES = 0x84000064, RX_RELEASE = 0x84000065,
    RXTX_MAP_32 = 0x84000066, RXTX_MAP_64 = 0xc4000066, RXTX_UNMAP = 0x84000067,
    PARTITION_INFO_GET = 0x84000068, ID_GET = 0x84000069, MSG_WAIT = 0x8400006b,
    YIELD = 0x8400006c, RUN = 0x8400006d, REQ_32 = 0x8400006f, REQ_64 = 0xc400006f,
    RESP_32 = 0x84000070, RESP_64 = 0xc4000070, RX_ACQUIRE = 0x84000084,
    SPM_ID_GET = 0x84000085, MSG_SEND2 = 0x84000086,
    SECONDARY_EP_REGISTER = 0xc4000087, CONSOLE_LOG_32 = 0x8400008a, CONSOLE_LOG_64 = 0xc400008a,
    PARTITION_INFO_GET_REGS = 0xc400008b, REQ2 = 0xc400008d, RESP2 = 0xc400008e,
    ABORT_32 = 0x84000090,
}
local REQUEST_OF = { [FID.REQ_32] = FID.RESP_32, [FID.REQ_64] = FID.RESP_64 }

local buffers = {} -- context -> { rx, tx, pages }, and [VM id] -> the same

local function integer(value, what)
    if math.type(value) ~= "integer" then
        P.mistake(what .. ": wanted an integer, got " .. P.describe(value))
    end
    return value
end

local function optional(value, what, otherwise)
    if value == nil then
        return otherwise
    end
    return integer(value, what)
end

-- Only these fields, so that a mistyped one does not pass for a default.
local function options(given, what, allowed)
    if given == nil then
        return {}
    end
    if type(given) ~= "table" then
        P.mistake(what .. ": wanted a table, got " .. P.describe(given))
    end
    for key in pairs(given) do
        if not allowed[key] then
            P.no_field(allowed, what, tostring(key))
        end
    end
    return given
end

local function words(given, what, most)
    if given == nil then
        return {}
    end
    if type(given) ~= "table" then
        P.mistake(what .. ": wanted a list of integers, got " .. P.describe(given))
    end
    for i, value in pairs(given) do
        if math.type(i) ~= "integer" or i < 1 or i > most then
            P.mistake(string.format("%s: at most %d words", what, most))
        end
        integer(value, what)
    end
    return given
end

-- An endpoint: a partition that find() gave, a name, or an id.
local function endpoint(value, what)
    if type(value) == "table" and math.type(value.id) == "integer" then
        return value.id
    elseif type(value) == "string" then
        return P.partition(value).id
    end
    return integer(value, what)
end

local function pair(high, low)
    return ((high & 0xffff) << 16) | (low & 0xffff)
end

-- "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx" as two 64-bit registers; byte 0 is the lowest.
local function uuid_registers(text, what)
    if text == nil then
        return 0, 0
    end
    local digits = type(text) == "string" and
        text:match("^%x%x%x%x%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%x%x%x%x%x%x%x%x$")
    if not digits then
        P.mistake(what .. ": wanted a UUID in text form, got " .. P.describe(text))
    end
    local bytes = digits:gsub("-", ""):gsub("%x%x", function(two)
        return string.char(tonumber(two, 16))
    end)
    return string.unpack("<i8i8", bytes)
end

local function uuid_text(low, high)
    local hex = string.pack("<i8i8", low, high):gsub(".", function(byte)
        return string.format("%02x", byte:byte())
    end)
    return (hex:gsub("^(........)(....)(....)(....)(............)$", "%1-%2-%3-%4-%5"))
end

function ctx.version(self, version)
    local r = self:call(FID.VERSION, integer(version, "version"))
    local answer = P.signed32(r[0])
    r.ok = answer >= 0
    if answer < 0 then
        r.error = P.error_name(answer) or tostring(answer)
    else
        r.version = answer
    end
    return r
end

function ctx.features(self, id, input)
    return self:call(FID.FEATURES, integer(id, "features"), optional(input, "features", 0))
end

local function with_id(r)
    if r.ok then
        r.id = r.w2 & 0xffff
    end
    return r
end

function ctx.id_get(self)
    return with_id(self:call(FID.ID_GET))
end

function ctx.spm_id_get(self)
    return with_id(self:call(FID.SPM_ID_GET))
end

local MAP = { rx = 1, tx = 1, pages = 1, bits = 1 }

-- Buffers that are not given are allocated.
function ctx.rxtx_map(self, given)
    local o = options(given, "rxtx_map", MAP)
    local pages = optional(o.pages, "rxtx_map: pages", 1)
    local room = (pages >= 1 and pages <= 64) and pages or 1
    local tx = optional(o.tx, "rxtx_map: tx") or self:alloc(room)
    local rx = optional(o.rx, "rxtx_map: rx") or self:alloc(room)
    local r = self:call(o.bits == 32 and FID.RXTX_MAP_32 or FID.RXTX_MAP_64, tx, rx, pages)
    r.rx, r.tx = rx, tx
    if r.ok then
        local mine = buffers[self] or {}
        mine.rx, mine.tx, mine.pages = rx, tx, pages
        buffers[self] = mine
    end
    return r
end

local MAP_VM = { rx = 1, tx = 1, pages = 1, rx_offset = 1, tx_offset = 1, ranges = 1 }

-- A composite memory region of one range.
local function region(address, pages, ranges)
    return string.pack("<I4I4I8i8I4I4", pages & 0xffffffff, ranges & 0xffffffff, 0, address,
                       pages & 0xffffffff, 0)
end

-- FFA_RXTX_MAP as a hypervisor forwards it: the descriptor goes to the caller's own TX buffer.
function ctx.rxtx_map_for(self, vm, given)
    local o = options(given, "rxtx_map_for", MAP_VM)
    local mine = buffers[self] or P.mistake("rxtx_map_for: map buffers of your own first")
    local pages = optional(o.pages, "rxtx_map_for: pages", 1)
    local room = (pages >= 1 and pages <= 64) and pages or 1
    local tx = optional(o.tx, "rxtx_map_for: tx") or self:alloc(room)
    local rx = optional(o.rx, "rxtx_map_for: rx") or self:alloc(room)
    local ranges = optional(o.ranges, "rxtx_map_for: ranges", 1)
    integer(vm, "rxtx_map_for: vm")
    self:write(mine.tx, string.pack("<I4I4I4I4", vm & 0xffff,
                                    optional(o.rx_offset, "rxtx_map_for: rx_offset", 16),
                                    optional(o.tx_offset, "rxtx_map_for: tx_offset", 48), 0) ..
                        region(rx, pages, ranges) .. region(tx, pages, ranges))
    local r = self:call(FID.RXTX_MAP_64, 0, 0, 0)
    r.rx, r.tx = rx, tx
    if r.ok then
        mine[vm] = { rx = rx, tx = tx, pages = pages }
    end
    return r
end

function ctx.rxtx_unmap(self, id)
    return self:call(FID.RXTX_UNMAP, pair(optional(id, "rxtx_unmap", 0), 0))
end

function ctx.rx_release(self, id)
    return self:call(FID.RX_RELEASE, optional(id, "rx_release", 0))
end

function ctx.rx_acquire(self, id)
    return self:call(FID.RX_ACQUIRE, optional(id, "rx_acquire", 0))
end

-- The buffers of a context, or of a VM that it speaks for; nil when they are not mapped.
local function buffers_of(self, vm)
    local mine = buffers[self]
    if mine and vm ~= 0 then
        return mine[vm]
    end
    return mine and mine.tx and mine
end

P.buffers_of, P.options, P.optional, P.integer = buffers_of, options, optional, integer
P.endpoint = endpoint

local SEND2 = { vm = 1, flags = 1, from = 1, uuid = 1, header = 1, offset = 1, size = 1, w1 = 1,
                tx = 1 }

-- The text goes behind a header into the TX buffer, of the VM where one is named; then the call.
-- Where there is no buffer the call is made all the same.
function ctx.send2(self, target, text, given)
    local o = options(given, "send2", SEND2)
    if type(text) ~= "string" then
        P.mistake("send2: wanted the message as a string, got " .. P.describe(text))
    end
    local vm = optional(o.vm, "send2: vm", 0)
    local mine = buffers_of(self, vm)
    local tx = optional(o.tx, "send2: tx", mine and mine.tx)
    local header = optional(o.header, "send2: header", 40)
    local offset = optional(o.offset, "send2: offset", header)
    local size = optional(o.size, "send2: size", #text)
    local from = optional(o.from, "send2: from", vm ~= 0 and vm or self.id)
    local low, high = uuid_registers(o.uuid, "send2: uuid")
    local ids = pair(from, endpoint(target, "send2: target"))
    if header ~= 20 and header ~= 40 then
        P.mistake("send2: header: wanted 20 (FF-A 1.1) or 40, got " .. P.describe(o.header))
    end
    if tx then
        if #text > 0 and offset >= 0 and offset + #text <= (mine and mine.pages or 1) * 4096 then
            self:write(tx + offset, text)
        end
        local bytes = string.pack("<I4I4I4I4I4I4i8i8", 0, 0, offset & 0xffffffff, ids,
                                  size & 0xffffffff, 0, low, high)
        self:write(tx, bytes:sub(1, header))
    end
    return self:call(FID.MSG_SEND2, optional(o.w1, "send2: w1", pair(vm, 0)),
                     optional(o.flags, "send2: flags", 0))
end

-- What lies in the RX buffer, read as an indirect message.
function ctx.message(self, vm)
    local mine = buffers_of(self, optional(vm, "message: vm", 0))
    if not mine then
        P.mistake("message: there is no RX buffer")
    end
    local flags, _, offset, ids, size = string.unpack("<I4I4I4I4I4", self:read(mine.rx, 20))
    local room = mine.pages * 4096
    local m = { flags = flags, offset = offset, sender = ids >> 16, receiver = ids & 0xffff,
                size = size }
    if offset >= 40 then
        m.uuid = uuid_text(self:read64(mine.rx + 24), self:read64(mine.rx + 32))
    end
    if offset + size <= room then
        m.text = size > 0 and self:read(mine.rx + offset, size) or ""
        local tail = room - offset - size
        m.tail_is_zero = tail == 0 or
            self:read(mine.rx + offset + size, tail) == string.rep("\0", tail)
    end
    return m
end

-- Descriptor in memory (8 bytes up to FF-A v1.0, 24 or 48 later) or in registers. `image`: the
-- UUID of the image, which v1.3 tells.
local function descriptor(id_and_count, properties, uuid, image)
    local id = id_and_count & 0xffff
    return { id = id, vcpus = (id_and_count >> 16) & 0xffff, properties = properties, uuid = uuid,
             image = image, name = P.partition_name(id) }
end

local INFO = { uuid = 1, count = 1, flags = 1 }

function ctx.partition_info_get(self, given)
    local o = options(given, "partition_info_get", INFO)
    local low, high = uuid_registers(o.uuid, "partition_info_get: uuid")
    local flags = optional(o.flags, "partition_info_get: flags", o.count and 1 or 0)
    local r = self:call(FID.PARTITION_INFO_GET, low & 0xffffffff, (low >> 32) & 0xffffffff,
                        high & 0xffffffff, (high >> 32) & 0xffffffff, flags)
    if not r.ok then
        return r
    end
    r.count = r.w2
    if flags & 1 == 0 and buffers_of(self, 0) then
        local size = r.w3 >= 8 and r.w3 or 8
        r.partitions = {}
        for i = 0, math.min(r.count, 64) - 1 do
            local at = buffers[self].rx + i * size
            local uuid = size >= 24 and uuid_text(self:read64(at + 8), self:read64(at + 16)) or nil
            local image = size >= 48 and
                uuid_text(self:read64(at + 24), self:read64(at + 32)) or nil
            r.partitions[i + 1] = descriptor(self:read32(at), self:read32(at + 4), uuid, image)
        end
    end
    return r
end

local REGS = { uuid = 1, start = 1, tag = 1 }

-- One call; r.index and r.last say which entries came, r.partitions holds them.
function ctx.partition_info_get_regs(self, given)
    local o = options(given, "partition_info_get_regs", REGS)
    local low, high = uuid_registers(o.uuid, "partition_info_get_regs: uuid")
    local start = optional(o.start, "partition_info_get_regs: start", 0)
    local tag = optional(o.tag, "partition_info_get_regs: tag", 0)
    local r = self:call(FID.PARTITION_INFO_GET_REGS, low, high,
                        (start & 0xffff) | ((tag & 0xffff) << 16))
    if not r.ok then
        return r
    end
    r.last, r.index = r.x2 & 0xffff, (r.x2 >> 16) & 0xffff
    r.tag, r.size = (r.x2 >> 32) & 0xffff, (r.x2 >> 48) & 0xffff
    r.partitions = {}
    local step = math.max(r.size // 8, 3)
    for i = 0, r.index - start do
        local reg = 3 + i * step
        if reg + 2 > 17 then
            break
        end
        r.partitions[i + 1] = descriptor(r[reg] & 0xffffffff, r[reg] >> 32,
                                         uuid_text(r[reg + 1], r[reg + 2]),
                                         step >= 6 and uuid_text(r[reg + 3], r[reg + 4]) or nil)
    end
    return r
end

-- All partitions (of one UUID), by as many FFA_PARTITION_INFO_GET_REGS as it takes.
function ctx.partitions(self, uuid)
    local all, start, tag = {}, 0, 0
    repeat
        local r = self:partition_info_get_regs { uuid = uuid, start = start, tag = tag }
        if not r.ok then
            P.mistake("FFA_PARTITION_INFO_GET_REGS: " .. tostring(r))
        end
        for _, one in ipairs(r.partitions) do
            all[#all + 1] = one
        end
        start, tag = r.index + 1, r.tag
    until r.index >= r.last or #r.partitions == 0
    return all
end

-- By name (the scenario's own names, no call is made) or by UUID (FFA_PARTITION_INFO_GET_REGS).
function ctx.find(self, what)
    if type(what) ~= "string" then
        P.mistake("find: wanted a name or a UUID, got " .. P.describe(what))
    end
    if what:match("^%x+%-%x+%-%x+%-%x+%-%x+$") then
        return self:partitions(what)[1] or P.mistake("find: no partition has UUID " .. what)
    end
    return P.partition(what)
end

local DIRECT = { sender = 1, flags = 1, bits = 1 }

local function is_wide(o, list)
    if o.bits ~= nil and o.bits ~= 32 and o.bits ~= 64 then
        P.mistake("bits: wanted 32 or 64, got " .. P.describe(o.bits))
    end
    for _, value in pairs(list) do
        if value < 0 or value > 0xffffffff then
            return o.bits ~= 32
        end
    end
    return o.bits == 64
end

-- w3 .. w7 in a list. The 64-bit call is made for bits = 64, or when a word needs it.
function ctx.direct_req(self, target, given, opts)
    local o = options(opts, "direct_req", DIRECT)
    local list = words(given, "direct_req", 5)
    local to = endpoint(target, "direct_req: target")
    local from = optional(o.sender, "direct_req: sender", self.id)
    return self:call(is_wide(o, list) and FID.REQ_64 or FID.REQ_32, pair(from, to),
                     optional(o.flags, "direct_req: flags", 0), list[1] or 0, list[2] or 0,
                     list[3] or 0, list[4] or 0, list[5] or 0)
end

local DIRECT2 = { sender = 1 }

local function extended(fid, w1, x2, x3, list)
    local x = { fid, w1, x2, x3 }
    for i = 1, 14 do
        x[4 + i] = list[i] or 0
    end
    return x
end

-- x4 .. x17 in a list; uuid nil is the null UUID.
function ctx.direct_req2(self, target, uuid, given, opts)
    local o = options(opts, "direct_req2", DIRECT2)
    local low, high = uuid_registers(uuid, "direct_req2: uuid")
    local list = words(given, "direct_req2", 14)
    local from = optional(o.sender, "direct_req2: sender", self.id)
    local w1 = pair(from, endpoint(target, "direct_req2: target"))
    return self:call(extended(FID.REQ2, w1, low, high, list))
end

-- `to` is the request that is answered, or an endpoint. Returns the next request.
function ctx.direct_resp(self, to, given, opts)
    local o = options(opts, "direct_resp", DIRECT)
    local list = words(given, "direct_resp", 5)
    local from = optional(o.sender, "direct_resp: sender", self.id)
    local fid = is_wide(o, list) and FID.RESP_64 or FID.RESP_32
    local receiver
    if P.is_result(to) then
        receiver = to.sender
        if o.bits == nil then
            fid = REQUEST_OF[to.fid] or fid
        end
    else
        receiver = endpoint(to, "direct_resp: to")
    end
    return self:call(fid, pair(from, receiver), optional(o.flags, "direct_resp: flags", 0),
                     list[1] or 0, list[2] or 0, list[3] or 0, list[4] or 0, list[5] or 0)
end

function ctx.direct_resp2(self, to, given, opts)
    local o = options(opts, "direct_resp2", DIRECT2)
    local list = words(given, "direct_resp2", 14)
    local from = optional(o.sender, "direct_resp2: sender", self.id)
    local receiver = P.is_result(to) and to.sender or endpoint(to, "direct_resp2: to")
    return self:call(extended(FID.RESP2, pair(from, receiver), 0, 0, list))
end

function ctx.run(self, target, vcpu)
    return self:call(FID.RUN, pair(endpoint(target, "run: target"), optional(vcpu, "run: vcpu", 0)))
end

function ctx.msg_wait(self, flags)
    return self:call(FID.MSG_WAIT, 0, optional(flags, "msg_wait: flags", 0))
end

-- Not "yield" only: the timeout in nanoseconds goes to w2 (low) and w3 (high).
function ctx.yield(self, timeout_ns)
    local timeout = optional(timeout_ns, "yield: timeout", 0)
    return self:call(FID.YIELD, 0, timeout & 0xffffffff, (timeout >> 32) & 0xffffffff)
end

local CONSOLE = { bits = 1 }

-- As many calls as the text needs: 24 bytes each, or 128 with bits = 64. The last result.
function ctx.console_log(self, text, opts)
    local o = options(opts, "console_log", CONSOLE)
    if type(text) ~= "string" then
        P.mistake("console_log: wanted a text, got " .. P.describe(text))
    end
    local wide = o.bits == 64
    local most = wide and 128 or 24
    local r
    for at = 1, math.max(#text, 1), most do
        local part = text:sub(at, at + most - 1)
        local x = { wide and FID.CONSOLE_LOG_64 or FID.CONSOLE_LOG_32, #part }
        local padded = part .. string.rep("\0", most - #part)
        local size = wide and 8 or 4
        for i = 1, most, size do
            x[#x + 1] = string.unpack(wide and "<i8" or "<I4", padded, i)
        end
        r = self:call(x)
        if not r.ok then
            break
        end
    end
    return r
end

function ctx.secondary_ep_register(self, address)
    return self:call(FID.SECONDARY_EP_REGISTER, integer(address, "secondary_ep_register"))
end

-- FFA_ERROR as a call, as a partition that can not start makes it: "ABORTED" or a number.
function ctx.error(self, code)
    local value = type(code) == "string" and P.error_value(code) or code
    return self:call(FID.ERROR, 0, integer(value, "error") & 0xffffffff)
end

function ctx.abort(self, code)
    return self:call(FID.ABORT_32, 0, optional(code, "abort", 0))
end

-- An answer that was intercepted for an interrupt is given again: it was not sent.
local function respond(self, request, list)
    local send = request.fid == FID.REQ2 and self.direct_resp2 or self.direct_resp
    local r = send(self, request, list)
    local interrupted = false
    while r.is_interrupt do
        interrupted = true
        P.interrupted(self, r)
        r = send(self, request, list)
    end
    if interrupted and r.error == "DENIED" then
        return self:msg_wait() -- it had been sent: the interrupt came to a waiting partition
    end
    return r
end

-- Waits for requests for ever and answers each with the list that handler(request) returns.
function ctx.serve(self, handler)
    if type(handler) ~= "function" then
        P.mistake("serve: wanted a function, got " .. P.describe(handler))
    end
    local r = self:msg_wait()
    while true do
        if r.error then
            P.mistake("serve: the SPMC answered " .. tostring(r))
        elseif r.is_request then
            r = respond(self, r, handler(r))
        else
            if r.is_interrupt then
                P.interrupted(self, r)
            end
            r = self:msg_wait()
        end
    end
end

ctx.note = P.note_method
