/* SPDX-License-Identifier: BSD-3-Clause */
/* Schedules from numbers: always the same ones, spread as they say, and only where they matter. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine/machine.h"
#include "sim/replay/strategy.h"

#define POINTS 1000u

static struct machine machine;
static struct sim_pe pe[2];
static const struct strategy_span span = {POINTS, 101, 900, 50000};

struct given {
    unsigned count;
    uint64_t number[POINTS];
    uint64_t delay_ns[POINTS];
};

static void setup(void)
{
    memset(&machine, 0, sizeof(machine));
    memset(pe, 0, sizeof(pe));
    machine.pe = pe;
    machine.pe_count = 2;
    for (unsigned i = 0; i < 2; i++) {
        pe[i].machine = &machine;
        pe[i].index = i;
        pe[i].state = PE_RUNNING;
    }
}

/* As a machine asks, at points of PE 0; the other one can run from `alone` on. */
static void ask(struct choice_source *source, enum choice_kind kind, uint64_t alone,
                struct given *given)
{
    given->count = 0;
    for (uint64_t number = 1; number <= POINTS; number++) {
        pe[1].state = number < alone ? PE_STOPPED : PE_RUNNING;
        if (source->due == number) {
            uint64_t delay_ns = source->answer(source, number, kind, &pe[0]);

            ck_assert_uint_gt(source->due, number);
            if (delay_ns != 0) {
                given->number[given->count] = number;
                given->delay_ns[given->count++] = delay_ns;
            }
        }
    }
}

static void schedule(enum strategy_kind kind, unsigned depth, uint64_t run, struct given *given)
{
    struct strategy strategy;

    strategy_init(&strategy, kind, depth, &span, run);
    ask(&strategy.base, CHOICE_LOCK, 0, given);
}

static bool same(const struct given *a, const struct given *b)
{
    return a->count == b->count &&
           memcmp(a->number, b->number, a->count * sizeof(a->number[0])) == 0 &&
           memcmp(a->delay_ns, b->delay_ns, a->count * sizeof(a->delay_ns[0])) == 0;
}

START_TEST(a_number_is_a_schedule)
{
    static const enum strategy_kind kinds[] = {STRATEGY_RANDOM, STRATEGY_PCT, STRATEGY_ROUND_ROBIN};
    struct given first;
    struct given again;
    struct given other;
    unsigned differ = 0;

    for (uint64_t run = 0; run < 100; run++) {
        schedule(kinds[_i], 3, run, &first);
        schedule(kinds[_i], 3, run, &again);
        schedule(kinds[_i], 3, run + 1, &other);
        ck_assert(same(&first, &again));
        differ += !same(&first, &other);
    }
    ck_assert_uint_ge(differ, 95);
}
END_TEST

START_TEST(pct_gives_as_many_long_delays_as_it_is_deep)
{
    struct given given;

    for (unsigned depth = 1; depth <= STRATEGY_MAX_DEPTH; depth++) {
        for (uint64_t run = 0; run < 100; run++) {
            schedule(STRATEGY_PCT, depth, run, &given);
            ck_assert_uint_eq(given.count, depth);
            for (unsigned i = 0; i < depth; i++) {
                ck_assert_uint_eq(given.delay_ns[i], span.long_ns);
                ck_assert_uint_ge(given.number[i], span.first);
                ck_assert_uint_le(given.number[i], span.last + depth); /* two at one point */
            }
        }
    }
}
END_TEST

START_TEST(pct_draws_points_evenly)
{
    unsigned tenth[10] = {0};
    struct given given;

    for (uint64_t run = 0; run < 10000; run++) {
        schedule(STRATEGY_PCT, 1, run, &given);
        tenth[(given.number[0] - span.first) / 80]++;
    }
    for (unsigned i = 0; i < 10; i++) {
        ck_assert_uint_gt(tenth[i], 850); /* 1000 and five standard deviations */
        ck_assert_uint_lt(tenth[i], 1150);
    }
}
END_TEST

START_TEST(random_has_few_and_many_short_and_long)
{
    unsigned few = 0;
    unsigned many = 0;
    unsigned magnitude[5] = {0};
    struct given given;

    for (uint64_t run = 0; run < 2000; run++) {
        schedule(STRATEGY_RANDOM, 3, run, &given);
        few += given.count <= 3;
        many += given.count >= 30;
        for (unsigned i = 0; i < given.count; i++) {
            unsigned digits = 0;

            ck_assert_uint_ge(given.delay_ns[i], 16);
            ck_assert_uint_le(given.delay_ns[i], span.long_ns);
            for (uint64_t ns = given.delay_ns[i]; ns >= 100; ns /= 10) {
                digits++;
            }
            magnitude[digits]++;
        }
    }
    ck_assert_uint_gt(few, 400);
    ck_assert_uint_gt(many, 200);
    for (unsigned i = 0; i < 4; i++) {
        ck_assert_uint_gt(magnitude[i], 1000);
    }
}
END_TEST

