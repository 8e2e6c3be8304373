/* SPDX-License-Identifier: BSD-3-Clause */
/* The walker against tables written by hand: permissions, faults, security states (Arm ARM D8). */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cpu/mmu.h"
#include "sim/cpu/syndrome.h"

#define S_RAM   0x10000000ull /* secure, 1 MiB */
#define NS_RAM  0x80000000ull /* non-secure, 1 MiB */
#define RAM     0x100000ull
#define S1_ROOT (S_RAM + 0x1000)
#define S1_L1   (S_RAM + 0x2000)
#define S1_L2   (S_RAM + 0x3000)
#define S1_L3   (S_RAM + 0x4000)
#define S2_ROOT (S_RAM + 0x10000) /* two concatenated pages */
#define S2_L2   (S_RAM + 0x12000)
#define S2_L3   (S_RAM + 0x13000)
#define NS_ROOT (S_RAM + 0x20000)
#define NS_L2   (S_RAM + 0x22000)
#define PAGE    (S_RAM + 0x40000)

/* Stage-1 descriptor bits */
#define TABLE   3ull
#define LEAF    3ull
#define BLOCK   1ull
#define AF      (1ull << 10)
#define AP_EL0  (1ull << 6)
#define AP_RO   (1ull << 7)
#define NS_BIT  (1ull << 5)
#define PXN     (1ull << 53)
#define UXN     (1ull << 54)
#define APT_RO  (1ull << 62)
#define XNT     (1ull << 60)
#define NSTABLE (1ull << 63)
/* Stage-2 */
#define S2_R  (1ull << 6)
#define S2_W  (1ull << 7)
#define S2_XN (1ull << 54)
#define S2_WB (0xfull << 2)

/* T0SZ = T1SZ = 16, 4 KiB granules, IPS = 48 bits */
#define TCR (16ull | 16ull << 16 | 2ull << 30 | 5ull << 32)
/* T0SZ = 24, SL0 = level 1, PS = 48 bits */
#define VTCR     (24ull | 1ull << 6 | 5ull << 16)
#define VTCR_NSA (1ull << 30)

static struct bus bus;
static struct mmu_regime regime;
static struct mmu_result result;

static void put(uint64_t table, unsigned index, uint64_t descriptor)
{
    ck_assert(bus_copy_to(&bus, table + 8u * index, &descriptor, 8, BUS_SECURE));
}

static void set_up(void)
{
    struct sim_error err;

    memset(&bus, 0, sizeof(bus));
    ck_assert(bus_add_ram(&bus, "secure", S_RAM, RAM, true, &err));
    ck_assert(bus_add_ram(&bus, "non-secure", NS_RAM, RAM, false, &err));
    regime = (struct mmu_regime){.secure = true,
                                 .translation = MMU_EL1_0,
                                 .el = 1,
                                 .sctlr = SCTLR_M,
                                 .tcr = TCR,
                                 .ttbr0 = S1_ROOT,
                                 .ttbr1 = S1_ROOT};
    put(S1_ROOT, 0, S1_L1 | TABLE);
    put(S1_ROOT, 511, S1_L1 | TABLE);
    put(S1_L1, 0, S1_L2 | TABLE);
    put(S1_L2, 0, S1_L3 | TABLE);
    put(S1_L3, 5, PAGE | AF | LEAF);
}

static void tear_down(void)
{
    bus_free(&bus);
}

static bool walk(uint64_t va, enum mmu_access access)
{
    return mmu_translate(&bus, &regime, va, access, &result);
}

START_TEST(page_is_found_by_both_ranges)
{
    ck_assert(walk(0x5678, MMU_READ));
    ck_assert_uint_eq(result.pa, PAGE + 0x678);
    ck_assert_int_eq(result.pas, BUS_SECURE);
    ck_assert(walk(0xffffff8000005010ull, MMU_READ));
    ck_assert_uint_eq(result.pa, PAGE + 0x10);
    ck_assert(!walk(0x0001000000000000ull, MMU_READ));
    ck_assert_int_eq(result.kind, MMU_FAULT_TRANSLATION);
}
END_TEST

