-- SPDX-License-Identifier: BSD-3-Clause
-- Indirect messages between versions: the UUID is there for those who know it.
local UUID = "c1000000-0000-0000-0000-0000000000c1"
local NIL = "00000000-0000-0000-0000-000000000000"

-- conformance: indirect_messaging_v1_1.payload_overlap
-- conformance: indirect_messaging_v1_1.payload_gap
-- conformance: indirect_messaging_v1_1.echo_v1_1_to_v1_2
-- conformance: indirect_messaging_v1_2.echo_v1_2_to_v1_2
-- conformance: indirect_messaging_v1_2.echo_v1_2_to_v1_1
-- conformance: indirect_messaging.service2_uuid2_indirect_echo
return scenario {
  name  = "indirect messages between versions",
  limit = "5 ms",
  tags  = { "indirect", "version", "quick" },
  partitions = {
    { name = "old", manifest = "manifests/mail_v1_1.dts", script = function(sp)
        expect.ok(sp:rxtx_map {})
        local r = sp:msg_wait()
        while true do
          local m = sp:message()
          expect.truth(m.uuid == nil or m.uuid == NIL, "no UUID in FF-A 1.1")
          expect.ok(sp:rx_release())
          expect.error("INVALID_PARAMETERS", sp:send2(0, m.text, { header = 20, offset = 19 }))
          expect.ok(sp:send2(0, m.text, { header = 20, offset = 20 + #m.text * 100 }))
          r = sp:direct_resp(r, {})
        end
      end },
    { name = "new", manifest = "manifests/mail_b.dts", script = function(sp)
        expect.ok(sp:rxtx_map {})
        local r = sp:msg_wait()
        while true do
          local m = sp:message()
          expect.eq(m.uuid, "b2000000-0000-0000-0000-0000000000b2", "the UUID arrives")
          expect.ok(sp:rx_release())
          expect.ok(sp:send2("old", m.text, { uuid = UUID }))
          sp:direct_req("old", {})
          r = sp:direct_resp(r, {})
        end
      end },
  },
  normal_world = function(nw)
    expect.ok(nw:rxtx_map {})
    for _, text in ipairs { "", "x", "a text" } do
      local to = text == "x" and "old" or "new"
      expect.ok(nw:send2(to, text, { uuid = to == "new" and
                "b2000000-0000-0000-0000-0000000000b2" or nil }))
      expect.error("DENIED", nw:send2("new", text, { uuid = "b1000000-0000-0000-0000-0000000000b1" }),
                   "that service takes none")
      nw:direct_req(to, {})
      local m = nw:message()
      expect.eq({ m.text, m.uuid }, { text, NIL }, "from 1.1 to 1.3")
      expect.truth(m.offset >= 40 and m.tail_is_zero)
      expect.ok(nw:rx_release())
    end
  end,
}
