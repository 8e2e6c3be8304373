/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_RUN, FFA_YIELD and partitions that are busy. Partitions: 1 partner, 2 echo, 3 relay. */
#include "guest_commands.h"
#include "talk_kernel.h"

#define PARTNER SP(1)
#define ECHO    SP(2)
#define RELAY   SP(3)

static struct ffa_args run(uint16_t id, uint16_t vcpu)
{
    return ffa_run(id, vcpu);
}

static bool is_yield(struct ffa_args r, uint16_t id)
{
    return r.x[0] == FFA_YIELD && r.x[1] == FFA_PAIR(id, 0);
}

static void refusals(void)
{
    static const uint16_t nobody[] = {0, 1, 0x7fff, 0x8000, 0x8004, 0x8055, 0xffc0, 0xffff};

    for (unsigned i = 0; i < sizeof(nobody) / sizeof(nobody[0]); i++) {
        expect_error(FFA_INVALID_PARAMETERS, run(nobody[i], 0));
    }
    expect_error(FFA_INVALID_PARAMETERS, run(ECHO, 1));
    expect_error(FFA_INVALID_PARAMETERS, run(ECHO, 0xffff));
    expect_error(FFA_INVALID_PARAMETERS, CALL(FFA_RUN, FFA_PAIR(ECHO, 0), 1));
    expect_error(FFA_INVALID_PARAMETERS, CALL(FFA_RUN, FFA_PAIR(ECHO, 0), 0, 0, 0, 0, 0, 1));
    expect_error(FFA_NOT_SUPPORTED, CALL(FFA_RUN | SMCCC_64_BIT, FFA_PAIR(ECHO, 0)));
}

/* Partitions that wait get cycles and give them back. */
static void cycles(void)
{
    for (uint16_t id = PARTNER; id <= RELAY; id++) {
        struct ffa_args r = run(id, 0);

        guest_assert(r.x[0] == FFA_MSG_WAIT && talk_is_bare(r));
    }
    (void)talk_ask(PARTNER, TALK_CYCLES, FFA_CONDUIT_SMC, TALK_CYCLES_YIELD);
    for (unsigned i = 0; i < 3; i++) {
        guest_assert(is_yield(run(PARTNER, 0), PARTNER));
        expect_error(FFA_BUSY, CALL(FFA_MSG_SEND_DIRECT_REQ_32, FFA_PAIR(FFA_ID_NWD, PARTNER)));
        talk_echo(ECHO);
    }
    guest_assert(run(PARTNER, 0).x[0] == FFA_MSG_WAIT);
    for (enum talk_cycles what = TALK_CYCLES_RULES; what <= TALK_CYCLES_MESSAGE; what++) {
        (void)talk_ask(PARTNER, TALK_CYCLES, FFA_CONDUIT_SMC, what);
        guest_assert(run(PARTNER, 0).x[0] == FFA_MSG_WAIT);
    }
}

/* `first` yields inside a request, on its own or because the one it asks does. */
static void busy(uint16_t first, uint32_t function, unsigned word)
{
    struct ffa_args request = {.x = {function, FFA_PAIR(FFA_ID_NWD, first)}};
    struct ffa_args r;

    request.x[word] = ECHO_CMD_YIELD;
    r = talk_call(request);
    guest_assert(is_yield(r, first));
    expect_error(FFA_BUSY, talk_call(request));
    expect_error(FFA_BUSY, CALL(FFA_MSG_SEND_DIRECT_REQ_32, FFA_PAIR(FFA_ID_NWD, first)));
    expect_error(FFA_BUSY, CALL(FFA_MSG_SEND_DIRECT_REQ2_64, FFA_PAIR(FFA_ID_NWD, first)));
    talk_ask_both(PARTNER, TALK_IDENTITIES, 0); /* others are not */
    if (first == RELAY) {
        expect_error(FFA_DENIED, run(ECHO, 0)); /* that is relay's to say */
        expect_error(FFA_BUSY, CALL(FFA_MSG_SEND_DIRECT_REQ_32, FFA_PAIR(FFA_ID_NWD, ECHO)));
    }
    r = run(first, 0);
    guest_assert(r.x[1] == FFA_PAIR(first, FFA_ID_NWD) && r.x[word] == ECHO_CMD_YIELD);
    guest_assert(r.x[word + 1] == FFA_SUCCESS_32);
}

void guest_main(unsigned pe)
{
    (void)pe;
    talk_begin(FFA_VERSION_1_3);
    refusals();
    talk_ask_both(PARTNER, TALK_RUN, ECHO);
    cycles();
    for (uint16_t first = ECHO; first <= RELAY; first++) {
        busy(first, FFA_MSG_SEND_DIRECT_REQ_32, 3);
        busy(first, FFA_MSG_SEND_DIRECT_REQ_64, 3);
        busy(first, FFA_MSG_SEND_DIRECT_REQ2_64, 4);
    }
    refusals();
    talk_end("cycles are given, refused and taken back by the rules");
}
