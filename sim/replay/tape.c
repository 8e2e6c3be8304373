/* SPDX-License-Identifier: BSD-3-Clause */
/* Tapes in memory, and the states that a run leaves on them. */
#include "sim/replay/tape.h"

#include <stdlib.h>
#include <string.h>

#ifndef ORRERY_VERSION
#error "the build says which version of the product makes a tape"
#endif

_Static_assert(sizeof(ORRERY_VERSION) <= TAPE_VERSION_BYTES, "it has its place on a tape");

const char *tape_own_version(void)
{
    return ORRERY_VERSION;
}

void tape_init(struct tape *tape)
{
    memset(tape, 0, sizeof(*tape));
    memcpy(tape->version, ORRERY_VERSION, sizeof(ORRERY_VERSION));
    tape->states.every = TAPE_STATE_EVERY;
}

void tape_free(struct tape *tape)
{
    choice_list_free(&tape->choices);
    free(tape->text);
    tape->text = NULL;
}

/* Half as many, twice as far from each other. */
static void thin_out(struct tape_states *states)
{
    unsigned kept = 0;

    states->every *= 2;
    for (unsigned i = 0; i < states->count; i++) {
        if (states->state[i].events % states->every == 0) {
            states->state[kept++] = states->state[i];
        }
    }
    states->count = kept;
}

static void keep_state(void *user, uint64_t count, uint64_t time_ns, const struct trace_hash *hash)
{
    struct tape_states *states = user;

    if (states->count == TAPE_MAX_STATES) {
        thin_out(states);
    }
    if (count % states->every == 0) {
        states->state[states->count++] = (struct tape_state){count, time_ns, *hash};
    }
}

void tape_keep_states(struct tape_states *states, struct trace *trace)
{
    states->every = TAPE_STATE_EVERY;
    states->count = 0;
    trace_on_state(trace, TAPE_STATE_EVERY, keep_state, states);
}
