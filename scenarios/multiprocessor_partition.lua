-- SPDX-License-Identifier: BSD-3-Clause
-- A partition with a vCPU for each of four PEs; on PE 0 its vCPU 0 serves, the others wait to be started.
return scenario {
  name  = "a multiprocessor partition",
  pes   = 4,
  limit = "5 ms",
  tags  = { "boot", "pes", "quick" },
  partitions = { { image = "echo" }, { name = "relay", image = "relay", manifest = "relay_mp4.dts" } },
  normal_world = function(nw)
    local all = nw:partitions()
    expect.eq({ all[1].vcpus, all[2].vcpus }, { 1, 4 })
    expect.eq(nw:direct_req("relay", { 0xec0, 5 }).payload, { 0xec0, 5, 0, 0, 0 })
    expect.state("relay", "WAITING", 0)
    for vcpu = 1, 3 do
      expect.state("relay", "CREATED", vcpu)
      expect.truth(nw:run("relay", vcpu).error, "a vCPU of another PE")
    end
  end,
}
