/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Direct requests. Partitions: 1 partner, 2 echo, 3 echo of FF-A 1.1, 4 one that takes no requests,
 * 5 one with two services, of which only the first takes request 2.
 */
#include "guest_commands.h"
#include "rules.h"
#include "talk_kernel.h"

#define PARTNER SP(1)
#define ECHO    SP(2)
#define OLD     SP(3)
#define DEAF    SP(4)
#define TWO     SP(5)

static const struct ffa_uuid first_service =
    FFA_UUID(0x21000000, 0x0000, 0x0000, 0x0000, 0x000000000021);
static const struct ffa_uuid second_service =
    FFA_UUID(0x22000000, 0x0000, 0x0000, 0x0000, 0x000000000022);
static const struct ffa_uuid any_uuid = {0, 0};

/* The normal world may speak for a VM: the answer goes to that one. */
static void as_vm(uint16_t vm)
{
    struct ffa_args r =
        CALL(FFA_MSG_SEND_DIRECT_REQ_32, FFA_PAIR(vm, ECHO), 0, ECHO_CMD_ECHO, 1, 2, 3, 4);

    guest_assert(r.x[0] == FFA_MSG_SEND_DIRECT_RESP_32 && r.x[1] == FFA_PAIR(ECHO, vm));
    guest_assert(r.x[3] == ECHO_CMD_ECHO && r.x[7] == 4);
}

/* What only a scheduled endpoint calls. */
static void not_a_kernels(void)
{
    static const uint32_t functions[] = {
        FFA_MSG_SEND_DIRECT_RESP_32,
        FFA_MSG_SEND_DIRECT_RESP_64,
        FFA_MSG_SEND_DIRECT_RESP2_64,
        FFA_MSG_WAIT,
        FFA_YIELD,
        FFA_INTERRUPT,
        FFA_ABORT_32,
        FFA_ABORT_64,
        FFA_ERROR,
        FFA_SUCCESS_32,
        FFA_SUCCESS_64,
        FFA_SECONDARY_EP_REGISTER_64,
        FFA_NORMAL_WORLD_RESUME,
    };

    for (unsigned i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        expect_error(FFA_NOT_SUPPORTED, CALL(functions[i], FFA_PAIR(ECHO, FFA_ID_NWD)));
        expect_error(FFA_NOT_SUPPORTED, CALL(functions[i], FFA_PAIR(FFA_ID_NWD, ECHO), 0, 7));
    }
}

void guest_main(unsigned pe)
{
    const uint64_t payload[FFA_PAYLOAD2_WORDS] = {ECHO_CMD_ECHO, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    struct ffa_args r;

    (void)pe;
    talk_begin(FFA_VERSION_1_3);
    rules_messages(ECHO);
    as_vm(1);
    as_vm(0x7fff);
    not_a_kernels();

    r = ffa_direct_req64(FFA_ID_NWD, OLD, payload);
    guest_assert(talk_is_response(&r, FFA_MSG_SEND_DIRECT_RESP_64, OLD, payload));
    expect_error(FFA_DENIED, ffa_direct_req2(FFA_ID_NWD, OLD, any_uuid, payload));
    expect_error(FFA_DENIED, ffa_direct_req64(FFA_ID_NWD, DEAF, payload));
    expect_error(FFA_DENIED, ffa_direct_req2(FFA_ID_NWD, DEAF, any_uuid, payload));
    r = ffa_direct_req2(FFA_ID_NWD, TWO, first_service, payload);
    guest_assert(talk_is_response(&r, FFA_MSG_SEND_DIRECT_RESP2_64, TWO, payload));
    expect_error(FFA_DENIED, ffa_direct_req2(FFA_ID_NWD, TWO, second_service, payload));

    talk_ask_both(PARTNER, TALK_MESSAGES, ECHO);
    talk_echo(ECHO);
    talk_end("requests and responses carry what they should, to whom they should");
}
