/* SPDX-License-Identifier: BSD-3-Clause */
/* What a strike has made of a run: nothing, something, or something that was noticed. */
#include <check.h>
#include <string.h>

#include "sim/replay/judge.h"

#define FFA_ERROR_FID 0x84000060u

struct step {
    uint64_t time_ns;
    uint16_t type;
    uint16_t endpoint;
    uint64_t arg[4];
    uint8_t arg_count;
    const char *text;
};

#define NOTE(time, words)                  \
    {                                      \
        time, EVENT_NOTE, 0, {0}, 0, words \
    }
#define STRIKE(time, words)                                                  \
    {                                                                        \
        time, EVENT_FAULT, EVENT_NOBODY, {0, 1, FAULT_SKIP_TLB, 0}, 4, words \
    }
#define CHECK_BAD(time)                                  \
    {                                                    \
        time, EVENT_CHECK, EVENT_NOBODY, {0}, 0, "stale" \
    }
#define REFUSED(time, error)                                            \
    {                                                                   \
        time, EVENT_RESUME, 0x8001, {FFA_ERROR_FID, 0, error, 0}, 4, "" \
    }
#define END(time, verdict)                                           \
    {                                                                \
        time, EVENT_RUN_END, EVENT_NOBODY, {verdict, time}, 2, "why" \
    }

#define COUNT(steps) (sizeof(steps) / sizeof((steps)[0]))

static struct judge_course with;
static struct judge_course without;

static void play_steps(struct judge_course *course, const struct step *steps, size_t count)
{
    struct trace *trace = trace_create();
    const struct event_header endpoint = {
        .type = EVENT_ENDPOINT, .endpoint = 0x8001, .text_bytes = 4};

    judge_course_init(course);
    trace_add_sink(trace, &course->sink);
    trace_emit(trace, &endpoint, NULL, "echo");
    for (size_t i = 0; i < count; i++) {
        const struct event_header header = {
            .time_ns = steps[i].time_ns,
            .type = steps[i].type,
            .endpoint = steps[i].endpoint,
            .arg_count = steps[i].arg_count,
            .text_bytes = (uint16_t)strlen(steps[i].text),
        };

        trace_emit(trace, &header, steps[i].arg, steps[i].text);
    }
    trace_destroy(trace);
}

static struct judge_opinion judge(const struct step *a, size_t a_count, const struct step *b,
                                  size_t b_count)
{
    play_steps(&with, a, a_count);
    play_steps(&without, b, b_count);
    ck_assert_uint_eq(without.strike_count + 1, with.strike_count);
    return judge_compare(&with, &without, &with, without.strike_count);
}

static void done(void)
{
    judge_course_free(&with);
    judge_course_free(&without);
}

START_TEST(no_effect)
{
    static const struct step a[] = {NOTE(10, "a"), STRIKE(15, "left out"), NOTE(20, "b"),
                                    END(30, RUN_PASSED)};
    static const struct step b[] = {NOTE(10, "a"), NOTE(20, "b"), END(30, RUN_PASSED)};

    ck_assert_int_eq(judge(a, COUNT(a), b, COUNT(b)).finding, JUDGE_NO_EFFECT);
    ck_assert_str_eq(with.strike[0].what, "left out");
    ck_assert_uint_eq(with.strike[0].time_ns, 15);
    done();
}
END_TEST

START_TEST(silent)
{
    static const struct step a[] = {NOTE(10, "a"), STRIKE(15, ""), NOTE(20, "c"),
                                    END(30, RUN_PASSED)};
    static const struct step late[] = {NOTE(10, "a"), STRIKE(15, ""), NOTE(21, "b"),
                                       END(30, RUN_PASSED)};
    static const struct step cut[] = {NOTE(10, "a"), STRIKE(15, "")};
    static const struct step b[] = {NOTE(10, "a"), NOTE(20, "b"), END(30, RUN_PASSED)};

    ck_assert_int_eq(judge(a, COUNT(a), b, COUNT(b)).finding, JUDGE_SILENT);
    done();
    ck_assert_int_eq(judge(late, COUNT(late), b, COUNT(b)).finding, JUDGE_SILENT);
    done();
    ck_assert_int_eq(judge(cut, COUNT(cut), b, COUNT(b)).finding, JUDGE_SILENT);
    done();
}
END_TEST

START_TEST(noticed_by_the_first_who_complains)
{
    static const struct step a[] = {NOTE(10, "a"),   STRIKE(15, ""), NOTE(20, "c"),
                                    REFUSED(25, -1), CHECK_BAD(40),  END(50, RUN_FAILED)};
    static const struct step b[] = {NOTE(10, "a"), NOTE(20, "b"), END(30, RUN_PASSED)};
    struct judge_opinion opinion = judge(a, COUNT(a), b, COUNT(b));

    ck_assert_int_eq(opinion.finding, JUDGE_NOTICED);
    ck_assert_uint_eq(opinion.after_ns, 10);
    ck_assert_str_eq(opinion.by, "the core: echo gets FFA_ERROR NOT_SUPPORTED");
    done();
}
END_TEST

