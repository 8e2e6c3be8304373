-- SPDX-License-Identifier: BSD-3-Clause
-- Three faults, and who notices them: nobody, who gets the error, the checker; and two that are none.
return scenario {
  name = "who noticed",
  limit = "1 ms",
  faults = {
    "stall_pe pe=0 for=2us nth=1 of=note",
    "corrupt_call endpoint=asker arg=1 mask=0xff nth=3",
    "flip_gic intid=64 field=enable bit=0 nth=2 of=note",
    "no_memory nth=99",
  },
  partitions = {
    { name = "asker", manifest = "irq_a.dts", script = function(sp)
        expect.ok(sp:interrupt_enable(64))
        sp:serve(function()
          return { sp:direct_req("echo", { 5 }).error and 1 or 0 }
        end)
      end },
    { name = "echo", manifest = "b.dts", script = function(sp)
        sp:serve(function(request) return { request.payload[1] } end)
      end },
  },
  normal_world = function(nw)
    note("first")
    nw:direct_req("asker", {})
    nw:direct_req("asker", {})
    note("second")
    nw:direct_req("asker", {})
  end,
}
