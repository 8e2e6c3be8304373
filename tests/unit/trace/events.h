/* SPDX-License-Identifier: BSD-3-Clause */
/* Events for tests: the same ones every time. */
#ifndef TEST_TRACE_EVENTS_H
#define TEST_TRACE_EVENTS_H

#include "sim/trace/trace.h"

struct test_event {
    struct event_header header;
    uint64_t arg[EVENT_MAX_ARGS];
    char text[EVENT_MAX_TEXT];
};

/* Random from a fixed generator; *state is its seed. All fields take their extremes at times. */
void random_event(uint64_t *state, struct test_event *event);
void emit(struct trace *trace, const struct test_event *event);
bool same_event(const struct test_event *a, const struct trace_event *b);

/* Emits these and finishes. */
struct trace_hash hash_of(const struct test_event *events, unsigned count);
bool same_hash(struct trace_hash a, struct trace_hash b);

#endif
