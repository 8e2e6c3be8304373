-- SPDX-License-Identifier: BSD-3-Clause
-- FFA_FEATURES says what each caller can use, and nothing that is not served.
local everybody = {
  "ERROR", "SUCCESS_32", "INTERRUPT", "VERSION", "FEATURES", "RX_RELEASE", "RXTX_MAP_64", "RXTX_UNMAP",
  "PARTITION_INFO_GET", "ID_GET", "RUN", "MSG_SEND_DIRECT_REQ_32", "MSG_SEND_DIRECT_REQ_64",
  "SPM_ID_GET", "CONSOLE_LOG_32", "CONSOLE_LOG_64", "PARTITION_INFO_GET_REGS_64",
  "MSG_SEND_DIRECT_REQ2_64",
}
local nobody = { "RXTX_MAP_32", "MSG_SEND", "MSG_POLL", "NORMAL_WORLD_RESUME", "EL3_INTR_HANDLE",
                 "MEM_OP_PAUSE", "MEM_OP_RESUME" }

local function ask(who)
  for _, name in ipairs(everybody) do
    expect.ok(who:features(ffa[name]), name)
  end
  for _, name in ipairs(nobody) do
    expect.error("NOT_SUPPORTED", who:features(ffa[name]), name)
  end
  expect.error("NOT_SUPPORTED", who:features(0x5), "no such feature")
  expect.error("NOT_SUPPORTED", who:features(0x101), "reserved bits of a feature id")
  expect.error("NOT_SUPPORTED", who:features(0x840000ee), "no such function")
end

-- conformance: ffa_features.fails_func_id_not_supported
-- conformance: ffa_features.fails_if_feature_id_wrong
-- conformance: ffa.secondary_ep_register_not_supported
return scenario {
  name  = "FFA_FEATURES",
  limit = "5 ms",
  tags  = { "setup", "quick" },
  partitions = {
    { name = "up", manifest = "manifests/a.dts", script = function(sp)
        ask(sp)
        expect.ok(sp:features(ffa.YIELD), "YIELD is for partitions")
        expect.error("NOT_SUPPORTED", sp:features(ffa.SECONDARY_EP_REGISTER_64), "a UP partition")
        expect.error("NOT_SUPPORTED", sp:features(ffa.RX_ACQUIRE), "RX_ACQUIRE is the hypervisor's")
        sp:serve(function() return {} end)
      end },
  },
  normal_world = function(nw)
    ask(nw)
    expect.ok(nw:features(ffa.RX_ACQUIRE))
    expect.error("NOT_SUPPORTED", nw:features(ffa.YIELD))
    local map = expect.ok(nw:features(ffa.RXTX_MAP_64))
    expect.eq(map.w2 & 3, 0, "buffers of at least 4 KiB")
    expect.eq(map.w2 >> 16, 4, "and of at most four pages")
  end,
}
