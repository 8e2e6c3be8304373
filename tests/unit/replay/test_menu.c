/* SPDX-License-Identifier: BSD-3-Clause */
/* Faults of exploration: drawn from the number of a run, and what a run with them may fail of. */
#include <check.h>
#include <string.h>

#include "sim/replay/menu.h"

#define RUNS   4000u
#define POINTS 500u

static struct fault_menu menu;

static void setup(void)
{
    static const char *const lines[] = {"skip_tlb", "power_cut ram=lost", "corrupt_call arg=1"};

    menu = (struct fault_menu){.count = 3};
    for (unsigned i = 0; i < 3; i++) {
        struct sim_error err;

        ck_assert(fault_parse(lines[i], "menu", &menu.fault[i], &err));
    }
}

static bool same_draw(const struct fault_draw *a, const struct fault_draw *b)
{
    char first[MENU_TEXT_BYTES];
    char second[MENU_TEXT_BYTES];

    menu_text(a, first);
    menu_text(b, second);
    return strcmp(first, second) == 0;
}

START_TEST(the_number_decides)
{
    struct fault_draw draw;
    struct fault_draw again;
    unsigned with = 0;
    unsigned kinds[FAULT_KIND_COUNT] = {0};

    for (uint64_t run = 0; run < RUNS; run++) {
        menu_draw(&menu, 1, POINTS, run, &draw);
        menu_draw(&menu, 1, POINTS, run, &again);
        ck_assert(same_draw(&draw, &again));
        ck_assert_uint_le(draw.count, 1);
        with += draw.count;
        kinds[draw.fault[0].kind] += draw.count;
    }
    ck_assert_uint_gt(with, RUNS / 2 - RUNS / 16);
    ck_assert_uint_lt(with, RUNS / 2 + RUNS / 16);
    for (unsigned i = 0; i < menu.count; i++) {
        ck_assert_uint_gt(kinds[menu.fault[i].kind], RUNS / 8);
    }
}
END_TEST

START_TEST(when_is_of_the_kind)
{
    uint64_t lowest = UINT64_MAX;
    uint64_t highest = 0;
    uint64_t last = 0;
    unsigned first = 0;

    for (uint64_t run = 0; run < RUNS; run++) {
        struct fault_draw draw;

        menu_draw(&menu, 1, POINTS, run, &draw);
        if (draw.count == 0) {
            continue;
        }
        if (draw.fault[0].kind == FAULT_POWER_CUT) {
            ck_assert_int_eq(draw.fault[0].when, FAULT_AT_POINT);
            ck_assert(draw.fault[0].lose_ram);
            lowest = draw.fault[0].when_value < lowest ? draw.fault[0].when_value : lowest;
            highest = draw.fault[0].when_value > highest ? draw.fault[0].when_value : highest;
        } else {
            ck_assert_int_eq(draw.fault[0].when, FAULT_AT_NTH);
            ck_assert_uint_ge(draw.fault[0].when_value, 1);
            last = draw.fault[0].when_value > last ? draw.fault[0].when_value : last;
            first += draw.fault[0].when_value == 1;
        }
    }
    ck_assert_uint_ge(lowest, 1);
    ck_assert_uint_lt(lowest, POINTS / 10);
    ck_assert_uint_le(highest, POINTS);
    ck_assert_uint_gt(highest, POINTS - POINTS / 10);
    ck_assert_uint_gt(last, 32);
    ck_assert_uint_le(last, 64);
    ck_assert_uint_gt(first, RUNS / 20);
}
END_TEST

START_TEST(at_most)
{
    unsigned most = 0;

    for (uint64_t run = 0; run < RUNS; run++) {
        struct fault_draw draw;

        menu_draw(&menu, 0, POINTS, run, &draw);
        ck_assert_uint_eq(draw.count, 0);
        menu_draw(&menu, 3, POINTS, run, &draw);
        ck_assert_uint_le(draw.count, 3);
        most = draw.count > most ? draw.count : most;
        menu_draw(&menu, 1000, 0, run, &draw);
        ck_assert_uint_le(draw.count, MENU_MOST_DRAWN);
    }
    ck_assert_uint_eq(most, 3);
}
END_TEST

static void see(struct menu_watch *watch, uint16_t type, enum fault_kind kind)
{
    const uint64_t arg[] = {0, 1, kind, 0};
    const struct trace_event event = {.header = {.type = type, .arg_count = 4}, .arg = arg};

    watch->sink.event(&watch->sink, &event);
}

START_TEST(what_is_excused)
{
    static const struct run_result failed = {.verdict = RUN_FAILED};
    static const struct run_result refused = {.verdict = RUN_BAD_INPUT};
    static const struct run_result internal = {.verdict = RUN_INTERNAL};
    struct menu_watch watch;

    menu_watch_init(&watch);
    see(&watch, EVENT_NOTE, 0);
    ck_assert(!menu_excuses(&watch, false, &failed));
    see(&watch, EVENT_FAULT, FAULT_STALL_PE);
    ck_assert(menu_excuses(&watch, false, &failed));
    ck_assert(menu_excuses(&watch, true, &refused));
    ck_assert(!menu_excuses(&watch, true, &failed));
    ck_assert(!menu_excuses(&watch, false, &internal));
    see(&watch, EVENT_PANIC, 0);
    ck_assert(!menu_excuses(&watch, false, &failed));
    see(&watch, EVENT_FAULT, FAULT_FLIP_RAM);
    ck_assert(menu_excuses(&watch, false, &failed));
    ck_assert(!menu_excuses(&watch, true, &failed));
    ck_assert(!menu_excuses(&watch, false, &internal));

    menu_watch_init(&watch);
    see(&watch, EVENT_CHECK, 0);
    see(&watch, EVENT_FAULT, FAULT_CORRUPT_CALL);
    ck_assert(!menu_excuses(&watch, false, &failed));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("menu");
    TCase *tests = tcase_create("menu");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_test(tests, the_number_decides);
    tcase_add_test(tests, when_is_of_the_kind);
    tcase_add_test(tests, at_most);
    tcase_add_test(tests, what_is_excused);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
