-- SPDX-License-Identifier: BSD-3-Clause
-- FFA_VERSION: equal major and lower minor are taken; anything else is refused; after another ABI was
-- used the version stays as it is.
local function negotiate(who)
  expect.eq(who:version(0x80010003).error, "NOT_SUPPORTED", "bit 31 set")
  expect.eq(who:version(0x00000009).error, "NOT_SUPPORTED", "major too low")
  expect.eq(who:version(0x00020000).error, "NOT_SUPPORTED", "major too high")
  expect.eq(who:version(0x00010004).error, "NOT_SUPPORTED", "minor too high")
  expect.eq(who:version(0x00010001).version, 0x00010003, "an older one: the answer is the SPMC's own")
end

-- conformance: ffa_version.succeeds_older_compatible_version
-- conformance: ffa_version.fails_highest_bit_set
-- conformance: ffa_version.fails_major_version_too_low
-- conformance: ffa_version.fails_major_version_too_high
-- conformance: ffa_version.fails_minor_version_too_high
-- conformance: ffa_version.fails_change_after_other_abis_used
return scenario {
  name  = "version negotiation",
  limit = "2 ms",
  tags  = { "setup", "quick" },
  partitions = {
    { name = "a", manifest = "manifests/a.dts", script = function(sp)
        negotiate(sp)
        expect.ok(sp:id_get())
        expect.eq(sp:version(0x00010002).error, "NOT_SUPPORTED", "frozen after another ABI")
        expect.eq(sp:version(0x00010001).version, 0x00010003, "the same one may be asked for again")
        sp:serve(function() return {} end)
      end },
  },
  normal_world = function(nw)
    negotiate(nw)
    expect.ok(nw:features(ffa.RXTX_UNMAP))
    expect.eq(nw:version(0x00010000).error, "NOT_SUPPORTED", "frozen after another ABI")
  end,
}
