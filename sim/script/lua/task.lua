-- SPDX-License-Identifier: BSD-3-Clause
-- A scenario in one place: the normal world hands functions to partitions that obey.
local P = ...
local ctx = P.methods

local TASK = 0x7a5c -- the request's first word from act(); that from within() is zero
local MOST_PES = 64
local RESPONSE = ffa.MSG_SEND_DIRECT_RESP_32
local task = {} -- endpoint id -> by PE of the caller: what it has to do, then what came of it

-- What the request to this vCPU brings. It came on this PE, unless it is act's and the vCPU was
-- stopped at once and went on elsewhere.
local function take(self, word)
    local waiting, pe = task[self.id] or {}, self.pe
    local last = word == TASK and MOST_PES or 0
    for other = 0, last do
        local mine = waiting[pe]
        if mine and mine.word == word then
            waiting[pe] = nil
            return mine
        end
        pe = other
    end
    return nil
end

-- Serves direct requests: act()'s and within()'s by doing what they bring, others by
-- handler(request), if any.
function ctx.obey(self, handler)
    return self:serve(function(request)
        local mine = take(self, request.payload[1])
        if mine then
            mine.results = table.pack(mine.fn(self))
            return { mine.word }
        end
        return handler and handler(request) or {}
    end)
end

local function callable(fn, what)
    if type(fn) ~= "function" then
        P.mistake(what .. ": wanted a function, got " .. P.describe(fn))
    end
    return fn
end

-- A request that brings fn: its result, and the task, which has results if it was done.
local function hand(self, id, fn, word)
    local mine, pe = { fn = fn, word = word }, self.pe
    task[id] = task[id] or {}
    task[id][pe] = mine
    local r = self:direct_req(id, { word })
    if mine.results == nil and task[id][pe] == mine then
        task[id][pe] = nil
    end
    return r, mine
end

-- fn(partition's context) is run by a partition that obeys, inside a direct request: what it
-- returns. Where the request ends in another way: nil, and the result of the call. One's own id:
-- no request is needed.
function ctx.act(self, who, fn)
    callable(fn, "act")
    local id = P.endpoint(who, "act: partition")
    if id == self.id then
        return fn(self)
    end
    local r, mine = hand(self, id, fn, TASK)
    if mine.results == nil then
        return nil, r
    end
    return table.unpack(mine.results, 1, mine.results.n)
end

-- The same with a request of zeros, however it ends: its result, and then what fn returned.
function ctx.try_within(self, who, fn)
    callable(fn, "try_within")
    local r, mine = hand(self, P.endpoint(who, "try_within: partition"), fn, 0)
    if mine.results == nil then
        return r
    end
    return r, table.unpack(mine.results, 1, mine.results.n)
end

-- The same, and it has to be answered.
function ctx.within(self, who, fn)
    callable(fn, "within")
    local r, mine = hand(self, P.endpoint(who, "within: partition"), fn, 0)
    if r.fid ~= RESPONSE then
        P.failed("within: wanted " .. P.fid_name(RESPONSE) .. ", got " .. tostring(r))
    elseif mine.results == nil then
        P.mistake("within: the partition answered without having done it; does it obey()?")
    end
    P.held(P.fid_name(RESPONSE))
    return table.unpack(mine.results, 1, mine.results.n)
end

local OBEDIENT = { memory = 1, pages = 1, writable = 1, handler = 1 }
local READ_WRITE_NX = 5

local function check_obedient(name, manifest, o)
    if type(name) ~= "string" or type(manifest) ~= "string" then
        P.mistake("obedient: wanted a name and the name of a manifest, got " .. P.describe(name) ..
                  " and " .. P.describe(manifest))
    elseif o.handler ~= nil then
        callable(o.handler, "obedient: handler")
    end
    for _, key in ipairs { "pages", "writable" } do
        P.optional(o[key], "obedient: " .. key, 0)
    end
end

-- A partition for the scenario's list: it maps its buffers (of so many pages) and obeys. At S-EL0 so
-- many pages from its first free one are made writable before. The manifest may be left out.
function obedient(name, manifest, given)
    if type(manifest) == "table" and given == nil then
        manifest, given = nil, manifest
    end
    local o = P.options(given, "obedient", OBEDIENT)
    local file = manifest == nil and type(name) == "string" and name .. ".dts" or manifest
    check_obedient(name, file, o)
    local function script(sp)
        if o.writable then
            expect.ok(sp:call(ffa.MEM_PERM_SET_32, sp:alloc(1), o.writable, READ_WRITE_NX))
        end
        expect.ok(sp:rxtx_map { pages = o.pages })
        sp:obey(o.handler)
    end
    return { name = name, manifest = file:find("/", 1, true) and file or "manifests/" .. file,
             memory = o.memory, script = script }
end
