-- SPDX-License-Identifier: BSD-3-Clause
-- A scenario on several PEs in one place: they are switched on, hand each other functions, meet,
-- and play games in rounds.
local P = ...
local ctx = P.methods

local ATTEND = "200 ns"
local FINISH = "500 us"
local job = {} -- by PE: what it was given and has not ended yet
local gate = { boot = 0 }

local function count_pes()
    local n = 0
    while P.mpidr(n) do
        n = n + 1
    end
    return n
end

-- A number of PEs, from 1 up.
local function amount(value, what)
    local most = count_pes()
    if math.type(value) ~= "integer" or value < 1 or value > most then
        P.mistake(what .. ": wanted a number of PEs from 1 to " .. most .. ", got " ..
                  P.describe(value))
    end
    return value
end

local function callable(value, what)
    if type(value) ~= "function" then
        P.mistake(what .. ": wanted a function, got " .. P.describe(value))
    end
    return value
end

-- PE 0 switches on PEs 1 to count - 1, by default all that there are.
function ctx.cpus_on(self, count)
    for pe = 1, (count == nil and count_pes() or amount(count, "cpus_on")) - 1 do
        local r = self:cpu_on(pe)
        if not r.ok then
            P.failed("cpus_on: PE " .. pe .. ": wanted success, got " .. tostring(r))
        end
        P.held("success")
    end
end

-- Never returns: this PE does what on_pe() and start_on_pe() of others bring, and looks for it
-- every so often.
function ctx.attend(self, every)
    local pause = P.duration(every or ATTEND, "attend")
    local pe, boot = self.pe, self.boot
    if pause == 0 then
        P.mistake("attend: wanted a duration, got 0")
    end
    while true do
        local mine = job[pe]
        if mine and mine.boot == boot then
            mine.results = table.pack(mine.fn(self))
            job[pe] = nil
        end
        self:wait(pause)
    end
end

-- fn(nw) begins on another PE, which attends. What this returns waits for the end, and gives what
-- fn returned.
function ctx.start_on_pe(self, pe, fn)
    local mine = { fn = callable(fn, "start_on_pe"), boot = self.boot }
    if math.type(pe) ~= "integer" or not P.mpidr(pe) or pe == self.pe then
        P.mistake("start_on_pe: wanted the number of another PE, got " .. P.describe(pe))
    elseif job[pe] and job[pe].boot == self.boot then
        P.mistake("start_on_pe: PE " .. pe .. " has not ended what it was given before")
    end
    job[pe] = mine
    return function(most)
        if not self:wait_for(function() return job[pe] ~= mine end, most or FINISH) then
            P.failed("PE " .. pe ..
                     " does not end what it was given; is it on, and does it attend()?")
        end
        P.held("PE " .. pe .. " ends: truth")
        return table.unpack(mine.results, 1, mine.results.n)
    end
end

-- fn(nw) on a PE, to its end: what it returns. Here, or on one that attends.
function ctx.on_pe(self, pe, fn, most)
    if pe == self.pe then
        return callable(fn, "on_pe")(self)
    end
    return self:start_on_pe(pe, fn)(most)
end

-- So many PEs wait for each other. The last one lets all go; each is a little late, as the seed
-- says.
function ctx.meet(self, count)
    amount(count, "meet")
    if gate.boot ~= self.boot then
        gate = { boot = self.boot, here = 0, opened = 0 }
    end
    if gate.here > 0 and gate.count ~= count then
        P.mistake("meet: of " .. count .. " PEs, but another one waits for a meeting of " ..
                  gate.count)
    end
    gate.count, gate.here = count, gate.here + 1
    if gate.here == count then
        gate.here, gate.opened = 0, gate.opened + 1
    else
        local before = gate.opened
        while gate.opened == before do
            self:wait(math.random(20, 200) .. " ns")
        end
    end
    self:wait(math.random(1, 400) .. " ns")
end

local GAME = { pes = 1, prepare = 1, play = 1, settle = 1 }

local function check_game(name, game)
    local what = "play: game '" .. name .. "'"
    if type(game) ~= "table" then
        P.mistake(what .. ": wanted a table, got " .. P.describe(game))
    end
    for key in pairs(game) do
        if not GAME[key] then
            P.no_field(GAME, what, tostring(key))
        end
    end
    if type(game.play) ~= "function" and type(game.play) ~= "table" then
        P.mistake(what .. ": play: wanted a function, or functions by PE, got " ..
                  P.describe(game.play))
    end
    return game
end

-- Those of `order` that params.game leaves, and that there are PEs for.
local function chosen(games, order, pes)
    local only, list = params.game or "all", {}
    local is_known = only == "all"
    for _, name in ipairs(order) do
        if games[name] == nil then
            P.no_field(games, "play: the table of games", tostring(name))
        end
        local game = check_game(name, games[name])
        local is_enough = pes >= (game.pes or 1)
        if name == only and not is_enough then
            P.mistake("play: game '" .. name .. "' wants " .. game.pes .. " PEs: --set pes=" ..
                      game.pes)
        elseif (only == "all" or name == only) and is_enough then
            list[#list + 1] = game
        end
        is_known = is_known or name == only
    end
    if not is_known then
        P.mistake("play: there is no game '" .. tostring(only) .. "': wanted all, or one of " ..
                  table.concat(order, ", "))
    end
    return list
end

local function perform(game, nw)
    local play = game.play
    if type(play) == "table" then
        play = play[nw.pe]
    end
    if play then
        play(nw)
    end
end

-- All of params.pes PEs call this. Each game in turn is prepared by PE 0; all meet, play, and meet
-- again; and PE 0 settles it. So it goes on for params.rounds.
function ctx.play(self, games, order)
    if type(games) ~= "table" or type(order) ~= "table" then
        P.mistake("play: wanted a table of games and a list of their names")
    elseif math.type(params.rounds) ~= "integer" then
        P.mistake("play: the scenario needs params = { rounds = ..., pes = ..., game = \"all\" }")
    end
    local pes = amount(params.pes, "play: the scenario's params.pes")
    local list = chosen(games, order, pes)
    local is_first = self.pe == 0
    for _ = 1, params.rounds do
        for _, game in ipairs(list) do
            if is_first and game.prepare then
                game.prepare(self)
            end
            self:meet(pes)
            perform(game, self)
            self:meet(pes)
            if is_first and game.settle then
                game.settle(self)
            end
        end
    end
end
