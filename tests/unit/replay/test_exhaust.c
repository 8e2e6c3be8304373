/* SPDX-License-Identifier: BSD-3-Clause */
/* Every set of points once, in one order, whoever comes back first; and when failures are the same.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/replay/cause.h"
#include "sim/replay/exhaust.h"

#define POINTS 6u
#define MOST   64u

/* A made-up run: of the points 1 to 6 behind the last delay the even ones matter, and 5. */
static unsigned points_behind(uint64_t last, uint64_t point[POINTS])
{
    static const uint64_t matter[] = {2, 4, 5, 6};
    unsigned count = 0;

    for (unsigned i = 0; i < 4; i++) {
        if (matter[i] > last) {
            point[count++] = matter[i];
        }
    }
    return count;
}

static void bring_back(struct exhaust *exhaust, uint64_t node)
{
    uint64_t path[STRATEGY_MAX_DEPTH];
    uint64_t point[POINTS];
    unsigned depth = exhaust_path(exhaust, node, path);
    uint64_t last = depth != 0 ? path[depth - 1] : 0;
    unsigned count = exhaust_surveys(exhaust) ? points_behind(last, point) : 0;

    ck_assert(exhaust_back(exhaust, node, point, count,
                           exhaust_surveys(exhaust) ? POINTS - last - count : 0));
}

/* All runs; returns how many. `width` at a time, each such group backwards when `reverse`. */
static uint64_t search(struct exhaust *exhaust, unsigned depth, unsigned shard, unsigned shards,
                       uint64_t width, bool reverse)
{
    uint64_t count = 0;

    ck_assert(exhaust_init(exhaust, depth, shard, shards));
    while (!exhaust->done) {
        uint64_t first;
        uint64_t taken = exhaust_take(exhaust, width, &first);

        ck_assert_uint_ne(taken, 0);
        for (uint64_t i = 0; i < taken; i++) {
            bring_back(exhaust, reverse ? first + taken - 1 - i : first + i);
        }
        count += taken;
    }
    ck_assert_uint_eq(count, exhaust->count);
    return count;
}

START_TEST(all_sets_up_to_the_depth)
{
    static const uint64_t runs[] = {
        0, 1 + 4, 1 + 4 + 6, 1 + 4 + 6 + 4, 1 + 4 + 6 + 4 + 1, 1 + 4 + 6 + 4 + 1};
    struct exhaust exhaust;

    ck_assert_uint_eq(search(&exhaust, (unsigned)_i, 0, 1, 3, false), runs[_i]);
    /* Points without effect: 2 of the plain run, and behind each of the runs with one delay. */
    ck_assert_uint_eq(exhaust.skipped, _i == 1 ? 2 : _i == 2 ? 3 : 3);
    exhaust_free(&exhaust);
}
END_TEST

START_TEST(each_set_once)
{
    bool seen[1u << (POINTS + 1)] = {false};
    struct exhaust exhaust;

    search(&exhaust, 3, 0, 1, 4, false);
    for (uint64_t node = 0; node < exhaust.count; node++) {
        uint64_t path[STRATEGY_MAX_DEPTH];
        unsigned depth = exhaust_path(&exhaust, node, path);
        unsigned set = 0;

        for (unsigned i = 0; i < depth; i++) {
            ck_assert(i == 0 || path[i] > path[i - 1]);
            set |= 1u << path[i];
        }
        ck_assert(!seen[set]);
        seen[set] = true;
    }
    exhaust_free(&exhaust);
}
END_TEST

START_TEST(the_numbers_do_not_depend_on_who_is_first)
{
    struct exhaust a;
    struct exhaust b;

    search(&a, 3, 0, 1, 1, false);
    search(&b, 3, 0, 1, MOST, true);
    ck_assert_uint_eq(a.count, b.count);
    for (uint64_t node = 0; node < a.count; node++) {
        uint64_t of_a[STRATEGY_MAX_DEPTH] = {0};
        uint64_t of_b[STRATEGY_MAX_DEPTH] = {0};

        ck_assert_uint_eq(exhaust_path(&a, node, of_a), exhaust_path(&b, node, of_b));
        ck_assert_mem_eq(of_a, of_b, sizeof(of_a));
    }
    exhaust_free(&a);
    exhaust_free(&b);
}
END_TEST

START_TEST(shards_share_the_sets)
{
    struct exhaust exhaust;
    uint64_t all = search(&exhaust, 3, 0, 1, MOST, false);
    uint64_t shared = 1; /* the plain run is everybody's */

    exhaust_free(&exhaust);
    for (unsigned shard = 0; shard < 3; shard++) {
        shared += search(&exhaust, 3, shard, 3, MOST, false) - 1;
        exhaust_free(&exhaust);
    }
    ck_assert_uint_eq(shared, all);
}
END_TEST

static const struct {
    const char *why;
    const char *cause;
} causes[] = {
    {"wanted 5, got 4", "wanted #, got #"},
    {"race.lua:27: wanted 5, got 4", "race.lua:27: wanted #, got #"},
    {"page 0x8000f000 of vCPU 3", "page # of vCPU #"},
    {"still running at 12.345 us", "still running at # us"},
    {"Group1 and EL2 are names, v1_3 too", "Group1 and EL2 are names, v1_3 too"},
    {"12", "#"},
    {"", ""},
};

START_TEST(numbers_do_not_make_a_cause)
{
    char cause[CAUSE_BYTES];

    cause_of(causes[_i].why, cause);
    ck_assert_str_eq(cause, causes[_i].cause);
}
END_TEST

START_TEST(a_long_cause_is_cut)
{
    char why[2 * CAUSE_BYTES];
    char cause[CAUSE_BYTES];

    memset(why, 'x', sizeof(why) - 1);
    why[sizeof(why) - 1] = '\0';
    cause_of(why, cause);
    ck_assert_uint_eq(strlen(cause), CAUSE_BYTES - 1);
    ck_assert_uint_ne(cause_hash("a"), cause_hash("b"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("exhaust");
    TCase *all = tcase_create("all");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_loop_test(all, all_sets_up_to_the_depth, 1, 6);
    tcase_add_test(all, each_set_once);
    tcase_add_test(all, the_numbers_do_not_depend_on_who_is_first);
    tcase_add_test(all, shards_share_the_sets);
    tcase_add_loop_test(all, numbers_do_not_make_a_cause, 0,
                        (int)(sizeof(causes) / sizeof(causes[0])));
    tcase_add_test(all, a_long_cause_is_cut);
    suite_add_tcase(suite, all);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
