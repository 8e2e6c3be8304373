/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The trace of a run: typed events, a hash chain over all of them (XXH3-128), and sinks. Emitting
 * is a copy into a buffer; hashing and writing happen a buffer at a time. What is listening never
 * changes the hash.
 */
#ifndef SIM_TRACE_H
#define SIM_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/machine/error.h"
#include "sim/trace/event.h"

struct trace;

struct trace_hash {
    uint64_t high;
    uint64_t low;
};

#define TRACE_HASH_TEXT 33 /* 32 hexadecimal digits and NUL */

/* One event as a sink or reader sees it; pointers are valid during the call only. */
struct trace_event {
    struct event_header header;
    const uint64_t *arg; /* [header.arg_count] */
    const char *text;    /* [header.text_bytes], not NUL-terminated; NULL when empty */
};

struct trace_sink {
    void (*event)(struct trace_sink *sink, const struct trace_event *event);
};

struct trace *trace_create(void);
void trace_destroy(struct trace *trace);

/*
 * Records the run into a file as well: written under a temporary name beside `path`, renamed by
 * trace_finish(). At most max_bytes; past that the file ends with a mark that it is truncated,
 * while hash and sinks go on.
 */
bool trace_record(struct trace *trace, const char *path, uint64_t max_bytes, struct sim_error *err);

/*
 * Changes an argument of the first event, as if it had been emitted so. False: it has been hashed
 * or written already, or has no such argument.
 */
bool trace_amend_first(struct trace *trace, unsigned arg, uint64_t value);

/* Delivers every event from now on, in order, as soon as it is emitted. At most 8 sinks. */
void trace_add_sink(struct trace *trace, struct trace_sink *sink);
/* Not from a sink. */
void trace_remove_sink(struct trace *trace, const struct trace_sink *sink);

/* Emits one event. arg_count <= EVENT_MAX_ARGS; text is cut at EVENT_MAX_TEXT bytes. */
void trace_emit(struct trace *trace, const struct event_header *header, const uint64_t *arg,
                const char *text);

/* The last events, oldest first, at most `most` (64 are kept): for failure reports. */
void trace_last(struct trace *trace, unsigned most,
                void (*fn)(void *user, const struct trace_event *event), void *user);

uint64_t trace_count(const struct trace *trace);

/*
 * From now on tells the hash of all events so far whenever their number is a multiple of `every`,
 * and the time of the latest; 0: no more. `fn` may call this again.
 */
typedef void (*trace_state_fn)(void *user, uint64_t count, uint64_t time_ns,
                               const struct trace_hash *hash);
void trace_on_state(struct trace *trace, uint64_t every, trace_state_fn fn, void *user);

/* The same hash of other bytes: files that a run is made of. */
void trace_hash_bytes(const void *data, size_t size_bytes, struct trace_hash *hash);
bool trace_hash_equal(const struct trace_hash *a, const struct trace_hash *b);
/* 32 hexadecimal digits, and nothing else up to `length`. */
bool trace_hash_parse(const char *text, size_t length, struct trace_hash *hash);

/* Ends the trace: final hash; completes and renames the file. False: the file could not be written.
 */
bool trace_finish(struct trace *trace, struct trace_hash *hash, struct sim_error *err);
void trace_hash_text(const struct trace_hash *hash, char text[TRACE_HASH_TEXT]);

/* Reading a trace file back: a bounded, total reader. */
struct trace_reader;
struct trace_reader *trace_open(const char *path, struct sim_error *err);
/* True: *event is the next one. False: end of file, or *err set when the file is damaged. */
bool trace_next(struct trace_reader *reader, struct trace_event *event, struct sim_error *err);
bool trace_is_truncated(const struct trace_reader *reader);
struct trace_hash trace_recorded_hash(const struct trace_reader *reader); /* valid at the end */
void trace_close(struct trace_reader *reader);

/* The story: one aligned line per event, stable between runs. */
enum story_level { STORY_NONE, STORY_CALLS, STORY_FULL };
struct story;
/* At most max_lines lines; then one line says how many events were left out. */
struct story *story_create(FILE *out, enum story_level level, uint64_t max_lines);
struct trace_sink *story_sink(struct story *story);
/* Formats one event without printing limits (for diffs and failure reports). */
void story_print(struct story *story, const struct trace_event *event);
/* Takes note of names and calls for the lines to come, and prints nothing; so does the sink of a
 * story of STORY_NONE. */
void story_follow(struct story *story, const struct trace_event *event);
void story_destroy(struct story *story); /* flushes; prints the "left out" line when due */

#endif
