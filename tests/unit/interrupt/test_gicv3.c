/* SPDX-License-Identifier: BSD-3-Clause */
/* The GIC driver: which register gets which value. */
#include "driver/gicv3.h"

#include <string.h>

#include "rig.h"

static struct arch_pe *const pe = &rig.pe[0];

static struct gicv3_at at(uint32_t intid)
{
    struct gicv3_at line = {&rig.spmc.gic, {RIG_RD(1)}, intid};

    return line;
}

START_TEST(kinds)
{
    static const struct {
        uint32_t first, last;
        enum gicv3_kind kind;
    } spans[] = {
        {0, 15, GICV3_SGI},      {16, 31, GICV3_PPI},
        {32, 1019, GICV3_SPI},   {1020, 1055, GICV3_RESERVED},
        {1056, 1119, GICV3_PPI}, {1120, 4095, GICV3_RESERVED},
        {4096, 5119, GICV3_SPI}, {5120, UINT32_MAX, GICV3_RESERVED},
    };

    for (unsigned i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
        ck_assert_int_eq(gicv3_kind(spans[i].first), spans[i].kind);
        ck_assert_int_eq(gicv3_kind(spans[i].last), spans[i].kind);
    }
}
END_TEST

START_TEST(what_the_gic_has)
{
    static const struct {
        uint32_t intid;
        bool has;
    } cases[] = {{0, true},     {31, true},    {127, true},   {128, false}, {1019, false},
                 {1056, true},  {1087, true},  {1088, false}, {4096, true}, {4127, true},
                 {4128, false}, {1023, false}, {2000, false}};
    struct gicv3_at line;

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        line = at(cases[i].intid);
        ck_assert_msg(gicv3_has(pe, &line) == cases[i].has, "INTID %u", cases[i].intid);
    }
    rig.gicd[1] = 31; /* 1020 interrupts, no extended SPIs */
    line = at(1019);
    ck_assert(gicv3_has(pe, &line));
    line = at(4096);
    ck_assert(!gicv3_has(pe, &line));
}
END_TEST

START_TEST(the_distributor_starts)
{
    ck_assert_ptr_null(gicv3_start(pe, &rig.spmc.gic));
    ck_assert_uint_eq(rig.write_count, 0);
    rig.gicd[0] = 0x32;
    ck_assert_ptr_null(gicv3_start(pe, &rig.spmc.gic));
    ck_assert_uint_eq(rig.write_count, 1);
    ck_assert_uint_eq(rig.gicd[0], 0x36);
    rig.is_stuck = true;
    ck_assert_ptr_nonnull(strstr(gicv3_start(pe, &rig.spmc.gic), "RWP"));
    rig.is_stuck = false;
    rig.gicd[0] = 0x27;
    ck_assert_ptr_nonnull(strstr(gicv3_start(pe, &rig.spmc.gic), "ARE_S"));
    rig.gicd[0] = 0x77;
    ck_assert_ptr_nonnull(strstr(gicv3_start(pe, &rig.spmc.gic), "DS"));
}
END_TEST

