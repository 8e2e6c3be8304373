-- SPDX-License-Identifier: BSD-3-Clause
-- FFA_CONSOLE_LOG, both forms and every illegal length.
local function log(who)
  expect.ok(who:console_log("hello from " .. who.name .. "\n"))
  expect.ok(who:console_log("a longer line, in the registers of the 64-bit form\n", { bits = 64 }))
  expect.error("INVALID_PARAMETERS", who:smc { ffa.CONSOLE_LOG_32, 0 }, "nothing")
  expect.error("INVALID_PARAMETERS", who:smc { ffa.CONSOLE_LOG_32, 25 }, "more than six registers")
  expect.error("INVALID_PARAMETERS", who:smc { ffa.CONSOLE_LOG_64, 129 }, "more than sixteen")
  expect.error("INVALID_PARAMETERS", who:smc { ffa.CONSOLE_LOG_64, 0xffffffff })
end

-- conformance: ffa_console_log.successfull_msg_send
-- conformance: ffa_console_log.invalid_parameters
-- conformance: ffa_console_log_extended_reg.successfull_msg_send
-- conformance: ffa_console_log_extended_reg.invalid_parameters
return scenario {
  name  = "FFA_CONSOLE_LOG",
  limit = "2 ms",
  tags  = { "console", "quick" },
  partitions = {
    { name = "a", manifest = "manifests/a.dts", script = function(sp)
        log(sp)
        sp:serve(function() return {} end)
      end },
  },
  normal_world = function(nw)
    log(nw)
  end,
  finish = function(run)
    expect.console(run, "[a/0] hello from a/0")
    expect.console(run, "[NWd/0] hello from NWd/0")
    expect.console(run, "[a/0] a longer line, in the registers of the 64-bit form")
  end,
}
