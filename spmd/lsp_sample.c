/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A logical partition to start from: a SiP call of the normal world becomes a direct request to a
 * secure partition, whose response becomes the result of the call. One request at a time; the
 * partition may yield, then the normal world decides when it goes on.
 */
#include "spmc/mem.h"
#include "spmd/spmd.h"

#define PAYLOAD_REGISTERS 5u
#define PAYLOAD_FIRST     3u /* x3..x7 of a direct message */

enum phase {
    PHASE_IDLE,
    PHASE_ASKING,   /* the SPMC is at it, on some PE */
    PHASE_YIELDED,  /* the partition rests in the middle of the request */
    PHASE_ANSWERED, /* and somebody else has resumed it since */
};

static enum spmd_next give(uint64_t *x, int64_t result)
{
    memset(x, 0, FFA_REGS * sizeof(x[0]));
    x[0] = (uint64_t)result;
    return SPMD_ENTER_NON_SECURE;
}

/* Results of the SiP call out of a direct response; it may be the same array. */
static void give_response(uint64_t *x, const uint64_t *response)
{
    for (unsigned n = 0; n < PAYLOAD_REGISTERS; n++) {
        x[1 + n] = response[PAYLOAD_FIRST + n];
    }
    x[0] = SPMD_SAMPLE_DONE;
    x[1 + PAYLOAD_REGISTERS] = x[2 + PAYLOAD_REGISTERS] = 0;
}

static enum spmd_next send(struct spmd_lsp_state *state, uint64_t *x)
{
    uint64_t receiver = x[1];

    if (state->phase != PHASE_IDLE) {
        return give(x, FFA_BUSY);
    }
    if (receiver > UINT16_MAX) {
        return give(x, FFA_INVALID_PARAMETERS);
    }
    for (unsigned n = PAYLOAD_REGISTERS; n > 0; n--) {
        x[PAYLOAD_FIRST + n - 1] = x[1 + n];
    }
    x[0] = FFA_MSG_SEND_DIRECT_REQ_64;
    x[1] = FFA_PAIR(SPMD_SAMPLE_ID, (uint16_t)receiver);
    x[2] = 0;
    state->phase = PHASE_ASKING;
    return SPMD_ENTER_SECURE;
}

static enum spmd_next resume(struct spmd_lsp_state *state, uint64_t *x)
{
    switch (state->phase) {
    case PHASE_YIELDED:
        memset(x, 0, FFA_REGS * sizeof(x[0]));
        x[0] = FFA_RUN;
        x[1] = state->target;
        state->phase = PHASE_ASKING;
        return SPMD_ENTER_SECURE;
    case PHASE_ANSWERED:
        give_response(x, state->response);
        state->phase = PHASE_IDLE;
        return SPMD_ENTER_NON_SECURE;
    default:
        return give(x, state->phase == PHASE_ASKING ? FFA_BUSY : FFA_DENIED);
    }
}

static enum spmd_next sip(struct spmd *spmd, struct spmd_lsp_state *state, uint32_t fid,
                          uint64_t *x)
{
    (void)spmd;
    return fid == SPMD_SAMPLE_SEND ? send(state, x) : resume(state, x);
}

static void answered(struct spmd *spmd, struct spmd_lsp_state *state, uint64_t *x)
{
    (void)spmd;
    switch ((uint32_t)x[0]) {
    case FFA_MSG_SEND_DIRECT_RESP_32:
    case FFA_MSG_SEND_DIRECT_RESP_64:
        give_response(x, x);
        state->phase = PHASE_IDLE;
        break;
    case FFA_YIELD:
    case FFA_INTERRUPT:
        state->target = (uint32_t)x[1];
        state->phase = PHASE_YIELDED;
        (void)give(x, SPMD_SAMPLE_YIELDED);
        break;
    case FFA_ERROR: {
        int32_t error = (int32_t)(uint32_t)x[2];

        /* Another PE runs it: it may answer there, else it can be resumed later. */
        if (state->phase == PHASE_ASKING) {
            state->phase = state->target != 0 && error == FFA_BUSY ? PHASE_YIELDED : PHASE_IDLE;
        }
        (void)give(x, error);
        break;
    }
    default:
        state->phase = PHASE_IDLE;
        (void)give(x, FFA_ABORTED);
        break;
    }
    if (state->phase == PHASE_IDLE) {
        state->target = 0;
    }
}

static void late(struct spmd *spmd, struct spmd_lsp_state *state, const uint64_t *x)
{
    (void)spmd;
    if (state->phase == PHASE_IDLE) {
        return; /* nobody waits for it any more */
    }
    memcpy(state->response, x, sizeof(state->response));
    state->phase = PHASE_ANSWERED;
    state->target = 0;
}

const struct spmd_lsp spmd_lsp_sample = {
    .id = SPMD_SAMPLE_ID,
    .vcpu_count = 1,
    .properties = FFA_PROP_DIRECT_REQ_SEND | FFA_PROP_AARCH64,
    .uuid = {0x6f, 0x72, 0x72, 0x65, 0x72, 0x79, 0x4c, 0x53, 0xa0, 0x5a, 0x65, 0x6c, 0x33, 0x2d,
             0x30, 0x31},
    .sip_first = SPMD_SAMPLE_SEND,
    .sip_count = 2,
    .sip = sip,
    .answered = answered,
    .late = late,
};
