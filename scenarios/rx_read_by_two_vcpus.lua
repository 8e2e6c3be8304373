-- SPDX-License-Identifier: BSD-3-Clause
-- One vCPU waits and retains the RX buffer: another one of its partition, on another PE, still
-- reads the message there, until it gives the buffer back.
-- conformance: rx_ownership.ffa_msg_wait_race_success
local rx, read = nil, {}
local turn = 0

return scenario {
  name  = "an RX buffer that two vCPUs read",
  limit = "5 ms",
  tags  = { "indirect", "rxtx", "smp", "quick" },
  pes   = 4,
  partitions = {
    { name = "mp", manifest = "manifests/notify_mp.dts", script = function(sp)
        if sp.vcpu == 0 then
          rx = expect.ok(sp:rxtx_map {}).rx
        end
        sp:msg_wait()
        while true do
          sp:interrupt_get()
          expect.ok(sp:notification_get {})
          read[sp.vcpu] = sp:read(rx + 40, 5)
          sp:msg_wait(sp.vcpu == 0 and 1 or 0)
        end
      end },
  },
  normal_world = function(nw)
    expect.ok(nw:rxtx_map {})
    expect.ok(nw:cpu_on(1))
    expect.truth(nw:wait_for(function() return turn == 1 end), "PE 1 is there")
    expect.ok(nw:send2("mp", "hello"))
    expect.fid(ffa.MSG_WAIT, nw:run("mp", 0))
    expect.error("BUSY", nw:send2("mp", "early"), "vCPU 0 retains it")
    turn = 2
    expect.truth(nw:wait_for(function() return turn == 3 end), "PE 1 ran vCPU 1")
    expect.eq({ read[0], read[1] }, { "hello", "hello" })
    expect.ok(nw:send2("mp", "again"), "vCPU 1 gave it back")
  end,
  secondary = function(nw)
    turn = 1
    expect.truth(nw:wait_for(function() return turn == 2 end))
    expect.error("INVALID_PARAMETERS", nw:run("mp", 9), "no such vCPU")
    expect.fid(ffa.MSG_WAIT, nw:run("mp", 1))
    turn = 3
    nw:cpu_off()
  end,
}
