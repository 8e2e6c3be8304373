/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * failing: a partition that does not get through its initialisation. Built three times, with
 * FAILING_ERROR (FFA_ERROR(ABORTED), the way of v1.2), FAILING_ABORT (FFA_ABORT, v1.3) or
 * FAILING_CRASH (an abort at its own vectors, which then report it and stop the partition).
 */
#include "console.h"
#include "ffa.h"
#include "guest.h"

void guest_main(unsigned pe)
{
    (void)pe;
    console_printf("failing: giving up while starting\n");
#if defined(FAILING_ERROR)
    (void)ffa_error(FFA_ABORTED);
#elif defined(FAILING_ABORT)
    (void)ffa_abort();
#elif defined(FAILING_CRASH)
    __asm__ volatile("strb wzr, [%0]" : : "r"(0) : "memory"); /* page 0 is not mapped */
#endif
    guest_fail(__LINE__);
}
