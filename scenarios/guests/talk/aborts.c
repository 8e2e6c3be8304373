/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Partitions that die: 1 to 3 while they start, 4 to 8 while they serve, 9 (echo) while relay (10)
 * waits for it.
 */
#include "console.h"
#include "guest_commands.h"
#include "talk_kernel.h"

#define STILLBORN 3u
#define ECHO      SP(9)
#define RELAY     SP(10)

static const uint64_t deaths[] = {ECHO_CMD_ABORT, ECHO_CMD_CRASH, ECHO_CMD_OVERFLOW,
                                  ECHO_CMD_UNDEFINED, ECHO_CMD_ASSERT};

/* Nobody reaches a dead partition, by any call. */
static void is_dead(uint16_t id)
{
    const uint32_t pair = FFA_PAIR(FFA_ID_NWD, id);
    struct ffa_args r;

    expect_error(FFA_ABORTED, CALL(FFA_MSG_SEND_DIRECT_REQ_32, pair));
    expect_error(FFA_ABORTED, CALL(FFA_MSG_SEND_DIRECT_REQ_64, pair));
    /* the manifests of the stillborn say that they take no such request */
    expect_error(id <= SP(STILLBORN) ? FFA_DENIED : FFA_ABORTED,
                 CALL(FFA_MSG_SEND_DIRECT_REQ2_64, pair));
    expect_error(FFA_ABORTED, ffa_run(id, 0));
    if (id != ECHO) {
        r = CALL(FFA_MSG_SEND_DIRECT_REQ_64, FFA_PAIR(FFA_ID_NWD, ECHO), 0, ECHO_CMD_FORWARD, id);
        guest_assert(r.x[0] == FFA_MSG_SEND_DIRECT_RESP_64);
        guest_assert(r.x[4] == FFA_ERROR && (uint32_t)r.x[5] == (uint32_t)FFA_ABORTED);
    }
}

void guest_main(unsigned pe)
{
    struct ffa_args r;

    (void)pe;
    talk_begin(FFA_VERSION_1_3);
    for (unsigned n = 1; n <= STILLBORN; n++) {
        is_dead(SP(n));
    }
    for (unsigned i = 0; i < sizeof(deaths) / sizeof(deaths[0]); i++) {
        uint16_t id = SP(STILLBORN + 1 + i);

        talk_echo(id);
        expect_error(FFA_ABORTED,
                     CALL(FFA_MSG_SEND_DIRECT_REQ_64, FFA_PAIR(FFA_ID_NWD, id), 0, deaths[i]));
        is_dead(id);
        talk_echo(ECHO);
        talk_echo(RELAY);
    }
    r = CALL(FFA_MSG_SEND_DIRECT_REQ_64, FFA_PAIR(FFA_ID_NWD, RELAY), 0, ECHO_CMD_CRASH);
    guest_assert(r.x[0] == FFA_MSG_SEND_DIRECT_RESP_64 && r.x[3] == RELAY_FAILED);
    guest_assert(r.x[4] == FFA_ERROR && (uint32_t)r.x[5] == (uint32_t)FFA_ABORTED);
    is_dead(ECHO);
    r = CALL(FFA_MSG_SEND_DIRECT_REQ_32, FFA_PAIR(FFA_ID_NWD, RELAY), 0, ECHO_CMD_ECHO);
    guest_assert(r.x[0] == FFA_MSG_SEND_DIRECT_RESP_32 && r.x[3] == RELAY_FAILED);
    r = ffa_partition_info_get((struct ffa_uuid){0, 0}, FFA_PARTITION_INFO_COUNT_ONLY);
    console_printf("talk: %u of 10 partitions are listed\n", (unsigned)r.x[2]);
    talk_end("the dead stay dead, and the others go on");
}