START_TEST(redistributors_by_affinity)
{
    struct spmc_gic *gic = &rig.spmc.gic;

    for (unsigned i = 0; i < RIG_PES; i++) {
        ck_assert_uint_eq(gicv3_find_redistributor(pe, gic, rig.cpu[i].mpidr).pa, RIG_RD(i));
    }
    ck_assert_uint_eq(gicv3_find_redistributor(pe, gic, 0x700).pa, 0);
    /* Never past the region, even when no frame says that it is the last. */
    rig.gicr[2][0x8 / 4] = 0;
    ck_assert_uint_eq(gicv3_find_redistributor(pe, gic, 0x700).pa, 0);
    gic->redistributor[0].size_bytes = (uint64_t)2 * RIG_STRIDE + RIG_STRIDE / 2;
    ck_assert_uint_eq(gicv3_find_redistributor(pe, gic, rig.cpu[2].mpidr).pa, 0);
    /* Two regions, in another order. */
    gic->redistributor_count = 2;
    gic->redistributor[0].base = RIG_RD(2);
    gic->redistributor[0].size_bytes = RIG_STRIDE;
    gic->redistributor[1].base = RIG_RD(0);
    gic->redistributor[1].size_bytes = (uint64_t)2 * RIG_STRIDE;
    ck_assert_uint_eq(gicv3_find_redistributor(pe, gic, rig.cpu[1].mpidr).pa, RIG_RD(1));
    ck_assert_uint_eq(gicv3_find_redistributor(pe, gic, rig.cpu[2].mpidr).pa, RIG_RD(2));
    /* Four frames each, as GICR_TYPER.VLPIS says; or a stride that is given. */
    gic->redistributor_count = 1;
    gic->redistributor[0].base = RIG_RD(0);
    gic->redistributor[0].size_bytes = (uint64_t)RIG_PES * RIG_STRIDE;
    rig.gicr[0][0x8 / 4] = 2;
    ck_assert_uint_eq(gicv3_find_redistributor(pe, gic, rig.cpu[1].mpidr).pa, 0);
    ck_assert_uint_eq(gicv3_find_redistributor(pe, gic, rig.cpu[2].mpidr).pa, RIG_RD(2));
    gic->redistributor_stride_bytes = RIG_STRIDE;
    ck_assert_uint_eq(gicv3_find_redistributor(pe, gic, rig.cpu[1].mpidr).pa, RIG_RD(1));
}
END_TEST

START_TEST(a_redistributor_wakes)
{
    ck_assert_uint_eq(rig.gicr[1][0x14 / 4], 6);
    ck_assert(gicv3_wake(pe, paddr(RIG_RD(1))));
    ck_assert_uint_eq(rig.gicr[1][0x14 / 4], 0);
    ck_assert_uint_eq(rig.write_count, 1);
    ck_assert(gicv3_wake(pe, paddr(RIG_RD(1))));
    ck_assert_uint_eq(rig.write_count, 1);
    rig.gicr[1][0x14 / 4] = 4; /* its children sleep for ever */
    ck_assert(!gicv3_wake(pe, paddr(RIG_RD(1))));
}
END_TEST

/* Each kind of interrupt, at its own registers; neighbours keep what they had. */
START_TEST(configuration_of_each_kind)
{
    static const uint32_t ids[] = {9, 20, 33, 126, 1057, 4100};
    const struct gicv3_config secure = {true, false, 0x20};
    const struct gicv3_config normal = {false, true, 0x90};

    for (unsigned i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        struct gicv3_at line = at(ids[i]);

        rig_reset();
        gicv3_enable(pe, &line);
        ck_assert(rig_enabled(1, ids[i]));
        ck_assert(gicv3_is_enabled(pe, &line));
        ck_assert(gicv3_configure(pe, &line, &secure));
        ck_assert(!rig_enabled(1, ids[i])); /* off while it changes, and after */
        ck_assert(rig_is_secure_group1(1, ids[i]));
        ck_assert_uint_eq(rig_priority(1, ids[i]), 0x20);
        ck_assert_int_eq(rig_is_edge(1, ids[i]), ids[i] >= 16);
        ck_assert(rig_is_ns_group1(1, ids[i] - 1));
        ck_assert(rig_is_ns_group1(1, ids[i] + 1));
        ck_assert_uint_eq(rig_priority(1, ids[i] + 1), 0);
        ck_assert(rig_is_ns_group1(0, 20) && rig_is_ns_group1(2, 20));
        gicv3_enable(pe, &line);
        ck_assert(gicv3_configure(pe, &line, &normal));
        ck_assert(rig_is_ns_group1(1, ids[i]));
        ck_assert_uint_eq(rig_priority(1, ids[i]), 0x90);
        ck_assert(!rig_is_edge(1, ids[i]));
        ck_assert(!rig_enabled(1, ids[i]));
        /* The security state alone. */
        gicv3_enable(pe, &line);
        ck_assert(gicv3_set_secure(pe, &line, true));
        ck_assert(rig_is_secure_group1(1, ids[i]));
        ck_assert_uint_eq(rig_priority(1, ids[i]), 0x90);
        ck_assert(!rig_enabled(1, ids[i]));
    }
}
END_TEST

