-- SPDX-License-Identifier: BSD-3-Clause
-- Three PEs set, get, bind and list notifications: each that was set is got once and listed once, and what two
-- want, one gets. --quantum "5 ns..300 ns" and --seed make other races.
local result, got, listed = {}, {}, {}

local function partition(sp)
  sp:on_interrupt(function() end) -- that there are some; it asks when it likes
  sp:obey()
end

local function count(into, from, bits)
  for bit = 0, 63 do
    if bits >> bit & 1 ~= 0 then
      local key = from .. " " .. bit
      into[key] = (into[key] or 0) + 1
    end
  end
end

-- Those of one of the senders, which are the PEs from 1 on.
local function bits_of(pe)
  return ((1 << params.bits) - 1) << (pe - 1) * params.bits
end

-- How many PEs were told yes; the others read one of the errors.
local function winners(errors)
  local n = 0
  for _, r in pairs(result) do
    n = n + (r.ok and 1 or 0)
    expect.truth(r.ok or errors[r.error], tostring(r))
  end
  return n
end

-- Bits of this PE's own, one after the other.
local function set_all(nw, set)
  for k = 0, params.bits - 1 do
    expect.ok(set((nw.pe - 1) * params.bits + k))
    nw:wait(math.random(1, 40) .. " ns")
  end
end

local function expect_once(what)
  for bit = 0, (params.pes - 1) * params.bits - 1 do
    expect.eq(got[what .. " " .. bit], 1, what .. " " .. bit)
  end
  got = {}
end

local games = {}

-- VMs on two PEs set, and on the third a partition gets.
local function get_from_vms(nw)
  count(got, "vm", expect.ok(nw:notification_get {}).vm)
end
local function set_as_vm(nw)
  set_all(nw, function(bit)
    return nw:notification_set { sender = nw.pe, receiver = "a", bits = 1 << bit }
  end)
end
local function bind_to_vms(nw)
  nw:within("a", function(a)
    for vm = 1, params.pes - 1 do
      expect.ok(a:notification_bind { sender = vm, bits = bits_of(vm) })
    end
  end)
end
games.to_partition = {
  play = {
    [0] = function(nw)
      nw:within("a", function(a)
        for _ = 1, params.bits + params.pes - 1 do
          get_from_vms(a)
          a:wait(math.random(1, 40) .. " ns")
        end
      end)
    end,
    set_as_vm, set_as_vm,
  },
  settle = function(nw)
    nw:within("a", get_from_vms)
    expect_once("vm")
  end,
}

-- Partitions on two PEs set for a VM; the normal world's third PE gets, and lists whom to run.
local function get_for_vm(nw)
  count(got, "sp", expect.ok(nw:notification_get { receiver = 3 }).sp)
end
local function set_for_vm(nw)
  nw:within(nw.pe == 1 and "a" or "b", function(sp)
    set_all(sp, function(bit)
      return sp:notification_set { receiver = 3, bits = 1 << bit }
    end)
  end)
end
local function bind_for_vm(nw)
  expect.ok(nw:notification_bitmap_create { vm = 3 })
  expect.ok(nw:notification_bind { sender = "a", receiver = 3, bits = bits_of(1) })
  expect.ok(nw:notification_bind { sender = "b", receiver = 3, bits = bits_of(2) })
end
games.to_vm = {
  play = {
    [0] = function(nw)
      for _ = 1, params.bits + params.pes - 1 do
        get_for_vm(nw)
        nw:wait(math.random(1, 40) .. " ns")
      end
    end,
    set_for_vm, set_for_vm,
  },
  settle = function(nw)
    get_for_vm(nw)
    expect_once("sp")
  end,
}

-- Two vCPUs of a receiver bind the same notification to two others.
local function bind(nw)
  result[nw.pe] = nw:within("mp", function(mp)
    return mp:notification_bind { sender = nw.pe == 1 and "a" or "b", bits = 1 << 40 }
  end)
