/* SPDX-License-Identifier: BSD-3-Clause */
#include "partner_topics.h"

#include "console.h"
#include "guest_commands.h"
#include "rules.h"
#include "state.h"

static uint16_t echo; /* as the kernel named it last */

void partner_boot_rules(void)
{
    expect_error(FFA_DENIED, CALL(FFA_YIELD));
    expect_error(FFA_INVALID_PARAMETERS, CALL(FFA_MSG_WAIT, 1));
    expect_error(FFA_INVALID_PARAMETERS, CALL(FFA_MSG_WAIT, 0, 2));
    expect_error(FFA_INVALID_PARAMETERS, CALL(FFA_MSG_WAIT, 0, 0, 1));
    expect_error(FFA_DENIED, CALL(FFA_MSG_SEND_DIRECT_RESP_64, FFA_PAIR(talk_me.id, FFA_ID_NWD)));
    expect_error(FFA_DENIED, CALL(FFA_RUN, 0));
    expect_error(FFA_INVALID_PARAMETERS, CALL(FFA_RUN, FFA_PAIR(talk_me.id, 0)));
    expect_error(FFA_NOT_SUPPORTED, CALL(FFA_ERROR, 0, (uint32_t)FFA_DENIED));
}

void partner_rx_fill(void)
{
    expect_ok(CALL(FFA_RXTX_MAP_64, talk_page(0), talk_page(1), 1));
    expect_ok(CALL(FFA_PARTITION_INFO_GET));
}

uint64_t partner_rx_is_mine(void)
{
    struct ffa_args r = CALL(FFA_RX_RELEASE);

    guest_assert(talk_is_ok(r) || talk_is_error(r, FFA_DENIED));
    expect_ok(CALL(FFA_RXTX_UNMAP));
    return talk_is_ok(r) ? 1 : 0;
}

/* Inside a request, to which the kernel waits for the answer. */
static void model(void)
{
    const uint64_t to_kernel = FFA_PAIR(talk_me.id, FFA_ID_NWD);

    expect_error(FFA_DENIED, CALL(FFA_MSG_WAIT));
    expect_error(FFA_NOT_SUPPORTED, CALL(FFA_ERROR, 0, (uint32_t)FFA_ABORTED));
    expect_error(FFA_NOT_SUPPORTED, CALL(FFA_SECONDARY_EP_REGISTER_64, (uintptr_t)__image_start));
    expect_error(FFA_DENIED, CALL(FFA_INTERRUPT));
    expect_error(FFA_NOT_SUPPORTED, CALL(FFA_SUCCESS_32));
    expect_error(FFA_NOT_SUPPORTED, CALL(FFA_SUCCESS_64));
    expect_error(FFA_NOT_SUPPORTED, CALL(FFA_NORMAL_WORLD_RESUME));
    expect_error(FFA_NOT_SUPPORTED, CALL(FFA_EL3_INTR_HANDLE));
    expect_error(FFA_INVALID_PARAMETERS, CALL(FFA_YIELD, 1));
    expect_error(FFA_INVALID_PARAMETERS, CALL(FFA_YIELD, 0, 0, 0, 1));
    /* Responses: of somebody else, to somebody else, in the wrong form. */
    expect_error(FFA_INVALID_PARAMETERS, CALL(FFA_MSG_SEND_DIRECT_RESP_64, FFA_PAIR(SP(2), 0)));
    expect_error(FFA_INVALID_PARAMETERS, CALL(FFA_MSG_SEND_DIRECT_RESP_64, 0));
    expect_error(FFA_INVALID_PARAMETERS,
                 CALL(FFA_MSG_SEND_DIRECT_RESP_64, FFA_PAIR(talk_me.id, talk_me.id)));
    expect_error(FFA_INVALID_PARAMETERS,
                 CALL(FFA_MSG_SEND_DIRECT_RESP_64, FFA_PAIR(talk_me.id, SP(60))));
    expect_error(FFA_INVALID_PARAMETERS, CALL(FFA_MSG_SEND_DIRECT_RESP_64, to_kernel, 1));
    expect_error(FFA_DENIED, CALL(FFA_MSG_SEND_DIRECT_RESP_64, FFA_PAIR(talk_me.id, SP(2))));
    expect_error(FFA_DENIED, CALL(FFA_MSG_SEND_DIRECT_RESP_64, FFA_PAIR(talk_me.id, 1)));
    for (uint64_t function = 0; function < 16; function++) {
        expect_error(FFA_DENIED,
                     CALL(FFA_MSG_SEND_DIRECT_RESP_64, to_kernel, FFA_FRAMEWORK_MSG | function));
    }
    expect_error(FFA_DENIED, CALL(FFA_MSG_SEND_DIRECT_RESP2_64, to_kernel));
    expect_error(FFA_INVALID_PARAMETERS, CALL(FFA_MSG_SEND_DIRECT_RESP2_64, to_kernel, 1));
}

