/* SPDX-License-Identifier: BSD-3-Clause */
#include "bench_event.h"

#include "fast_call.h"
#include "ffa.h"
#include "guest.h"

#define DELAY_SRI 0x2u /* until this PE is back in the normal world */

static _Noreturn void stay(void)
{
    uint64_t a = 1;

    for (;;) {
        a += a >> 3;
        __asm__ volatile("" : "+r"(a));
    }
}

void guest_main(unsigned pe)
{
    struct fast_regs r = {{FFA_MSG_WAIT}};
    uint16_t me;

    (void)pe;
    guest_assert(ffa_version(FFA_VERSION_1_3) > 0);
    me = (uint16_t)ffa_id_get();
    for (;;) {
        fast_call(&r);
        guest_assert(r.x[0] == FFA_MSG_SEND_DIRECT_REQ_64);
        if (r.x[3] == BENCH_EVENT_STAY) {
            stay();
        }
        r = (struct fast_regs){
            {FFA_NOTIFICATION_SET, FFA_PAIR(me, FFA_ID_NWD), DELAY_SRI, BENCH_EVENT_BIT}};
        fast_call(&r);
        guest_assert(r.x[0] == FFA_SUCCESS_32);
        r = (struct fast_regs){{FFA_MSG_SEND_DIRECT_RESP_64, FFA_PAIR(me, FFA_ID_NWD)}};
    }
}
