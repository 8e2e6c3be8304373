/* SPDX-License-Identifier: BSD-3-Clause */
#include "world.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define GICR   0x2f100000u
#define STRIDE 0x40000u /* two frames more than the model has */

struct machine *machine;
struct told told;

static const uint64_t mpidr[WORLD_PES] = {0, 1, 0x100, MPIDR_PE3};

static void add_cpus(struct tree *tree)
{
    tree_open(tree, "cpus");
    tree_u32(tree, "#address-cells", 2);
    tree_u32(tree, "#size-cells", 0);
    for (unsigned i = 0; i < WORLD_PES; i++) {
        char name[32];

        snprintf(name, sizeof(name), "cpu@%" PRIx64, mpidr[i]);
        tree_open(tree, name);
        tree_string(tree, "device_type", "cpu");
        tree_string(tree, "compatible", "arm,armv8");
        tree_u64s(tree, "reg", 1, &mpidr[i]);
        tree_close(tree);
    }
    tree_close(tree);
}

static void add_gic(struct tree *tree)
{
    const uint64_t reg[] = {GICD, 0x10000, GICR, (uint64_t)STRIDE * WORLD_PES};

    tree_open(tree, "gic@2f000000");
    tree_string(tree, "compatible", "arm,gic-v3");
    tree_u32(tree, "redistributor-stride", STRIDE);
    tree_u64s(tree, "reg", 4, reg);
    tree_close(tree);
}

void world_begin(void)
{
    struct tree *tree = calloc(1, sizeof(*tree));
    struct sim_error err = {0};
    struct board board;

    told_begin(&told);
    ck_assert_ptr_nonnull(tree);
    tree_begin(tree);
    add_cpus(tree);
    tree_memory(tree, 0x80000000, 0x100000, false);
    add_gic(tree);
    tree_end(tree);
    ck_assert_msg(board_read(tree->blob, tree->size_bytes, "test", &board, &err), "%s", err.text);
    free(tree);
    machine = machine_create(&board, WORLD_PES, told.trace, 1, 1000000000, &err);
    ck_assert_msg(machine != NULL, "%s", err.text);
    ck_assert_ptr_nonnull(machine->gic);
}

void world_end(void)
{
    machine_destroy(machine);
    told_end(&told);
}

int world_run(const char *name, const TTest *const *tests, unsigned count)
{
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, world_begin, world_end);
    tcase_set_timeout(tcase, 120);
    for (unsigned i = 0; i < count; i++)
        tcase_add_test(tcase, tests[i]);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

uint64_t get(uint64_t pa, unsigned size, enum bus_pas pas)
{
    uint64_t value = 0;

    ck_assert(bus_read(&machine->bus, &machine->pe[0], pa, size, pas, &value));
    return value;
}

void put(uint64_t pa, unsigned size, enum bus_pas pas, uint64_t value)
{
    ck_assert(bus_write(&machine->bus, &machine->pe[0], pa, size, pas, value));
}

uint64_t rd_base(unsigned pe)
{
    return GICR + (uint64_t)STRIDE * pe;
}

uint64_t sgi_base(unsigned pe)
{
    return rd_base(pe) + 0x10000;
}

uint64_t icc(unsigned pe, uint32_t key, unsigned el, bool secure)
{
    uint64_t value = 0;

    ck_assert(gic_icc_read(&machine->pe[pe], key, el, secure, &value));
    return value;
}

void icc_set(unsigned pe, uint32_t key, unsigned el, bool secure, uint64_t value)
{
    ck_assert(gic_icc_write(&machine->pe[pe], key, el, secure, value));
}

void world_open(void)
{
    put(GICD, 4, S, 7);
    for (unsigned pe = 0; pe < WORLD_PES; pe++) {
        put(rd_base(pe) + 0x14, 4, S, 0);
        EL3_SET(pe, ICC_PMR, 0xff);
        EL3_SET(pe, ICC_IGRPEN0, 1);
        EL3_SET(pe, ICC_IGRPEN1_EL3, 3);
    }
}

/* GICD_<R>nE, which begins where for a plain GICD_<R>n. */
static unsigned extended_block(unsigned plain)
{
    return plain == R_IGRPMODR ? 0x3400u : 0x1000u + (plain - R_IGROUPR) / 0x80u * 0x200u;
}

uint64_t bit_register(unsigned pe, unsigned intid, unsigned plain)
{
    if (intid < 32)
        return sgi_base(pe) + plain;
    if (intid >= 4096)
        return GICD + extended_block(plain) + 4 * ((intid - 4096) / 32);
    if (intid >= 1056)
        return sgi_base(pe) + plain + 4 * (1 + (intid - 1056) / 32);
    return GICD + plain + 4 * (intid / 32);
}

uint64_t priority_register(unsigned pe, unsigned intid)
{
    if (intid < 32)
        return sgi_base(pe) + 0x400 + intid;
    if (intid >= 4096)
        return GICD + 0x2000 + (intid - 4096);
    if (intid >= 1056)
        return sgi_base(pe) + 0x420 + (intid - 1056);
    return GICD + 0x400 + intid;
}

void set_bit(unsigned pe, unsigned intid, unsigned plain)
{
    uint64_t at = bit_register(pe, intid, plain);
    bool keeps = plain == R_IGROUPR || plain == R_IGRPMODR;

    put(at, 4, S, (keeps ? get(at, 4, S) : 0) | UINT64_C(1) << (intid % 32));
}

void clear_bit(unsigned pe, unsigned intid, unsigned plain)
{
    uint64_t at = bit_register(pe, intid, plain);

    put(at, 4, S, get(at, 4, S) & ~(UINT64_C(1) << (intid % 32)));
}

bool bit_is_set(unsigned pe, unsigned intid, unsigned plain)
{
    return (get(bit_register(pe, intid, plain), 4, S) >> (intid % 32) & 1) != 0;
}

void configure(unsigned pe, unsigned intid, enum world_group group, unsigned priority, bool enable)
{
    (group == G1NS ? set_bit : clear_bit)(pe, intid, R_IGROUPR);
    (group == G1S ? set_bit : clear_bit)(pe, intid, R_IGRPMODR);
    put(priority_register(pe, intid), 1, S, priority);
    set_bit(pe, intid, enable ? R_ISENABLER : R_ICENABLER);
    if (intid >= 4096)
        put(GICD + 0x8000 + 8 * (intid - 4096), 8, S, mpidr[pe]);
    else if (intid >= 32 && intid < 1020)
        put(GICD + 0x6000 + 8 * intid, 8, S, mpidr[pe]);
}

void edge_triggered(unsigned pe, unsigned intid, bool edge)
{
    uint64_t at = GICD + 0xc00 + 4 * (intid / 16);
    uint64_t bit = UINT64_C(2) << (2 * (intid % 16));

    if (intid < 32)
        at = sgi_base(pe) + 0xc00 + 4 * (intid / 16);
    else if (intid >= 4096)
        at = GICD + 0x3000 + 4 * ((intid - 4096) / 16);
    else if (intid >= 1056)
        at = sgi_base(pe) + 0xc08 + 4 * ((intid - 1056) / 16);
    put(at, 4, S, (get(at, 4, S) & ~bit) | (edge ? bit : 0));
}

char signal_of(unsigned pe, bool secure, bool el3)
{
    struct gic_signals signals = gic_signals(&machine->pe[pe], secure, el3);

    ck_assert(!(signals.irq && signals.fiq));
    ck_assert(gic_has_signal(&machine->pe[pe]) == (signals.irq || signals.fiq));
    return signals.irq ? 'i' : signals.fiq ? 'f' : '-';
}
