/* SPDX-License-Identifier: BSD-3-Clause */
/* Stage-2 tables: descriptors bit by bit, splits, rollback, and a random walk against a model. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "fake_arch.h"
#include "spmc/stage2.h"

#define BASE       0x10000000ull
#define POOL_PAGES 64u
#define BLOCK      0x200000ull
#define PAGE       4096ull

static const struct stage2_attr rwx = {STAGE2_READ | STAGE2_WRITE | STAGE2_EXECUTE, STAGE2_NORMAL};
static const struct stage2_attr rw = {STAGE2_READ | STAGE2_WRITE, STAGE2_NORMAL};
static const struct stage2_attr ro = {STAGE2_READ, STAGE2_NORMAL};
static const struct stage2_attr dev = {STAGE2_READ | STAGE2_WRITE, STAGE2_DEVICE_nGnRnE};
static const struct stage2_attr none = {0, STAGE2_NORMAL};

static struct arch_pe pe;
static struct page_pool pool;
static struct stage2 s2;

static void start(unsigned pages)
{
    ck_assert(page_pool_init(&pe, &pool, paddr(BASE), pages * PAGE));
    ck_assert(stage2_init(&pe, &s2, 7, &pool));
}

static void set_up(void)
{
    fake_arch_init(&pe, BASE, 0x100000, 0x80000000, 0x1000);
    start(POOL_PAGES);
}

static void tear_down(void)
{
    fake_arch_free(&pe);
}

static bool map(uint64_t at, uint64_t size, struct stage2_attr attr)
{
    return stage2_map(&pe, &s2, PAS_SECURE, ipaddr(at), paddr(at), size, attr);
}

/* The leaf of an address, read from memory by the architecture's layout. */
static uint64_t leaf(uint64_t at, unsigned *level)
{
    uint64_t table = s2.root[PAS_SECURE].pa;

    for (*level = 1;; (*level)++) {
        unsigned shift = 12 + 9 * (3 - *level);
        uint64_t index = (at >> shift) & (*level == 1 ? 1023 : 511);
        uint64_t descriptor;

        memcpy(&descriptor, fake_arch_at(&pe, table + 8 * index, 8, PAS_SECURE), 8);
        if (*level == 3 || (descriptor & 3) != 3) {
            return descriptor;
        }
        table = descriptor & 0x0000fffffffff000ull;
    }
}

START_TEST(descriptors_bit_by_bit)
{
    unsigned level;

    /* page: 0x3, MemAttr WB 0xf << 2, S2AP RW 0x3 << 6, SH inner 0x3 << 8, AF 1 << 10 */
    ck_assert(map(0x40001000, PAGE, rwx));
    ck_assert_uint_eq(leaf(0x40001000, &level), 0x40001000 | 0x7ff);
    ck_assert_uint_eq(level, 3);
    ck_assert(map(0x40002000, PAGE, rw));
    ck_assert_uint_eq(leaf(0x40002000, &level), 0x40002000 | 0x7ff | 1ull << 54);
    ck_assert(map(0x40003000, PAGE, ro));
    ck_assert_uint_eq(leaf(0x40003000, &level), 0x40003000 | 0x77f | 1ull << 54);
    ck_assert(map(0x40004000, PAGE, dev));
    ck_assert_uint_eq(leaf(0x40004000, &level), 0x40004000 | 0x7c3 | 1ull << 54);
    ck_assert(map(0x40200000, BLOCK, rwx));
    ck_assert_uint_eq(leaf(0x40200000, &level), 0x40200000 | 0x7fd);
    ck_assert_uint_eq(level, 2);
    ck_assert_uint_eq(leaf(0x40005000, &level) & 1, 0);
}
END_TEST

