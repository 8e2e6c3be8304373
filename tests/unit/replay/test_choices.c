/* SPDX-License-Identifier: BSD-3-Clause */
/* Choice points of the machine, and the sources that answer there. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "sim/machine/machine.h"
#include "sim/replay/sources.h"
#include "tree.h"

static char story[4096];
static size_t story_bytes;

static void told(const struct sim_pe *pe)
{
    story_bytes += (size_t)snprintf(story + story_bytes, sizeof(story) - story_bytes, "p%u@%llu ",
                                    pe->index, (unsigned long long)pe->now_ns);
    ck_assert_uint_lt(story_bytes, sizeof(story));
}

/* Five steps of 1000 ns, a point before each. */
static void walker(struct sim_pe *pe, void *arg)
{
    (void)arg;
    for (unsigned i = 0; i < 5; i++) {
        machine_choice(pe, CHOICE_LOCK);
        machine_pe_advance(pe, 1000);
        machine_pe_yield(pe);
        told(pe);
    }
}

/* Two walkers; what they did is in `story`. */
static enum machine_end walk(struct choice_source *source, uint64_t limit_ns,
                             struct choice_points *points)
{
    struct machine *machine = make_machine(2, limit_ns, NULL, NULL);
    enum machine_end end;

    story_bytes = 0;
    story[0] = '\0';
    machine_set_choices(machine, source);
    machine_pe_start(&machine->pe[0], walker, NULL, 0);
    machine_pe_start(&machine->pe[1], walker, NULL, 0);
    end = machine_run(machine);
    *points = machine->choices;
    machine_destroy(machine);
    return end;
}

static const char *const undisturbed =
    "p0@1000 p0@2000 p0@3000 p0@4000 p0@5000 p1@1000 p1@2000 p1@3000 p1@4000 p1@5000 ";

static struct choice_pair pair(uint64_t number, uint32_t delay_ns, uint8_t kind, uint8_t pe)
{
    return (struct choice_pair){.number = number, .delay_ns = delay_ns, .kind = kind, .pe = pe};
}

static enum machine_end walk_with(const struct choice_pair *pairs, size_t count,
                                  struct choice_recorder *recorder, struct choice_points *points,
                                  char why[CHOICE_FIT_BYTES])
{
    struct choice_list list = {NULL, 0, 0};
    struct choice_pairs source;
    enum machine_end end;

    for (size_t i = 0; i < count; i++) {
        ck_assert(choice_list_add(&list, &pairs[i]));
    }
    choice_pairs_init(&source, &list);
    if (recorder != NULL) {
        choice_recorder_init(recorder, &source.base);
    }
    why[0] = '\0';
    end = walk(recorder != NULL ? &recorder->base : &source.base, MACHINE_NEVER, points);
    (void)choice_pairs_fit(&source, why);
    choice_list_free(&list);
    return end;
}

START_TEST(points_are_counted_and_nobody_is_asked)
{
    struct choice_points points;

    ck_assert_int_eq(walk(NULL, MACHINE_NEVER, &points), MACHINE_END_DONE);
    ck_assert_str_eq(story, undisturbed);
    ck_assert_uint_eq(points.number, 12); /* two turns and ten locks */
    ck_assert_uint_eq(points.delays, 0);
}
END_TEST

/* Points: 1 is the turn of PE 0, 2 to 6 its locks. */
START_TEST(a_delay_lets_the_other_go_first)
{
    const struct choice_pair lock = pair(3, 50000, CHOICE_LOCK, 0);
    const struct choice_pair turn = pair(1, 7, CHOICE_TURN, 0);
    struct choice_points points;
    char why[CHOICE_FIT_BYTES];

    ck_assert_int_eq(walk_with(&lock, 1, NULL, &points, why), MACHINE_END_DONE);
    ck_assert_str_eq(story, "p0@1000 p1@1000 p1@2000 p1@3000 p1@4000 p1@5000 "
                            "p0@52000 p0@53000 p0@54000 p0@55000 ");
    ck_assert_str_eq(why, "");
    ck_assert_uint_eq(points.delays, 1);
    ck_assert_uint_eq(points.delayed_ns, 50000);
    ck_assert_int_eq(walk_with(&turn, 1, NULL, &points, why), MACHINE_END_DONE);
    ck_assert_str_eq(story, "p1@1000 p1@2000 p1@3000 p1@4000 p1@5000 "
                            "p0@1007 p0@2007 p0@3007 p0@4007 p0@5007 ");
    ck_assert_str_eq(why, "");
}
END_TEST

static uint64_t always(struct choice_source *source, uint64_t number, enum choice_kind kind,
                       const struct sim_pe *pe)
{
    (void)kind;
    (void)pe;
    source->due = number < 6 ? number + 1 : UINT64_MAX;
    return UINT64_MAX;
}

