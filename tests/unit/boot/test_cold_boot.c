/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "main.h"
#include "spmc/hcr.h"
#include "spmc/interrupt.h"
#include "world.h"

START_TEST(objects_of_the_core)
{
    struct spmc *spmc;
    struct partition *nwd;

    ck_assert(world_boot());
    spmc = world.spmc;
    nwd = spmc_partition_by_id(spmc, FFA_ID_NWD);
    ck_assert_uint_eq(nwd->id, 0);
    ck_assert_uint_eq(nwd->state, PARTITION_RUNNING);
    ck_assert_uint_eq(nwd->ffa_version, SPMC_FFA_VERSION);
    ck_assert_uint_eq(nwd->vcpu_count, WORLD_PES);
    ck_assert_str_eq(spmc_partition_name(nwd), "NWd");
    for (uint32_t i = 0; i < WORLD_PES; i++) {
        struct spmc_cpu *cpu = spmc_cpu(spmc, i);

        ck_assert_uint_eq(cpu->index, i);
        ck_assert_uint_eq(cpu->mpidr, 0x100 * i);
        ck_assert(cpu->online == (i == 0));
        ck_assert_ptr_eq(cpu->spmc, spmc);
        ck_assert_ptr_eq(cpu->nwd, &nwd->vcpu[i]);
        ck_assert_ptr_null(cpu->nwd->arch);
        ck_assert_uint_eq(cpu->nwd->state, VCPU_RUNNING);
        ck_assert_uint_eq(cpu->nwd->sched_mode, SCHED_NONE);
        ck_assert_uint_eq(cpu->nwd->runtime_model, RTM_NONE);
        ck_assert_uint_eq(cpu->nwd->index, i);
        ck_assert_ptr_eq(cpu->nwd->cpu, cpu);
    }
    ck_assert_ptr_null(spmc_cpu(spmc, WORLD_PES));
    ck_assert_uint_eq(spmc_partition_count(spmc), 2);
    ck_assert_ptr_eq(spmc_partition_at(spmc, 1), world_two());
    ck_assert_ptr_null(spmc_partition_at(spmc, 2));
    ck_assert_ptr_null(spmc_partition_by_id(spmc, 0x8000));
    ck_assert_ptr_null(spmc_partition_by_id(spmc, 0x8003));
    ck_assert_ptr_null(spmc_partition_by_id(spmc, 1));
    ck_assert_str_eq(spmc_partition_name(world_two()), "two");
    ck_assert_uint_eq(spmc_page_pool(spmc)->total_count, 0x100);
}
END_TEST

START_TEST(partitions_and_their_vcpus)
{
    struct partition *one;
    struct partition *two;

    ck_assert(world_boot());
    one = world_one();
    two = world_two();
    ck_assert_uint_eq(one->vcpu_count, 1);
    ck_assert_uint_eq(two->vcpu_count, WORLD_PES);
    ck_assert_uint_eq(one->ffa_version, FFA_VERSION_1_3);
    ck_assert_uint_eq(two->ffa_version, FFA_VERSION_1_2);
    ck_assert(!one->version_negotiated && !one->version_frozen);
    ck_assert(one->vmid != 0 && two->vmid != 0 && one->vmid != two->vmid);
    ck_assert_uint_eq(one->entry, TREE_PARTITION(1) + 0x4000);
    ck_assert_uint_eq(two->entry, TREE_PARTITION(2) + WORLD_IMAGE); /* no entrypoint-offset */
    ck_assert_uint_eq(two->secondary_entry, two->entry);
    ck_assert_ptr_null(one->vcpu[0].cpu); /* not started yet, bound to no PE */
    for (uint16_t i = 0; i < WORLD_PES; i++) {
        const struct arch_vcpu_config *config = &two->vcpu[i].arch->config;

        ck_assert_ptr_eq(two->vcpu[i].partition, two);
        ck_assert_uint_eq(two->vcpu[i].index, i);
        ck_assert_ptr_eq(two->vcpu[i].cpu, spmc_cpu(world.spmc, i));
        ck_assert_uint_eq(config->partition_id, 0x8002);
        ck_assert_uint_eq(config->vcpu_index, i);
        ck_assert_uint_eq(config->vmid, two->vmid);
        ck_assert_uint_eq(config->vsttbr.pa, two->stage2.root[PAS_SECURE].pa);
        ck_assert_uint_eq(config->vttbr.pa, two->stage2.root[PAS_NON_SECURE].pa);
        ck_assert_uint_eq(config->hcr, HCR_S_EL1);
        ck_assert(!config->el0);
        ck_assert(i == 0 || two->vcpu[i].state == VCPU_CREATED);
        ck_assert_ptr_nonnull(two->vcpu[i].console);
    }
    ck_assert_uint_eq(world.pe.count.cache_sync, 3); /* and the boot information of one */
    ck_assert_uint_eq(world.pe.cache_sync_pa.pa, TREE_PARTITION(2) + WORLD_IMAGE);
    ck_assert_uint_eq(world.pe.cache_sync_bytes, WORLD_IMAGE_SIZE);
}
END_TEST

