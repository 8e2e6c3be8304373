/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Timers on each PE, one PE after the other: of the PE's own vCPU of partition 1, of partition 2,
 * whose only vCPU comes along, and of the normal world.
 */
#include "kernel.h"

static void on_this_pe(unsigned pe)
{
    uint32_t before = taken[pe][TIMER_PPI];
    struct ffa_args r;

    (void)tell(1, INT_STAY, SOON_US, 0, 0);
    (void)tell(1, INT_ARM, SOON_US, 0, 0);
    spin_us(SOON_US * 2); /* it gets the PE from the kernel */
    r = tell(1, INT_COUNTS, 0, 0, 0);
    guest_assert(r.x[4] == 2);
    (void)tell(2, INT_ARM, SOON_US, 0, 0);
    (void)tell(1, INT_SPIN, LONG_US, 0, 0); /* and 2 from 1 */
    (void)tell(1, INT_ARM, SOON_US, 0, 0);
    (void)tell(2, INT_ARM, LONG_US, 0, 0);
    r = tell(2, INT_ASK, SP(1), INT_COUNTS, 0);
    spin_us(LONGER_US);
    timer_start(SOON_US);
    r = ask(1, INT_SPIN, LONG_US, 0, 0);
    expect_preempted(&r, 1, pe);
    timer_start(SOON_US);
    while (taken[pe][TIMER_PPI] != before + 2) {
    }
    r = ffa_run(SP(1), (uint16_t)pe);
    expect_answer(&r, 1);
    r = tell(1, INT_COUNTS, 0, 0, 0);
    guest_assert(r.x[4] == 3);
    r = tell(2, INT_COUNTS, 0, 0, 0);
    guest_assert(r.x[4] == 2 * (pe + 1));
}

void kernel_run_on(unsigned pe)
{
    on_this_pe(pe);
}

void kernel_run(void)
{
    on_this_pe(0);
    for (unsigned pe = 1; pe < KERNEL_PES; pe++) {
        kernel_start(pe);
        kernel_join(pe);
    }
    kernel_end("each PE has its timers");
}
