/* SPDX-License-Identifier: BSD-3-Clause */
/* How a partition gives up: FFA_ABORT (v1.3), before that FFA_ERROR(ABORTED) while it starts. */
#include "ffa.h"
#include "guest.h"

_Noreturn void guest_fail(unsigned line)
{
    (void)line;
    (void)ffa_abort();
    (void)ffa_error(FFA_ABORTED);
    for (;;) { /* an SPMC that lets a broken partition live: at least do nothing more */
        __asm__ volatile("wfi");
    }
}
