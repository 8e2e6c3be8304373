-- SPDX-License-Identifier: BSD-3-Clause
-- A partition's vCPUs on four PEs log a hundred lines each, in turn and then all at once, and so does the normal
-- world. A line takes several calls; it comes out whole, and those of a vCPU in order.
-- conformance: ffa_console_log.print_sequentially_4_cores_100_lines
-- conformance: ffa_console_log.print_concurrently_4_cores_100_lines
local LINES = 100
local turn, done = 0, 0

local function line(how, pe, n)
  return string.format("%s line %d of PE %d, longer than what the registers of a call hold.", how, n, pe)
end

local function log(who, how, bits)
  for n = 1, LINES do
    expect.ok(who:console_log(line(how, who.pe, n) .. "\n", { bits = bits }))
  end
end

local function everybody(nw)
  expect.truth(nw:wait_for(function() return turn == nw.pe end, "50 ms"))
  nw:direct_req("mp", { 1 })
  turn = turn + 1
  expect.truth(nw:wait_for(function() return turn == 4 end, "50 ms"))
  nw:direct_req("mp", { 2 })
  log(nw, "normal", nw.pe % 2 == 0 and 32 or 64)
  done = done + 1
end

return scenario {
  name  = "FFA_CONSOLE_LOG of four PEs",
  pes   = 4,
  quantum = "20 ns..500 ns",
  limit = "200 ms",
  tags  = { "console", "pes", "quick" },
  partitions = {
    { name = "mp", manifest = "manifests/mp4.dts", script = function(sp)
        sp:serve(function(r)
          log(sp, r.payload[1] == 1 and "in turn" or "at once", sp.vcpu % 2 == 0 and 32 or 64)
          return {}
        end)
      end },
  },
  normal_world = function(nw)
    nw:cpus_on()
    everybody(nw)
    expect.truth(nw:wait_for(function() return done == 4 end, "100 ms"))
  end,
  secondary = everybody,
  finish = function(run)
    local next_of, last_pe, wrong, mixed = {}, -1, {}, 0
    for _, text in ipairs(run.console) do
      local owner, pe, rest = text:match("^%[(%a+)/(%d)%] (.*)$")
      local how, n = (rest or ""):match("^(%a+ ?%a*) line (%d+) of PE")
      if how then
        local key = owner .. how .. pe
        local want = (next_of[key] or 0) + 1
        if rest ~= line(how, tonumber(pe), want) then
          wrong[#wrong + 1] = text
        end
        next_of[key] = want
        if how == "in turn" then
          expect.truth(tonumber(pe) >= last_pe, "one PE after the other")
          last_pe = tonumber(pe)
        end
      elseif text:find("line", 1, true) then
        mixed = mixed + 1
      end
    end
    expect.eq(wrong, {}, "lines that are not whole, or out of order")
    expect.eq(mixed, 0, "pieces of lines")
    for pe = 0, 3 do
      expect.eq({ next_of["mpin turn" .. pe], next_of["mpat once" .. pe], next_of["NWdnormal" .. pe] },
                { LINES, LINES, LINES })
    end
  end,
}
