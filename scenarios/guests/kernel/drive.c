/* SPDX-License-Identifier: BSD-3-Clause */
#include "drive.h"

#include "guest.h"
#include "guest_commands.h"

uint16_t drive_find(struct ffa_uuid uuid)
{
    struct ffa_args r = ffa_partition_info_get_regs(uuid, 0, 0);

    return ffa_status(&r) == 0 ? (uint16_t)r.x[3] : 0;
}

static void check(const struct ffa_args *r, uint32_t function, uint16_t id, unsigned first,
                  const uint64_t *payload, unsigned words)
{
    guest_assert((uint32_t)r->x[0] == function);
    guest_assert((uint32_t)r->x[1] == FFA_PAIR(id, FFA_ID_NWD));
    for (unsigned i = 0; i < words; i++) {
        guest_assert(r->x[first + i] == payload[i]);
    }
}

void drive_echo(uint16_t id, struct ffa_uuid service)
{
    uint64_t payload[FFA_PAYLOAD2_WORDS] = {ECHO_CMD_ECHO};

    for (unsigned i = 1; i < FFA_PAYLOAD2_WORDS; i++) {
        payload[i] = 0x10203040u + i;
    }
    struct ffa_args r = ffa_direct_req32(FFA_ID_NWD, id, payload);

    check(&r, FFA_MSG_SEND_DIRECT_RESP_32, id, 3, payload, FFA_PAYLOAD_WORDS);

    for (unsigned i = 1; i < FFA_PAYLOAD2_WORDS; i++) {
        payload[i] |= payload[i] << 32;
    }
    r = ffa_direct_req64(FFA_ID_NWD, id, payload);
    check(&r, FFA_MSG_SEND_DIRECT_RESP_64, id, 3, payload, FFA_PAYLOAD_WORDS);
    r = ffa_direct_req2(FFA_ID_NWD, id, service, payload);
    check(&r, FFA_MSG_SEND_DIRECT_RESP2_64, id, 4, payload, FFA_PAYLOAD2_WORDS);
}
