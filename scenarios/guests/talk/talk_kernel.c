/* SPDX-License-Identifier: BSD-3-Clause */
#include "talk_kernel.h"

#include "console.h"
#include "guest_commands.h"
#include "mem.h"
#include "psci.h"

#define PIECE 24u /* characters that each version takes in one call */

void talk_begin(uint32_t version)
{
    talk_me = (struct talk_who){.id = FFA_ID_NWD, .version = version};
    guest_assert(ffa_version(version) == (int32_t)FFA_VERSION_1_3);
}

_Noreturn void talk_end(const char *proved)
{
    size_t count = strlen(proved);

    console_printf("talk: ");
    for (size_t done = 0; done < count; done += PIECE) {
        console_write(proved + done, count - done < PIECE ? count - done : PIECE);
    }
    console_printf("\n");
    psci_system_off();
}

uint64_t talk_ask(uint16_t id, enum talk_topic topic, enum ffa_conduit conduit, uint64_t argument)
{
    const uint64_t payload[FFA_PAYLOAD_WORDS] = {TALK_MAGIC, topic, conduit, argument};
    struct ffa_args r = ffa_direct_req64(FFA_ID_NWD, id, payload);

    guest_assert(r.x[0] == FFA_MSG_SEND_DIRECT_RESP_64);
    guest_assert(r.x[1] == FFA_PAIR(id, FFA_ID_NWD) && r.x[2] == 0);
    guest_assert(r.x[3] == TALK_DONE);
    return r.x[4];
}

void talk_ask_both(uint16_t id, enum talk_topic topic, uint64_t argument)
{
    (void)talk_ask(id, topic, FFA_CONDUIT_SMC, argument);
    (void)talk_ask(id, topic, FFA_CONDUIT_HVC, argument);
}

void talk_echo(uint16_t id)
{
    const uint64_t payload[FFA_PAYLOAD_WORDS] = {ECHO_CMD_ECHO, id, 0x1234567890abcdefull, 0, 7};
    struct ffa_args r = ffa_direct_req64(FFA_ID_NWD, id, payload);

    guest_assert(talk_is_response(&r, FFA_MSG_SEND_DIRECT_RESP_64, id, payload));
}
