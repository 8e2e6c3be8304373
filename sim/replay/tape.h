/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A tape: everything that a run depended on, and how it went, as a small text file that runs it
 * again (docs/replay.md). One item a line, of words; the last word of some is text up to the end of
 * the line. A tape that is edited is a tape.
 */
#ifndef SIM_REPLAY_TAPE_H
#define SIM_REPLAY_TAPE_H

#include <stdio.h>

#include "sim/replay/identity.h"
#include "sim/replay/play.h"
#include "sim/replay/sources.h"

#define TAPE_MAX_BYTES     (64u << 20)
#define TAPE_LINE_BYTES    (1u << 20)
#define TAPE_VERSION_BYTES 64u
/* Hashes along the run: after every so many events, and fewer the longer it is. */
#define TAPE_STATE_EVERY 64u
#define TAPE_MAX_STATES  256u

struct tape_state {
    uint64_t events; /* so far */
    uint64_t time_ns;
    struct trace_hash hash;
};

struct tape_states {
    uint64_t every;
    unsigned count;
    struct tape_state state[TAPE_MAX_STATES];
};

struct tape {
    char version[TAPE_VERSION_BYTES]; /* of the product */
    struct play_options options;
    struct identity identity;
    struct choice_list choices;
    struct tape_states states;
    bool passed;
    struct trace_hash hash;
    uint64_t events;
    uint64_t points; /* choice points */
    char why[512];   /* the reason of a failure; empty: none */
    char *text;      /* of a tape that was read: what the options point to */
};

/* All empty, of this version of the product. */
void tape_init(struct tape *tape);
void tape_free(struct tape *tape);
const char *tape_own_version(void);

/* Keeps the states of a run; before its first event. */
void tape_keep_states(struct tape_states *states, struct trace *trace);

/* Whole or not at all. */
bool tape_write(const struct tape *tape, const char *path, struct sim_error *err);

/* Total: any file gives a tape or one line that says what, where and how to mend it. */
bool tape_read(const char *path, struct tape *tape, struct sim_error *err);
/* The same of `size_bytes` at `data`, which come from `where`. */
bool tape_parse(const char *data, size_t size_bytes, const char *where, struct tape *tape,
                struct sim_error *err);

/*
 * tape_find.c: the scenario of a tape that was read from `path`: by its whole name, then by less
 * and less of its folders, then beside the tape. False: *err says that it is not here.
 */
bool tape_find_scenario(const struct tape *tape, const char *path, char *found, size_t found_bytes,
                        struct sim_error *err);

/* The bytes of tape_write() onto a stream. */
void tape_put(const struct tape *tape, FILE *file);

#endif
