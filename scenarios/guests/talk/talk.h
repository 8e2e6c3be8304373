/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the talks have in common: conversations of a normal-world kernel with the secure world, each
 * about one topic, for which the simulator and QEMU have to give the same answers. A kernel may ask
 * talk_partner to hold the same talk from its side.
 */
#ifndef TALK_TALK_H
#define TALK_TALK_H

#include "ffa.h"
#include "guest.h"

/* Who speaks: set by talk_kernel.c or partner.c before anything else. */
struct talk_who {
    uint16_t id; /* FFA_ID_NWD: the kernel */
    uint32_t version;
};
extern struct talk_who talk_me;

static inline bool talk_is_kernel(void)
{
    return talk_me.id == FFA_ID_NWD;
}

/* Ids of partitions by their place in the scenario. */
#define SP(n) ((uint16_t)(FFA_ID_SPMC + (n)))

/* CALL(x0, x1 ...): by the conduit in force; registers that are not given are zero. */
#define CALL(...) talk_call((struct ffa_args){.x = {__VA_ARGS__}})
struct ffa_args talk_call(struct ffa_args args);

/* FFA_SUCCESS of either form. */
bool talk_is_ok(struct ffa_args r);
/* FFA_ERROR with this code, in x2[31:0], and nothing else in x1 to x7. */
bool talk_is_error(struct ffa_args r, int32_t code);
/* x1 to x7 are zero. */
bool talk_is_bare(struct ffa_args r);

#define expect_ok(call)          guest_assert(talk_is_ok(call))
#define expect_error(code, call) guest_assert(talk_is_error(call, code))

/* Pages that nothing else uses, for buffers. */
#define TALK_PAGES 8u
extern uint8_t talk_pages[TALK_PAGES][FFA_PAGE_SIZE_BYTES];
static inline uint64_t talk_page(unsigned n)
{
    return (uintptr_t)talk_pages[n];
}

/* A request's payload, and whether a response of this form brought it back from `id`. */
bool talk_is_response(const struct ffa_args *r, uint32_t function, uint16_t id,
                      const uint64_t *payload);

#endif
