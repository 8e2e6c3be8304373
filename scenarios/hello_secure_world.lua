-- SPDX-License-Identifier: BSD-3-Clause
-- Two partitions and a normal-world kernel, all of them AArch64 code: the kernel finds the
-- partitions, talks to echo, and to relay, which asks echo in turn.
return scenario {
  name  = "hello, secure world",
  board = "sim",
  limit = "5 ms",
  tags  = { "setup", "messages", "twin", "quick" },

  partitions = {
    { image = "echo",  manifest = "echo.dts" },
    { image = "relay", manifest = "relay.dts" },
  },

  normal_world = { image = "kernel", el = 1 },

  finish = function(run)
    expect.truth(run.passed, "the kernel switched the machine off")
    expect.truth(#run.console > 0)
    expect.eq(run.console[#run.console], "[NWd/0] kernel: all is well")
  end,
}