START_TEST(control_registers_field_by_field)
{
    uint64_t vtcr = stage2_vtcr();
    uint64_t vstcr = stage2_vstcr();

    ck_assert_uint_eq(vtcr & 0x3f, 24);    /* T0SZ: 40 bits */
    ck_assert_uint_eq(vtcr >> 6 & 3, 1);   /* SL0: level 1 */
    ck_assert_uint_eq(vtcr >> 8 & 0xf, 5); /* WBWA walks */
    ck_assert_uint_eq(vtcr >> 12 & 3, 3);  /* inner shareable */
    ck_assert_uint_eq(vtcr >> 14 & 3, 0);  /* 4 KiB */
    ck_assert_uint_eq(vtcr >> 16 & 7, 5);  /* 48-bit PA */
    ck_assert_uint_eq(vtcr >> 29 & 3, 2);  /* NSA = 1, NSW = 0 */
    ck_assert_uint_eq(vstcr & 0x3f, 24);
    ck_assert_uint_eq(vstcr >> 6 & 3, 1);
    ck_assert_uint_eq(vstcr >> 29 & 3, 0); /* SA = SW = 0: secure */
}
END_TEST

START_TEST(a_split_block_keeps_the_rest)
{
    struct stage2_attr attr;
    unsigned level;
    paddr_t pa;

    ck_assert(map(0x40200000, BLOCK, rwx));
    pe.count.tlbi_ipa = 0;
    ck_assert(map(0x40280000, PAGE, none));
    ck_assert_uint_ge(pe.count.tlbi_ipa + pe.count.tlbi_vmid, 1); /* break before make */
    ck_assert(!stage2_lookup(&pe, &s2, PAS_SECURE, ipaddr(0x40280000), &pa, &attr));
    ck_assert(stage2_lookup(&pe, &s2, PAS_SECURE, ipaddr(0x40281234), &pa, &attr));
    ck_assert_uint_eq(pa.pa, 0x40281234);
    ck_assert_uint_eq(attr.access, rwx.access);
    ck_assert_uint_eq(leaf(0x40281000, &level), 0x40281000 | 0x7ff);
    ck_assert_uint_eq(leaf(0x403ff000, &level), 0x403ff000 | 0x7ff);
}
END_TEST

START_TEST(the_two_ipa_spaces_are_apart)
{
    struct stage2_attr attr;
    paddr_t pa;

    ck_assert(
        stage2_map(&pe, &s2, PAS_NON_SECURE, ipaddr(0x80000000), paddr(0x80000000), PAGE, rw));
    ck_assert(!stage2_lookup(&pe, &s2, PAS_SECURE, ipaddr(0x80000000), &pa, &attr));
    ck_assert(stage2_lookup(&pe, &s2, PAS_NON_SECURE, ipaddr(0x80000000), &pa, &attr));
    /* The upper half of 40 bits is the second root page. */
    ck_assert(stage2_map(&pe, &s2, PAS_SECURE, ipaddr(0xff00000000), paddr(0x1000), PAGE, rw));
    ck_assert(stage2_lookup(&pe, &s2, PAS_SECURE, ipaddr(0xff00000000), &pa, &attr));
    ck_assert_uint_eq(pa.pa, 0x1000);
    ck_assert(!stage2_lookup(&pe, &s2, PAS_SECURE, ipaddr(0x7f00000000), &pa, &attr));
}
END_TEST

START_TEST(impossible_ranges_are_refused)
{
    ck_assert(!map(0x40000001, PAGE, rw));
    ck_assert(!map(0x40000000, 100, rw));
    ck_assert(!map(0x40000000, 0, rw));
    ck_assert(!map(1ull << 40, PAGE, rw));
    ck_assert(!map((1ull << 40) - PAGE, 2 * PAGE, rw));
}
END_TEST

/* A pool of every size that is too small: the map fails, and nothing is left of it. */
START_TEST(without_pages_nothing_changes)
{
    unsigned pages = (unsigned)_i + 4;
    uint64_t at = 0x401ff000; /* the last page of one table and the first of another */
    unsigned level;
    bool ok;

    fake_arch_free(&pe);
    fake_arch_init(&pe, BASE, 0x100000, 0x80000000, 0x1000);
    start(pages);
    ok = map(at, 2 * PAGE, rw);
    ck_assert_int_eq(ok, pages >= 4 + 3); /* one level-2 table, two of level 3 */
    if (!ok) {
        ck_assert_uint_eq(leaf(at, &level) & 1, 0);
        ck_assert_uint_eq(level, 1); /* no table is left */
        ck_assert_uint_eq(pool.free_count, pages - 4);
    }
}
END_TEST

