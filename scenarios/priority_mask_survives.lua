-- SPDX-License-Identifier: BSD-3-Clause
-- A partition that lets no interrupt of the normal world in has the PE's one priority mask while it runs; then the
-- normal world has its own again, also when the partition yields or aborts.
local MASK = 0xa0

return scenario {
  name  = "the priority mask of the normal world",
  limit = "2 ms",
  tags  = { "interrupts", "isolation", "quick" },
  partitions = {
    { name = "quiet", manifest = "manifests/ns_queued.dts", script = function(sp)
        sp:serve(function(request)
          if request.payload[1] == 1 then
            expect.ok(sp:yield())
          elseif request.payload[1] == 2 then
            sp:abort()
          end
          return {}
        end)
      end },
  },

  normal_world = function(nw)
    local function as_it_was(what)
      expect.eq(nw:icc("PMR"), MASK, what)
    end
    nw:icc("PMR", MASK)
    as_it_was("written")
    nw:direct_req("quiet", { 0 })
    as_it_was("after a request")
    nw:direct_req("quiet", { 1 })
    as_it_was("after a yield")
    nw:run("quiet")
    as_it_was("after its end")
    nw:direct_req("quiet", { 2 })
    as_it_was("after an abort")
  end,
}
