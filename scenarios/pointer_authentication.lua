-- SPDX-License-Identifier: BSD-3-Clause
-- Pointer authentication in real code: each partition at S-EL1 has keys of its own, which stay over the turns of the
-- others; a return address that was tampered with is its fault, at S-EL1 one that it takes itself, at S-EL0 its end.
-- conformance: arch_features.enable_pauth
-- conformance: arch_features.pauth_fault
-- conformance: pauth.pauth_fault_el0
local KEYS, SIGN, RETURN = 0xa2c1, 0xa2c2, 0xa2c3

return scenario {
  name  = "pointer authentication",
  limit = "5 ms",
  tags  = { "isolation", "abort", "quick" },
  partitions = {
    { name = "a", image = "arch", manifest = "manifests/a.dts" },
    { name = "b", image = "arch", manifest = "manifests/b.dts" },
    { name = "zero", image = "arch_el0", manifest = "manifests/mem_el0.dts" },
    { image = "echo" },
  },
  normal_world = function(nw)
    local function ask(name, ...)
      local r = nw:direct_req(name, { ... }, { bits = 64 })
      expect.fid(ffa.MSG_SEND_DIRECT_RESP_64, r)
      return r.payload
    end
    local function signatures_of(name)
      local list = ask(name, SIGN)
      for i = 1, 5 do
        for j = 1, i - 1 do
          expect.ne(list[i], list[j], name .. ": each key signs otherwise")
        end
      end
      return list
    end

    -- The same pointer, other keys; a partition's own stay.
    ask("a", KEYS, 1)
    ask("b", KEYS, 77)
    local a, b = signatures_of("a"), signatures_of("b")
    for i = 1, 5 do
      expect.ne(a[i], b[i], "key " .. i)
    end
    for _ = 1, 3 do
      expect.eq(signatures_of("a"), a)
      expect.eq(ask("zero", RETURN, 0)[2], 1)
      expect.eq(signatures_of("b"), b)
    end
    ask("b", KEYS, 1)
    expect.eq(signatures_of("b"), a, "the same keys, the same signatures")

    -- A good return, and one that is not: the fetch faults at its own stage 1, and it goes on.
    for _, name in ipairs { "a", "b" } do
      local _, arrived, esr = table.unpack(ask(name, RETURN, 0))
      expect.eq({ arrived, esr }, { 1, 0 })
      _, arrived, esr = table.unpack(ask(name, RETURN, 1))
      expect.eq(arrived, 0)
      expect.eq({ esr >> 26, (esr & 0x3c) >> 2 }, { 0x21, 1 }, "instruction abort, translation fault")
    end
    expect.eq(signatures_of("a"), a)

    local r = nw:direct_req("zero", { RETURN, 1 }, { bits = 64 })
    expect.error("ABORTED", r)
    expect.state("zero", "ABORTED")
    expect.error("ABORTED", nw:direct_req("zero", { RETURN, 0 }, { bits = 64 }))
    expect.eq(signatures_of("a"), a, "the others go on")
    expect.eq(nw:direct_req("echo", { 0xec0, 5 }).payload[2], 5)
  end,
}
