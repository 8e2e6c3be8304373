/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random calls of the memory protocol that are nearly right, and often quite right. They name no
 * memory of the caller's but the pages given here, and what is not its own.
 */
#ifndef MEM_HOSTILE_H
#define MEM_HOSTILE_H

#include "ffa_mem.h"

#define HOSTILE_HANDLES 32u

/* What one endpoint tells another about a transaction. */
struct hostile_known {
    uint64_t handle;
    uint16_t sender;
    uint16_t borrowers;
};
#define HOSTILE_KNOWN 4u

struct hostile {
    const struct ffa_mem_port *port;
    uint16_t me;
    uint64_t base; /* pages that it may lose */
    uint32_t pages;
    uint64_t state; /* of the random numbers; not 0 */
    bool wild;      /* this call is to be wrong somewhere, most likely */
    struct hostile_known last;
    struct hostile_known known[HOSTILE_KNOWN];
    unsigned next_known;
    uint64_t sent[HOSTILE_HANDLES];
    uint64_t borrowed[HOSTILE_HANDLES];
};

void hostile_seed(struct hostile *hostile, uint64_t seed);
void hostile_tell(struct hostile *hostile, struct hostile_known known);
/* How many were refused. An answer that is none ends the guest. */
unsigned hostile_calls(struct hostile *hostile, unsigned count);
/* Gives back what it borrowed, or reclaims what it sent; how many would not go. */
unsigned hostile_clean_up(struct hostile *hostile, bool sent);

#endif