static void check_page(const struct partition *partition, enum pas space, uint64_t ipa,
                       unsigned access, enum stage2_memory memory)
{
    struct stage2_attr attr = {0};
    paddr_t pa = {0};

    ck_assert_msg(stage2_lookup(&world.pe, &partition->stage2, space, ipaddr(ipa), &pa, &attr) ==
                      (access != 0),
                  "0x%llx", (unsigned long long)ipa);
    if (access != 0) {
        ck_assert_uint_eq(pa.pa, ipa);
        ck_assert_uint_eq(attr.access, access);
        ck_assert_uint_eq(attr.memory, memory);
    }
}

START_TEST(stage_2_holds_what_the_manifest_gives)
{
    const unsigned rw = STAGE2_READ | STAGE2_WRITE;
    const uint64_t base = TREE_PARTITION(1);
    const uint64_t end = base + TREE_PARTITION_SIZE;
    const struct partition *one;

    ck_assert(world_boot());
    one = world_one();
    check_page(one, PAS_SECURE, base - 0x1000, 0, 0);
    check_page(one, PAS_SECURE, base, rw | STAGE2_EXECUTE, STAGE2_NORMAL);
    check_page(one, PAS_SECURE, base + 0xf000, rw | STAGE2_EXECUTE, STAGE2_NORMAL);
    check_page(one, PAS_SECURE, base + 0x10000, rw, STAGE2_NORMAL); /* relative region rx */
    check_page(one, PAS_SECURE, base + 0x14000, rw, STAGE2_NORMAL);
    check_page(one, PAS_SECURE, base + 0x15000, rw | STAGE2_EXECUTE, STAGE2_NORMAL);
    check_page(one, PAS_SECURE, end - 0x1000, rw | STAGE2_EXECUTE, STAGE2_NORMAL);
    check_page(one, PAS_SECURE, end, 0, 0);
    check_page(one, PAS_NON_SECURE, base, 0, 0);
    check_page(one, PAS_SECURE, TREE_SECURE_BASE + 0x80f000, rw, STAGE2_NORMAL);
    check_page(one, PAS_SECURE, TREE_SECURE_BASE + 0x810000, 0, 0);
    check_page(one, PAS_NON_SECURE, TREE_NS_BASE + 0x1000, STAGE2_READ, STAGE2_NORMAL);
    check_page(one, PAS_SECURE, TREE_NS_BASE + 0x1000, 0, 0);
    check_page(one, PAS_SECURE, TREE_DEVICE_BASE + 0x1000, rw, STAGE2_DEVICE_nGnRnE);
    check_page(one, PAS_SECURE, TREE_DEVICE_BASE + 0x2000, 0, 0);
    check_page(one, PAS_NON_SECURE, TREE_NS_DEVICE, rw, STAGE2_DEVICE_nGnRnE);
    check_page(world_two(), PAS_SECURE, base, 0, 0);
}
END_TEST

