/* SPDX-License-Identifier: BSD-3-Clause */
/* Runs that are come back to: the same course to the bit, or another one. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/replay/checkpoint_run.h"

static struct play_options play;
static struct checkpoint_run *run;
static struct checkpoint_way way; /* large */

static void open_run(const char *scenario)
{
    struct sim_error err;

    play = (struct play_options){.scenario = scenario};
    memset(&way, 0, sizeof(way));
    run = checkpoint_run_open(&play, TEST_SHARE, &(struct checkpoint_limits){0}, &err);
    ck_assert_ptr_nonnull(run);
}

static void close_run(void)
{
    checkpoint_run_close(run);
}

static void check_outcome(const struct checkpoint_outcome *outcome)
{
    ck_assert_msg(!outcome->crashed && !outcome->refused, "%s", outcome->why);
    ck_assert_msg(outcome->not_taken == 0, "%s", outcome->why_not);
}

/* From the files, as `way` says. */
static struct checkpoint_outcome begin(void)
{
    struct checkpoint_outcome outcome;
    struct sim_error err;

    ck_assert_msg(checkpoint_run_begin(run, &way, &outcome, &err), "%s", err.text);
    check_outcome(&outcome);
    return outcome;
}

static struct checkpoint_outcome go_anyhow(uint32_t number)
{
    struct checkpoint_outcome outcome;
    struct sim_error err;

    ck_assert_msg(checkpoint_run_go(run, number, &way, &outcome, &err), "%s", err.text);
    return outcome;
}

static struct checkpoint_outcome go(uint32_t number)
{
    struct checkpoint_outcome outcome = go_anyhow(number);

    check_outcome(&outcome);
    return outcome;
}

static void ck_same(const struct checkpoint_outcome *a, const struct checkpoint_outcome *b)
{
    ck_assert_str_eq(a->why, b->why);
    ck_assert(a->passed == b->passed);
    ck_assert_uint_eq(a->events, b->events);
    ck_assert_uint_eq(a->points, b->points);
    ck_assert(trace_hash_equal(&a->hash, &b->hash));
}

/* All checkpoints of a run lead to where the run in one piece led. */
static void come_to_the_same(const char *scenario, uint64_t every)
{
    struct checkpoint_outcome plain;
    struct checkpoint_outcome outcome;
    uint32_t taken;

    open_run(scenario);
    plain = begin();
    ck_assert_msg(plain.passed, "%s", plain.why);
    way.every_events = every;
    outcome = begin();
    ck_same(&plain, &outcome);
    taken = outcome.taken;
    ck_assert_uint_ge(taken, 5);
    way.every_events = 0;
    for (uint32_t i = 1; i <= taken; i++) {
        outcome = go(i);
        ck_same(&plain, &outcome);
    }
    /* Some of them again, with checkpoints of their own, and those. */
    way.every_events = every / 2 + 1;
    way.course = 1;
    outcome = go(taken / 2);
    ck_same(&plain, &outcome);
    ck_assert_uint_ge(outcome.taken, 2);
    way.every_events = 0;
    outcome = go(outcome.latest);
    ck_same(&plain, &outcome);
    close_run();
}

START_TEST(scripted)
{
    come_to_the_same(TEST_SOURCE "/tests/explore/handoff.lua", 4);
}
END_TEST

START_TEST(emulated)
{
    come_to_the_same(TEST_SOURCE "/scenarios/hello_secure_world.lua", 20);
}
END_TEST

START_TEST(at_a_choice_point_and_a_time)
{
    struct checkpoint_outcome plain;
    struct checkpoint_outcome outcome;
    struct checkpoint_place place;

    open_run(TEST_SOURCE "/tests/explore/handoff.lua");
    plain = begin();
    way.at_choice = plain.points / 2;
    way.at_ns = plain.simulated_ns / 3;
    outcome = begin();
    ck_same(&plain, &outcome);
    ck_assert_uint_eq(outcome.taken, 2);
    for (uint32_t i = 1; i <= 2; i++) {
        ck_assert(checkpoint_find(checkpoint_run_set(run), i, &place));
        ck_assert(place.choice == plain.points / 2 || place.time_ns >= plain.simulated_ns / 3);
        memset(&way, 0, sizeof(way));
        outcome = go(i);
        ck_same(&plain, &outcome);
    }
    close_run();
}
END_TEST