START_TEST(complaints_of_both_runs_do_not_count)
{
    /* The refusal at 25 comes later without the strike; the second one does not come at all. */
    static const struct step a[] = {REFUSED(5, -1),     STRIKE(15, ""),  NOTE(20, "c"),
                                    REFUSED(25, -1),    REFUSED(27, -1), CHECK_BAD(40),
                                    END(50, RUN_FAILED)};
    static const struct step once[] = {REFUSED(5, -1), NOTE(20, "b"), REFUSED(60, -1),
                                       END(70, RUN_PASSED)};
    static const struct step all[] = {REFUSED(5, -1),  NOTE(20, "b"), REFUSED(60, -1),
                                      REFUSED(65, -1), CHECK_BAD(66), END(70, RUN_FAILED)};
    struct judge_opinion opinion = judge(a, COUNT(a), once, COUNT(once));

    ck_assert_int_eq(opinion.finding, JUDGE_NOTICED);
    ck_assert_uint_eq(opinion.after_ns, 12);
    done();
    ck_assert_int_eq(judge(a, COUNT(a), all, COUNT(all)).finding, JUDGE_SILENT);
    done();
}
END_TEST

START_TEST(strikes_before_are_in_both)
{
    static const struct step a[] = {STRIKE(5, "one"), CHECK_BAD(8), STRIKE(15, "two"),
                                    CHECK_BAD(18)};
    static const struct step b[] = {STRIKE(5, "one"), CHECK_BAD(8)};
    struct judge_opinion opinion = judge(a, COUNT(a), b, COUNT(b));

    ck_assert_int_eq(opinion.finding, JUDGE_NOTICED);
    ck_assert_uint_eq(opinion.after_ns, 3);
    ck_assert_str_eq(opinion.by, "the checker: stale");
    done();
}
END_TEST

START_TEST(what_later_strikes_set_right_is_no_complaint)
{
    static const struct step a[] = {STRIKE(15, ""), REFUSED(25, -1), CHECK_BAD(40)};
    static const struct step b[] = {NOTE(20, "b")};
    static const struct step all[] = {STRIKE(15, ""), STRIKE(20, ""), CHECK_BAD(40)};
    static struct judge_course whole;
    struct judge_opinion opinion;

    play_steps(&with, a, COUNT(a));
    play_steps(&without, b, COUNT(b));
    play_steps(&whole, all, COUNT(all));
    opinion = judge_compare(&with, &without, &whole, 0);
    ck_assert_int_eq(opinion.finding, JUDGE_NOTICED);
    ck_assert_str_eq(opinion.by, "the checker: stale");
    judge_course_free(&whole);
    done();
}
END_TEST

START_TEST(what_is_a_complaint)
{
    static const struct {
        struct step step;
        const char *by; /* NULL: none */
    } cases[] = {
        {{20, EVENT_PANIC, EVENT_NOBODY, {0}, 0, "out of locks"},
         "the core, which panics: out of locks"},
        {{20, EVENT_EXPECT, 0, {0}, 1, "a.lua:3: no"}, "the scenario: a.lua:3: no"},
        {{20, EVENT_EXPECT, 0, {1}, 1, "held"}, NULL},
        {{20, EVENT_ABORT, 0x8001, {0}, 4, ""}, "the core: stage-2 abort of echo/0"},
        {{20, EVENT_EXCEPTION, 0x8001, {1}, 4, ""}, "echo/0: exception to its EL1"},
        {{20, EVENT_WARNING, EVENT_NOBODY, {0}, 0, "odd"}, "the machine: odd"},
        {{20, EVENT_RESET, EVENT_NOBODY, {0}, 0, "watchdog"}, "a reset: watchdog"},
        {{20, EVENT_CALL, 0x8001, {0, FFA_ERROR_FID, 0, 0xfffffffe}, 4, ""},
         "echo, which answers FFA_ERROR INVALID_PARAMETERS"},
        {{20, EVENT_RESUME, 0x8001, {0x84000090, 0}, 4, ""}, "the core: echo gets FFA_ABORT"},
        {{20, EVENT_RESUME, 0x8001, {UINT64_MAX, 0}, 4, ""},
         "the core: echo gets an unknown function"},
        {{20, EVENT_RESUME, 0x8001, {0x84000061, 0}, 4, ""}, NULL},
        {END(20, RUN_FAILED), "the end of the run: why"},
        {END(20, RUN_PASSED), NULL},
    };
    struct step a[] = {STRIKE(15, ""), cases[_i].step};
    struct judge_opinion opinion = judge(a, COUNT(a), NULL, 0);

    ck_assert_int_eq(opinion.finding, cases[_i].by != NULL ? JUDGE_NOTICED : JUDGE_SILENT);
    if (cases[_i].by != NULL) {
        ck_assert_str_eq(opinion.by, cases[_i].by);
        ck_assert_uint_eq(opinion.after_ns, 5);
    }
    done();
}
END_TEST

START_TEST(too_long)
{
    static const struct step a[] = {STRIKE(15, ""), NOTE(20, "c")};
    static const struct step b[] = {NOTE(20, "b")};

    play_steps(&with, a, COUNT(a));
    play_steps(&without, b, COUNT(b));
    without.cut = true;
    ck_assert_int_eq(judge_compare(&with, &without, &with, 0).finding, JUDGE_TOO_LONG);
    done();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("judge");
    TCase *tests = tcase_create("judge");
    SRunner *runner;
    int failed;

    tcase_add_test(tests, no_effect);
    tcase_add_test(tests, silent);
    tcase_add_test(tests, noticed_by_the_first_who_complains);
    tcase_add_test(tests, complaints_of_both_runs_do_not_count);
    tcase_add_test(tests, strikes_before_are_in_both);
    tcase_add_test(tests, what_later_strikes_set_right_is_no_complaint);
    tcase_add_loop_test(tests, what_is_a_complaint, 0, 13);
    tcase_add_test(tests, too_long);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