/* One table, in which nothing is both written and executed, and what is in no file is zero. */
START_TEST(an_s_el0_partition)
{
    const unsigned rx = STAGE2_READ | STAGE2_EXECUTE;
    const unsigned rw = STAGE2_READ | STAGE2_WRITE;
    const uint64_t base = TREE_PARTITION(1);
    const struct arch_vcpu_config *config;
    const struct partition *one;
    uint8_t *zeros;

    tree_small_partition(&world.tree[0], 1);
    tree_set_u32(&world.tree[0], "/", "exception-level", 1);
    tree_add_node(&world.tree[0], "/", "memory-regions");
    tree_set_string(&world.tree[0], "/memory-regions", "compatible",
                    "arm,ffa-manifest-memory-regions");
    tree_add_node(&world.tree[0], "/memory-regions", "data");
    tree_set_u32(&world.tree[0], "/memory-regions/data", "load-address-relative-offset", 0x10000);
    tree_set_u32(&world.tree[0], "/memory-regions/data", "pages-count", 2);
    tree_set_u32(&world.tree[0], "/memory-regions/data", "attributes", 3);
    tree_set_u32(&world.tree[0], "/memory-regions/data", "load-flags", 1);
    world_pack(0);
    zeros = fake_arch_at(&world.pe, base + 0xf000, 0x4000, PAS_SECURE);
    memset(zeros, 0x77, 0x4000);
    ck_assert(world_boot());
    one = world_one();
    config = &one->vcpu[0].arch->config;
    ck_assert(config->el0);
    ck_assert(one->stage2.el0);
    ck_assert_uint_eq(config->vsttbr.pa, one->stage2.root[PAS_SECURE].pa);
    ck_assert_uint_eq(config->vttbr.pa, 0);
    ck_assert_uint_eq(config->vtcr, stage2_el0_tcr());
    ck_assert_uint_eq(config->hcr, HCR_S_EL0);
    ck_assert_uint_eq(config->hcr & HCR_VM, 0);
    check_page(one, PAS_SECURE, base, rx, STAGE2_NORMAL);
    check_page(one, PAS_SECURE, base + 0xf000, rx, STAGE2_NORMAL);
    check_page(one, PAS_SECURE, base + 0x10000, rw, STAGE2_NORMAL);
    check_page(one, PAS_SECURE, base + 0x11000, rw, STAGE2_NORMAL);
    check_page(one, PAS_SECURE, base + 0x12000, rx, STAGE2_NORMAL);
    check_page(one, PAS_SECURE, base + TREE_PARTITION_SIZE, 0, 0);
    for (unsigned i = 0; i < 0x4000; i++) {
        ck_assert_msg(zeros[i] == (i >= 0x1000 && i < 0x3000 ? 0 : 0x77), "at 0x%x", i);
    }
}
END_TEST

START_TEST(static_buffers)
{
    const struct mailbox *mailbox;

    ck_assert(world_boot());
    mailbox = &world_one()->mailbox;
    ck_assert(mailbox->mapped);
    ck_assert_uint_eq(mailbox->state, MAILBOX_EMPTY);
    ck_assert_uint_eq(mailbox->pas, PAS_SECURE);
    ck_assert_uint_eq(mailbox->page_count, 2);
    ck_assert_uint_eq(mailbox->rx.pa, TREE_PARTITION(1) + 0x10000);
    ck_assert_uint_eq(mailbox->tx.pa, TREE_PARTITION(1) + 0x12000);
    for (uint64_t at = mailbox->rx.pa; at < mailbox->rx.pa + 4 * 0x1000u; at += 0x1000u) {
        struct ledger_page page;

        /* The SPMC writes there: nobody else can be given it. */
        ck_assert(ledger_get(&world.pe, &world.spmc->ledger, at, &page));
        ck_assert_uint_eq(page.owner, 0x8001);
        ck_assert_uint_eq(page.state, LEDGER_BUFFER);
    }
    ck_assert(!world_two()->mailbox.mapped);
}
END_TEST

