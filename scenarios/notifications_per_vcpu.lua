-- SPDX-License-Identifier: BSD-3-Clause
-- Where the SPMC offers them: notifications of single vCPUs, and lists of more than twenty ids.
local VM, VCPUS = 3, 40

return scenario {
  name  = "notifications of single vCPUs",
  limit = "20 ms",
  tags  = { "notifications", "quick" },
  pes   = 4,
  spmc  = { per_vcpu_notifications = true },
  partitions = {
    { name = "a", manifest = "manifests/notify_a.dts", script = function(sp) sp:obey() end },
    { name = "mp", manifest = "manifests/notify_mp.dts", script = function(sp) sp:obey() end },
  },
  normal_world = function(nw)
    expect.eq(expect.ok(nw:features(4)).w2, 0, "per-vCPU notifications, of VMs and of partitions")
    expect.ok(nw:notification_bitmap_create { vm = VM, vcpus = VCPUS })
    expect.error("NO_MEMORY", nw:notification_bitmap_create { vm = VM + 1, vcpus = 65 })
    expect.ok(nw:notification_bind { sender = "a", receiver = VM, bits = 1, per_vcpu = true })
    expect.ok(nw:notification_bind { sender = "a", receiver = VM, bits = 2 })
    nw:act("mp", function(mp)
      expect.ok(mp:notification_bind { sender = "a", bits = 1, per_vcpu = true })
    end)
    nw:act("a", function(a)
      local function set(o)
        o.per_vcpu = o.per_vcpu == nil or o.per_vcpu
        return a:notification_set(o)
      end
      expect.error("INVALID_PARAMETERS", set { receiver = VM, bits = 2 }, "that one is global")
      expect.error("INVALID_PARAMETERS", set { receiver = VM, bits = 1, per_vcpu = false })
      expect.error("INVALID_PARAMETERS", set { receiver = VM, vcpu = VCPUS }, "no such vCPU")
      expect.error("INVALID_PARAMETERS", set { receiver = "mp", vcpu = 4 }, "no such vCPU")
      expect.ok(set { receiver = "mp", vcpu = 0 })
      expect.ok(set { receiver = "mp", vcpu = 2 })
      for vcpu = 0, VCPUS - 1 do
        expect.ok(set { receiver = VM, vcpu = vcpu })
      end
    end)

    local seen, calls, r = { mp = 0 }, 0
    repeat
      r = expect.ok(nw:notification_info_get())
      calls = calls + 1
      for _, list in ipairs(r.ids) do
        expect.truth(#list.vcpus >= 1 and #list.vcpus <= 3)
        for _, vcpu in ipairs(list.vcpus) do
          if list.name == "mp" then
            seen.mp = seen.mp | 1 << vcpu
          else
            expect.eq({ list.id, seen[vcpu] }, { VM, nil }, "each vCPU once")
            seen[vcpu] = true
          end
        end
      end
    until not r.more
    expect.eq({ seen.mp, #seen, calls }, { 5, VCPUS - 1, 3 })
    expect.error("NO_DATA", nw:notification_info_get())

    nw:act("a", function(a) expect.ok(a:notification_set { receiver = VM, bits = 2 }) end)
    expect.eq(expect.ok(nw:notification_get { receiver = VM, vcpu = 7 }).sp, 3, "and a global one")
    expect.eq(expect.ok(nw:notification_get { receiver = VM, vcpu = 8 }).sp, 1)
    expect.eq(expect.ok(nw:notification_get { receiver = VM, vcpu = 8 }).sp, 0)
    nw:act("mp", function(mp)
      expect.eq(mp:interrupt_get(), 5)
      expect.eq(expect.ok(mp:notification_get {}).sp, 1, "of vCPU 0")
      expect.error("DENIED", mp:notification_unbind { sender = "a", bits = 1 }, "vCPU 2 has one")
      expect.eq(expect.ok(mp:notification_get { vcpu = 2 }).sp, 1)
      expect.ok(mp:notification_unbind { sender = "a", bits = 1 })
    end)
  end,
}
