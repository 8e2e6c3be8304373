/* SPDX-License-Identifier: BSD-3-Clause */
/* What the two forms of direct messages share (FF-A v1.2, 7.4). */
#ifndef FFA_DIRECT_MSG_H
#define FFA_DIRECT_MSG_H

#include "ffa/call.h"

/* Sender and receiver of a request that may speak to each other. */
struct direct_pair {
    uint16_t sender;
    uint16_t receiver_id;
    struct partition *receiver;
};

/* Reads and checks w1 of a request. 0, or the error. */
int32_t direct_request_pair(const struct ffa_call *call, struct direct_pair *pair);

/*
 * May the sender send by a method with this bit, and can the receiver take it? `uuid` NULL: any
 * service of the receiver. DENIED when not.
 */
int32_t direct_request_capability(const struct ffa_call *call, const struct direct_pair *pair,
                                  uint32_t send_bit, uint32_t recv_bit, const struct uuid *uuid);

/*
 * Checks the states of both sides and, when they allow it, moves the cycles to the receiver's vCPU.
 * 0: out->next is that vCPU, whose message the caller fills in.
 */
int32_t direct_request_send(const struct ffa_call *call, const struct direct_pair *pair,
                            bool is_framework, uint32_t function, struct ffa_result *out);

/* What became of a response that was not refused. */
enum direct_end {
    DIRECT_ANSWERED, /* out->next is the requester's vCPU, for the message */
    DIRECT_ORPHAN,   /* the requester is gone: the message has nobody to go to */
    DIRECT_NOTHING,  /* intercepted, or nobody waits for anything: the frame is as it shall be */
};

/*
 * A response: checks w1, the runtime model and that it answers the request in flight (`is_resp2`:
 * by RESP2), then gives the cycles back. When it returns, the caller's frame may be another PE's:
 * the message is in out->x before.
 */
int32_t direct_response_send(const struct ffa_call *call, bool is_resp2, struct ffa_result *out,
                             enum direct_end *end);

/* The result in place of the message, unless that was answered. */
void direct_response_end(struct ffa_result *out, int32_t error, enum direct_end end);

#endif
