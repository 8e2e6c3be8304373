/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * S-EL0 partitions that die, each in its own way. Partitions: 1 echo, 2 echo_el0 (lives), from 3 on
 * echo_el0, then el0.
 */
#include "el0.h"
#include "guest_commands.h"
#include "kernel.h"

#define ECHO     SP(1)
#define LIVES    SP(2)
#define ECHO_EL0 SP(3)

static const struct {
    uint64_t command;
    uint64_t a1;
} deaths[] = {
    {ECHO_CMD_ABORT, 0},      {ECHO_CMD_CRASH, 0},  {ECHO_CMD_OVERFLOW, 0},
    {ECHO_CMD_UNDEFINED, 0},  {ECHO_CMD_ASSERT, 0}, {ECHO_CMD_PROTECTION, 1},
    {ECHO_CMD_PROTECTION, 2},
};
#define DEATHS (sizeof(deaths) / sizeof(deaths[0]))

void guest_main(unsigned pe)
{
    uint16_t id = ECHO_EL0;
    struct ffa_args r;

    (void)pe;
    talk_begin(FFA_VERSION_1_3);
    for (unsigned i = 0; i < DEATHS; i++, id++) {
        talk_echo(id);
        el0_kill(id, deaths[i].command, deaths[i].a1, 0);
        talk_echo(LIVES);
        talk_echo(ECHO);
    }
    for (uint64_t command = EL0_CMD_WRITE_READ_ONLY; command <= EL0_CMD_LAST; command++, id++) {
        talk_echo(id);
        if (command == EL0_CMD_SMC) { /* while another one waits for it */
            r = el0_send(LIVES, ECHO_CMD_FORWARD, id, command);
            guest_assert(r.x[0] == FFA_MSG_SEND_DIRECT_RESP_64 && r.x[4] == FFA_ERROR);
            guest_assert((uint32_t)r.x[5] == (uint32_t)FFA_ABORTED);
        } else {
            el0_kill(id, command, 0, 0);
        }
        talk_echo(LIVES);
    }
    talk_end("each fault of S-EL0 is the end of the partition, and of no other");
}
