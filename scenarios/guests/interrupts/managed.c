/* SPDX-License-Identifier: BSD-3-Clause */
/* Managed exits. Partitions: 1 makes them, 2 is preempted, 3 has interrupts wait. */
#include "kernel.h"

static uint32_t interrupts; /* that this kernel took so far */

static void expect_one_more(void)
{
    interrupts++;
    guest_assert(taken[0][TIMER_PPI] == interrupts);
}

static void alone(void)
{
    struct ffa_args r;

    timer_start(SOON_US);
    r = tell(1, INT_SPIN, LONGER_US, 0, 0);
    guest_assert(r.x[4] == 1);
    expect_one_more();
    r = tell(1, INT_SPIN, SOON_US, 0, 0);
    guest_assert(r.x[4] == 0);
}

/* It is told when whom it asked is preempted, and lets that one finish. */
static void asks(unsigned sp)
{
    struct ffa_args r;

    timer_start(SOON_US);
    r = tell(1, INT_ASK, SP(sp), INT_SPIN, LONG_US);
    guest_assert(r.x[4] == 0);
    expect_one_more();
}

/* The one who asked it is preempted when it has answered; after `quiet` the kernel is. */
static void is_asked(unsigned sp, bool quiet)
{
    struct ffa_args r;

    timer_start(SOON_US);
    r = ask(sp, INT_ASK, SP(1), INT_SPIN, LONG_US);
    if (!quiet) {
        expect_preempted(&r, sp, 0);
        expect_one_more();
        r = resume(sp);
    } else {
        expect_answer(&r, sp);
        expect_one_more();
    }
    guest_assert(r.x[4] == !quiet);
}

/* Without the interrupt it gets cycles until it is done. */
static void disabled(void)
{
    struct ffa_args r = tell(1, INT_CALL, HF_INTERRUPT_ENABLE, VINT_MANAGED_EXIT, 0);

    guest_assert(r.x[4] == 0);
    timer_start(SOON_US);
    r = tell(1, INT_SPIN, LONG_US, 0, 0);
    guest_assert(r.x[4] == 0);
    expect_one_more();
    r = tell(1, INT_CALL, HF_INTERRUPT_ENABLE, VINT_MANAGED_EXIT, 1);
    guest_assert(r.x[4] == 0);
    alone();
}

void kernel_run(void)
{
    alone();
    asks(2);
    asks(3);
    is_asked(2, false);
    is_asked(3, true);
    disabled();
    kernel_end("a managed exit gives the PE back");
}
