/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim/trace/trace.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "sim/trace/file.h"
#include "sim/trace/record.h"

#define TRACE_BUFFER_WORDS (4u * 1024u) /* 32 KiB: what is hashed is still in the first cache */
#define TRACE_LAST         64u
#define TRACE_MAX_SINKS    8u

/*
 * The last events stay in the buffer when it is used anew: even the largest of them end before the
 * place where the next record goes meets the oldest.
 */
_Static_assert((TRACE_LAST + 1u) * RECORD_MOST_WORDS <= TRACE_BUFFER_WORDS, "buffer too small");

struct trace {
    uint64_t *at; /* where the next record goes */
    uint64_t *end;
    uint64_t count;
    unsigned sink_count;
    struct trace_sink *sink[TRACE_MAX_SINKS];
    XXH3_state_t *hash;
    const uint64_t *hashed; /* up to there */
    bool absorbed;          /* the buffer does not begin with the first event any more */
    uint64_t state_due;     /* number of the event after which state_fn is told; see there */
    uint64_t state_every;
    trace_state_fn state_fn;
    void *state_user;
    struct trace_file *file;
    const uint64_t *last[TRACE_LAST]; /* ring of records */
    uint64_t buffer[TRACE_BUFFER_WORDS];
};

struct trace *trace_create(void)
{
    struct trace *trace = calloc(1, sizeof(*trace));

    if (trace == NULL) {
        return NULL;
    }
    trace->at = trace->buffer;
    trace->end = trace->buffer + TRACE_BUFFER_WORDS;
    trace->hashed = trace->buffer;
    trace->state_due = UINT64_MAX;
    trace->hash = XXH3_createState();
    if (trace->hash == NULL || XXH3_128bits_reset(trace->hash) != XXH_OK) {
        trace_destroy(trace);
        return NULL;
    }
    return trace;
}

void trace_destroy(struct trace *trace)
{
    if (trace != NULL) {
        trace_file_abandon(trace->file);
        XXH3_freeState(trace->hash);
        free(trace);
    }
}

bool trace_record(struct trace *trace, const char *path, uint64_t max_bytes, struct sim_error *err)
{
    if (trace->file != NULL || trace->count != 0) {
        return sim_fail(err, SIM_INTERNAL, "%s: recording starts once, before the first event",
                        path);
    }
    trace->file = trace_file_open(path, max_bytes, err);
    return trace->file != NULL;
}

bool trace_amend_first(struct trace *trace, unsigned arg, uint64_t value)
{
    struct trace_event event;

    if (trace->count == 0 || trace->hashed != trace->buffer || trace->absorbed) {
        return false;
    }
    record_read(trace->buffer, &event);
    if (arg >= event.header.arg_count) {
        return false;
    }
    trace->buffer[RECORD_HEADER_WORDS + arg] = value;
    return true;
}

void trace_add_sink(struct trace *trace, struct trace_sink *sink)
{
    if (trace->sink_count < TRACE_MAX_SINKS) {
        trace->sink[trace->sink_count++] = sink;
    }
}

void trace_remove_sink(struct trace *trace, const struct trace_sink *sink)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < trace->sink_count; i++) {
        if (trace->sink[i] != sink) {
            trace->sink[kept++] = trace->sink[i];
        }
    }
    trace->sink_count = kept;
}

static void hash_up_to_here(struct trace *trace)
{
    XXH3_128bits_update(trace->hash, trace->hashed,
                        (size_t)(trace->at - trace->hashed) * sizeof(*trace->hashed));
    trace->hashed = trace->at;
}

/* Hashes and records what is in the buffer, and starts it anew. */
static void absorb(struct trace *trace)
{
    hash_up_to_here(trace);
    if (trace->file != NULL) {
        trace_file_add(trace->file, trace->buffer, trace->at);
    }
    trace->at = trace->buffer;
    trace->hashed = trace->buffer;
    trace->absorbed = true;
}