/* FFA_RUN inside a request. */
static void run_rules(void)
{
    expect_error(FFA_DENIED, CALL(FFA_RUN, 0));
    expect_error(FFA_INVALID_PARAMETERS, CALL(FFA_RUN, FFA_PAIR(talk_me.id, 0)));
    expect_error(FFA_INVALID_PARAMETERS, CALL(FFA_RUN, FFA_PAIR(SP(60), 0)));
    expect_error(FFA_INVALID_PARAMETERS, CALL(FFA_RUN, FFA_PAIR(echo, 7)));
    expect_error(FFA_INVALID_PARAMETERS, CALL(FFA_RUN, FFA_PAIR(FFA_ID_SPMC, 0)));
    expect_error(FFA_DENIED, CALL(FFA_RUN, FFA_PAIR(echo, 0)));
    expect_error(FFA_INVALID_PARAMETERS, CALL(FFA_RUN, FFA_PAIR(echo, 0), 1));

    /* echo yields to its caller, which is busy with it until it has run it to its end */
    struct ffa_args r =
        CALL(FFA_MSG_SEND_DIRECT_REQ_64, FFA_PAIR(talk_me.id, echo), 0, ECHO_CMD_YIELD);

    guest_assert(r.x[0] == FFA_YIELD && r.x[1] == FFA_PAIR(echo, 0));
    expect_error(FFA_BUSY, CALL(FFA_MSG_SEND_DIRECT_REQ_64, FFA_PAIR(talk_me.id, echo)));
    expect_error(FFA_DENIED, CALL(FFA_MSG_SEND_DIRECT_RESP_64, FFA_PAIR(talk_me.id, FFA_ID_NWD)));
    r = CALL(FFA_RUN, FFA_PAIR(echo, 0));
    guest_assert(r.x[0] == FFA_MSG_SEND_DIRECT_RESP_64 && r.x[3] == ECHO_CMD_YIELD);
    expect_error(FFA_DENIED, CALL(FFA_RUN, FFA_PAIR(echo, 0)));
}

uint64_t partner_topic(enum talk_topic topic, uint64_t argument, enum talk_cycles *cycles)
{
    switch (topic) {
    case TALK_DISCOVERY:
        return rules_discovery((uint32_t)argument);
    case TALK_MESSAGES:
        rules_messages((uint16_t)argument);
        return 0;
    case TALK_REGISTERS:
        rules_registers((uint16_t)argument);
        return 0;
    case TALK_SYSREGS:
        return state_change(argument);
    case TALK_RUN:
        echo = (uint16_t)argument;
        run_rules();
        return 0;
    case TALK_CYCLES:
        *cycles = (enum talk_cycles)argument;
        return 0;
    case TALK_MODEL:
        model();
        return 0;
    case TALK_CONSOLE:
        rules_console("partner");
        return 0;
    case TALK_SMCCC:
        rules_unknown((uint32_t)argument);
        return 0;
    case TALK_HOSTILE:
        partner_hostile_begin(argument);
        return 0;
    default:
        guest_assert(topic < TALK_IDENTITIES);
        return 0;
    }
}

void partner_cycles(enum talk_cycles what)
{
    switch (what) {
    case TALK_CYCLES_YIELD:
        for (unsigned i = 0; i < 3; i++) {
            expect_ok(ffa_yield());
        }
        break;
    case TALK_CYCLES_RULES:
        expect_error(FFA_DENIED,
                     CALL(FFA_MSG_SEND_DIRECT_RESP_64, FFA_PAIR(talk_me.id, FFA_ID_NWD)));
        expect_error(FFA_DENIED, CALL(FFA_MSG_SEND_DIRECT_RESP2_64, FFA_PAIR(talk_me.id, 0)));
        expect_error(FFA_NOT_SUPPORTED, CALL(FFA_ERROR, 0, (uint32_t)FFA_ABORTED));
        expect_error(FFA_INVALID_PARAMETERS, CALL(FFA_MSG_WAIT, 0, 2));
        expect_error(FFA_DENIED, CALL(FFA_RUN, FFA_PAIR(echo, 0)));
        break;
    case TALK_CYCLES_MESSAGE: {
        const uint64_t payload[FFA_PAYLOAD_WORDS] = {ECHO_CMD_ECHO, 1, 2, 3, 4};
        struct ffa_args r = ffa_direct_req64(talk_me.id, echo, payload);

        guest_assert(talk_is_response(&r, FFA_MSG_SEND_DIRECT_RESP_64, echo, payload));
        break;
    }
    default:
        break;
    }
}
