-- SPDX-License-Identifier: BSD-3-Clause
-- A scenario in one place: the normal world hands functions to partitions that obey.
local P = ...
local ctx = P.methods

local TASK = 0x7a5c
local MOST_PES = 64
local task = {} -- endpoint id -> by PE of the caller: what it has to do, then what came of it

-- What the request to this vCPU brings. It came on this PE, unless the vCPU was stopped at once and went on
-- elsewhere.
local function take(self)
    local waiting, pe = task[self.id] or {}, self.pe
    local other = 0
    while not waiting[pe] and other < MOST_PES do
        pe, other = other, other + 1
    end
    local mine = waiting[pe]
    waiting[pe] = nil
    return mine
end

-- Serves direct requests: act()'s by doing what it brings, others by handler(request), if any.
function ctx.obey(self, handler)
    return self:serve(function(request)
        local mine = request.payload[1] == TASK and take(self)
        if mine then
            mine.results = table.pack(mine.fn(self))
            return { TASK }
        end
        return handler and handler(request) or {}
    end)
end

-- fn(partition's context) is run by a partition that obeys, inside a direct request: what it
-- returns. Where the request ends in another way: nil, and the result of the call. One's own id:
-- no request is needed.
function ctx.act(self, who, fn)
    if type(fn) ~= "function" then
        P.mistake("act: wanted a function, got " .. P.describe(fn))
    end
    local id = P.endpoint(who, "act: partition")
    if id == self.id then
        return fn(self)
    end
    local mine, pe = { fn = fn }, self.pe
    task[id] = task[id] or {}
    task[id][pe] = mine
    local r = self:direct_req(id, { TASK })
    if mine.results == nil then
        if task[id][pe] == mine then
            task[id][pe] = nil
        end
        return nil, r
    end
    return table.unpack(mine.results, 1, mine.results.n)
end
