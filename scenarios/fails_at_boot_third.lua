-- SPDX-License-Identifier: BSD-3-Clause
-- The third partition in boot order reports an error at boot; those before it and after it serve.
-- conformance: boot_fail.sp3_fails_to_init
return scenario {
  name  = "the third partition fails at boot",
  limit = "5 ms",
  tags  = { "boot", "abort", "quick" },
  partitions = {
    { image = "echo" },
    { name = "a", manifest = "manifests/a.dts", script = function(sp) sp:obey() end },
    { image = "failing_error" },
    { name = "b", manifest = "manifests/b.dts", script = function(sp) sp:obey() end },
  },
  normal_world = function(nw)
    expect.state("failing_error", "ABORTED")
    expect.error("ABORTED", nw:run("failing_error"))
    expect.error("ABORTED", nw:direct_req("failing_error", { 0xec0 }))
    expect.eq(nw:direct_req("echo", { 0xec0, 1 }).payload, { 0xec0, 1, 0, 0, 0 })
    nw:act("a", function(a)
      expect.error("ABORTED", a:direct_req("failing_error", { 1 }))
      expect.eq(a:act("b", function(b) return b.name end), "b/0")
    end)
  end,
}