START_TEST(non_secure_static_buffers)
{
    tree_set_u32(&world.spmc_tree, "/hypervisor/vm1", "vcpu_count", WORLD_PES);
    tree_set_u32(&world.spmc_tree, "/hypervisor/vm2", "vcpu_count", 1);
    tree_partition(&world.tree[1], 0, 1);
    tree_small_partition(&world.tree[0], WORLD_PES);
    tree_remove(&world.tree[1], "/memory-regions/rx", "load-address-relative-offset");
    tree_remove(&world.tree[1], "/memory-regions/tx", "load-address-relative-offset");
    tree_set_u32(&world.tree[1], "/memory-regions/rx", "base-address", TREE_NS_BASE + 0x4000);
    tree_set_u32(&world.tree[1], "/memory-regions/tx", "base-address", TREE_NS_BASE + 0x6000);
    tree_set_u32(&world.tree[1], "/memory-regions/rx", "attributes", 0xb);
    tree_set_u32(&world.tree[1], "/memory-regions/tx", "attributes", 0xb);
    tree_remove(&world.spmc_tree, "/hypervisor/vm2", "boot-order");
    world_pack(0);
    world_pack(1);
    ck_assert_msg(world_boot(), "%s", spmc_boot_diag(world.spmc)->text);
    ck_assert_uint_eq(world_two()->mailbox.pas, PAS_NON_SECURE);
    ck_assert_uint_eq(world_two()->mailbox.rx.pa, TREE_NS_BASE + 0x4000);
}
END_TEST

/* The mutable part holds all that calls change, and only that. */
START_TEST(the_mutable_part_of_the_arena)
{
    const void *start;
    size_t size;
    uintptr_t from;
    uintptr_t arena;
    uintptr_t to;

    ck_assert(world_boot());
    spmc_mutable_state(world.spmc, &start, &size);
    from = (uintptr_t)start;
    to = from + size;
    arena = (uintptr_t)world.params.arena;
    ck_assert_uint_ge(from, arena);
    ck_assert_uint_le(to, arena + world.params.arena_size_bytes);
    ck_assert_uint_ge((uintptr_t)world.spmc->cpu, from);
    ck_assert_uint_ge((uintptr_t)world.spmc->nwd, from);
    ck_assert_uint_le((uintptr_t)(world_two() + 1), to);
    ck_assert_uint_ge((uintptr_t)world.spmc->nwd->vcpu, from);
    ck_assert_uint_le((uintptr_t)(world_two()->vcpu + WORLD_PES), to);
    ck_assert_uint_lt((uintptr_t)world_two()->vcpu[WORLD_PES - 1].console, from);
    ck_assert_uint_lt((uintptr_t)world_two()->manifest, from);
    ck_assert_uint_lt((uintptr_t)world_two()->vm, from);
    ck_assert_uint_lt((uintptr_t)world.spmc->boot_order, from);
}
END_TEST

/* Each partition owns what its manifest lists, and what its other properties bring. */
START_TEST(virtual_interrupts_of_partitions)
{
    static const uint32_t of_one[] = {
        VINT_TIMER, VINT_MANAGED_EXIT, VINT_NOTIFICATION_PENDING, VINT_IPI, 40, 41};
    static const uint32_t of_two[] = {VINT_TIMER, VINT_IPI};
    const void *start;
    size_t size;

    ck_assert_msg(world_boot(), "%s", spmc_boot_diag(world.spmc)->text);
    ck_assert_uint_eq(world_one()->vint_count, sizeof(of_one) / sizeof(of_one[0]));
    ck_assert_mem_eq(world_one()->vint_id, of_one, sizeof(of_one));
    ck_assert_uint_eq(world_two()->vint_count, sizeof(of_two) / sizeof(of_two[0]));
    ck_assert_mem_eq(world_two()->vint_id, of_two, sizeof(of_two));
    spmc_mutable_state(world.spmc, &start, &size);
    ck_assert_uint_lt((uintptr_t)world_two()->vint_id, (uintptr_t)start);
    for (unsigned i = 0; i < WORLD_PES; i++) {
        const struct vint *vint = world_two()->vcpu[i].vint;

        ck_assert_uint_ge((uintptr_t)vint, (uintptr_t)start);
        ck_assert_uint_le((uintptr_t)(vint + world_two()->vint_count), (uintptr_t)start + size);
        ck_assert(i == 0 || vint == world_two()->vcpu[i - 1].vint + world_two()->vint_count);
    }
    ck_assert(vint_is_enabled(&world_one()->vcpu[0], VINT_MANAGED_EXIT));
    ck_assert(vint_is_enabled(&world_one()->vcpu[0], VINT_NOTIFICATION_PENDING));
    ck_assert(!vint_is_enabled(&world_one()->vcpu[0], 40));
}
END_TEST

