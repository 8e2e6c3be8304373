/* SPDX-License-Identifier: BSD-3-Clause */
/* Direct requests: FF-A v1.2, chapter 15. */
#include "guest_commands.h"
#include "guest_uuids.h"
#include "rules.h"
#include "talk.h"

#define DIRTY 0xdeadbeef00000000ull

static const struct ffa_uuid echo_uuid = UUID_ECHO;
static const struct ffa_uuid relay_uuid = UUID_RELAY;
static const struct ffa_uuid any_uuid = {0, 0};

static void forms(uint16_t echo)
{
    uint64_t payload[FFA_PAYLOAD2_WORDS];
    struct ffa_args r;

    for (unsigned i = 0; i < FFA_PAYLOAD2_WORDS; i++) {
        payload[i] = 0xa5a5000000000000ull + i * 0x1111111111ull;
    }
    r = ffa_direct_req64(talk_me.id, echo, payload);
    guest_assert(talk_is_response(&r, FFA_MSG_SEND_DIRECT_RESP_64, echo, payload));
    r = ffa_direct_req2(talk_me.id, echo, echo_uuid, payload);
    guest_assert(talk_is_response(&r, FFA_MSG_SEND_DIRECT_RESP2_64, echo, payload));
    r = ffa_direct_req2(talk_me.id, echo, any_uuid, payload);
    guest_assert(talk_is_response(&r, FFA_MSG_SEND_DIRECT_RESP2_64, echo, payload));
    expect_error(FFA_INVALID_PARAMETERS, ffa_direct_req2(talk_me.id, echo, relay_uuid, payload));

    /* Of a 32-bit call only lower halves count; nothing of an upper one may come through. */
    r = CALL(FFA_MSG_SEND_DIRECT_REQ_32 | DIRTY, FFA_PAIR(talk_me.id, echo) | DIRTY, DIRTY,
             payload[0], payload[1], payload[2], payload[3], payload[4]);
    for (unsigned i = 0; i < FFA_PAYLOAD_WORDS; i++) {
        payload[i] &= 0xffffffffu;
    }
    guest_assert(talk_is_response(&r, FFA_MSG_SEND_DIRECT_RESP_32, echo, payload));
    expect_error(FFA_INVALID_PARAMETERS,
                 CALL(FFA_MSG_SEND_DIRECT_REQ_64, FFA_PAIR(talk_me.id, echo), DIRTY));
}

static struct ffa_args request(uint32_t function, uint16_t from, uint16_t to, uint64_t w2)
{
    return CALL(function, FFA_PAIR(from, to), w2, ECHO_CMD_ECHO);
}

static void wrong_pairs(uint32_t function, uint16_t echo)
{
    static const uint16_t receivers[] = {0, 1, 0x7fff, 0x8000, 0x8055, 0xff00, 0xffc0, 0xffff};
    static const uint16_t senders[] = {0x8000, 0x8055, 0xffc0, 0xfffe, 0xffff};

    for (unsigned i = 0; i < sizeof(receivers) / sizeof(receivers[0]); i++) {
        expect_error(FFA_INVALID_PARAMETERS, request(function, talk_me.id, receivers[i], 0));
    }
    for (unsigned i = 0; i < sizeof(senders) / sizeof(senders[0]); i++) {
        expect_error(FFA_INVALID_PARAMETERS, request(function, senders[i], echo, 0));
    }
    expect_error(FFA_INVALID_PARAMETERS, request(function, echo, echo, 0));
    expect_error(FFA_INVALID_PARAMETERS, request(function, talk_me.id, talk_me.id, 0));
    if (!talk_is_kernel()) {
        expect_error(FFA_INVALID_PARAMETERS, request(function, FFA_ID_NWD, echo, 0));
        expect_error(FFA_INVALID_PARAMETERS, request(function, echo, talk_me.id, 0));
    }
}

static void wrong_flags(uint32_t function, uint16_t echo)
{
    for (unsigned bit = 0; bit < 31; bit++) {
        expect_error(FFA_INVALID_PARAMETERS, request(function, talk_me.id, echo, 1u << bit));
    }
    /* Framework messages: the SPMD's alone, or for partitions that asked to hear of VMs. */
    for (uint64_t framework = 0; framework < 16; framework++) {
        expect_error(FFA_INVALID_PARAMETERS,
                     request(function, talk_me.id, echo, FFA_FRAMEWORK_MSG | framework));
        expect_error(FFA_INVALID_PARAMETERS,
                     request(function, FFA_ID_SPMD, FFA_ID_SPMC, FFA_FRAMEWORK_MSG | framework));
    }
}

void rules_messages(uint16_t echo)
{
    forms(echo);
    wrong_pairs(FFA_MSG_SEND_DIRECT_REQ_32, echo);
    wrong_pairs(FFA_MSG_SEND_DIRECT_REQ_64, echo);
    wrong_pairs(FFA_MSG_SEND_DIRECT_REQ2_64, echo);
    wrong_flags(FFA_MSG_SEND_DIRECT_REQ_32, echo);
    wrong_flags(FFA_MSG_SEND_DIRECT_REQ_64, echo);
    forms(echo);
}
