/* SPDX-License-Identifier: BSD-3-Clause */
#include "rig.h"

#include <stdlib.h>
#include <string.h>

#define UART 0x9040000u

/* An assertion that costs nothing while it holds: Check's own write a file for each. */
#define must(condition)                     \
    do {                                    \
        if (!(condition)) {                 \
            ck_abort_msg("%s", #condition); \
        }                                   \
    } while (0)

struct rig rig;

static const uint64_t mpidr[RIG_PES] = {0x0, 0x10200, 0x500000113};

uint32_t *rig_word(uint64_t pa)
{
    if (pa >= RIG_GICD && pa < RIG_GICD + sizeof(rig.gicd)) {
        return &rig.gicd[(pa - RIG_GICD) / 4];
    }
    if (pa >= RIG_GICR && pa < RIG_GICR + RIG_PES * (uint64_t)RIG_STRIDE) {
        return &rig.gicr[(pa - RIG_GICR) / RIG_STRIDE][(pa - RIG_GICR) % RIG_STRIDE / 4];
    }
    ck_abort_msg("no GIC register at 0x%lx", (unsigned long)pa);
}

/* A register where a written 1 sets or clears a bit of the one at *pa. */
static bool is_switch(uint64_t *pa, bool *clears)
{
    static const struct {
        uint32_t set, clear, end;
    } blocks[] = {{0x100, 0x180, 0x200}, {0x200, 0x280, 0x300}, {0x1200, 0x1400, 0x1600}};
    bool in_rd_frame = *pa >= RIG_GICR && (*pa - RIG_GICR) % RIG_STRIDE < 0x10000;
    uint64_t offset = *pa % 0x10000;

    for (unsigned i = 0; !in_rd_frame && i < sizeof(blocks) / sizeof(blocks[0]); i++) {
        if (offset >= blocks[i].set && offset < blocks[i].end) {
            *clears = offset >= blocks[i].clear;
            *pa -= *clears ? blocks[i].clear - blocks[i].set : 0;
            return true;
        }
    }
    return false;
}

static uint32_t on_read(struct arch_pe *pe, uint64_t pa, enum pas pas)
{
    bool clears;

    (void)pe;
    if (pa - UART < PAGE_SIZE_BYTES) {
        return 0;
    }
    must(pas == PAS_SECURE);
    must(pa % 4 == 0);
    (void)is_switch(&pa, &clears);
    return *rig_word(pa) | (rig.is_stuck && pa == RIG_GICD ? 1u << 31 : 0);
}

static void on_write(struct arch_pe *pe, uint64_t pa, uint32_t value, enum pas pas)
{
    bool clears;

    if (pa == UART) {
        must(pe->log_used < sizeof(pe->log) - 1);
        pe->log[pe->log_used++] = (char)value;
        pe->log[pe->log_used] = '\0';
        return;
    }
    must(pas == PAS_SECURE);
    must(rig.write_count < RIG_WRITES);
    rig.write[rig.write_count].pa = pa;
    rig.write[rig.write_count++].value = value;
    if (is_switch(&pa, &clears)) {
        *rig_word(pa) = clears ? *rig_word(pa) & ~value : *rig_word(pa) | value;
        return;
    }
    if (pa >= RIG_GICR && (pa - RIG_GICR) % RIG_STRIDE == 0x14) {
        value = (value & 2u) * 3u; /* GICR_WAKER: ChildrenAsleep follows ProcessorSleep */
    }
    *rig_word(pa) = value;
}

static void make_gic(void)
{
    struct spmc_gic *gic = &rig.spmc.gic;

    rig.gicd[0] = 0x37;                        /* CTLR: ARE of both states, all groups */
    rig.gicd[1] = 3u | 1u << 8;                /* TYPER: 128 interrupts, 32 extended SPIs */
    memset(&rig.gicd[0x80 / 4], 0xff, 0x80);   /* the firmware left all to the normal world */
    memset(&rig.gicd[0x1000 / 4], 0xff, 0x80); /* extended ones too */
    for (unsigned i = 0; i < RIG_PES; i++) {
        uint32_t *rd = rig.gicr[i];

        rd[0x8 / 4] = 1u << 27 | (i == RIG_PES - 1 ? 1u << 4 : 0); /* TYPER: 32 extended PPIs */
        rd[0xc / 4] = (uint32_t)(mpidr[i] >> 32 << 24 | (mpidr[i] & 0xffffff));
        rd[0x14 / 4] = 6; /* WAKER: asleep */
        rd[0x10080 / 4] = UINT32_MAX;
        rd[0x10084 / 4] = UINT32_MAX;
    }
    gic->present = true;
    gic->distributor = paddr(RIG_GICD);
    gic->redistributor_count = 1;
    gic->redistributor[0].base = RIG_GICR;
    gic->redistributor[0].size_bytes = (uint64_t)RIG_PES * RIG_STRIDE;
}

static void add_interrupt(unsigned i, uint32_t id, uint32_t attributes)
{
    struct manifest_dev_region *region = &rig.manifest[i].dev_region[0];

    rig.manifest[i].dev_region_count = 1;
    region->interrupt[region->interrupt_count].id = id;
    region->interrupt[region->interrupt_count].attributes = attributes;
    region->interrupt_count++;
}

static void make_manifests(void)
{
    for (unsigned i = 0; i < 3; i++) {
        rig.manifest[i].exception_level = MANIFEST_S_EL1;
        rig.manifest[i].ns_interrupts_action = NS_ACTION_SIGNALED;
        rig.partition[i].manifest = &rig.manifest[i];
        rig.partition[i].vm = &rig.vm[i];
        rig.partition[i].id = (uint16_t)(0x8001 + i);
        rig.partition[i].state = PARTITION_RUNNING;
    }
    memcpy(rig.vm[0].name, "mp", 3);
    memcpy(rig.vm[1].name, "up", 3);
    memcpy(rig.vm[2].name, "el0", 4);
    add_interrupt(0, MP_ESPI, 0x300); /* level, priority 0 */
    add_interrupt(0, MP_PPI, 0x342);
    add_interrupt(0, MP_SPI, 0x1a5); /* edge, a priority of the Non-secure half */
    rig.manifest[0].dev_region[0].interrupt[2].has_target = true;
    rig.manifest[0].dev_region[0].interrupt[2].target_mpidr = mpidr[2];
    add_interrupt(0, NS_SPI, 0x050);
    add_interrupt(1, UP_SPI, 0x920);
    add_interrupt(1, UP_PPI, 0x530);
    add_interrupt(2, EL0_SPI, 0x900);
    rig.manifest[1].ns_interrupts_action = NS_ACTION_MANAGED_EXIT;
    rig.manifest[1].notification_support = true;
    rig.manifest[2].exception_level = MANIFEST_S_EL0;
}

static void make_partition(unsigned i, unsigned first, unsigned vcpus, const uint32_t *ids,
                           uint16_t id_count)
{
    struct partition *partition = &rig.partition[i];

    memcpy(rig.vint_id[i], ids, id_count * sizeof(*ids));
    partition->vint_id = rig.vint_id[i];
    partition->vint_count = id_count;
    partition->vcpu = &rig.vcpu[first];
    partition->vcpu_count = (uint16_t)vcpus;
    for (unsigned k = 0; k < vcpus; k++) {
        struct vcpu *vcpu = &rig.vcpu[first + k];

        vcpu->partition = partition;
        vcpu->index = (uint16_t)k;
        vcpu->state = VCPU_WAITING;
        vcpu->cpu = &rig.cpu[k];
        vcpu->arch = &rig.arch[first + k];
        vcpu->vint = rig.vint[first + k];
        vint_reset(vcpu);
    }
}

void rig_reset(void)
{
    static const uint32_t mp[] = {VINT_TIMER, VINT_IPI, MP_PPI, MP_SPI, NS_SPI, MP_ESPI};
    static const uint32_t up[] = {
        VINT_TIMER, VINT_MANAGED_EXIT, VINT_NOTIFICATION_PENDING, VINT_IPI, UP_SPI, UP_PPI};
    static const uint32_t el0[] = {EL0_SPI};

    memset(&rig, 0, sizeof(rig));
    rig.spmc.cpu = rig.cpu;
    rig.spmc.cpu_count = RIG_PES;
    rig.spmc.nwd = &rig.nwd;
    rig.spmc.partition = rig.partition;
    rig.spmc.partition_count = 3;
    rig.spmc.chain_lock.rank = SPMC_RANK_CHAIN;
    rig.spmc.log.lock.rank = SPMC_RANK_LOG;
    rig.spmc.log.level = SPMC_LOG_INFO;
    rig.spmc.log.has_uart = true;
    rig.spmc.log.uart = paddr(UART);
    for (unsigned i = 0; i < RIG_PES; i++) {
        fake_arch_init(&rig.pe[i], 0, 0, 0, 0);
        rig.pe[i].on_mmio_read = on_read;
        rig.pe[i].on_mmio_write = on_write;
        rig.cpu[i].spmc = &rig.spmc;
        rig.cpu[i].arch = &rig.pe[i];
        rig.cpu[i].index = i;
        rig.cpu[i].mpidr = mpidr[i];
    }
    rig.cpu[RIG_BOOT].online = true;
    make_gic();
    make_manifests();
    make_partition(0, 0, RIG_PES, mp, sizeof(mp) / sizeof(mp[0]));
    make_partition(1, RIG_PES, 1, up, sizeof(up) / sizeof(up[0]));
    make_partition(2, RIG_PES + 1, 1, el0, sizeof(el0) / sizeof(el0[0]));
}

struct partition *rig_mp(void)
{
    return &rig.partition[0];
}

struct partition *rig_up(void)
{
    return &rig.partition[1];
}

struct partition *rig_el0(void)
{
    return &rig.partition[2];
}

void rig_start(void)
{
    ck_assert_msg(interrupt_init(&rig.pe[RIG_BOOT], &rig.spmc), "%s", rig.spmc.diag.text);
    for (unsigned i = 0; i < RIG_PES; i++) {
        rig.cpu[i].online = true;
        interrupt_init_cpu(&rig.cpu[i]);
        ck_assert_uint_eq(rig.pe[i].locks_held, 0);
    }
}

void rig_run(unsigned cpu, struct vcpu *vcpu)
{
    vcpu->state = VCPU_RUNNING;
    vcpu->cpu = &rig.cpu[cpu];
    rig.cpu[cpu].current = vcpu;
}

static bool is_ppi(uint32_t intid)
{
    return intid < 32 || (intid >= 1056 && intid < 1120);
}

/* A field of `width` bits: in the block at `plain`, for extended SPIs in that at `extended`. */
static uint32_t field(unsigned pe, uint32_t intid, unsigned width, uint32_t plain,
                      uint32_t extended)
{
    uint64_t block = (is_ppi(intid) ? RIG_SGI(pe) : RIG_GICD) + (intid >= 4096 ? extended : plain);
    uint32_t number = intid >= 4096 ? intid - 4096 : intid >= 1056 ? intid - 1056 + 32 : intid;

    return *rig_word(block + number * width / 32 * 4) >> number * width % 32 & ((1u << width) - 1);
}

bool rig_enabled(unsigned pe, uint32_t intid)
{
    return field(pe, intid, 1, 0x100, 0x1200) != 0;
}

bool rig_is_secure_group1(unsigned pe, uint32_t intid)
{
    return field(pe, intid, 1, 0x80, 0x1000) == 0 && field(pe, intid, 1, 0xd00, 0x3400) == 1;
}

bool rig_is_ns_group1(unsigned pe, uint32_t intid)
{
    return field(pe, intid, 1, 0x80, 0x1000) == 1 && field(pe, intid, 1, 0xd00, 0x3400) == 0;
}

uint32_t rig_priority(unsigned pe, uint32_t intid)
{
    return field(pe, intid, 8, 0x400, 0x2000);
}

bool rig_is_edge(unsigned pe, uint32_t intid)
{
    return field(pe, intid, 2, 0xc00, 0x3000) == 2;
}

uint64_t rig_route(uint32_t intid)
{
    uint64_t pa = RIG_GICD + (intid >= 4096 ? 0x8000 + 8 * (intid - 4096) : 0x6000 + 8 * intid);

    return *rig_word(pa) | (uint64_t)*rig_word(pa + 4) << 32;
}

int rig_main(const char *name, void (*add)(TCase *tcase))
{
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tcase, rig_reset, NULL);
    add(tcase);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
