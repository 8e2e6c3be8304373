/* SPDX-License-Identifier: BSD-3-Clause */
/* Partitions that went through FFA_MEM_PERM_* while they started: 1 echo, 2 to 4 el0 by version. */
#include "el0.h"
#include "kernel.h"

#define ECHO  SP(1)
#define FIRST SP(2)
#define LAST  SP(4)

void guest_main(unsigned pe)
{
    (void)pe;
    talk_begin(FFA_VERSION_1_3);
    for (uint16_t id = FIRST; id <= LAST; id++) {
        struct ffa_args r = el0_send(id, EL0_CMD_RULES, 0, 0);

        guest_assert(r.x[0] == FFA_MSG_SEND_DIRECT_RESP_64 && r.x[3] == EL0_DONE);
        /* The calls are S-EL0's alone. */
        expect_error(FFA_NOT_SUPPORTED, ffa_mem_perm_get(__image_start, 0));
        expect_error(FFA_NOT_SUPPORTED, ffa_mem_perm_set(__image_start, 1, FFA_MEM_PERM_RX));
        expect_error(FFA_NOT_SUPPORTED, ffa_features(FFA_MEM_PERM_SET_64, 0));
        el0_kill(id, id == LAST ? EL0_CMD_CALL_DATA : EL0_CMD_WRITE_READ_ONLY, 0, 0);
        talk_echo(ECHO);
    }
    talk_end("permissions are as each partition has set them");
}
