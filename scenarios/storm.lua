-- SPDX-License-Identifier: BSD-3-Clause
-- Eight PEs call six partitions of every kind while thousands of interrupts come at random moments: SPIs,
-- PPIs, SGIs, timers, interrupts from vCPU to vCPU, notifications, for both worlds. Each is raised
-- only when the last one of its kind has been handled; each has to come, once. In the end all calls
-- are answered and all vCPUs wait. --seed makes another storm, --set rounds= a longer one, --quantum
-- another interleaving of the PEs. tools/storm runs it for as long as one likes.
local PES = 8
local SRI, TIMER_NWD = 8, 30
local VINT_TIMER, VINT_MANAGED_EXIT, VINT_NPI, VINT_IPI = 3, 4, 5, 9

-- Lines as the manifests have them; level: the device keeps it up until it is asked not to.
local KINDS = {
  { name = "up",    vcpus = 1,   manifest = "storm_up",    spis = { 64, 65, 4100 } },
  { name = "mp",    vcpus = PES, manifest = "storm_mp",    spis = { 66, 67 }, ppi = 22 },
  { name = "el0",   vcpus = 1,   manifest = "storm_el0",   spis = { 68, 69 }, el0 = true },
  { name = "quiet", vcpus = 1,   manifest = "storm_quiet", spis = { 70, 71 } },
  { name = "sri",   vcpus = PES, manifest = "storm_sri",   spis = { 72, 73 }, ppi = 23 },
  { name = "virq",  vcpus = 1,   manifest = "storm_virq",  spis = { 74, 75 } },
}
local LEVEL = { [65] = true, [67] = true, [69] = true, [71] = true, [73] = true, [75] = true }
local NS_SPI, NS_SGI = 100, 3
local ROUNDS_OF_A_BURST = 40

local random = math.random

-- True once in n times.
local function once_in(n)
  return random(n) == 1
end

local function ns(least, most)
  return random(least, most) .. " ns"
end

--- The book of what was raised and what came ------------------------------------------------------

local out = {} -- key -> true: raised, and not come yet
local open = 0 -- so many
local total = { raised = 0 }

-- May it be raised now? Then it counts as raised.
local function raise(key, kind)
  if out[key] then
    return false
  end
  out[key] = true
  open = open + 1
  total.raised = total.raised + 1
  total[kind] = (total[kind] or 0) + 1
  return true
end

-- It has come.
local function arrived(key)
  if not out[key] then
    expect.fail(key .. " came twice")
  end
  out[key] = nil
  open = open - 1
end

