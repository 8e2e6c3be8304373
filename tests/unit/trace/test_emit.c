/* SPDX-License-Identifier: BSD-3-Clause */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "events.h"

static const struct test_event base = {
    .header = {.time_ns = 1000,
               .type = EVENT_CALL,
               .endpoint = 0x8001,
               .vcpu = 1,
               .from = 2,
               .pe = 3,
               .arg_count = 3,
               .text_bytes = 3},
    .arg = {1, 2, 3, 4},
    .text = "abcd",
};

static void expect_other_hash(const struct test_event *changed)
{
    ck_assert(!same_hash(hash_of(&base, 1), hash_of(changed, 1)));
}

START_TEST(test_hash_covers_each_field)
{
    struct test_event e;

    ck_assert(same_hash(hash_of(&base, 1), hash_of(&base, 1)));
#define CHANGE(member) \
    e = base;          \
    e.member++;        \
    expect_other_hash(&e)
    CHANGE(header.time_ns);
    CHANGE(header.type);
    CHANGE(header.endpoint);
    CHANGE(header.vcpu);
    CHANGE(header.from);
    CHANGE(header.pe);
    CHANGE(header.arg_count);
    CHANGE(header.text_bytes);
    CHANGE(arg[0]);
    CHANGE(arg[2]);
    CHANGE(text[0]);
    CHANGE(text[2]);
#undef CHANGE
}
END_TEST

START_TEST(test_hash_ignores_what_is_no_part_of_the_event)
{
    struct test_event e = base;

    e.header.reserved = 7;
    e.arg[3] = 99;
    e.text[3] = 'x';
    ck_assert(same_hash(hash_of(&base, 1), hash_of(&e, 1)));
}
END_TEST

START_TEST(test_hash_depends_on_order_and_count)
{
    struct test_event two[2] = {base, base};
    struct test_event swapped[2];

    two[1].header.pe = 0;
    swapped[0] = two[1];
    swapped[1] = two[0];
    ck_assert(!same_hash(hash_of(two, 2), hash_of(swapped, 2)));
    ck_assert(!same_hash(hash_of(two, 1), hash_of(two, 2)));
}
END_TEST

/* The chain is part of every recorded tape and trace: it must not change by accident. */
START_TEST(test_hash_is_the_known_one)
{
    struct trace_hash hash = hash_of(&base, 1);
    char text[TRACE_HASH_TEXT];

    trace_hash_text(&hash, text);
    ck_assert_str_eq(text, "f89e836e229ce151ae9dbbd0a7d61442");
}
END_TEST

START_TEST(test_bounds_are_enforced)
{
    struct test_event most = base;
    struct test_event over = base;

    most.header.arg_count = EVENT_MAX_ARGS;
    most.header.text_bytes = EVENT_MAX_TEXT;
    over.header.arg_count = 255;
    over.header.text_bytes = 65535;
    ck_assert(same_hash(hash_of(&most, 1), hash_of(&over, 1)));
}
END_TEST

static char order[16];

struct named_sink {
    struct trace_sink sink;
    char name;
    uint64_t seen_ns;
};

static void on_event(struct trace_sink *sink, const struct trace_event *event)
{
    struct named_sink *named = (struct named_sink *)sink;

    named->seen_ns = event->header.time_ns;
    strncat(order, &named->name, 1);
}

START_TEST(test_sinks_hear_at_once_in_order_and_change_no_hash)
{
    struct named_sink a = {{on_event}, 'a', 0};
    struct named_sink b = {{on_event}, 'b', 0};
    struct trace *trace = trace_create();
    struct trace_hash hash;

    order[0] = '\0';
    trace_add_sink(trace, &a.sink);
    trace_add_sink(trace, &b.sink);
    emit(trace, &base);
    ck_assert_str_eq(order, "ab");
    ck_assert_uint_eq(b.seen_ns, 1000);
    ck_assert_uint_eq(trace_count(trace), 1);
    ck_assert(trace_finish(trace, &hash, NULL));
    ck_assert(same_hash(hash, hash_of(&base, 1)));
    trace_destroy(trace);
}
END_TEST

#define LAST_EVENTS 5000u

struct last_check {
    const struct test_event *expected;
    unsigned count;
};

static void on_last(void *user, const struct trace_event *event)
{
    struct last_check *check = user;

    ck_assert(same_event(&check->expected[check->count++], event));
}

