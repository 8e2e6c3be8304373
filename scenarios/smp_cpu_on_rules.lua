-- SPDX-License-Identifier: BSD-3-Clause
-- Every answer of PSCI about PEs, and what becomes of a partition's vCPU when its PE goes and comes.
local SPMC = 0x0e100000 -- load address of the SPMC on this board

return scenario {
  name  = "PSCI switches PEs on and off by its rules",
  pes   = 4,
  limit = "5 ms",
  tags  = { "boot", "pes", "psci", "quick", "timed" },

  partitions = {
    { image = "echo" },
    { name = "relay", image = "relay", manifest = "relay_mp4.dts" },
  },

  normal_world = function(nw)
    local function features(fid)
      return nw:smc(0x8400000a, fid).w0
    end
    expect.eq(nw:smc(0x84000000).w0, 0x10001, "PSCI_VERSION")
    for _, fid in ipairs { 0x84000002, 0x84000003, 0xc4000003, 0x84000004, 0xc4000004, 0x84000006 } do
      expect.eq(features(fid), 0, string.format("0x%x is there", fid))
    end
    expect.eq(features(0x84000005), 0xffffffff, "MIGRATE is not")
    expect.eq(nw:smc(0x84000006).w0, 2, "no Trusted OS to migrate")

    -- Who is asked for must be there.
    expect.eq(nw:affinity_info(0).state, "ON")
    expect.eq(nw:affinity_info(1).state, "OFF")
    expect.eq(nw:affinity_info(1, { bits = 32 }).state, "OFF")
    expect.eq(nw:affinity_info(1, { level = 1 }).error, "INVALID_PARAMETERS")
    for _, mpidr in ipairs { 4, 0x100, 0x80000001, 1 << 32, -1 } do
      expect.eq(nw:affinity_info(mpidr).error, "INVALID_PARAMETERS")
      expect.eq(nw:cpu_on(mpidr).error, "INVALID_PARAMETERS")
    end

    -- Nothing starts inside the SPMC, nor between two instructions.
    expect.eq(nw:cpu_on(1, 0, { entry = 0x80000002 }).error, "INVALID_ADDRESS")
    expect.eq(nw:cpu_on(1, 0, { entry = SPMC }).error, "INVALID_ADDRESS")
    expect.eq(nw:cpu_on(1, 0, { entry = SPMC + 0xffffc }).error, "INVALID_ADDRESS")
    expect.eq(nw:affinity_info(1).state, "OFF")
    expect.state("relay", "CREATED", 1)

    -- On, and no second time; a context id that looks like a function is still only a number.
    expect.eq(nw:cpu_on(0).error, "ALREADY_ON")
    expect.ok(nw:cpu_on(1, 0xc4000061))
    expect.eq(nw:cpu_on(1).error, "ON_PENDING")
    expect.eq(nw:affinity_info(1).state, "ON_PENDING")
    nw:wait("100 us")
    expect.eq(nw:cpu_on(1).error, "ALREADY_ON")
    expect.eq(nw:affinity_info(1).state, "ON")
    expect.state("relay", "WAITING", 1)
    expect.state("relay", "CREATED", 2)

    -- The 32-bit form takes the lower halves alone.
    expect.ok(nw:cpu_on(2, 0x500000007, { bits = 32 }))
    nw:wait("300 us")

    -- Both have gone; relay's vCPU went with PE 1 and comes back with it.
    expect.eq(nw:affinity_info(1).state, "OFF")
    expect.eq(nw:affinity_info(2).state, "OFF")
    expect.state("relay", "OFF", 1)
    expect.state("relay", "WAITING", 0)
    expect.state("echo", "WAITING", 0)
    expect.ok(nw:cpu_on(1, 3))
    nw:wait("100 us")
    expect.state("relay", "WAITING", 1)
    nw:wait("200 us")
    expect.state("relay", "OFF", 1)
    expect.eq(nw:affinity_info(1).state, "OFF")
  end,

  secondary = function(nw)
    local context_id = { [1] = nw.now_ns < 400000 and 0xc4000061 or 3, [2] = 7 }
    local r = nw:regs()
    expect.eq(r[0], context_id[nw.pe])
    for n = 1, 17 do
      expect.eq(r[n], 0, "nothing of the secure world is left in x" .. n)
    end
    nw:wait("150 us")
    expect.eq(nw:direct_req("relay", { 0xec0, nw.pe }).payload, { 0xec0, nw.pe, 0, 0, 0 })
    expect.eq(nw:direct_req("echo", { 0xec0, nw.pe }).payload, { 0xec0, nw.pe, 0, 0, 0 })
    -- The vCPUs of other PEs are not for this one.
    expect.error("INVALID_PARAMETERS", nw:run("relay", 0))
    nw:cpu_off()
  end,
}