/* An answer has a bound, and the limit moves along with it: a run that was put off has not hung. */
START_TEST(a_delay_is_bounded_and_moves_the_limit)
{
    struct choice_source source = {.due = 2, .answer = always};
    struct choice_points points;

    ck_assert_int_eq(walk(&source, 6000, &points), MACHINE_END_DONE);
    ck_assert_uint_eq(points.delays, 5);
    ck_assert_uint_eq(points.delayed_ns, 5u * CHOICE_MAX_DELAY_NS);
}
END_TEST

START_TEST(what_is_recorded_runs_again)
{
    const struct choice_pair pairs[] = {pair(2, 3000, CHOICE_ANY_KIND, CHOICE_NO_PE),
                                        pair(9, 900, CHOICE_ANY_KIND, CHOICE_NO_PE)};
    struct choice_recorder recorder;
    struct choice_points points;
    char before[sizeof(story)];
    char why[CHOICE_FIT_BYTES];

    walk_with(pairs, 2, &recorder, &points, why);
    memcpy(before, story, sizeof(story));
    ck_assert_uint_eq(recorder.list.count, 2);
    ck_assert_uint_eq(recorder.list.pair[0].number, 2);
    ck_assert_uint_eq(recorder.list.pair[0].kind, CHOICE_LOCK);
    ck_assert_uint_eq(recorder.list.pair[0].pe, 0);
    ck_assert_uint_eq(recorder.list.pair[1].delay_ns, 900);
    ck_assert_str_ne(before, undisturbed);
    walk_with(recorder.list.pair, recorder.list.count, NULL, &points, why);
    ck_assert_str_eq(story, before);
    ck_assert_str_eq(why, "");
    choice_recorder_free(&recorder);
}
END_TEST

START_TEST(a_pair_that_does_not_fit_is_named)
{
    const struct choice_pair kind[] = {pair(2, 10, CHOICE_DESCRIPTOR, 0),
                                       pair(3, 10, CHOICE_LOCK, 1)};
    const struct choice_pair pe = pair(3, 10, CHOICE_LOCK, 1);
    const struct choice_pair late = pair(13, 10, CHOICE_LOCK, 1);
    struct choice_points points;
    char why[CHOICE_FIT_BYTES];

    walk_with(kind, 2, NULL, &points, why);
    ck_assert_str_eq(why, "choice point 2 is lock of PE 0, not descriptor of PE 0");
    walk_with(&pe, 1, NULL, &points, why);
    ck_assert_str_eq(why, "choice point 3 is lock of PE 0, not lock of PE 1");
    walk_with(&late, 1, NULL, &points, why);
    ck_assert_str_eq(why, "the run ends before choice point 13");
}
END_TEST

static void expect_refused(const char *text, const char *words)
{
    struct choice_list list = {NULL, 0, 0};
    struct sim_error err = {SIM_PASS, ""};

    ck_assert_msg(!choice_list_parse(text, "--delay-at", &list, &err), "%s", text);
    ck_assert_int_eq(err.status, SIM_BAD_INPUT);
    ck_assert_msg(strstr(err.text, words) != NULL, "'%s' for '%s'", err.text, text);
    choice_list_free(&list);
}

START_TEST(pairs_by_hand)
{
    struct choice_list list = {NULL, 0, 0};
    struct sim_error err;

    ck_assert(choice_list_parse("30=1us,7=20 ns", "--delay-at", &list, &err));
    ck_assert(choice_list_parse("8=1 ms", "--delay-at", &list, &err));
    ck_assert_uint_eq(list.count, 3);
    ck_assert_uint_eq(list.pair[0].number, 7);
    ck_assert_uint_eq(list.pair[1].number, 8);
    ck_assert_uint_eq(list.pair[2].number, 30);
    ck_assert_uint_eq(list.pair[1].delay_ns, 1000000);
    ck_assert_uint_eq(list.pair[2].kind, CHOICE_ANY_KIND);
    choice_list_free(&list);
    expect_refused("", "NUMBER=DURATION");
    expect_refused("5", "NUMBER=DURATION");
    expect_refused("5=1us,", "NUMBER=DURATION");
    expect_refused("0=1us", "--delay-at");
    expect_refused("18446744073709551615=1us", "--delay-at");
    expect_refused("-1=1us", "--delay-at");
    expect_refused("x=1us", "--delay-at");
    expect_refused("5=1", "duration");
    expect_refused("5=0us", "--delay-at");
    expect_refused("5=2ms", "at most 1000 us");
    expect_refused("5=1us,5=2us", "two delays");
    expect_refused("9999999999999999999999999999999999999999999999=1us", "NUMBER=DURATION");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("replay choices");
    TCase *tests = tcase_create("choices");
    SRunner *runner;
    int failed;

    tcase_add_test(tests, points_are_counted_and_nobody_is_asked);
    tcase_add_test(tests, a_delay_lets_the_other_go_first);
    tcase_add_test(tests, a_delay_is_bounded_and_moves_the_limit);
    tcase_add_test(tests, what_is_recorded_runs_again);
    tcase_add_test(tests, a_pair_that_does_not_fit_is_named);
    tcase_add_test(tests, pairs_by_hand);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
