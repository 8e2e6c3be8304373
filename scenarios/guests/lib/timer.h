/* SPDX-License-Identifier: BSD-3-Clause */
/* The EL1 physical timer and the counter, by microseconds. */
#ifndef GUEST_TIMER_H
#define GUEST_TIMER_H

#include "sysreg.h"

#define TIMER_PPI 30u /* of the normal world's; a partition has virtual interrupt 3 */

SYSREG_READ(cntfrq_el0)
SYSREG_READ(cntpct_el0)
SYSREG_READ(cntp_ctl_el0)
SYSREG_READ(cntp_cval_el0)
SYSREG_WRITE(cntp_ctl_el0)
SYSREG_WRITE(cntp_cval_el0)

#define TIMER_ENABLE  (1ull << 0)
#define TIMER_IMASK   (1ull << 1)
#define TIMER_ISTATUS (1ull << 2)

static inline uint64_t timer_now(void)
{
    __asm__ volatile("isb" : : : "memory");
    return read_cntpct_el0();
}

static inline uint64_t timer_ticks(uint64_t us)
{
    return us * read_cntfrq_el0() / 1000000u;
}

static inline void timer_start(uint64_t us)
{
    write_cntp_cval_el0(timer_now() + timer_ticks(us));
    write_cntp_ctl_el0(TIMER_ENABLE);
    __asm__ volatile("isb" : : : "memory");
}

static inline void timer_stop(void)
{
    write_cntp_ctl_el0(0);
    __asm__ volatile("isb" : : : "memory");
}

#endif
