-- SPDX-License-Identifier: BSD-3-Clause
-- A scenario in one place: the normal world hands functions to partitions that obey.
local P = ...
local ctx = P.methods

local TASK = 0x7a5c
local task = {} -- endpoint id -> what it has to do, then what came of it

-- Serves direct requests: act()'s by doing what it brings, others by handler(request), if any.
function ctx.obey(self, handler)
    return self:serve(function(request)
        local mine = task[self.id]
        if mine and mine.fn and request.payload[1] == TASK then
            local fn = mine.fn
            mine.fn = nil
            mine.results = table.pack(fn(self))
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
    local mine = { fn = fn }
    task[id] = mine
    local r = self:direct_req(id, { TASK })
    if mine.results == nil then
        task[id] = nil
        return nil, r
    end
    return table.unpack(mine.results, 1, mine.results.n)
end