end
games.bind = {
  play = { [0] = bind, bind },
  settle = function(nw)
    result[2] = nil
    expect.eq(winners({ DENIED = true }), 1, "bound once")
    nw:within("mp", function(mp)
      local to = result[1].ok and "a" or "b"
      expect.ok(mp:notification_unbind { sender = to, bits = 1 << 40 })
    end)
  end,
}

-- One PE takes a binding away while another one sets: it is pending for whom it is bound, or not at all.
games.unbind = {
  prepare = function(nw)
    nw:within("mp", function(mp)
      expect.ok(mp:notification_bind { sender = "a", bits = 1 << 41 })
    end)
  end,
  play = {
    [0] = function(nw)
      result[0] = nw:within("mp", function(mp)
        return mp:notification_unbind { sender = "a", bits = 1 << 41 }
      end)
    end,
    function(nw)
      result[1] = nw:within("a", function(a)
        return a:notification_set { receiver = "mp", bits = 1 << 41 }
      end)
    end,
  },
  settle = function(nw)
    expect.error("DENIED", result[result[0].ok and 1 or 0], "unbound, or set")
    expect.ok(result[result[0].ok and 0 or 1])
    nw:within("mp", function(mp)
      local sp = expect.ok(mp:notification_get {}).sp
      expect.eq(sp, result[0].ok and 0 or 1 << 41, "pending")
      if not result[0].ok then
        expect.ok(mp:notification_unbind { sender = "a", bits = 1 << 41 })
      end
    end)
  end,
}

-- All PEs make room for the same VM.
local function create(nw)
  result[nw.pe] = nw:notification_bitmap_create { vm = 9 }
end
games.create = {
  play = { [0] = create, create, create },
  settle = function(nw)
    expect.eq(winners({ DENIED = true }), 1, "made once")
    expect.ok(nw:notification_bitmap_destroy { vm = 9 })
    expect.error("DENIED", nw:notification_bitmap_destroy { vm = 9 })
  end,
}

-- What is pending is listed on one PE.
local function list(nw)
  local info = nw:notification_info_get()
  expect.truth(info.ok or info.error == "NO_DATA", tostring(info))
  for _, one in ipairs(info.ids or {}) do
    listed[one.id] = (listed[one.id] or 0) + 1
  end
end
games.list = {
  prepare = function(nw)
    expect.ok(nw:notification_set { sender = 1, receiver = "a", bits = 1 })
    nw:within("a", function(a) expect.ok(a:notification_set { receiver = 3, bits = 1 }) end)
    listed = {}
  end,
  play = { [0] = list, list, list },
  settle = function(nw)
    expect.eq({ listed[3], listed[nw:find("a").id] }, { 1, 1 }, "listed")
    nw:within("a", get_from_vms)
    get_for_vm(nw)
    got = {}
  end,
}

local order = { "to_partition", "to_vm", "bind", "unbind", "create", "list" }

-- --set game=NAME plays one of them; "list" needs what two others bind.
local function is_played(one, other)
  return params.game == "all" or params.game == one or params.game == other
end

return scenario {
  name    = "races of notifications",
  pes     = 4,
  quantum = "20 ns..2 us",
  limit   = "5 ms",
  tags    = { "notifications", "smp", "race" },
  params  = { rounds = 10, pes = 3, bits = 6, game = "all" },
  partitions = {
    { name = "a", manifest = "manifests/notify_a.dts", script = partition },
    { name = "b", manifest = "manifests/notify_b.dts", script = partition },
    { name = "mp", manifest = "manifests/notify_mp.dts", script = partition },
  },

  normal_world = function(nw)
    if is_played("to_partition", "list") then
      bind_to_vms(nw)
    end
    if is_played("to_vm", "list") then
      bind_for_vm(nw)
    end
    nw:cpus_on(params.pes)
    nw:play(games, order)
  end,

  secondary = function(nw) nw:play(games, order) end,
}
