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
#define TRACE_MAX_SINKS    4u

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

void trace_add_sink(struct trace *trace, struct trace_sink *sink)
{
    if (trace->sink_count < TRACE_MAX_SINKS) {
        trace->sink[trace->sink_count++] = sink;
    }
}

/* Hashes and records what is in the buffer, and starts it anew. */
static void absorb(struct trace *trace)
{
    const uint64_t *start = trace->buffer;

    XXH3_128bits_update(trace->hash, start, (size_t)(trace->at - start) * sizeof(*start));
    if (trace->file != NULL) {
        trace_file_add(trace->file, start, trace->at);
    }
    trace->at = trace->buffer;
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
    XXH128_hash_t digest;

    absorb(trace);
    digest = XXH3_128bits_digest(trace->hash);
    hash->high = digest.high64;
    hash->low = digest.low64;
    trace->file = NULL;
    return file == NULL || trace_file_finish(file, trace->count, hash, err);
}

void trace_hash_text(const struct trace_hash *hash, char text[TRACE_HASH_TEXT])
{
    snprintf(text, TRACE_HASH_TEXT, "%016" PRIx64 "%016" PRIx64, hash->high, hash->low);
}