START_TEST(destroy_gives_every_page_back)
{
    ck_assert(map(0x40001000, 5 * PAGE, rwx));
    ck_assert(map(0x40200000, BLOCK, rwx));
    ck_assert(map(0x40280000, PAGE, none));
    ck_assert(
        stage2_map(&pe, &s2, PAS_NON_SECURE, ipaddr(0x80000000), paddr(0x80000000), PAGE, rw));
    stage2_destroy(&pe, &s2);
    ck_assert_uint_eq(pool.free_count, POOL_PAGES);
}
END_TEST

/* What is unmapped leaves no table behind, and what is whole again is a block again. */
START_TEST(tables_come_and_go)
{
    uint64_t before = pool.free_count;
    uint64_t with_block;
    unsigned level;

    ck_assert(map(0x40001000, 3 * PAGE, rw));
    ck_assert(map(0x40001000, 3 * PAGE, none));
    ck_assert_uint_eq(pool.free_count, before);

    ck_assert(map(0x40200000, BLOCK, rwx));
    with_block = pool.free_count;
    ck_assert(map(0x40280000, PAGE, none));
    ck_assert(map(0x40281000, PAGE, ro));
    ck_assert_uint_eq(pool.free_count, with_block - 1);
    ck_assert(map(0x40280000, 2 * PAGE, rwx));
    ck_assert_uint_eq(pool.free_count, with_block);
    ck_assert_uint_eq(leaf(0x40280000, &level), 0x40200000 | 0x7fd);
    ck_assert_uint_eq(level, 2);
}
END_TEST

/* To reach for an edit, and to fold instead of making it, is to do nothing. */
START_TEST(reach_and_fold_leave_no_trace)
{
    uint64_t before;
    struct stage2_attr attr;
    paddr_t pa;

    ck_assert(map(0x40200000, BLOCK, rwx));
    before = pool.free_count;
    ck_assert(
        stage2_reach(&pe, &s2, PAS_SECURE, ipaddr(0x403ff000), paddr(0x403ff000), 2 * PAGE, true));
    ck_assert_uint_eq(pool.free_count, before - 2);
    ck_assert(stage2_lookup(&pe, &s2, PAS_SECURE, ipaddr(0x403ff000), &pa, &attr));
    ck_assert(!stage2_lookup(&pe, &s2, PAS_SECURE, ipaddr(0x40400000), &pa, &attr));
    pe.count.tlbi_vmid = 0;
    stage2_join(&pe, &s2, PAS_SECURE, ipaddr(0x403ff000), 2 * PAGE);
    ck_assert_uint_eq(pool.free_count, before);
    ck_assert_uint_eq(pe.count.tlbi_vmid, 1); /* each page of the table may be in TLBs */
    /* to unmap what is not mapped takes nothing */
    ck_assert(
        stage2_reach(&pe, &s2, PAS_SECURE, ipaddr(0x80000000), paddr(0x80000000), PAGE, false));
    ck_assert_uint_eq(pool.free_count, before);
}
END_TEST

