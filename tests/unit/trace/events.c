/* SPDX-License-Identifier: BSD-3-Clause */
#include "events.h"

#include <check.h>
#include <string.h>

static uint64_t next(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 32 ^ *state << 13;
}

static uint64_t some(uint64_t *state)
{
    switch (next(state) % 4) {
    case 0:
        return 0;
    case 1:
        return UINT64_MAX;
    case 2:
        return next(state) % 200;
    default:
        return next(state) << 32 ^ next(state);
    }
}

void random_event(uint64_t *state, struct test_event *event)
{
    memset(event, 0, sizeof(*event));
    event->header.time_ns = some(state);
    event->header.type = (uint16_t)(next(state) % EVENT_TYPE_COUNT);
    event->header.endpoint = (uint16_t)some(state);
    event->header.vcpu = (uint16_t)some(state);
    event->header.from = (uint16_t)some(state);
    event->header.pe = (uint8_t)some(state);
    event->header.arg_count = (uint8_t)(next(state) % (EVENT_MAX_ARGS + 1));
    for (unsigned i = 0; i < event->header.arg_count; i++) {
        event->arg[i] = some(state);
    }
    if (next(state) % 3 == 0) {
        event->header.text_bytes = (uint16_t)(next(state) % (EVENT_MAX_TEXT + 1));
    }
    for (unsigned i = 0; i < event->header.text_bytes; i++) {
        event->text[i] = (char)next(state);
    }
}

void emit(struct trace *trace, const struct test_event *event)
{
    trace_emit(trace, &event->header, event->arg, event->text);
}

bool same_event(const struct test_event *a, const struct trace_event *b)
{
    return memcmp(&a->header, &b->header, sizeof(a->header)) == 0 &&
           memcmp(a->arg, b->arg, a->header.arg_count * sizeof(a->arg[0])) == 0 &&
           (b->text == NULL) == (a->header.text_bytes == 0) &&
           (b->text == NULL || memcmp(a->text, b->text, a->header.text_bytes) == 0);
}

struct trace_hash hash_of(const struct test_event *events, unsigned count)
{
    struct trace *trace = trace_create();
    struct trace_hash hash;
    struct sim_error err;

    ck_assert_ptr_nonnull(trace);
    for (unsigned i = 0; i < count; i++) {
        emit(trace, &events[i]);
    }
    ck_assert(trace_finish(trace, &hash, &err));
    trace_destroy(trace);
    return hash;
}

bool same_hash(struct trace_hash a, struct trace_hash b)
{
    return a.high == b.high && a.low == b.low;
}