START_TEST(virtual_interrupts_of_s_el0)
{
    tree_set_u32(&world.spmc_tree, "/hypervisor/vm2", "vcpu_count", 1);
    tree_small_partition(&world.tree[1], 1);
    tree_set_u32(&world.tree[1], "/", "exception-level", 1);
    world_pack(1);
    ck_assert_msg(world_boot(), "%s", spmc_boot_diag(world.spmc)->text);
    ck_assert_uint_eq(world_two()->vint_count, 0);
}
END_TEST

/* The manifest's GIC, else the one that the arch side knows. */
START_TEST(the_gic)
{
    world.params.gic.distributor = paddr(0x1000000);
    ck_assert_msg(world_boot(), "%s", spmc_boot_diag(world.spmc)->text);
    ck_assert(!world.spmc->gic.present);
    ck_assert_uint_eq(world.pe.count.sysreg_write[ARCH_ICC_IGRPEN1], 0);
    free(world.params.arena);
    world_pack(0);
    world.pe.count.vcpu_reset = 0;
    world.params.gic.present = true;
    world_boot_fails(MANIFEST_NOT_COMPATIBLE, "GIC at 0x1000000: GICD_CTLR.ARE_S is clear");
    free(world.params.arena);
    world_pack(0);
    tree_add_node(&world.spmc_tree, "/", "interrupt-controller");
    tree_set_string(&world.spmc_tree, "/interrupt-controller", "compatible", "arm,gic-v3");
    tree_set(&world.spmc_tree, "/interrupt-controller", "reg",
             BYTES(CELL(0), CELL(0x2000000), CELL(0), CELL(0x10000), CELL(0), CELL(0x2100000),
                   CELL(0), CELL(0x100000)));
    world_boot_fails(MANIFEST_NOT_COMPATIBLE, "GIC at 0x2000000: GICD_CTLR.ARE_S is clear");
}
END_TEST

/* As many interrupts as a manifest can list, for each PE. */
START_TEST(the_arena_holds_all_interrupts)
{
    struct tree *tree = &world.tree[1];

    tree_add_node(tree, "/", "device-regions");
    tree_set_string(tree, "/device-regions", "compatible", "arm,ffa-manifest-device-regions");
    tree_set(tree, "/", "managed-exit", NULL, 0);
    tree_set(tree, "/", "notification-support", NULL, 0);
    for (unsigned d = 0; d < MANIFEST_MAX_DEV_REGIONS; d++) {
        uint8_t list[MANIFEST_MAX_DEV_INTERRUPTS * 8] = {0};
        char name[8] = {'r', (char)('a' + d)};
        char path[32];

        snprintf(path, sizeof(path), "/device-regions/%s", name);
        for (unsigned k = 0; k < MANIFEST_MAX_DEV_INTERRUPTS; k++) {
            unsigned id = 1000 - (d * MANIFEST_MAX_DEV_INTERRUPTS + k);

            list[8 * k + 2] = (uint8_t)(id >> 8);
            list[8 * k + 3] = (uint8_t)id;
        }
        tree_add_node(tree, "/device-regions", name);
        tree_set_u32(tree, path, "base-address",
                     d == 0 ? TREE_DEVICE_BASE + 0x8000 : TREE_NS_DEVICE + 0x1000 * d);
        tree_set_u32(tree, path, "pages-count", 1);
        tree_set_u32(tree, path, "attributes", d == 0 ? 0x3 : 0xb);
        tree_set(tree, path, "interrupts", list, sizeof(list));
    }
    world_pack(1);
    ck_assert_msg(world_boot(), "%s", spmc_boot_diag(world.spmc)->text);
    ck_assert_uint_eq(world_two()->vint_count,
                      MANIFEST_MAX_DEV_REGIONS * MANIFEST_MAX_DEV_INTERRUPTS + 4);
    for (unsigned i = 1; i < world_two()->vint_count; i++) {
        ck_assert_uint_lt(world_two()->vint_id[i - 1], world_two()->vint_id[i]);
    }
}
END_TEST

