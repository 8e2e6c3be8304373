/* SPDX-License-Identifier: BSD-3-Clause */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "fake_arch.h"
#include "spmc/page_pool.h"

#define BASE  0x10000000ull
#define PAGES 16u

static struct arch_pe pe;
static struct page_pool pool;

static void set_up(void)
{
    fake_arch_init(&pe, BASE, 0x100000, 0x80000000, 0x1000);
    ck_assert(page_pool_init(&pe, &pool, paddr(BASE), PAGES * PAGE_SIZE_BYTES));
}

static void tear_down(void)
{
    fake_arch_free(&pe);
}

START_TEST(pages_come_in_order_zeroed_until_none_is_left)
{
    static const uint8_t zeros[PAGE_SIZE_BYTES];
    paddr_t page;

    for (unsigned i = 0; i < PAGES; i++) {
        ck_assert(page_pool_take(&pe, &pool, &page));
        ck_assert_uint_eq(page.pa, BASE + i * PAGE_SIZE_BYTES);
        ck_assert_mem_eq(fake_arch_at(&pe, page.pa, PAGE_SIZE_BYTES, PAS_SECURE), zeros,
                         PAGE_SIZE_BYTES);
    }
    ck_assert_uint_eq(pool.free_count, 0);
    ck_assert(!page_pool_take(&pe, &pool, &page));
    ck_assert_uint_eq(pe.locks_held, 0);
}
END_TEST

START_TEST(a_page_given_back_is_zeroed_before_it_is_handed_out_again)
{
    static const uint8_t zeros[PAGE_SIZE_BYTES];
    paddr_t page;
    paddr_t again;

    ck_assert(page_pool_take(&pe, &pool, &page));
    memset(fake_arch_at(&pe, page.pa, PAGE_SIZE_BYTES, PAS_SECURE), 0xa5, PAGE_SIZE_BYTES);
    page_pool_give(&pe, &pool, page);
    ck_assert_uint_eq(pool.free_count, PAGES);
    ck_assert(page_pool_take(&pe, &pool, &again));
    ck_assert_uint_eq(again.pa, page.pa);
    ck_assert_mem_eq(fake_arch_at(&pe, page.pa, PAGE_SIZE_BYTES, PAS_SECURE), zeros,
                     PAGE_SIZE_BYTES);
}
END_TEST

START_TEST(pairs_are_contiguous_and_aligned)
{
    paddr_t odd;
    paddr_t pair;
    unsigned pairs = 0;

    ck_assert(page_pool_take(&pe, &pool, &odd)); /* the first pair is broken now */
    while (page_pool_take_pair(&pe, &pool, &pair)) {
        ck_assert_uint_eq(pair.pa % (2 * PAGE_SIZE_BYTES), 0);
        ck_assert_uint_ne(pair.pa, odd.pa);
        pairs++;
    }
    ck_assert_uint_eq(pairs, PAGES / 2 - 1);
    ck_assert_uint_eq(pool.free_count, 1);
}
END_TEST

/* As if that many pages were all: what is given back meanwhile counts. */
START_TEST(kept_pages_are_not_handed_out)
{
    paddr_t page[3];
    paddr_t other;

    ck_assert(page_pool_take(&pe, &pool, &page[0]));
    pool.kept_count = pool.free_count - 2;
    ck_assert(page_pool_take(&pe, &pool, &page[1]));
    ck_assert(!page_pool_take_pair(&pe, &pool, &other));
    ck_assert(page_pool_take(&pe, &pool, &page[2]));
    ck_assert(!page_pool_take(&pe, &pool, &other));
    ck_assert_uint_eq(pool.free_count, PAGES - 3);
    page_pool_give(&pe, &pool, page[1]);
    ck_assert(page_pool_take(&pe, &pool, &other));
    ck_assert_uint_eq(other.pa, page[1].pa);
    pool.kept_count = pool.free_count + 1;
    ck_assert(!page_pool_take(&pe, &pool, &other));
    pool.kept_count = 0;
    ck_assert(page_pool_take_pair(&pe, &pool, &other));
    ck_assert_uint_eq(pe.locks_held, 0);
}
END_TEST

START_TEST(bad_ranges_are_refused)
{
    struct page_pool other;

    ck_assert(!page_pool_init(&pe, &other, paddr(0), PAGE_SIZE_BYTES));
    ck_assert(!page_pool_init(&pe, &other, paddr(BASE + 8), PAGE_SIZE_BYTES));
    ck_assert(!page_pool_init(&pe, &other, paddr(BASE), 0));
    ck_assert(!page_pool_init(&pe, &other, paddr(BASE), 100));
    ck_assert(!page_pool_init(&pe, &other, paddr(0x40000000), PAGE_SIZE_BYTES));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("page pool");
    TCase *tests = tcase_create("page pool");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, pages_come_in_order_zeroed_until_none_is_left);
    tcase_add_test(tests, a_page_given_back_is_zeroed_before_it_is_handed_out_again);
    tcase_add_test(tests, pairs_are_contiguous_and_aligned);
    tcase_add_test(tests, kept_pages_are_not_handed_out);
    tcase_add_test(tests, bad_ranges_are_refused);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
