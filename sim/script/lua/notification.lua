-- SPDX-License-Identifier: BSD-3-Clause
-- Notifications: FFA_NOTIFICATION_* as methods of a context. Like the others, each makes one call
-- with registers that may be wrong on purpose.
local P = ...
local ctx = P.methods

local CREATE, DESTROY, BIND, UNBIND = 0x8400007d, 0x8400007e, 0x8400007f, 0x84000080
local SET, GET, INFO_GET = 0x84000081, 0x84000082, 0xc4000083
local PER_VCPU, DELAY_SRI = 1, 2
local FROM = { sp = 1, vm = 2, spm = 4, hyp = 8 }

for _, field in ipairs { "sp", "vm", "framework", "ids", "more" } do
    P.optional_fields[field] = 1
end

local function number(o, field, what, otherwise)
    return P.optional(o[field], what .. ": " .. field, otherwise)
end

-- An endpoint of the options: a name, an id, or what find() gave; else this one.
local function party(self, o, field, what)
    if o[field] == nil then
        return self.id
    end
    return P.endpoint(o[field], what .. ": " .. field)
end

local function pair(high, low)
    return ((high & 0xffff) << 16) | (low & 0xffff)
end

local BITMAP = { vm = 1, vcpus = 1, w1 = 1, w3 = 1 }

function ctx.notification_bitmap_create(self, given)
    local what = "notification_bitmap_create"
    local o = P.options(given, what, BITMAP)
    return self:call(CREATE, number(o, "w1", what, number(o, "vm", what, 0)),
                     number(o, "vcpus", what, 1), number(o, "w3", what, 0))
end

local BITMAP_GONE = { vm = 1, w1 = 1, w2 = 1 }

function ctx.notification_bitmap_destroy(self, given)
    local what = "notification_bitmap_destroy"
    local o = P.options(given, what, BITMAP_GONE)
    return self:call(DESTROY, number(o, "w1", what, number(o, "vm", what, 0)),
                     number(o, "w2", what, 0))
end

local BINDING = { sender = 1, receiver = 1, bits = 1, flags = 1, per_vcpu = 1, w5 = 1 }

local function change_binding(self, fid, what, given)
    local o = P.options(given, what, BINDING)
    local bits = number(o, "bits", what, 1)
    return self:call(fid, pair(party(self, o, "sender", what), party(self, o, "receiver", what)),
                     number(o, "flags", what, o.per_vcpu and PER_VCPU or 0), bits & 0xffffffff,
                     bits >> 32 & 0xffffffff, number(o, "w5", what, 0))
end

function ctx.notification_bind(self, given)
    return change_binding(self, BIND, "notification_bind", given)
end

function ctx.notification_unbind(self, given)
    return change_binding(self, UNBIND, "notification_unbind", given)
end

local SETTING = { sender = 1, receiver = 1, bits = 1, flags = 1, per_vcpu = 1, delay_sri = 1,
                  vcpu = 1, w5 = 1 }

-- vcpu alone says which one; that it is a per-vCPU notification, per_vcpu says.
function ctx.notification_set(self, given)
    local what = "notification_set"
    local o = P.options(given, what, SETTING)
    local bits = number(o, "bits", what, 1)
    local flags = (o.per_vcpu and PER_VCPU or 0) | (o.delay_sri and DELAY_SRI or 0) |
        (number(o, "vcpu", what, 0) & 0xffff) << 16
    return self:call(SET, pair(party(self, o, "sender", what), party(self, o, "receiver", what)),
                     number(o, "flags", what, flags), bits & 0xffffffff, bits >> 32 & 0xffffffff,
                     number(o, "w5", what, 0))
end

local GETTING = { receiver = 1, vcpu = 1, flags = 1, from = 1, w3 = 1 }

-- Whose: flags, or from = { "sp", "vm", "spm", "hyp" }; by default all that there may be.
local function get_flags(self, o, what)
    if o.from == nil then
        return number(o, "flags", what, self.secure and 15 or FROM.sp | FROM.spm)
    end
    local flags = 0
    for _, name in ipairs(type(o.from) == "table" and o.from or { o.from }) do
        flags = flags | (FROM[name] or P.mistake(what .. ": from: wanted sp, vm, spm or hyp, got " ..
                                                 P.describe(name)))
    end
    return flags
end

-- .sp, .vm and .framework (RX full: bit 0 by a partition, bit 32 by a VM) are 64-bit masks.
function ctx.notification_get(self, given)
    local what = "notification_get"
    local o = P.options(given, what, GETTING)
    local receiver = party(self, o, "receiver", what)
    local vcpu = number(o, "vcpu", what, self.secure and receiver == self.id and self.vcpu or 0)
    local r = self:call(GET, pair(vcpu, receiver), get_flags(self, o, what), number(o, "w3", what, 0))
    if r.ok then
        r.sp, r.vm, r.framework = r.w2 | r.w3 << 32, r.w4 | r.w5 << 32, r.w6 | r.w7 << 32
    end
    return r
end

local INFO = { x1 = 1 }

-- .ids: a list of { id =, name =, vcpus = { ... } } in the order of the answer; .more: ask again.
function ctx.notification_info_get(self, given)
    local what = "notification_info_get"
    local o = P.options(given, what, INFO)
    local r = self:call(INFO_GET, number(o, "x1", what, 0))
    if not r.ok then
        return r
    end
    local at = 0
    local function take()
        at = at + 1
        return r[3 + (at - 1) // 4] >> (at - 1) % 4 * 16 & 0xffff
    end
    r.more, r.ids = r.x2 & 1 ~= 0, {}
    for list = 0, (r.x2 >> 7 & 0x1f) - 1 do
        local size = r.x2 >> (12 + 2 * list) & 3
        if at + 1 + size > 20 then
            P.mistake(what .. ": the answer has more than 20 ids: " .. tostring(r))
        end
        local id = take()
        local one = { id = id, name = P.partition_name(id), vcpus = {} }
        for n = 1, size do
            one.vcpus[n] = take()
        end
        r.ids[list + 1] = one
    end
    return r
end