/* For all counts that a manifest can name: what was said suffices. */
START_TEST(the_arena_is_large_enough)
{
    tree_spmc(&world.spmc_tree, MANIFEST_MAX_CPUS);
    tree_set(&world.spmc_tree, "/hypervisor", "per-vcpu-notifications", NULL, 0);
    tree_remove(&world.spmc_tree, "/hypervisor/vm1", "boot-order");
    tree_small_partition(&world.tree[1], MANIFEST_MAX_CPUS);
    world_pack(1);
    world.params.arena_size_bytes = spmc_arena_size(MANIFEST_MAX_CPUS, 2);
    ck_assert_msg(world_boot(), "%s", spmc_boot_diag(world.spmc)->text);
}
END_TEST

START_TEST(an_arena_too_small)
{
    size_t used;

    ck_assert(world_boot());
    used = world.spmc->arena_used_bytes;
    ck_assert_uint_lt(used, world.params.arena_size_bytes);
    free(world.params.arena);
    world_pack(0);
    world.pe.count.vcpu_reset = 0;
    world.params.arena_size_bytes = used - 1;
    world_boot_fails(MANIFEST_TOO_MANY, "no memory for its partitions and vCPUs");
}
END_TEST

/* Each receiver has its own room: the normal world, partitions, slots of VMs. */
static unsigned distinct_sources(const struct spmc *spmc)
{
    unsigned count = 0;

    for (uint32_t i = 0; i < 1 + spmc->partition_count + SPMC_MAX_VMS; i++) {
        const struct notifications *to = &spmc->notification[i];

        ck_assert_ptr_eq(to->source, &spmc->notification[0].source[count]);
        count += to->source_count;
    }
    return count;
}

START_TEST(notifications_of_everybody)
{
    const struct notifications *one;
    const struct notifications *two;

    tree_set(&world.tree[0], "/", "notification-support", NULL, 0);
    world_pack(0);
    ck_assert(world_boot());
    one = &world.spmc->notification[1];
    two = &world.spmc->notification[2];
    ck_assert_uint_eq(world.spmc->notification_vm_count, SPMC_MAX_VMS);
    ck_assert_uint_eq(distinct_sources(world.spmc), 1 + 2 * 2 + SPMC_MAX_VMS);
    ck_assert(!world.spmc->per_vcpu_notifications);
    ck_assert(!world.spmc->notification[0].enabled && one->enabled && !two->enabled);
    ck_assert_uint_eq(one->receiver, FFA_ID_SP_FIRST);
    ck_assert_uint_eq(one->vcpu_count, 1);
    ck_assert_uint_eq(two->vcpu_count, WORLD_PES);
    ck_assert_ptr_null(two->vcpu);
}
END_TEST

