/* SPDX-License-Identifier: BSD-3-Clause */
/* Messages with S-EL0 partitions. Partitions: 1 and 3 echo_el0, 2 echo, 4 and 5 el0. */
#include "el0.h"
#include "guest_commands.h"
#include "kernel.h"
#include "state.h"

#define ECHO_EL0  SP(1)
#define ECHO      SP(2)
#define OTHER_EL0 SP(3)
#define EL0_FIRST SP(4)
#define EL0_LAST  SP(5)
#define ROUNDS    6u

static void each_form(uint16_t id)
{
    const uint64_t plain[FFA_PAYLOAD2_WORDS] = {
        ECHO_CMD_ECHO, ~0ull, 2, 1ull << 63, 4, 5, 6, 7, 8, 9, 10, 11, 12, ~0ull};
    const uint64_t narrow[FFA_PAYLOAD_WORDS] = {ECHO_CMD_ECHO, 0xffffffff, 2, 0x80000000, 4};
    struct ffa_args r = ffa_direct_req32(FFA_ID_NWD, id, narrow);

    guest_assert(talk_is_response(&r, FFA_MSG_SEND_DIRECT_RESP_32, id, narrow));
    r = ffa_direct_req64(FFA_ID_NWD, id, plain);
    guest_assert(talk_is_response(&r, FFA_MSG_SEND_DIRECT_RESP_64, id, plain));
    r = ffa_direct_req2(FFA_ID_NWD, id, (struct ffa_uuid){0, 0}, plain);
    guest_assert(talk_is_response(&r, FFA_MSG_SEND_DIRECT_RESP2_64, id, plain));
}

/* first asks second, which answers */
static void chain(uint16_t first, uint16_t second)
{
    struct ffa_args r = el0_send(first, ECHO_CMD_FORWARD, second, ECHO_CMD_ECHO);

    guest_assert(r.x[0] == FFA_MSG_SEND_DIRECT_RESP_64);
    guest_assert(r.x[4] == FFA_MSG_SEND_DIRECT_RESP_64 && r.x[6] == ECHO_CMD_ECHO);
}

static bool is_yield(struct ffa_args r, uint16_t id)
{
    return r.x[0] == FFA_YIELD && r.x[1] == FFA_PAIR(id, 0);
}

static void cycles(void)
{
    struct ffa_args r = ffa_run(ECHO_EL0, 0);

    guest_assert(r.x[0] == FFA_MSG_WAIT && talk_is_bare(r));
    r = el0_send(ECHO_EL0, ECHO_CMD_YIELD, 0, 0);
    guest_assert(is_yield(r, ECHO_EL0));
    talk_echo(OTHER_EL0);
    r = ffa_run(ECHO_EL0, 0);
    guest_assert(r.x[0] == FFA_MSG_SEND_DIRECT_RESP_64 && r.x[4] == FFA_SUCCESS_32);
    r = el0_send(ECHO_EL0, ECHO_CMD_MSG_WAIT, 0, 0);
    guest_assert(r.x[4] == FFA_ERROR && (uint32_t)r.x[5] == (uint32_t)FFA_DENIED);
    r = el0_send(ECHO_EL0, ECHO_CMD_RESP_AS, ECHO, FFA_ID_NWD);
    guest_assert(r.x[4] == FFA_ERROR && (uint32_t)r.x[5] == (uint32_t)FFA_INVALID_PARAMETERS);
}

/* WFI gives cycles back, as FFA_YIELD does. */
static void instructions(uint16_t id)
{
    struct ffa_args r = el0_send(id, EL0_CMD_ALLOWED, 0, 0);

    guest_assert(is_yield(r, id));
    talk_echo(ECHO);
    r = ffa_run(id, 0);
    guest_assert(r.x[0] == FFA_MSG_SEND_DIRECT_RESP_64 && r.x[3] == EL0_DONE);
}

static void keep_state(void)
{
    uint64_t mine = 0;
    uint64_t theirs[2] = {0};

    for (uint64_t round = 1; round <= ROUNDS; round++) {
        guest_assert(state_change(round) == mine);
        mine = round;
        for (uint16_t id = EL0_FIRST; id <= EL0_LAST; id++) {
            struct ffa_args r = el0_send(id, EL0_CMD_STATE, round * 100 + id, 0);

            guest_assert(r.x[0] == FFA_MSG_SEND_DIRECT_RESP_64 && r.x[3] == EL0_DONE);
            guest_assert(r.x[4] == theirs[id - EL0_FIRST]);
            theirs[id - EL0_FIRST] = round * 100 + id;
            talk_echo(ECHO);
            talk_echo(ECHO_EL0);
        }
    }
}

void guest_main(unsigned pe)
{
    (void)pe;
    talk_begin(FFA_VERSION_1_3);
    each_form(ECHO_EL0);
    each_form(OTHER_EL0);
    chain(ECHO_EL0, ECHO);
    chain(ECHO, ECHO_EL0);
    chain(ECHO_EL0, OTHER_EL0);
    cycles();
    for (uint16_t id = EL0_FIRST; id <= EL0_LAST; id++) {
        struct ffa_args r = el0_send(id, EL0_CMD_RULES, 0, 0);

        guest_assert(r.x[0] == FFA_MSG_SEND_DIRECT_RESP_64 && r.x[3] == EL0_DONE);
        instructions(id);
    }
    keep_state();
    talk_end("S-EL0 partitions answer, and keep their registers");
}
