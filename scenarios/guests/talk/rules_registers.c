/* SPDX-License-Identifier: BSD-3-Clause */
/* SMCCC 1.2: what a call does not return, it keeps. */
#include "guest_commands.h"
#include "rules.h"
#include "state.h"
#include "talk.h"

#define X_COUNT 31u

static uint64_t mark(unsigned n)
{
    return 0x0101010101010101ull * (n + 1);
}

/* Fills all that is not given, calls, and checks that x[kept] and up came back. */
static void call(uint64_t *x, unsigned given, unsigned kept)
{
    for (unsigned n = given; n < X_COUNT; n++) {
        x[n] = mark(n);
    }
    if (ffa_get_conduit() == FFA_CONDUIT_HVC) {
        state_hvc(x);
    } else {
        state_smc(x);
    }
    for (unsigned n = kept; n < X_COUNT; n++) {
        guest_assert(x[n] == mark(n));
    }
}

static bool is_zero(const uint64_t *x, unsigned from, unsigned to)
{
    uint64_t seen = 0;

    for (unsigned n = from; n <= to; n++) {
        seen |= x[n];
    }
    return seen == 0;
}

static void plain_calls(uint16_t echo)
{
    uint64_t x[X_COUNT] = {FFA_SPM_ID_GET};

    call(x, 8, 8);
    guest_assert(x[0] == FFA_SUCCESS_32 && x[1] == 0 && x[2] == FFA_ID_SPMC && is_zero(x, 3, 7));

    for (unsigned n = 0; n < 8; n++) {
        x[n] = n == 0 ? FFA_RX_RELEASE : 0;
    }
    call(x, 8, 8);
    guest_assert(x[0] == FFA_ERROR && x[1] == 0 && x[2] == (uint32_t)FFA_DENIED);
    guest_assert(is_zero(x, 3, 7));

    x[0] = FFA_MSG_SEND_DIRECT_REQ_32;
    x[1] = FFA_PAIR(talk_me.id, echo);
    x[2] = 0;
    call(x, 3, 8);
    guest_assert(x[0] == FFA_MSG_SEND_DIRECT_RESP_32 && x[1] == FFA_PAIR(echo, talk_me.id));
    for (unsigned n = 3; n < 8; n++) {
        guest_assert(x[n] == (uint32_t)mark(n));
    }

    x[0] = FFA_MSG_SEND_DIRECT_REQ_64;
    x[1] = FFA_PAIR(talk_me.id, echo);
    x[2] = 0;
    call(x, 3, 3); /* x3 to x7 are the payload, which comes back */
    guest_assert(x[0] == FFA_MSG_SEND_DIRECT_RESP_64 && x[2] == 0);
}

static void extended_calls(uint16_t echo)
{
    uint64_t x[X_COUNT] = {FFA_MSG_SEND_DIRECT_REQ2_64, FFA_PAIR(talk_me.id, echo), 0, 0};

    call(x, 4, 4);
    guest_assert(x[0] == FFA_MSG_SEND_DIRECT_RESP2_64 && is_zero(x, 2, 3));

    for (unsigned n = 0; n < 8; n++) {
        x[n] = n == 0 ? FFA_PARTITION_INFO_GET_REGS_64 : 0;
    }
    call(x, 8, FFA_REGS_EXTENDED);
    guest_assert(x[0] == FFA_SUCCESS_64 && (uint16_t)x[3] == SP(1));

    x[0] = FFA_CONSOLE_LOG_64;
    x[1] = 0; /* refused: the text stays in its registers */
    call(x, 2, 8);
    guest_assert(x[0] == FFA_ERROR && x[2] == (uint32_t)FFA_INVALID_PARAMETERS);
    guest_assert(is_zero(x, 3, 7));

    for (unsigned n = 0; n < 8; n++) {
        x[n] = n == 0 ? FFA_MSG_SEND_DIRECT_REQ2_64 : 0; /* to nobody */
    }
    call(x, 8, 8);
    guest_assert(x[0] == FFA_ERROR && x[2] == (uint32_t)FFA_INVALID_PARAMETERS);
}

/* No function of anybody: x0 says so, and x4 and up stay. */
static void unknown_calls(void)
{
    uint64_t x[X_COUNT] = {0x8200ffffu};

    call(x, 1, 4);
    guest_assert(x[0] == ~0ull);
    x[0] = SMCCC_VERSION;
    call(x, 1, 4);
}

void rules_registers(uint16_t echo)
{
    for (unsigned round = 0; round < 3; round++) {
        plain_calls(echo);
        extended_calls(echo);
        unknown_calls();
    }
}
