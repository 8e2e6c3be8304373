/* SPDX-License-Identifier: BSD-3-Clause */
/* The message loop of a partition: one direct request after the other, in all three forms. */
#ifndef GUEST_SERVE_H
#define GUEST_SERVE_H

#include <stdbool.h>
#include <stdint.h>

#include "ffa.h"

/* A direct request, whatever its form. */
struct request {
    uint32_t function; /* FFA_MSG_SEND_DIRECT_REQ_32, _64 or REQ2 */
    uint16_t sender;
    uint16_t receiver;
    unsigned word_count; /* of the payload: FFA_PAYLOAD_WORDS or FFA_PAYLOAD2_WORDS */
    uint64_t *word;
};

/* Decodes what FFA_MSG_WAIT or a response came back with; false: not a direct request. */
bool request_decode(struct ffa_args *args, struct request *request);

/*
 * Turns the request in `args` into its response, from `from` to `to`: the payload is left as it
 * is, everything else becomes what the ABI wants.
 */
void request_to_response(struct ffa_args *args, uint16_t from, uint16_t to);

/*
 * FFA_MSG_WAIT, then for ever: `handle` may change the payload of the request in `args`, which goes
 * back as the response. Other results than a request (an interrupt, cycles from FFA_RUN) end in
 * FFA_MSG_WAIT again; an error ends the guest.
 */
_Noreturn void serve(void (*handle)(struct ffa_args *args, const struct request *request));

#endif
