-- SPDX-License-Identifier: BSD-3-Clause
-- What FFA_MSG_SEND2 refuses: each refusal leaves the receiver's buffer empty.
local function rules(who, other, what)
  local function refused(code, opts, why)
    expect.error(code, who:send2("taker", "text", opts), what .. ": " .. why)
  end
  refused("INVALID_PARAMETERS", { from = other }, "the id of somebody else")
  refused("INVALID_PARAMETERS", { from = 0x8009 }, "the id of nobody")
  refused("INVALID_PARAMETERS", { offset = 20 }, "the message over the UUID")
  refused("INVALID_PARAMETERS", { offset = 0 }, "the message over the header")
  refused("INVALID_PARAMETERS", { size = 1024 * 1024 }, "larger than the buffer")
  refused("INVALID_PARAMETERS", { offset = 0xfffffff0, size = 0x20 }, "offset and size overflow")
  refused("INVALID_PARAMETERS", { uuid = "00000000-0000-0000-0000-000000000bad" }, "no such service")
  refused("INVALID_PARAMETERS", { w1 = 1 }, "reserved half of w1")
  refused("INVALID_PARAMETERS", { flags = 1 }, "reserved flag")
  expect.error("INVALID_PARAMETERS", who:send2(who.id, "to myself"), what)
  expect.error("INVALID_PARAMETERS", who:send2(0x8000, "to the SPMC"), what)
  expect.error("INVALID_PARAMETERS", who:send2(0x7fff, "to a VM without buffers"), what)
  expect.error("DENIED", who:send2("plain", "text"), what .. ": it takes none")
  expect.error("DENIED", who:send2("old", "text"), what .. ": FF-A 1.0 has none")
  expect.error("BUSY", who:send2("bare", "text"), what .. ": it has no RX buffer")
end

-- conformance: indirect_messaging.corrupted_sender
-- conformance: indirect_messaging.non_existing_sender
-- conformance: indirect_messaging.self_message
-- conformance: indirect_messaging.unmapped_rx
-- conformance: indirect_messaging_v1_0.v1_0_not_supported
-- conformance: indirect_messaging_v1_2.payload_overlap
-- conformance: indirect_messaging_v1_2.size_plus_offset_overflow
return scenario {
  name  = "rules of FFA_MSG_SEND2",
  limit = "5 ms",
  tags  = { "indirect", "quick" },
  partitions = {
    { name = "taker", manifest = "manifests/mail_b.dts", script = function(sp)
        expect.ok(sp:rxtx_map {})
        sp:serve(function() return { sp:rx_release().status } end)
      end },
    { name = "plain", manifest = "manifests/a.dts", script = function(sp)
        expect.ok(sp:rxtx_map {})
        expect.error("DENIED", sp:send2("taker", "text"), "it may send none")
      end },
    { name = "bare", manifest = "manifests/mail_v1_1.dts", script = function() end },
    { name = "old", manifest = "manifests/v1_0.dts", script = function(sp)
        expect.ok(sp:rxtx_map {})
        expect.error("NOT_SUPPORTED", sp:send2("taker", "text"), "FF-A 1.0 has none")
        expect.error("NOT_SUPPORTED", sp:features(0x84000086))
      end },
    { name = "sender", manifest = "manifests/mail_a.dts", script = function(sp)
        expect.error("DENIED", sp:send2("taker", "no TX buffer"))
        sp:serve(function()
          rules(sp, 0, "partition")
          expect.error("INVALID_PARAMETERS", sp:send2("taker", "text", { w1 = sp.id << 16 }))
          return {}
        end)
      end },
  },
  normal_world = function(nw)
    expect.ok(nw:rxtx_map {})
    rules(nw, nw:find("sender").id, "normal world")
    expect.error("INVALID_PARAMETERS", nw:send2("taker", "text", { flags = 2 }),
                 "only a partition may delay the schedule receiver interrupt")
    expect.eq(nw:direct_req("taker", {}).status, -6, "its buffer is empty")
  end,
}