/* As the whole run with these delays: the delays are behind the checkpoint. */
START_TEST(other_delays)
{
    struct checkpoint_outcome whole;
    struct checkpoint_outcome outcome;
    struct checkpoint_place place;
    uint32_t number;

    open_run(TEST_SOURCE "/tests/explore/handoff.lua");
    way.every_events = 5;
    outcome = begin();
    number = checkpoint_before(checkpoint_run_set(run), 0, outcome.events / 2);
    ck_assert(checkpoint_find(checkpoint_run_set(run), number, &place));
    way.every_events = 0;
    way.new_choices = true;
    way.pair_count = 2;
    for (uint64_t i = 1; i < 40; i += 7) {
        way.pair[0] = (struct choice_pair){place.choice + i, 5000, CHOICE_ANY_KIND, CHOICE_NO_PE};
        way.pair[1] = way.pair[0];
        way.pair[1].number += 3;
        whole = begin();
        ck_assert(!trace_hash_equal(&whole.hash, &outcome.hash));
        outcome = go(number);
        ck_same(&whole, &outcome);
    }
    /* At the choice point itself. */
    way.at_choice = place.choice + 30;
    way.pair[0].number = way.at_choice;
    way.pair[1].number = way.at_choice + 1;
    whole = begin();
    ck_assert_uint_eq(whole.taken, 1);
    number = whole.latest;
    outcome = go(number);
    ck_same(&whole, &outcome);
    close_run();
}
END_TEST

START_TEST(another_limit)
{
    struct checkpoint_outcome outcome;
    uint32_t number;

    open_run(TEST_SOURCE "/tests/explore/handoff.lua");
    way.at_event = 15;
    outcome = begin();
    number = outcome.latest;
    memset(&way, 0, sizeof(way));
    way.new_limit = true;
    way.limit_ns = outcome.simulated_ns / 2;
    outcome = go(number);
    ck_assert(!outcome.passed);
    ck_assert_ptr_nonnull(strstr(outcome.why, "still running at the limit of"));
    memset(&way, 0, sizeof(way));
    outcome = go(number);
    ck_assert(outcome.passed);
    close_run();
}
END_TEST

START_TEST(another_seed)
{
    struct checkpoint_outcome whole;
    struct checkpoint_outcome outcome;

    open_run(TEST_SOURCE "/scenarios/race_calls.lua");
    play.seed = 7;
    whole = begin();
    play.seed = 0;
    way.at_event = 1;
    outcome = begin();
    ck_assert(!trace_hash_equal(&whole.hash, &outcome.hash));
    memset(&way, 0, sizeof(way));
    way.new_seed = true;
    way.seed = 7;
    outcome = go(outcome.latest);
    ck_same(&whole, &outcome);
    /* Too late. */
    memset(&way, 0, sizeof(way));
    way.at_event = outcome.events / 2;
    outcome = begin();
    way.new_seed = true;
    outcome = go_anyhow(outcome.latest);
    ck_assert(outcome.refused);
    ck_assert_ptr_nonnull(strstr(outcome.why, "depends on its seed already"));
    close_run();
}
END_TEST

START_TEST(up_to_an_event)
{
    struct checkpoint_outcome outcome;

    open_run(TEST_SOURCE "/tests/explore/handoff.lua");
    way.every_events = 5;
    way.stop_event = 22;
    outcome = begin();
    ck_assert(outcome.stopped);
    ck_assert_uint_eq(outcome.events, 22);
    ck_assert_uint_eq(outcome.taken, 3);
    way.stop_event = 0;
    way.every_events = 0;
    outcome = go(outcome.latest);
    ck_assert(outcome.passed && !outcome.stopped);
    close_run();
}
END_TEST

START_TEST(no_such_scenario)
{
    struct checkpoint_outcome outcome;
    struct sim_error err;

    open_run(TEST_SOURCE "/scenarios/there_is_none.lua");
    ck_assert(checkpoint_run_begin(run, &way, &outcome, &err));
    ck_assert(outcome.refused);
    ck_assert_ptr_nonnull(strstr(outcome.why, "there_is_none.lua"));
    way.pair_count = CHECKPOINT_PAIRS_MOST + 1;
    ck_assert(!checkpoint_run_begin(run, &way, &outcome, &err));
    close_run();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("runs from checkpoints");
    TCase *tests = tcase_create("runs");
    SRunner *runner;
    int failed;

    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, scripted);
    tcase_add_test(tests, emulated);
    tcase_add_test(tests, at_a_choice_point_and_a_time);
    tcase_add_test(tests, other_delays);
    tcase_add_test(tests, another_limit);
    tcase_add_test(tests, another_seed);
    tcase_add_test(tests, up_to_an_event);
    tcase_add_test(tests, no_such_scenario);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