START_TEST(notifications_of_each_vcpu)
{
    const struct notifications *to;

    tree_set(&world.spmc_tree, "/hypervisor", "per-vcpu-notifications", NULL, 0);
    ck_assert(world_boot());
    ck_assert(world.spmc->per_vcpu_notifications);
    to = world.spmc->notification;
    ck_assert_ptr_eq(to[1].vcpu, to[0].vcpu + NOTIFICATION_MAX_VM_VCPUS);
    ck_assert_ptr_eq(to[2].vcpu, to[1].vcpu + 2);
    ck_assert_ptr_eq(to[3].vcpu, to[2].vcpu + 2 * WORLD_PES);
    ck_assert_ptr_eq(to[4].vcpu, to[3].vcpu + NOTIFICATION_MAX_VM_VCPUS);
    free(world.params.arena);
    /* Or as the arch side says. */
    tree_remove(&world.spmc_tree, "/hypervisor", "per-vcpu-notifications");
    world.params.per_vcpu_notifications = true;
    world_pack(0);
    ck_assert(world_boot());
    ck_assert(world.spmc->per_vcpu_notifications);
}
END_TEST

START_TEST(what_the_log_tells)
{
    ck_assert(world_boot());
    ck_assert_msg(strstr(world.pe.log, "spmc: FF-A 1.3, 4 PEs, 2 partitions\n") != NULL, "%s",
                  world.pe.log);
    ck_assert(strstr(world.pe.log, "spmc: loaded one at 0x10100000, 0x80000 bytes") != NULL);
    ck_assert(strstr(world.pe.log, "one: lifecycle-support: ") != NULL);
    ck_assert(strstr(world.pe.log, "one: stream-ids: ") != NULL);
    ck_assert(strstr(world.pe.log, "two: lifecycle-support: ") == NULL);
}
END_TEST

START_TEST(the_call_log)
{
    tree_set(&world.spmc_tree, "/hypervisor", "call-log", NULL, 0);
    ck_assert(world_boot());
    ck_assert_msg(strstr(world.pe.log, "\n@0 boot -> 8002/0 0 ; STARTING\n") != NULL, "%s",
                  world.pe.log);
    ck_assert_uint_eq(world.spmc->log.calls_uart.pa, world.params.uart.pa);
    free(world.params.arena);
    /* With a UART of its own, even where there is none for the log. */
    world.params.has_uart = false;
    world.params.has_call_log_uart = true;
    world.params.call_log_uart = paddr(0x9000000);
    world.params.call_log_uart_pas = PAS_NON_SECURE;
    world.pe.log_used = 0;
    world_pack(0); /* its header gave way to the boot information */
    ck_assert(world_boot());
    ck_assert_int_eq(strncmp(world.pe.log, "@0 boot -> 8002/0 ", 18), 0);
    ck_assert_uint_eq(world.spmc->log.calls_uart.pa, 0x9000000);
    ck_assert_uint_eq(world.spmc->log.calls_uart_pas, PAS_NON_SECURE);
    free(world.params.arena);
    world.params.has_call_log_uart = false;
    world_pack(0);
    ck_assert(world_boot());
    ck_assert(!world.spmc->log.calls);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, world_setup, world_teardown);
    tcase_add_test(tcase, objects_of_the_core);
    tcase_add_test(tcase, partitions_and_their_vcpus);
    tcase_add_test(tcase, stage_2_holds_what_the_manifest_gives);
    tcase_add_test(tcase, an_s_el0_partition);
    tcase_add_test(tcase, static_buffers);
    tcase_add_test(tcase, non_secure_static_buffers);
    tcase_add_test(tcase, the_mutable_part_of_the_arena);
    tcase_add_test(tcase, virtual_interrupts_of_partitions);
    tcase_add_test(tcase, virtual_interrupts_of_s_el0);
    tcase_add_test(tcase, the_gic);
    tcase_add_test(tcase, the_arena_holds_all_interrupts);
    tcase_add_test(tcase, the_arena_is_large_enough);
    tcase_add_test(tcase, an_arena_too_small);
    tcase_add_test(tcase, notifications_of_everybody);
    tcase_add_test(tcase, notifications_of_each_vcpu);
    tcase_add_test(tcase, what_the_log_tells);
    tcase_add_test(tcase, the_call_log);
}

int main(void)
{
    return run_case("cold_boot", add);
}