/* Stage 1 of an S-EL0 partition: one space, whose leaves name the world. */
START_TEST(the_el0_regime_bit_by_bit)
{
    struct stage2 el0;
    struct stage2_attr attr;
    uint64_t before = pool.free_count;
    paddr_t pa;

    ck_assert(stage2_init_el0(&pe, &el0, 9, &pool));
    ck_assert(stage2_map(&pe, &el0, PAS_SECURE, ipaddr(0x40001000), paddr(0x40001000), PAGE, rwx));
    ck_assert(stage2_map(&pe, &el0, PAS_SECURE, ipaddr(0x40002000), paddr(0x40002000), PAGE, ro));
    ck_assert(
        stage2_map(&pe, &el0, PAS_NON_SECURE, ipaddr(0x40003000), paddr(0x40003000), PAGE, dev));
    uint64_t table = el0.root[PAS_SECURE].pa;
    uint64_t descriptor = 0;
    const unsigned index[] = {0, 1, 0};

    for (unsigned level = 0; level < 3; level++) {
        memcpy(&descriptor, fake_arch_at(&pe, table + 8 * index[level], 8, PAS_SECURE), 8);
        ck_assert_uint_eq(descriptor & 3, 3);
        table = descriptor & 0x0000fffffffff000ull;
    }
    const uint64_t *leaves = fake_arch_at(&pe, table, 4096, PAS_SECURE);

    /* page 0x3, AttrIndx << 2, NS 1 << 5, AP EL0 1 << 6, RO 1 << 7, SH 3 << 8, AF 1 << 10, nG 1 <<
     * 11 */
    ck_assert_uint_eq(leaves[1], 0x40001000 | 0xf43 | 1ull << 53);
    ck_assert_uint_eq(leaves[2], 0x40002000 | 0xfc3 | 3ull << 53);
    ck_assert_uint_eq(leaves[3], 0x40003000 | 0xf43 | 2 << 2 | 1 << 5 | 3ull << 53);
    ck_assert(stage2_lookup(&pe, &el0, PAS_SECURE, ipaddr(0x40002000), &pa, &attr));
    ck_assert_uint_eq(attr.access, STAGE2_READ);
    ck_assert(stage2_lookup(&pe, &el0, PAS_NON_SECURE, ipaddr(0x40003000), &pa, &attr));
    ck_assert_uint_eq(attr.memory, STAGE2_DEVICE_nGnRnE);
    ck_assert(!stage2_lookup(&pe, &el0, PAS_SECURE, ipaddr(0x40003000), &pa, &attr));
    ck_assert_uint_eq(stage2_el0_mair() >> 8 * STAGE2_DEVICE_nGnRnE & 0xff, 0);
    ck_assert_uint_eq(stage2_el0_mair() & 0xff, 0xff);
    ck_assert_uint_eq(stage2_el0_tcr() & 0x3f, 24);
    stage2_destroy(&pe, &el0);
    ck_assert_uint_eq(pool.free_count, before);
}
END_TEST

#define MODEL_PAGES 1536u /* three level-3 tables */

START_TEST(random_edits_agree_with_a_model)
{
    static struct stage2_attr model[MODEL_PAGES];
    const uint64_t base = 0x40000000;
    const struct stage2_attr choices[] = {rwx, rw, ro, dev, none};
    uint64_t seed = 1;

    memset(model, 0, sizeof(model));
    for (unsigned round = 0; round < 400; round++) {
        unsigned first;
        unsigned count;
        struct stage2_attr attr;

        seed = seed * 6364136223846793005ull + 1442695040888963407ull;
        first = (unsigned)(seed >> 33) % MODEL_PAGES;
        count = 1 + (unsigned)(seed >> 20) % (MODEL_PAGES - first);
        if ((seed >> 60) < 3) {
            first = first / 512 * 512;
            count = 512;
        }
        attr = choices[(seed >> 50) % 5];
        ck_assert(map(base + first * PAGE, count * PAGE, attr));
        for (unsigned i = first; i < first + count; i++) {
            model[i] = attr;
        }
        for (unsigned i = 0; i < MODEL_PAGES; i++) {
            struct stage2_attr got = none;
            paddr_t pa = paddr(0);
            bool mapped = stage2_lookup(&pe, &s2, PAS_SECURE, ipaddr(base + i * PAGE), &pa, &got);

            ck_assert_int_eq(mapped, model[i].access != 0);
            if (mapped) {
                ck_assert_uint_eq(pa.pa, base + i * PAGE);
                ck_assert_uint_eq(got.access, model[i].access);
                ck_assert_uint_eq(got.memory, model[i].memory);
            }
        }
    }
    stage2_destroy(&pe, &s2);
    ck_assert_uint_eq(pool.free_count, POOL_PAGES);
    ck_assert_uint_eq(pe.locks_held, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stage 2");
    TCase *tests = tcase_create("stage 2");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, descriptors_bit_by_bit);
    tcase_add_test(tests, control_registers_field_by_field);
    tcase_add_test(tests, a_split_block_keeps_the_rest);
    tcase_add_test(tests, the_two_ipa_spaces_are_apart);
    tcase_add_test(tests, impossible_ranges_are_refused);
    tcase_add_loop_test(tests, without_pages_nothing_changes, 0, 8);
    tcase_add_test(tests, destroy_gives_every_page_back);
    tcase_add_test(tests, tables_come_and_go);
    tcase_add_test(tests, reach_and_fold_leave_no_trace);
    tcase_add_test(tests, the_el0_regime_bit_by_bit);
    tcase_add_test(tests, random_edits_agree_with_a_model);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