/* Over many changes of buffer, after each event. */
START_TEST(test_last_events_are_kept)
{
    struct test_event *events = calloc(LAST_EVENTS, sizeof(*events));
    struct trace *trace = trace_create();
    uint64_t seed = 1;

    for (unsigned i = 0; i < LAST_EVENTS; i++) {
        unsigned kept = i + 1 < 64 ? i + 1 : 64;
        struct last_check check = {&events[i + 1 - kept], 0};

        random_event(&seed, &events[i]);
        if (i >= LAST_EVENTS / 2) { /* the largest: the ring spans as much as it ever does */
            events[i].header.arg_count = EVENT_MAX_ARGS;
            events[i].header.text_bytes = EVENT_MAX_TEXT;
        }
        emit(trace, &events[i]);
        trace_last(trace, 1000, on_last, &check);
        ck_assert_uint_eq(check.count, kept);
    }
    struct last_check three = {&events[LAST_EVENTS - 3], 0};

    trace_last(trace, 3, on_last, &three);
    ck_assert_uint_eq(three.count, 3);
    trace_destroy(trace);
    free(events);
}
END_TEST

#define STATES 12

struct states {
    unsigned count;
    uint64_t at[STATES];
    struct trace_hash hash[STATES];
    struct trace *trace;
};

static void on_state(void *user, uint64_t count, uint64_t time_ns, const struct trace_hash *hash)
{
    struct states *states = user;

    ck_assert_uint_lt(states->count, STATES);
    ck_assert_uint_eq(time_ns, base.header.time_ns + count);
    states->at[states->count] = count;
    states->hash[states->count++] = *hash;
    if (count == 400) {
        trace_on_state(states->trace, 1000, on_state, states);
    }
}

/* A state is what the hash would be if the run ended there; asking for it changes nothing. */
START_TEST(test_states_are_the_hashes_so_far)
{
    static struct test_event events[3500];
    static const uint64_t expected[] = {100, 200, 300, 400, 1000, 2000, 3000};
    struct states states = {0};
    struct trace_hash end;

    for (unsigned i = 0; i < 3500; i++) {
        events[i] = base;
        events[i].header.time_ns += i + 1;
    }
    states.trace = trace_create();
    trace_on_state(states.trace, 100, on_state, &states);
    for (unsigned i = 0; i < 3500; i++) {
        emit(states.trace, &events[i]);
    }
    ck_assert(trace_finish(states.trace, &end, NULL));
    trace_destroy(states.trace);
    ck_assert(same_hash(end, hash_of(events, 3500)));
    ck_assert_uint_eq(states.count, sizeof(expected) / sizeof(expected[0]));
    for (unsigned i = 0; i < states.count; i++) {
        ck_assert_uint_eq(states.at[i], expected[i]);
        ck_assert(same_hash(states.hash[i], hash_of(events, (unsigned)expected[i])));
    }
}
END_TEST

START_TEST(test_hashes_are_read_as_they_are_written)
{
    struct trace_hash hash = {0xfedcba9876543210u, 0x00000000000000ffu};
    struct trace_hash back = {0, 0};
    char text[TRACE_HASH_TEXT];

    trace_hash_text(&hash, text);
    ck_assert(trace_hash_parse(text, strlen(text), &back));
    ck_assert(trace_hash_equal(&hash, &back));
    ck_assert(!trace_hash_parse(text, strlen(text) - 1, &back));
    text[5] = 'A';
    ck_assert(!trace_hash_parse(text, strlen(text), &back));
    text[5] = '\0';
    ck_assert(!trace_hash_parse(text, sizeof(text) - 1, &back));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("trace emit");
    TCase *tests = tcase_create("emit");
    SRunner *runner;
    int failed;

    tcase_add_test(tests, test_hash_covers_each_field);
    tcase_add_test(tests, test_hash_ignores_what_is_no_part_of_the_event);
    tcase_add_test(tests, test_hash_depends_on_order_and_count);
    tcase_add_test(tests, test_hash_is_the_known_one);
    tcase_add_test(tests, test_bounds_are_enforced);
    tcase_add_test(tests, test_sinks_hear_at_once_in_order_and_change_no_hash);
    tcase_add_test(tests, test_last_events_are_kept);
    tcase_add_test(tests, test_states_are_the_hashes_so_far);
    tcase_add_test(tests, test_hashes_are_read_as_they_are_written);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