-- Every line that there is: { id, pe or nil, key, level }
local lines = {}
for _, kind in ipairs(KINDS) do
  for _, id in ipairs(kind.spis) do
    lines[#lines + 1] = { id = id, key = "SPI " .. id, level = LEVEL[id], kind = "spi" }
  end
  for pe = 0, kind.ppi and PES - 1 or -1 do
    lines[#lines + 1] = { id = kind.ppi, pe = pe, key = "PPI " .. kind.ppi .. "/" .. pe, kind = "ppi" }
  end
end
for pe = 0, PES - 1 do
  lines[#lines + 1] = { id = NS_SPI + pe, key = "NS SPI " .. NS_SPI + pe, kind = "ns_spi" }
end
local line_of = {} -- [id] or [id .. "/" .. pe]
for _, line in ipairs(lines) do
  line_of[line.pe and line.id .. "/" .. line.pe or line.id] = line
end

local function pull(line, at_once)
  if raise(line.key, line.kind) then
    local after = (at_once or once_in(3)) and 0 or ns(1, 4000)
    machine.interrupt(line.id, { pe = line.pe, level = line.level, after = after })
  end
end

local function pull_a_line()
  pull(lines[random(#lines)])
end

--- Partitions --------------------------------------------------------------------------------------

local calm = true -- nothing new is raised
local kind_of = {}
for i, kind in ipairs(KINDS) do
  kind_of[kind.name] = kind
  kind.id, kind.number = 0x8000 + i, i
end

local function own_kind(sp)
  return KINDS[sp.id - 0x8000]
end

-- As expect.ok() and expect.truth(), and no event when it holds: there are very many of them.
local function good(r)
  return r.ok and r or expect.ok(r)
end

local function sure(value, what)
  return value or expect.truth(value, what)
end

local function take_notifications(sp)
  local got = good(sp:notification_get {})
  for bit = 0, 63 do
    if got.vm >> bit & 1 ~= 0 then
      arrived("notification VM " .. bit + 1 .. " > " .. own_kind(sp).name)
    end
    if got.sp >> bit & 1 ~= 0 then
      arrived("notification " .. KINDS[bit + 1].name .. " > " .. own_kind(sp).name)
    end
  end
end

local function handle(sp, id)
  if id == VINT_TIMER then
    sp:timer(false)
    arrived("timer " .. own_kind(sp).name .. "/" .. sp.vcpu)
  elseif id == VINT_IPI then
    arrived("IPI " .. own_kind(sp).name .. "/" .. sp.vcpu)
  elseif id == VINT_NPI then
    take_notifications(sp)
  elseif id ~= VINT_MANAGED_EXIT then
    local line = line_of[id] or line_of[id .. "/" .. sp.vcpu]
    if once_in(4) then
      sp:wait(ns(10, 400))
    end
    if line.level then
      machine.interrupt(id, { level = false }) -- the device is silenced
    end
    arrived(line.key)
  end
end

local POLITE = { BUSY = true, DENIED = true } -- what a good call may be answered with

local function polite(r)
  sure(not r.error or POLITE[r.error], tostring(r))
  return r
end


-- S-EL0 has no vectors: FFA_INTERRUPT brings an interrupt, and only where it waits. In between it may ask.
local function take_el0(sp, r)
  if own_kind(sp).el0 then
    handle(sp, r.w2)
  end
end

local ANSWER = { [ffa.MSG_SEND_DIRECT_RESP_32] = true, [ffa.MSG_SEND_DIRECT_RESP_64] = true,
                 [ffa.MSG_SEND_DIRECT_RESP2_64] = true }

-- A request to another partition, whose vCPU is run again whenever that was stopped.
local function ask(sp, depth)
  local to = KINDS[random(#KINDS)]
  local token = random(1 << 30)
  if to.name == own_kind(sp).name then
    return
  end
  local words = { random(99), token, depth }
  local r = once_in(3) and sp:direct_req2(to.name, nil, words) or sp:direct_req(to.name, words)
  local denials = 0
  if polite(r).error then
    return
  end
  while not ANSWER[r.fid] do
    if once_in(6) then
      sp:yield()
    end
    r = polite(sp:run(to.name, to.vcpus > 1 and sp.pe or 0))
    if r.error then
      -- an interrupt came that it has to take first; S-EL1 has done so when the call is back
      denials = denials + 1
      sure(denials < 100, own_kind(sp).name .. " can not go on with " .. to.name)
      local id = own_kind(sp).el0 and sp:interrupt_get()
      if id then
        handle(sp, id)
      end
    end
  end
  sure(r.payload[2] == token, "the answer to another request")
end

local act = {} -- what a partition does while it serves

function act.nothing() end
function act.work(sp) sp:wait(ns(20, 1500)) end
function act.yield(sp) good(sp:yield(random(0, 1 << 40))) end
function act.line() pull_a_line() end

function act.ask(sp, depth)
  if depth > 0 then
    ask(sp, depth - 1)
  end
end

function act.ipi(sp)
  local to = random(own_kind(sp).vcpus) - 1
  if not own_kind(sp).el0 and raise("IPI " .. own_kind(sp).name .. "/" .. to, "ipi") then
    good(sp:send_ipi(to))
  end
end

function act.timer(sp)
  if not own_kind(sp).el0 and raise("timer " .. own_kind(sp).name .. "/" .. sp.vcpu, "timer") then
    sp:timer(ns(1, 6000))
  end
end

function act.notify(sp)
  local own, to = own_kind(sp), once_in(2) and random(PES) or KINDS[random(#KINDS)].name
  local text = math.type(to) and "VM " .. to or to
  if to ~= own.name and raise("notification " .. own.name .. " > " .. text, "notification") then
    good(sp:notification_set { receiver = to, bits = 1 << own.number - 1, delay_sri = once_in(2) })
  end
end

local function one_of_its_own(sp)
  local kind = own_kind(sp)
  local at = random(#kind.spis + (kind.ppi and 1 or 0))
  return kind.spis[at] or kind.ppi
end

-- What becomes pending meanwhile comes later.
function act.off_and_on(sp)
  local id = one_of_its_own(sp)
  good(sp:interrupt_enable(id, false))
  sp:wait(ns(10, 600))
  good(sp:interrupt_enable(id, true, not own_kind(sp).el0 and once_in(2) and "fiq" or "irq"))
end

function act.gic_off_and_on(sp)
  local id = one_of_its_own(sp)
  good(sp:interrupt_reconfigure(id, "enable", 0))
  sp:wait(ns(10, 600))
  good(sp:interrupt_reconfigure(id, "enable", 1))
end

function act.reroute(sp)
  local kind = own_kind(sp)
  good(sp:interrupt_reconfigure(kind.spis[random(#kind.spis)], "pe",
                                     kind.vcpus > 1 and random(PES) - 1 or sp.pe))
end

local acts = { "nothing", "work", "work", "yield", "ask", "ask", "ipi", "timer", "notify", "line", "line",
               "off_and_on", "gic_off_and_on", "reroute" }
local calm_acts = { "nothing", "work", "yield" }
local menu = {} -- [what]: not in this burst

-- One of a list that this burst has.
local function choose(list)
  local what = list[random(#list)]
  return not menu[what] and what or "nothing"
end

local function serve(sp, request)
  for _ = 1, random(0, 3) do
    act[choose(calm and calm_acts or acts)](sp, request.payload[3])
  end
  local words = { request.payload[1], request.payload[2] }
  local send = request.fid == ffa.MSG_SEND_DIRECT_REQ2_64 and sp.direct_resp2 or sp.direct_resp
  local r = send(sp, request, words)
  sure(not r.error, "a response is refused: " .. tostring(r))
  while r.is_interrupt do
    take_el0(sp, r)
    r = send(sp, request, words)
    if r.error == "DENIED" then
      return sp:msg_wait() -- it was sent: the interrupt had come to a vCPU that waited
    end
  end
  return r
end

local function partition(sp)
  local kind = own_kind(sp)
  if sp.vcpu == 0 then
    for vm = 1, PES do
      good(sp:notification_bind { sender = vm, bits = 1 << vm - 1 })
    end
    for i, other in ipairs(KINDS) do
      if other.name ~= own_kind(sp).name then
        good(sp:notification_bind { sender = other.name, bits = 1 << i - 1 })
      end
    end
  end
  sp:on_interrupt(handle)
  -- A vCPU of mp waits on this PE by now, and can not be told before this one has started.
  if kind.name == "sri" and sp.vcpu > 0 then
    pull(line_of[kind_of.mp.ppi .. "/" .. sp.vcpu], true)
  end
  local own = kind.el0 and {} or { VINT_TIMER, VINT_IPI, kind.ppi }
  for _, list in ipairs { kind.spis, own } do
    for _, id in ipairs(list) do
      good(sp:interrupt_enable(id))
    end
  end
  local r = sp:msg_wait()
  while true do
    sure(not r.error, "FFA_MSG_WAIT is refused: " .. tostring(r))
    if r.is_request then
      r = serve(sp, r)
    else
      if r.is_interrupt then
        take_el0(sp, r)
        if not calm and once_in(10) then
          ask(sp, 0)
        end
      end
      r = sp:msg_wait()
    end
  end
end

--- The normal world --------------------------------------------------------------------------------

local flights = {} -- token -> true while a request of the normal world is not answered
local flying = 0
local next_token = 1 << 31
local todo = {} -- "name/vCPU" -> whom somebody has to run: { name, vcpu, pe }
local sri = {} -- [PE]: the schedule receiver interrupt came
local mail = {} -- [VM]: it has notifications

local function has_to_run(name, vcpu)
  todo[name .. "/" .. vcpu] = { name = name, vcpu = vcpu, pe = kind_of[name].vcpus > 1 and vcpu or nil }
end

-- Whatever came back from FFA_RUN or a request. True: nothing is left for this vCPU to do.
local function settle(r, name, vcpu)
  if ANSWER[polite(r).fid] then
    local token = r.payload[2]
    sure(flights[token], "an answer that nobody waits for: " .. tostring(r))
    flights[token] = nil
    flying = flying - 1
  elseif r.fid == ffa.INTERRUPT or r.fid == ffa.YIELD then
    expect.eq({ r.sender, r.receiver }, { kind_of[name].id, vcpu }, "who was stopped")
  elseif not r.error then
    expect.fid(ffa.MSG_WAIT, r)
  end
  return not r.error and r.fid ~= ffa.INTERRUPT and r.fid ~= ffa.YIELD
end

-- The scheduler: those that FFA_NOTIFICATION_INFO_GET lists are run, and VMs get what is theirs.
local function schedule(nw)
  while sri[nw.pe] do
    sri[nw.pe] = false
    repeat
      local info = nw:notification_info_get()
      sure(info.ok or info.error == "NO_DATA", tostring(info))
      for _, one in ipairs(info.ids or {}) do
        if one.name == nil or kind_of[one.name] == nil then
          mail[one.id] = true
        elseif #one.vcpus == 0 then
          has_to_run(one.name, kind_of[one.name].vcpus > 1 and nw.pe or 0)
        end
        for _, vcpu in ipairs(one.vcpus) do
          has_to_run(one.name, vcpu)
        end
      end
    until not info.more
  end
  local vm = nw.pe + 1
  if mail[vm] then
    mail[vm] = nil
    local got = good(nw:notification_get { receiver = vm })
    for i, kind in ipairs(KINDS) do
      if got.sp >> i - 1 & 1 ~= 0 then
        arrived("notification " .. kind.name .. " > VM " .. vm)
      end
    end
  end
  for _, one in pairs(todo) do
    if (one.pe == nil or one.pe == nw.pe) and todo[one.name .. "/" .. one.vcpu] == one then
      todo[one.name .. "/" .. one.vcpu] = nil
      if not settle(nw:run(one.name, one.vcpu), one.name, one.vcpu) then
        todo[one.name .. "/" .. one.vcpu] = one
      end
    end
  end
end

local function call(nw)
  local kind = KINDS[random(#KINDS)]
  local vcpu = kind.vcpus > 1 and nw.pe or 0
  local token = next_token
  local words = { random(99), token, random(0, 3) }
  next_token = next_token + 1
  flights[token] = true
  flying = flying + 1
  local r = once_in(3) and nw:direct_req2(kind.name, nil, words) or nw:direct_req(kind.name, words)
  if polite(r).error then
    flights[token] = nil
    flying = flying - 1
    total.refused = (total.refused or 0) + 1
    return
  end
  total.calls = (total.calls or 0) + 1
  local rests = settle(r, kind.name, vcpu)
  while flights[token] do
    if once_in(4) then
      schedule(nw)
    elseif once_in(4) then
      nw:wait(ns(50, 2000))
    end
    if flights[token] then
      rests = settle(nw:run(kind.name, vcpu), kind.name, vcpu)
    end
  end
  if not rests then
    has_to_run(kind.name, vcpu) -- another PE ran it to its answer, and this one began something new
  end
end

local does = {} -- what a PE of the normal world does

does.call = call

function does.run(nw)
  local kind = KINDS[random(#KINDS)]
  local vcpu = kind.vcpus > 1 and nw.pe or 0
  local r = nw:run(kind.name, vcpu)
  if not settle(r, kind.name, vcpu) and not r.error then
    has_to_run(kind.name, vcpu)
  end
end

function does.line()
  for _ = 1, random(4) do
    pull_a_line()
  end
end

function does.sgi(nw)
  local pe = random(PES) - 1
  if raise("SGI " .. pe, "sgi") then
    nw:sgi(NS_SGI, pe)
  end
end

function does.timer(nw)
  if raise("timer PE " .. nw.pe, "ns_timer") then
    nw:timer(ns(1, 5000))
  end
end

function does.notify(nw)
  local vm, kind = nw.pe + 1, KINDS[random(#KINDS)]
  if raise("notification VM " .. vm .. " > " .. kind.name, "notification") then
    good(nw:notification_set { sender = vm, receiver = kind.name, bits = 1 << vm - 1 })
  end
end

function does.nothing() end
function does.wait(nw) nw:wait(ns(50, 3000)) end

local doings = { "call", "call", "call", "call", "run", "line", "line", "line", "sgi", "timer", "notify",
                 "wait" }

local function handle_in_nwd(nw, id)
  if id == SRI then
    sri[nw.pe] = true
  elseif id == NS_SGI then
    arrived("SGI " .. nw.pe)
  elseif id == TIMER_NWD then
    nw:timer(false)
    arrived("timer PE " .. nw.pe)
  else
    arrived(line_of[id].key)
  end
end

local present, finished, drained, calm_at = 0, 0, 0, nil

local function lost()
  local list = {}
  for key in pairs(out) do
    list[#list + 1] = key
  end
  for key in pairs(todo) do
    list[#list + 1] = "run " .. key
  end
  return #list .. " lost, " .. flying .. " calls unanswered: " ..
    table.concat(list, ", ", 1, math.min(#list, 12))
end

-- What there is not in the next burst: rare things are not helped by others then.
local function write_menu()
  menu = {}
  for _, what in ipairs { "ipi", "timer", "notify", "line", "sgi", "run", "off_and_on", "gic_off_and_on",
                          "reroute", "ask", "call" } do
    menu[what] = once_in(3)
  end
end

-- A while of it, and then what was raised has to come without anything new that might help.
local function one_burst(nw, burst)
  for _ = 1, ROUNDS_OF_A_BURST do
    does[choose(doings)](nw)
    schedule(nw)
  end
  finished = finished + 1
  if finished == burst * PES then
    calm, calm_at = true, nw.now_ns
  end
  while finished < burst * PES or open > 0 or flying > 0 or next(todo) do
    schedule(nw)
    nw:wait(ns(200, 1500))
    sure(not calm or nw.now_ns < calm_at + 3000000, lost())
  end
  drained = drained + 1
  if drained == burst * PES then
    calm = false
    write_menu()
  end
  while drained < burst * PES do
    nw:wait(ns(100, 400))
  end
end

local function storm(nw)
  nw:irq_enable(SRI)
  nw:irq_enable(NS_SGI)
  nw:irq_enable(TIMER_NWD)
  nw:irq_enable(NS_SPI + nw.pe, { edge = true })
  nw:on_interrupt(handle_in_nwd)
  good(nw:notification_bitmap_create { vm = nw.pe + 1 })
  for i, kind in ipairs(KINDS) do
    good(nw:notification_bind { sender = kind.name, receiver = nw.pe + 1, bits = 1 << i - 1 })
  end
  present = present + 1
  calm = present < PES
  while present < PES do
    nw:wait("2 us")
  end
  for burst = 1, params.rounds // ROUNDS_OF_A_BURST do
    one_burst(nw, burst)
  end
end

-- Who handled the last one may still be on its way out.
local function all_wait()
  for _, kind in ipairs(KINDS) do
    for vcpu = 0, kind.vcpus - 1 do
      if spmc:vcpu(kind.name, vcpu).state ~= "WAITING" then
        return false
      end
    end
  end
  return true
end

local partitions = {}
for i, kind in ipairs(KINDS) do
  partitions[i] = { name = kind.name, manifest = "manifests/" .. kind.manifest .. ".dts", script = partition }
end

return scenario {
  name   = "a storm of interrupts",
  pes    = PES,
  limit  = "2 s",
  tags   = { "interrupts", "notifications", "pes" },
  params = { rounds = 80 },
  partitions = partitions,
  normal_world = function(nw)
    nw:cpus_on()
    storm(nw)
    sure(nw:wait_for(all_wait, "100 us"), "a vCPU does not come to rest")
    for _, kind in ipairs(KINDS) do
      for vcpu = 0, kind.vcpus - 1 do
        expect.state(kind.name, "WAITING", vcpu)
      end
    end
    for _, line in ipairs(lines) do
      local state = machine.interrupt_state(line.id, line.pe)
      expect.eq({ state.pending, state.active, state.enabled }, { false, false, true }, line.key)
    end
    local text = ""
    for name, count in pairs(total) do
      text = text .. " " .. name .. "=" .. count
    end
    note("storm:" .. text)
  end,
  secondary = storm,
}
