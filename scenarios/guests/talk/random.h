/* SPDX-License-Identifier: BSD-3-Clause */
/* Hostile calls, the same for the same seed: nearly legal, mostly. */
#ifndef TALK_RANDOM_H
#define TALK_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

#include "ffa.h"

struct random {
    uint64_t state; /* not 0 */
    bool forwards;  /* echo may be told to ask others: it dies if they yield and it answers */
};

/* xorshift64*: [0, limit) */
uint32_t random_below(struct random *random, uint32_t limit);

/*
 * A call that neither prints nor switches anything off, and that no partition's FFA_ABORT is in.
 * Its buffers are talk_pages or nothing; `partitions` have ids from SP(1) on.
 */
struct ffa_args random_call(struct random *random, uint32_t partitions);

#endif
