-- SPDX-License-Identifier: BSD-3-Clause
-- FFA_FEATURES offers each version what it has, and nothing that came later.
local V1_0 = {
  "ERROR", "SUCCESS_32", "SUCCESS_64", "INTERRUPT", "VERSION", "FEATURES", "RX_RELEASE",
  "RXTX_MAP_64", "RXTX_UNMAP", "PARTITION_INFO_GET", "ID_GET", "MSG_WAIT", "RUN",
  "MSG_SEND_DIRECT_REQ_32", "MSG_SEND_DIRECT_REQ_64", "MSG_SEND_DIRECT_RESP_32",
  "MSG_SEND_DIRECT_RESP_64", "MEM_DONATE_32", "MEM_DONATE_64", "MEM_LEND_32", "MEM_LEND_64",
  "MEM_SHARE_32", "MEM_SHARE_64", "MEM_RETRIEVE_RESP", "MEM_RELINQUISH", "MEM_RECLAIM",
  "MEM_FRAG_RX", "MEM_FRAG_TX",
}
local V1_1 = {
  "SPM_ID_GET", "MSG_SEND2", "NOTIFICATION_BITMAP_CREATE", "NOTIFICATION_BITMAP_DESTROY",
  "NOTIFICATION_BIND", "NOTIFICATION_UNBIND", "NOTIFICATION_SET", "NOTIFICATION_GET",
}
local V1_2 = {
  "PARTITION_INFO_GET_REGS_64", "MSG_SEND_DIRECT_REQ2_64", "MSG_SEND_DIRECT_RESP2_64",
}
local NS_BIT = 2

local function offered(who, names, what)
  for _, name in ipairs(names) do
    expect.ok(who:features(ffa[name]), what .. ": " .. name)
  end
end

local function unknown(who, names, what)
  for _, name in ipairs(names) do
    expect.error("NOT_SUPPORTED", who:features(ffa[name]), what .. ": " .. name)
  end
end

-- From v1.1 on, who asks for FFA_MEM_RETRIEVE_REQ says that it looks at the NS bit.
local function retrieve(who, needs_ns_bit, what)
  for _, name in ipairs { "MEM_RETRIEVE_REQ_32", "MEM_RETRIEVE_REQ_64" } do
    expect.eq(expect.ok(who:features(ffa[name], NS_BIT), what).w2 & NS_BIT, NS_BIT)
    if needs_ns_bit then
      expect.error("NOT_SUPPORTED", who:features(ffa[name], 0), what)
    else
      expect.ok(who:features(ffa[name], 0), what)
    end
  end
end

-- conformance: ffa_features.succeeds_ffa_call_ids
-- conformance: ffa_features.succeeds_ffa_call_ids_v1_1
-- conformance: ffa_features.succeeds_ffa_call_ids_v1_2
-- conformance: ffa_features.fails_if_parameter_wrong_and_v_1_1
-- conformance: ffa_features.does_not_fail_if_parameter_wrong_and_v_1_0
return scenario {
  name  = "FFA_FEATURES for each version",
  limit = "5 ms",
  tags  = { "setup", "version", "quick" },
  partitions = {
    { name = "v1.0", manifest = "manifests/v1_0.dts", script = function(sp)
        offered(sp, V1_0, "1.0")
        unknown(sp, V1_1, "1.0")
        unknown(sp, V1_2, "1.0")
        retrieve(sp, false, "1.0")
      end },
    { name = "v1.1", manifest = "manifests/v1_1.dts", script = function(sp)
        offered(sp, V1_0, "1.1")
        offered(sp, V1_1, "1.1")
        unknown(sp, V1_2, "1.1")
        unknown(sp, { "NOTIFICATION_INFO_GET_64", "RX_ACQUIRE" }, "those are the scheduler's")
        retrieve(sp, true, "1.1")
      end },
    { name = "v1.2", manifest = "manifests/v1_2.dts", script = function(sp)
        offered(sp, V1_0, "1.2")
        offered(sp, V1_1, "1.2")
        offered(sp, V1_2, "1.2")
        offered(sp, { "CONSOLE_LOG_32", "CONSOLE_LOG_64" }, "1.2")
        retrieve(sp, true, "1.2")
      end },
  },
  normal_world = function(nw)
    offered(nw, V1_0, "normal world")
    offered(nw, V1_1, "normal world")
    offered(nw, V1_2, "normal world")
    offered(nw, { "NOTIFICATION_INFO_GET_64", "RX_ACQUIRE" }, "normal world")
    retrieve(nw, true, "normal world")
  end,
}
