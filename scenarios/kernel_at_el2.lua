-- SPDX-License-Identifier: BSD-3-Clause
-- The same kernel image as a hypervisor would start: at NS-EL2.
return scenario {
  name  = "a normal world at NS-EL2",
  limit = "5 ms",
  tags  = { "setup", "messages", "twin", "quick" },
  partitions = { { image = "echo" }, { image = "relay" } },
  normal_world = { image = "kernel", el = 2 },

  finish = function(run)
    expect.eq(run.console[#run.console], "[NWd/0] kernel: all is well")
    local seen = false
    for _, line in ipairs(run.console) do
      seen = seen or line:find("NS-EL2", 1, true) ~= nil
    end
    expect.truth(seen, "the kernel found itself at NS-EL2")
  end,
}