START_TEST(round_robin_is_regular)
{
    struct given given;

    for (uint64_t run = 0; run < 100; run++) {
        schedule(STRATEGY_ROUND_ROBIN, 3, run, &given);
        ck_assert_uint_ge(given.count, 50);
        for (unsigned i = 2; i < given.count; i++) {
            ck_assert_uint_eq(given.number[i] - given.number[i - 1],
                              given.number[1] - given.number[0]);
            ck_assert_uint_eq(given.delay_ns[i], given.delay_ns[0]);
        }
    }
}
END_TEST

START_TEST(delays_wait_until_they_matter)
{
    struct strategy strategy;
    struct given given;

    for (uint64_t run = 0; run < 100; run++) {
        strategy_init(&strategy, STRATEGY_PCT, 3, &span, run);
        ask(&strategy.base, CHOICE_LOCK, 950, &given);
        ck_assert_uint_eq(given.count, 3);
        ck_assert_uint_eq(given.number[0], 950);
    }
}
END_TEST

START_TEST(an_event_within_the_delay_matters)
{
    struct machine_event event = {.due_ns = 1000};

    pe[1].state = PE_IDLE;
    ck_assert(!strategy_matters(&pe[0], 2000));
    machine.events = &event;
    ck_assert(strategy_matters(&pe[0], 1000));
    ck_assert(!strategy_matters(&pe[0], 999));
    pe[0].now_ns = 1;
    ck_assert(strategy_matters(&pe[0], 999));
    ck_assert(strategy_matters(NULL, 1)); /* an interrupt */
}
END_TEST

START_TEST(where_nothing_matters_nobody_is_asked)
{
    const struct strategy_span nowhere = {.points = 10};
    struct strategy strategy;

    for (unsigned kind = STRATEGY_RANDOM; kind < STRATEGY_EXHAUSTIVE; kind++) {
        strategy_init(&strategy, (enum strategy_kind)kind, 3, &nowhere, 1);
        ck_assert_uint_eq(strategy.base.due, UINT64_MAX);
    }
}
END_TEST

START_TEST(a_turn_is_not_put_off_for_ever)
{
    struct strategy strategy;
    struct given given;

    for (uint64_t run = 0; run < 200; run++) {
        strategy_init(&strategy, run % 2 == 0 ? STRATEGY_ROUND_ROBIN : STRATEGY_RANDOM, 3, &span,
                      run);
        ask(&strategy.base, CHOICE_TURN, 0, &given);
        for (unsigned i = 1; i < given.count; i++) {
            ck_assert_uint_gt(given.number[i], given.number[i - 1] + 1);
        }
    }
}
END_TEST

START_TEST(points_are_met_exactly)
{
    const uint64_t point[] = {7, 300, 301};
    struct strategy strategy;
    struct given given;

    strategy_init_points(&strategy, point, 3, 1234);
    ask(&strategy.base, CHOICE_LOCK, 0, &given);
    ck_assert_uint_eq(given.count, 3);
    ck_assert_mem_eq(given.number, point, sizeof(point));
    ck_assert_uint_eq(given.delay_ns[2], 1234);
    strategy_init_points(&strategy, NULL, 0, 1234);
    ck_assert_uint_eq(strategy.base.due, UINT64_MAX);
}
END_TEST

START_TEST(a_survey_keeps_what_matters)
{
    const uint64_t point[] = {500};
    uint64_t found[100];
    struct strategy strategy;
    struct survey survey;
    struct given given;

    strategy_init_points(&strategy, point, 1, 1234);
    survey_init(&survey, &strategy.base, 501, 1234, found, 100);
    ask(&survey.base, CHOICE_LOCK, 601, &given);
    ck_assert_uint_eq(given.count, 1);
    ck_assert_uint_eq(given.number[0], 500);
    ck_assert_uint_eq(survey.found_count, 400); /* also beyond the room */
    ck_assert_uint_eq(found[0], 601);
    ck_assert_uint_eq(found[99], 700);
    ck_assert_uint_eq(survey.last, POINTS);
    ck_assert_uint_eq(survey.kinds[CHOICE_LOCK], 500);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("strategy");
    TCase *all = tcase_create("all");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_checked_fixture(all, setup, NULL);
    tcase_add_loop_test(all, a_number_is_a_schedule, 0, 3);
    tcase_add_test(all, pct_gives_as_many_long_delays_as_it_is_deep);
    tcase_add_test(all, pct_draws_points_evenly);
    tcase_add_test(all, random_has_few_and_many_short_and_long);
    tcase_add_test(all, round_robin_is_regular);
    tcase_add_test(all, delays_wait_until_they_matter);
    tcase_add_test(all, an_event_within_the_delay_matters);
    tcase_add_test(all, where_nothing_matters_nobody_is_asked);
    tcase_add_test(all, a_turn_is_not_put_off_for_ever);
    tcase_add_test(all, points_are_met_exactly);
    tcase_add_test(all, a_survey_keeps_what_matters);
    suite_add_tcase(suite, all);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
