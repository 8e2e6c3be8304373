/* SPDX-License-Identifier: BSD-3-Clause */
#include "talk.h"

struct talk_who talk_me;

/* Not cleared at entry. */
__attribute__((section(".bss.pages"), aligned(4096)))
uint8_t talk_pages[TALK_PAGES][FFA_PAGE_SIZE_BYTES];

struct ffa_args talk_call(struct ffa_args args)
{
    ffa_call(&args);
    return args;
}

bool talk_is_ok(struct ffa_args r)
{
    return r.x[0] == FFA_SUCCESS_32 || r.x[0] == FFA_SUCCESS_64;
}

bool talk_is_error(struct ffa_args r, int32_t code)
{
    return r.x[0] == FFA_ERROR && r.x[2] == (uint32_t)code &&
           (r.x[1] | r.x[3] | r.x[4] | r.x[5] | r.x[6] | r.x[7]) == 0;
}

bool talk_is_bare(struct ffa_args r)
{
    return (r.x[1] | r.x[2] | r.x[3] | r.x[4] | r.x[5] | r.x[6] | r.x[7]) == 0;
}

bool talk_is_response(const struct ffa_args *r, uint32_t function, uint16_t id,
                      const uint64_t *payload)
{
    bool is_2 = function == FFA_MSG_SEND_DIRECT_RESP2_64;
    unsigned first = is_2 ? 4 : 3;
    unsigned count = is_2 ? FFA_PAYLOAD2_WORDS : FFA_PAYLOAD_WORDS;

    if (r->x[0] != function || r->x[1] != FFA_PAIR(id, talk_me.id) || r->x[2] != 0) {
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        if (r->x[first + i] != payload[i]) {
            return false;
        }
    }
    return !is_2 || r->x[3] == 0;
}
