/* SPDX-License-Identifier: BSD-3-Clause */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "events.h"
#include "sim/replay/twice.h"

#define EVENTS 3000u /* more than the trace keeps at once, and than `twice` starts with */

static struct test_event events[EVENTS];

struct seen {
    unsigned calls;
    uint64_t at;
    bool had_first;
    bool had_second;
    uint64_t time_first;
    uint64_t time_second;
    struct twice *twice;
};

static void on_difference(void *user, const struct trace_event *first,
                          const struct trace_event *second)
{
    struct seen *seen = user;

    seen->calls++;
    seen->at = seen->twice->count;
    seen->had_first = first != NULL;
    seen->had_second = second != NULL;
    seen->time_first = first != NULL ? first->header.time_ns : 0;
    seen->time_second = second != NULL ? second->header.time_ns : 0;
}

static void run(struct twice *twice, unsigned count)
{
    struct trace *trace = trace_create();

    trace_add_sink(trace, &twice->sink);
    for (unsigned i = 0; i < count; i++) {
        emit(trace, &events[i]);
    }
    trace_destroy(trace);
}

/* A run of `first` events, then one of `second` with the event `changed` (NULL: none) another. */
static struct seen compare(unsigned first, unsigned second, struct test_event *changed,
                           const struct test_event *to)
{
    struct twice twice;
    struct seen seen = {.twice = &twice};
    struct test_event was;

    twice_init(&twice);
    twice.on_difference = on_difference;
    twice.user = &seen;
    run(&twice, first);
    twice_again(&twice);
    if (changed != NULL) {
        was = *changed;
        *changed = *to;
    }
    run(&twice, second);
    twice_end(&twice);
    if (changed != NULL) {
        *changed = was;
    }
    ck_assert(twice.differs == (seen.calls == 1));
    ck_assert_uint_le(seen.calls, 1);
    ck_assert(!twice.cut);
    twice_free(&twice);
    return seen;
}

START_TEST(the_same_twice)
{
    ck_assert_uint_eq(compare(EVENTS, EVENTS, NULL, NULL).calls, 0);
    ck_assert_uint_eq(compare(0, 0, NULL, NULL).calls, 0);
}
END_TEST

START_TEST(one_event_differs)
{
    struct test_event other = events[2000];
    struct seen seen;

    other.header.time_ns++;
    seen = compare(EVENTS, EVENTS, &events[2000], &other);
    ck_assert_uint_eq(seen.calls, 1);
    ck_assert_uint_eq(seen.at, 2001);
    ck_assert_uint_eq(seen.time_first + 1, seen.time_second);
    other = events[1];
    other.header.arg_count = 1;
    other.header.text_bytes = 2;
    other.arg[0] ^= 4;
    seen = compare(3, 3, &events[1], &other);
    ck_assert_uint_eq(seen.at, 2);
}
END_TEST

START_TEST(one_is_longer)
{
    struct seen seen = compare(10, 12, NULL, NULL);

    ck_assert_uint_eq(seen.at, 11);
    ck_assert(!seen.had_first && seen.had_second);
    seen = compare(12, 10, NULL, NULL);
    ck_assert_uint_eq(seen.at, 11);
    ck_assert(seen.had_first && !seen.had_second);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("replay twice");
    TCase *tests = tcase_create("twice");
    uint64_t state = 1;
    SRunner *runner;
    int failed;

    for (unsigned i = 0; i < EVENTS; i++) {
        random_event(&state, &events[i]);
        events[i].header.time_ns = i;
    }
    tcase_add_test(tests, the_same_twice);
    tcase_add_test(tests, one_event_differs);
    tcase_add_test(tests, one_is_longer);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
