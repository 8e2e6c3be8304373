/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Chains of requests. Partitions: 1 partner, 2 and 3 echoes, 4 echo by its own UUID, 5 relay, which
 * asks 4.
 */
#include "guest_commands.h"
#include "talk_kernel.h"

#define PARTNER SP(1)
#define FIRST   SP(2)
#define SECOND  SP(3)
#define ECHO    SP(4)
#define RELAY   SP(5)

static struct ffa_args ask2(uint16_t to, const uint64_t payload[FFA_PAYLOAD2_WORDS])
{
    return ffa_direct_req2(FFA_ID_NWD, to, (struct ffa_uuid){0, 0}, payload);
}

/* FIRST asks SECOND, SECOND asks relay, relay asks ECHO: four of them are in it. */
static void long_chain(void)
{
    const uint64_t payload[FFA_PAYLOAD2_WORDS] = {
        ECHO_CMD_FORWARD, SECOND, ECHO_CMD_FORWARD, RELAY, ECHO_CMD_ECHO, 5, 6, 7, 8, 9};
    struct ffa_args r = ask2(FIRST, payload);

    guest_assert(r.x[0] == FFA_MSG_SEND_DIRECT_RESP2_64 && r.x[1] == FFA_PAIR(FIRST, 0));
    guest_assert(r.x[4] == ECHO_CMD_FORWARD && r.x[5] == FFA_MSG_SEND_DIRECT_RESP2_64);
    guest_assert(r.x[7] == ECHO_CMD_FORWARD && r.x[8] == FFA_MSG_SEND_DIRECT_RESP2_64);
    guest_assert(r.x[10] == ECHO_CMD_ECHO && r.x[11] == 5 && r.x[15] == 9);
}

/* Somebody asks one who waits for it already, or itself. */
static void cycles(void)
{
    const uint64_t back[FFA_PAYLOAD2_WORDS] = {ECHO_CMD_FORWARD, SECOND, ECHO_CMD_FORWARD, FIRST,
                                               ECHO_CMD_ECHO};
    const uint64_t far[FFA_PAYLOAD2_WORDS] = {ECHO_CMD_FORWARD, SECOND, ECHO_CMD_FORWARD, RELAY,
                                              ECHO_CMD_FORWARD, FIRST,  ECHO_CMD_ECHO};
    const uint64_t self[FFA_PAYLOAD2_WORDS] = {ECHO_CMD_FORWARD, FIRST, ECHO_CMD_ECHO};
    const uint64_t kernel[FFA_PAYLOAD2_WORDS] = {ECHO_CMD_FORWARD, FFA_ID_NWD, ECHO_CMD_ECHO};
    struct ffa_args r = ask2(FIRST, back);

    guest_assert(r.x[5] == FFA_MSG_SEND_DIRECT_RESP2_64);
    guest_assert(r.x[8] == FFA_ERROR && (uint32_t)r.x[9] == (uint32_t)FFA_BUSY);
    r = ask2(FIRST, far);
    guest_assert(r.x[8] == FFA_MSG_SEND_DIRECT_RESP2_64);
    guest_assert(r.x[11] == FFA_ERROR && (uint32_t)r.x[12] == (uint32_t)FFA_BUSY);
    r = ask2(FIRST, self);
    guest_assert(r.x[5] == FFA_ERROR && (uint32_t)r.x[6] == (uint32_t)FFA_INVALID_PARAMETERS);
    r = ask2(FIRST, kernel);
    guest_assert(r.x[5] == FFA_ERROR && (uint32_t)r.x[6] == (uint32_t)FFA_INVALID_PARAMETERS);
}

/* Misdeeds in the middle of a chain; each time the chain ends well. */
static void misdeeds(void)
{
    static const uint64_t deed[][4] = {
        {ECHO_CMD_RESP_AS, RELAY, SECOND},
        {ECHO_CMD_RESP_AS, FIRST, FFA_ID_NWD},
        {ECHO_CMD_RESP_AS, FIRST, RELAY},
        {ECHO_CMD_RESP_AS, FIRST, FIRST},
        {ECHO_CMD_RESP_AS, FIRST, 0x1234},
        {ECHO_CMD_RESP_AS, FFA_ID_NWD, SECOND},
        {ECHO_CMD_MSG_WAIT},
        {ECHO_CMD_CALL, FFA_YIELD, 5},
        {ECHO_CMD_CALL, FFA_RUN, (uint64_t)SECOND << 16},
        {ECHO_CMD_CALL, FFA_RUN, (uint64_t)RELAY << 16},
        {ECHO_CMD_CALL, FFA_INTERRUPT},
        {ECHO_CMD_CALL, FFA_NORMAL_WORLD_RESUME},
        {ECHO_CMD_CALL, FFA_ERROR, 0, 0xfffffff8u},
    };

    for (unsigned i = 0; i < sizeof(deed) / sizeof(deed[0]); i++) {
        const uint64_t payload[FFA_PAYLOAD2_WORDS] = {ECHO_CMD_FORWARD, FIRST,      deed[i][0],
                                                      deed[i][1],       deed[i][2], deed[i][3]};
        struct ffa_args r = ask2(SECOND, payload);

        guest_assert(r.x[5] == FFA_MSG_SEND_DIRECT_RESP2_64);
        guest_assert(r.x[7] == deed[i][0] && r.x[8] == FFA_ERROR);
    }
}

/* The end of a chain yields: each one hands it on, and the kernel lets them go on. */
static void yields(void)
{
    struct ffa_args r =
        CALL(FFA_MSG_SEND_DIRECT_REQ_64, FFA_PAIR(FFA_ID_NWD, RELAY), 0, ECHO_CMD_YIELD);

    guest_assert(r.x[0] == FFA_YIELD && r.x[1] == FFA_PAIR(RELAY, 0));
    talk_echo(FIRST);
    expect_error(FFA_DENIED, ffa_run(ECHO, 0));
    /* another chain wants the one that is busy */
    const uint64_t payload[FFA_PAYLOAD2_WORDS] = {ECHO_CMD_FORWARD, ECHO, ECHO_CMD_ECHO};
    r = ask2(FIRST, payload);
    guest_assert(r.x[5] == FFA_ERROR && (uint32_t)r.x[6] == (uint32_t)FFA_BUSY);
    r = ffa_run(RELAY, 0);
    guest_assert(r.x[0] == FFA_MSG_SEND_DIRECT_RESP_64 && r.x[3] == ECHO_CMD_YIELD);
    guest_assert(r.x[4] == FFA_SUCCESS_32);
}

void guest_main(unsigned pe)
{
    (void)pe;
    talk_begin(FFA_VERSION_1_3);
    for (uint64_t conduit = 0; conduit < 2; conduit++) {
        for (uint16_t id = FIRST; id <= ECHO; id++) {
            (void)CALL(FFA_MSG_SEND_DIRECT_REQ_64, FFA_PAIR(0, id), 0, ECHO_CMD_CONDUIT, conduit);
        }
        long_chain();
        cycles();
        misdeeds();
        yields();
    }
    talk_ask_both(PARTNER, TALK_MODEL, 0);
    for (uint16_t id = FIRST; id <= RELAY; id++) {
        talk_echo(id);
    }
    talk_end("chains end where they began, and nobody gets in between");
}