static void hash_so_far(struct trace *trace, struct trace_hash *hash)
{
    XXH128_hash_t digest;

    hash_up_to_here(trace);
    digest = XXH3_128bits_digest(trace->hash);
    hash->high = digest.high64;
    hash->low = digest.low64;
}

void trace_on_state(struct trace *trace, uint64_t every, trace_state_fn fn, void *user)
{
    trace->state_every = every;
    trace->state_fn = fn;
    trace->state_user = user;
    trace->state_due = every != 0 ? trace->count + every - trace->count % every : UINT64_MAX;
}

static void tell_state(struct trace *trace, uint64_t time_ns)
{
    struct trace_hash hash;

    hash_so_far(trace, &hash);
    trace->state_due += trace->state_every;
    trace->state_fn(trace->state_user, trace->count, time_ns, &hash);
}

static void tell_sinks(struct trace *trace, const uint64_t *record)
{
    struct trace_event event;

    record_read(record, &event);
    for (unsigned i = 0; i < trace->sink_count; i++) {
        trace->sink[i]->event(trace->sink[i], &event);
    }
}

void trace_emit(struct trace *trace, const struct event_header *header, const uint64_t *arg,
                const char *text)
{
    unsigned arg_count = header->arg_count < EVENT_MAX_ARGS ? header->arg_count : EVENT_MAX_ARGS;
    unsigned text_bytes = header->text_bytes < EVENT_MAX_TEXT ? header->text_bytes : EVENT_MAX_TEXT;
    uint64_t *record;

    if ((size_t)(trace->end - trace->at) < RECORD_MOST_WORDS) {
        absorb(trace);
    }
    record = trace->at;
    trace->at = record_write(record, header, arg, arg_count, text, text_bytes);
    trace->last[trace->count++ % TRACE_LAST] = record;
    if (trace->sink_count != 0) {
        tell_sinks(trace, record);
    }
    if (trace->count == trace->state_due) {
        tell_state(trace, header->time_ns);
    }
}

void trace_last(struct trace *trace, unsigned most,
                void (*fn)(void *user, const struct trace_event *event), void *user)
{
    uint64_t end = trace->count;
    uint64_t count = end < TRACE_LAST ? end : TRACE_LAST;

    count = count < most ? count : most;
    for (uint64_t i = end - count; i < end; i++) {
        struct trace_event event;

        record_read(trace->last[i % TRACE_LAST], &event);
        fn(user, &event);
    }
}

uint64_t trace_count(const struct trace *trace)
{
    return trace->count;
}

bool trace_finish(struct trace *trace, struct trace_hash *hash, struct sim_error *err)
{
    struct trace_file *file = trace->file;

    absorb(trace);
    hash_so_far(trace, hash);
    trace->file = NULL;
    return file == NULL || trace_file_finish(file, trace->count, hash, err);
}

void trace_hash_text(const struct trace_hash *hash, char text[TRACE_HASH_TEXT])
{
    snprintf(text, TRACE_HASH_TEXT, "%016" PRIx64 "%016" PRIx64, hash->high, hash->low);
}

void trace_hash_bytes(const void *data, size_t size_bytes, struct trace_hash *hash)
{
    XXH128_hash_t digest = XXH3_128bits(data, size_bytes);

    hash->high = digest.high64;
    hash->low = digest.low64;
}

bool trace_hash_equal(const struct trace_hash *a, const struct trace_hash *b)
{
    return a->high == b->high && a->low == b->low;
}

bool trace_hash_parse(const char *text, size_t length, struct trace_hash *hash)
{
    uint64_t half[2] = {0, 0};

    if (length != TRACE_HASH_TEXT - 1) {
        return false;
    }
    for (unsigned i = 0; i < TRACE_HASH_TEXT - 1; i++) {
        static const char digits[] = "0123456789abcdef";
        const char *digit = text[i] != '\0' ? strchr(digits, text[i]) : NULL;

        if (digit == NULL) {
            return false;
        }
        half[i / 16] = half[i / 16] << 4 | (uint64_t)(digit - digits);
    }
    hash->high = half[0];
    hash->low = half[1];
    return true;
}