/* AP[2:1], UXN, PXN for EL1 and EL0: every combination against the architecture's table. */
START_TEST(permission_matrix)
{
    unsigned bits = (unsigned)_i;
    bool ro = (bits & 1u) != 0;
    bool el0 = (bits & 2u) != 0;
    bool uxn = (bits & 4u) != 0;
    bool pxn = (bits & 8u) != 0;

    put(S1_L3, 5,
        PAGE | AF | LEAF | (ro ? AP_RO : 0) | (el0 ? AP_EL0 : 0) | (uxn ? UXN : 0) |
            (pxn ? PXN : 0));
    regime.el = 1;
    ck_assert(walk(0x5000, MMU_READ));
    ck_assert_int_eq(walk(0x5000, MMU_WRITE), !ro);
    /* What EL0 may write, EL1 may not execute (D8.4.1.2.3). */
    ck_assert_int_eq(walk(0x5000, MMU_FETCH), !pxn && !(el0 && !ro));
    regime.el = 0;
    ck_assert_int_eq(walk(0x5000, MMU_READ), el0);
    ck_assert_int_eq(walk(0x5000, MMU_WRITE), el0 && !ro);
    ck_assert_int_eq(walk(0x5000, MMU_FETCH), !uxn);
}
END_TEST

START_TEST(table_attributes_limit_what_lies_below)
{
    put(S1_L2, 0, S1_L3 | TABLE | APT_RO | XNT);
    ck_assert(walk(0x5000, MMU_READ));
    ck_assert(!walk(0x5000, MMU_WRITE));
    ck_assert_int_eq(result.kind, MMU_FAULT_PERMISSION);
    ck_assert_int_eq(result.level, 3);
    regime.el = 0;
    put(S1_L3, 5, PAGE | AF | LEAF | AP_EL0);
    ck_assert(!walk(0x5000, MMU_FETCH));
}
END_TEST

START_TEST(faults_say_stage_level_and_kind)
{
    ck_assert(!walk(0x6000, MMU_READ));
    ck_assert_int_eq(result.kind, MMU_FAULT_TRANSLATION);
    ck_assert_int_eq(result.stage, 1);
    ck_assert_int_eq(result.level, 3);
    ck_assert_uint_eq(syndrome_fsc(&result), 0x07);
    ck_assert(!walk(0x200000, MMU_READ));
    ck_assert_uint_eq(syndrome_fsc(&result), 0x06);
    ck_assert(!walk(0x40000000, MMU_READ));
    ck_assert_uint_eq(syndrome_fsc(&result), 0x05);
    put(S1_L3, 5, PAGE | LEAF);
    ck_assert(!walk(0x5000, MMU_READ));
    ck_assert_int_eq(result.kind, MMU_FAULT_ACCESS_FLAG);
    ck_assert_uint_eq(syndrome_fsc(&result), 0x0b);
    put(S1_L3, 5, PAGE | AF | LEAF | AP_RO);
    ck_assert(!walk(0x5000, MMU_WRITE));
    ck_assert_uint_eq(syndrome_fsc(&result), 0x0f);
    /* A table where nothing answers, and an output address where nothing does. */
    put(S1_L2, 0, 0x40000000 | TABLE);
    ck_assert(!walk(0x5000, MMU_READ));
    ck_assert_int_eq(result.kind, MMU_FAULT_EXTERNAL_WALK);
    ck_assert_uint_eq(syndrome_fsc(&result), 0x17);
    put(S1_L2, 0, S1_L3 | TABLE);
    put(S1_L3, 5, 0x40000000 | AF | LEAF);
    ck_assert(!walk(0x5000, MMU_READ));
    ck_assert_int_eq(result.kind, MMU_FAULT_EXTERNAL);
    ck_assert_uint_eq(syndrome_fsc(&result), 0x10);
}
END_TEST

START_TEST(ns_bit_selects_the_physical_address_space)
{
    put(S1_L3, 5, NS_RAM | AF | LEAF);
    ck_assert(!walk(0x5000, MMU_READ));
    ck_assert_int_eq(result.kind, MMU_FAULT_EXTERNAL);
    put(S1_L3, 5, NS_RAM | AF | LEAF | NS_BIT);
    ck_assert(walk(0x5000, MMU_READ));
    ck_assert_int_eq(result.pas, BUS_NON_SECURE);
    put(S1_L3, 5, PAGE | AF | LEAF | NS_BIT);
    ck_assert(!walk(0x5000, MMU_READ));
    /* The normal world has no NS bit: all of it is non-secure. */
    regime.secure = false;
    ck_assert(!walk(0x5000, MMU_READ));
    ck_assert_int_eq(result.kind, MMU_FAULT_EXTERNAL_WALK);
}
END_TEST

