-- SPDX-License-Identifier: BSD-3-Clause
-- Every PE comes on, talks to both partitions on vCPUs of its own, and goes off; each vCPU is told the
-- number of its PE at entry. Then all of it again: OFF vCPUs start anew.
-- conformance: ffa_power_mgt.cpu_start_echo_first_sp
-- conformance: ffa_power_mgt.cpu_start_echo_second_sp
-- conformance: ffa_power_mgt.cpu_start_core_idx_first_sp
-- conformance: ffa_power_mgt.cpu_start_core_idx_second_sp
local PSCI_CPU_OFF = 0x84000002
local offs, starts = {}, {}

local function partition(sp)
  local index = sp:regs()[4]
  starts[sp.name] = (starts[sp.name] or 0) + 1
  local r = sp:msg_wait()
  while true do
    if r.w2 & 0x80000000 ~= 0 then
      expect.eq({ r.sender, r.w2, r.w3 }, { 0x8000, 0x80000000, PSCI_CPU_OFF })
      offs[#offs + 1] = sp.pe
      r = sp:direct_resp(r, { 0 }, { flags = 0x80000002 })
    else
      r = sp:direct_resp(r, { index, r.payload[1] + 1 })
    end
  end
end

return scenario {
  name  = "PEs start, talk to partitions and go off",
  pes   = 4,
  limit = "20 ms",
  tags  = { "pes", "psci", "boot", "quick" },

  partitions = {
    { name = "first", manifest = "manifests/power_a.dts", script = partition },
    { name = "second", manifest = "manifests/power_deaf.dts", script = partition },
  },

  normal_world = function(nw)
    for round = 1, 2 do
      for pe = 1, 3 do
        expect.ok(nw:cpu_on(pe, 100 * round + pe))
        repeat nw:wait("5 us") until nw:affinity_info(pe).state == "OFF"
        expect.state("first", "OFF", pe)
        expect.state("second", "OFF", pe)
      end
    end
    expect.eq(offs, { 1, 2, 3, 1, 2, 3 }, "the first hears of each, the second asked for nothing")
    for name, count in pairs(starts) do
      expect.eq(count, name:match("0$") and 1 or 2, name)
    end
  end,

  secondary = function(nw)
    expect.eq(nw:regs()[0] % 100, nw.pe)
    for _, name in ipairs { "first", "second" } do
      local r = nw:direct_req(name, { 41 })
      expect.eq({ r.payload[1], r.payload[2] }, { nw.pe, 42 }, name)
    end
    nw:cpu_off()
  end,
}
