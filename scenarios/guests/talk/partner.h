/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The partition talk_partner. A 64-bit direct request {TALK_MAGIC, topic, conduit, argument} has it
 * hold its side of a talk; it answers {TALK_DONE, result}, and any other request with its payload.
 * A check of its own that fails stops it by FFA_ABORT.
 */
#ifndef TALK_PARTNER_H
#define TALK_PARTNER_H

#include <stdint.h>

#define TALK_MAGIC 0x7a1cu
#define TALK_DONE  0x600du

enum talk_topic {
    TALK_IDENTITIES,
    TALK_FEATURES,
    TALK_RXTX,          /* argument: address of a page that is not the partner's */
    TALK_RX_FILL,       /* maps its buffers, and has the RX buffer filled */
    TALK_RX_WAIT_FLAGS, /* argument: flags of FFA_MSG_WAIT when it gets cycles next */
    TALK_RX_IS_MINE,    /* result: 1 when the RX buffer was its own; it is released */
    TALK_DISCOVERY,     /* argument: number of partitions' services; result: a sum of what it saw */
    TALK_MESSAGES,      /* argument: id of echo */
    TALK_REGISTERS,     /* argument: id of echo */
    TALK_SYSREGS,       /* argument: a number; result: the one of last time, as it was kept */
    TALK_RUN,           /* argument: id of echo */
    TALK_CYCLES,        /* argument: enum talk_cycles, what it does when it gets cycles */
    TALK_MODEL,         /* what no partition may call in a request */
    TALK_CONSOLE,
    TALK_SMCCC,   /* argument: a function that EL3 answers for it; 0: none */
    TALK_HOSTILE, /* argument: [63:32] how many calls, [31:0] seed; they begin with its next cycles
                   */
    TALK_TOPICS,
};

/* With cycles from FFA_RUN and no request. */
enum talk_cycles {
    TALK_CYCLES_WAIT,    /* FFA_MSG_WAIT at once */
    TALK_CYCLES_YIELD,   /* FFA_YIELD first */
    TALK_CYCLES_RULES,   /* what may be called then, and what not */
    TALK_CYCLES_MESSAGE, /* a request to echo, of its own accord */
};

#endif
