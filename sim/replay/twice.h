/* SPDX-License-Identifier: BSD-3-Clause */
/* The events of one run kept, and those of another held against them. */
#ifndef SIM_REPLAY_TWICE_H
#define SIM_REPLAY_TWICE_H

#include "sim/trace/trace.h"

#define TWICE_MAX_BYTES (256u << 20) /* what is kept; later events are compared by hash alone */

struct twice {
    struct trace_sink sink; /* add it to the trace of the first run, then to that of the second */
    bool second;
    bool cut;       /* not all events were kept */
    bool differs;   /* event number `count` of the second run is not what it was */
    uint64_t count; /* events of this run so far */
    uint64_t kept;  /* events of the first run */
    uint64_t *record;
    size_t used_words;
    size_t room_words;
    size_t at_word;
    /* Optional: called once, at the first difference; an event that is not there is NULL. */
    void (*on_difference)(void *user, const struct trace_event *first,
                          const struct trace_event *second);
    void *user;
};

void twice_init(struct twice *twice);
/* The first run is over. */
void twice_again(struct twice *twice);
/* The second run is over: there is nothing of the first behind it? */
void twice_end(struct twice *twice);
void twice_free(struct twice *twice);

#endif
