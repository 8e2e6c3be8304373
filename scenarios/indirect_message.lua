-- SPDX-License-Identifier: BSD-3-Clause
-- FFA_MSG_SEND2: a message from the normal world is relayed by one partition to another and back.
local function take(sp)
  local m = sp:message()
  expect.truth(m.tail_is_zero, "nothing of before is behind the message")
  expect.ok(sp:rx_release())
  return m
end

-- conformance: indirect_messaging.services_echo
-- conformance: indirect_messaging.relay
-- conformance: indirect_messaging.unmapped_tx
-- conformance: indirect_messaging.unread_message
-- conformance: indirect_messaging.clear_empty
-- conformance: indirect_messaging.invalid_size
-- conformance: indirect_messaging_v1_2.msg_send2_zeros_rx_tail_on_multi_page_mailbox
return scenario {
  name  = "indirect messages",
  limit = "5 ms",
  tags  = { "indirect", "quick" },
  partitions = {
    { name = "relay", manifest = "manifests/mail_a.dts", script = function(sp)
        expect.ok(sp:rxtx_map { pages = 4 })
        local r = sp:msg_wait()
        while true do
          local m = take(sp)
          if m.sender == 0 then
            expect.ok(sp:send2("echo", m.text .. " relayed", { flags = 2 }))
            sp:direct_req("echo", {})
            m = take(sp)
          end
          expect.ok(sp:send2(0, m.text))
          r = sp:direct_resp(r, {})
        end
      end },
    { name = "echo", manifest = "manifests/mail_b.dts", script = function(sp)
        expect.ok(sp:rxtx_map {})
        local r = sp:msg_wait()
        while true do
          local m = take(sp)
          expect.ok(sp:send2(m.sender, m.text .. " echoed"))
          r = sp:direct_resp(r, {})
        end
      end },
  },
  normal_world = function(nw)
    expect.ok(nw:features(0x84000086), "FFA_MSG_SEND2 is there")
    expect.error("DENIED", nw:send2("relay", "no TX buffer yet"))
    expect.ok(nw:rxtx_map {})
    for _, one in ipairs(expect.ok(nw:partition_info_get {}).partitions) do
      expect.eq(one.properties & 4 ~= 0, one.uuid ~= "b1000000-0000-0000-0000-0000000000b1",
                "does this service take indirect messages: " .. one.uuid)
    end
    expect.ok(nw:rx_release())

    expect.ok(nw:send2("relay", "hello"))
    expect.error("BUSY", nw:send2("relay", "unread"), "the first is not read yet")
    nw:direct_req("relay", {})
    local m = nw:message()
    expect.eq({ m.sender, m.receiver, m.text }, { nw:find("relay").id, 0, "hello relayed echoed" })
    expect.truth(m.tail_is_zero)
    expect.ok(nw:rx_release())
    expect.error("DENIED", nw:rx_release(), "nothing to release")

    expect.ok(nw:send2("echo", string.rep("x", 4096 - 40)), "as large as the buffer")
    expect.error("INVALID_PARAMETERS", nw:send2("relay", "", { size = 4096 - 39 }))
  end,
}
