-- SPDX-License-Identifier: BSD-3-Clause
-- What a sender may grant, what a borrower may ask for, and what it then can do: data and
-- instruction permissions in every combination, on memory that is writable, read-only,
-- executable, non-secure.
local NW = 0
local send = { share = "mem_share", lend = "mem_lend", donate = "mem_donate" }

-- conformance: memory_sharing.share_X
local function all_that_is_sent(nw, owner, borrower)
  nw:act(owner, function(o)
    local at = o:alloc(1)
    for kind, method in pairs(send) do
      for permissions = 0, 255 do
        local good = kind == "donate" and permissions == 0 or
            kind ~= "donate" and (permissions == 1 or permissions == 2)
        local r = o[method](o, { to = borrower, ranges = { at }, permissions = permissions })
        if good then
          expect.ok(o:mem_reclaim(expect.ok(r, kind)))
        else
          expect.error("INVALID_PARAMETERS", r, kind .. ", permissions " .. permissions)
        end
      end
      for flags = 1, 255 do
        expect.error("INVALID_PARAMETERS",
                     o[method](o, { to = borrower, ranges = { at }, access_flags = flags }),
                     kind .. ", flags of the receiver " .. flags)
      end
    end
  end)
end

local function may(ctx, address, data, instr, what)
  expect.truth(ctx:try_read(address, 8), what .. ": reads")
  if data == "rw" then
    expect.truth(ctx:try_write(address, "x"), what .. ": writes")
  else
    local value, fault = ctx:try_write(address, "x")
    expect.fault(value, fault, what .. ": may not write")
    expect.eq(fault.esr & 0x3c, 0x0c, "a permission fault")
  end
  local fetched, fault = ctx:try_fetch(address)
  if instr == "x" then
    expect.truth(fetched, what .. ": executes")
  else
    expect.fault(fetched, fault, what .. ": may not execute")
  end
end

-- What an owner with this memory grants as `sent`, against all that a borrower asks for.
-- conformance: memory_sharing.lend_relinquish_X_RW
-- conformance: memory_sharing.lend_relinquish_RW_X
-- conformance: memory_sharing.lend_relinquish_RO_X
-- conformance: memory_sharing.retrieve_instruction_access_not_specified
local function all_that_is_asked(nw, owner, borrower, kind, memory, sent_data)
  local range = nw:act(owner, function(o) return memory.at and memory.at(o) or o:alloc(1) end)
  local limit = ({ ro = 1, rw = 2, none = memory.writable and 2 or 1 })[sent_data]
  local sent
  local function put(o)
    return expect.ok(o[send[kind]](o, { to = borrower, ranges = { range }, data = sent_data }),
                     memory.name .. " " .. kind .. " " .. sent_data)
  end
  sent = nw:act(owner, put)
  for permissions = 0, 255 do
    local data, instr = permissions & 3, permissions >> 2 & 3
    local granted = data == 0 and limit or data
    local x = instr == 2
    local malformed = permissions > 15 or data == 3 or instr == 3 or
        (kind ~= "share" and instr == 0)
    local too_much = granted > limit or (x and (kind == "share" or not memory.executable)) or
        (x and granted == 2 and borrower == "e")
    local what = string.format("%s %s %s, asked 0x%x", memory.name, kind, sent_data, permissions)
    local taken = nw:act(borrower, function(b)
      local r = b:mem_retrieve { of = sent, permissions = permissions }
      if malformed and too_much then
        expect.truth(r.error == "DENIED" or r.error == "INVALID_PARAMETERS", what)
      elseif malformed then
        expect.error("INVALID_PARAMETERS", r, what)
      elseif too_much then
        expect.error("DENIED", r, what)
      end
      if malformed or too_much then
        return false
      end
      expect.fid(ffa.MEM_RETRIEVE_RESP, r, what)
      local own = r.memory.receivers[1]
      expect.eq({ own.data, own.instr }, { granted == 2 and "rw" or "ro", x and "x" or "nx" }, what)
      may(b, range, own.data, own.instr, what)
      if kind ~= "donate" then
        expect.ok(b:mem_relinquish(sent))
      end
      return true
    end)
    if taken and kind == "donate" then
      -- What was given comes back as a gift, when the giver can have it.
      if owner == NW or owner == "r" then
        return
      end
      local back = nw:act(borrower, function(b)
        return expect.ok(b:mem_donate { to = owner, ranges = { range } })
      end)
      nw:act(owner, function(o)
        local all = granted == 2 and (owner ~= "e" and x and 10 or 6) or x and 9 or 5
        expect.fid(ffa.MEM_RETRIEVE_RESP, o:mem_retrieve { of = back, permissions = all })
      end)
      return -- its rights are what the receiver had now
    end
  end
  if kind ~= "donate" then
    nw:act(owner, function(o) expect.ok(o:mem_reclaim(sent)) end)
  end
end

-- Nobody grants what he does not have.
local function beyond_own_rights(nw, owner, borrower, memory)
  nw:act(owner, function(o)
    local at = memory.at(o)
    for _, kind in ipairs { "share", "lend" } do
      expect.error("DENIED", o[send[kind]](o, { to = borrower, ranges = { at }, data = "rw" }),
                   memory.name)
    end
    may(o, at, "ro", memory.executable and "x" or "nx", memory.name .. " as before")
  end)
end

local secure = { name = "own memory", writable = true, executable = true }
local el0 = { name = "memory of S-EL0", writable = true, executable = false }
local normal = { name = "the normal world's memory", writable = true, executable = false }

local function region(name, offset, executable)
  return { name = name, writable = false, executable = executable,
           at = function(o) return (o:alloc(1) & ~0xfffff) + offset end }
end

local read_only = region("a read-only region", 0x80000, false)
local read_execute = region("a region to execute", 0x90000, true)

return scenario {
  name  = "permissions of memory that is sent",
  limit = "50 ms",
  tags  = { "memory" },
  partitions = {
    obedient("a"), obedient("b"), obedient("e", "mem_el0.dts", { writable = 200 }),
    obedient("r", "mem_regions.dts"),
  },
  normal_world = function(nw)
    expect.ok(nw:rxtx_map())
    all_that_is_sent(nw, NW, "a")
    all_that_is_sent(nw, "a", "b")
    all_that_is_sent(nw, "e", "a")
    for _, who in ipairs { { NW, "a", normal }, { NW, "e", normal }, { "a", "b", secure },
                           { "a", "e", secure }, { "e", "a", el0 } } do
      for _, kind in ipairs { "share", "lend" } do
        for _, data in ipairs { "ro", "rw" } do
          all_that_is_asked(nw, who[1], who[2], kind, who[3], data)
        end
      end
      all_that_is_asked(nw, who[1], who[2], "donate", who[3], "none")
    end
    for _, memory in ipairs { read_only, read_execute } do
      beyond_own_rights(nw, "r", "a", memory)
      for _, kind in ipairs { "share", "lend" } do
        all_that_is_asked(nw, "r", "a", kind, memory, "ro")
      end
      all_that_is_asked(nw, "r", "b", "donate", memory, "none")
    end
  end,
}