START_TEST(routes)
{
    struct gicv3_at line = at(41);
    struct gicv3_at extended = at(4100);
    unsigned from;

    ck_assert(gicv3_route(pe, &line, 0x500030201));
    ck_assert_uint_eq(rig_route(41), 0x500030201);
    ck_assert(!rig_enabled(0, 41));
    ck_assert(gicv3_route(pe, &extended, 0x80010203));
    ck_assert_uint_eq(rig_route(4100), 0x10203); /* without MPIDR's bit 31 */
    /* An enabled one is off while its two halves disagree. */
    gicv3_enable(pe, &line);
    from = rig.write_count;
    ck_assert(gicv3_route(pe, &line, 0));
    ck_assert_uint_eq(rig.write[from].pa, RIG_GICD + 0x184);
    ck_assert_uint_eq(rig.write[from].value, 1u << 9);
    ck_assert_uint_eq(rig.write[rig.write_count - 1].pa, RIG_GICD + 0x104);
    ck_assert(rig_enabled(0, 41));
    ck_assert_uint_eq(rig_route(41), 0);
}
END_TEST

START_TEST(a_gic_that_does_not_settle)
{
    struct gicv3_at line = at(41);
    const struct gicv3_config config = {true, false, 0x20};

    rig.is_stuck = true;
    ck_assert(!gicv3_disable(pe, &line));
    ck_assert(!gicv3_configure(pe, &line, &config));
    ck_assert(rig_is_secure_group1(0, 41));
}
END_TEST

START_TEST(sgis)
{
    ck_assert_uint_eq(gicv3_sgi(0, 9), 0x09000001);
    ck_assert_uint_eq(gicv3_sgi(0x80010203, 8), 0x108020008);
    ck_assert_uint_eq(gicv3_sgi(0x500000113, 15), 0x000510000f010008); /* Aff0 19: range 1 */
}
END_TEST

START_TEST(the_cpu_interface)
{
    pe->sysreg[ARCH_ICC_SRE_EL2] = 0x6;
    pe->sysreg[ARCH_ICC_CTLR] = 0x8402;
    pe->sysreg[ARCH_ICC_PMR] = 0;
    pe->sysreg[ARCH_ICC_BPR1] = 3;
    gicv3_start_cpu(pe);
    ck_assert_uint_eq(pe->sysreg[ARCH_ICC_SRE_EL2], 0xf);
    ck_assert_uint_eq(pe->sysreg[ARCH_ICC_CTLR], 0x8400);
    ck_assert_uint_eq(pe->sysreg[ARCH_ICC_PMR], 0xff);
    ck_assert_uint_eq(pe->sysreg[ARCH_ICC_BPR1], 0);
    ck_assert_uint_eq(pe->sysreg[ARCH_ICC_IGRPEN1], 1);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, kinds);
    tcase_add_test(tcase, what_the_gic_has);
    tcase_add_test(tcase, the_distributor_starts);
    tcase_add_test(tcase, redistributors_by_affinity);
    tcase_add_test(tcase, a_redistributor_wakes);
    tcase_add_test(tcase, configuration_of_each_kind);
    tcase_add_test(tcase, routes);
    tcase_add_test(tcase, a_gic_that_does_not_settle);
    tcase_add_test(tcase, sgis);
    tcase_add_test(tcase, the_cpu_interface);
}

int main(void)
{
    return rig_main("gicv3", add);
}