static void stage2_on(void)
{
    regime.stage2 = true;
    regime.hcr = HCR_VM;
    regime.vtcr = VTCR | VTCR_NSA;
    regime.vstcr = VTCR;
    regime.vsttbr = S2_ROOT;
    regime.vttbr = NS_ROOT;
    regime.sctlr = 0; /* stage 1 off: VA = IPA */
    put(S2_ROOT, 0, S2_L2 | TABLE);
    put(S2_L2, 128, S2_L3 | TABLE); /* 0x10000000 */
    put(S2_L3, 0x40, PAGE | AF | LEAF | S2_R | S2_W | S2_WB);
}

/* S2AP and XN, every combination. */
START_TEST(stage_2_permission_matrix)
{
    unsigned bits = (unsigned)_i;
    bool r = (bits & 1u) != 0;
    bool w = (bits & 2u) != 0;
    bool xn = (bits & 4u) != 0;

    stage2_on();
    put(S2_L3, 0x40, PAGE | AF | LEAF | S2_WB | (r ? S2_R : 0) | (w ? S2_W : 0) | (xn ? S2_XN : 0));
    ck_assert_int_eq(walk(PAGE, MMU_READ), r);
    ck_assert_int_eq(walk(PAGE, MMU_WRITE), w);
    /* AArch64 stage 2 knows execute-only memory. */
    ck_assert_int_eq(walk(PAGE, MMU_FETCH), !xn);
    if (!w) {
        ck_assert(!walk(PAGE + 0x123, MMU_WRITE));
        ck_assert_int_eq(result.stage, 2);
        ck_assert_int_eq(result.kind, MMU_FAULT_PERMISSION);
        ck_assert_uint_eq(result.ipa & ~0xfffull, PAGE);
        ck_assert(!result.ipa_ns);
        /* HPFAR_EL2.FIPA holds IPA[47:12] from bit 4 on; NS is bit 63. */
        ck_assert_uint_eq(syndrome_hpfar(&result, true), PAGE >> 12 << 4);
    }
}
END_TEST

START_TEST(second_root_page_is_the_upper_half_of_the_ipa_space)
{
    uint64_t ipa = 512ull << 30;

    stage2_on();
    ck_assert(!walk(ipa, MMU_READ));
    ck_assert_int_eq(result.level, 1);
    put(S2_ROOT + 0x1000, 0, S2_L2 | TABLE);
    ck_assert(walk(ipa + PAGE, MMU_READ));
    ck_assert_uint_eq(result.pa, PAGE);
    ck_assert(!walk(1ull << 40, MMU_READ));
    ck_assert_int_eq(result.stage, 2);
}
END_TEST

START_TEST(non_secure_ipa_space_has_its_own_tables)
{
    stage2_on();
    regime.sctlr = SCTLR_M;
    /* Stage-1 tables are walked through the secure IPA space: map them all. */
    put(S2_L2, 128, S_RAM | AF | BLOCK | S2_R | S2_W | S2_WB);
    put(S1_L3, 5, NS_RAM | AF | LEAF | NS_BIT);
    ck_assert(!walk(0x5000, MMU_READ));
    ck_assert_int_eq(result.stage, 2);
    ck_assert(result.ipa_ns);
    ck_assert_uint_eq(syndrome_hpfar(&result, true), 1ull << 63 | NS_RAM >> 12 << 4);
    put(NS_ROOT, 2, NS_L2 | TABLE);
    put(NS_L2, 0, NS_RAM | AF | BLOCK | S2_R | S2_W | S2_WB);
    ck_assert(walk(0x5000, MMU_WRITE));
    ck_assert_int_eq(result.pas, BUS_NON_SECURE);
    ck_assert_uint_eq(result.pa, NS_RAM);
}
END_TEST

START_TEST(fault_on_a_stage_1_table_says_so)
{
    stage2_on();
    regime.sctlr = SCTLR_M;
    ck_assert(!walk(0x5000, MMU_READ));
    ck_assert_int_eq(result.stage, 2);
    ck_assert(result.s1ptw);
    ck_assert_uint_eq(result.ipa & ~0xfffull, S1_ROOT);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mmu");
    TCase *tests = tcase_create("walks");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, page_is_found_by_both_ranges);
    tcase_add_loop_test(tests, permission_matrix, 0, 16);
    tcase_add_test(tests, table_attributes_limit_what_lies_below);
    tcase_add_test(tests, faults_say_stage_level_and_kind);
    tcase_add_test(tests, ns_bit_selects_the_physical_address_space);
    tcase_add_loop_test(tests, stage_2_permission_matrix, 0, 8);
    tcase_add_test(tests, second_root_page_is_the_upper_half_of_the_ipa_space);
    tcase_add_test(tests, non_secure_ipa_space_has_its_own_tables);
    tcase_add_test(tests, fault_on_a_stage_1_table_says_so);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
