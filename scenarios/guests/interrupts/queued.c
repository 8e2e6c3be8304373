/* SPDX-License-Identifier: BSD-3-Clause */
/* Partitions that have interrupts wait. 1: those of the normal world, 2: none, 3: all. */
#include "kernel.h"

static uint32_t interrupts;

static void expect_one_more(void)
{
    interrupts++;
    guest_assert(taken[0][TIMER_PPI] == interrupts);
}

static void ours(unsigned sp)
{
    timer_start(SOON_US);
    (void)tell(sp, INT_SPIN, LONG_US, 0, 0);
    expect_one_more();
    timer_start(SOON_US);
    (void)tell(sp, INT_ASK, SP(2), INT_SPIN, LONG_US);
    expect_one_more();
}

/* The one that asked is preempted as soon as it runs again. */
static void behind_another(unsigned sp)
{
    struct ffa_args r;

    timer_start(SOON_US);
    r = ask(2, INT_ASK, SP(sp), INT_SPIN, LONG_US);
    expect_preempted(&r, 2, 0);
    expect_one_more();
    (void)resume(2);
}

/* The timer of 2 is due while `sp` runs, and taken then, or as soon as the PE is not `sp`'s. */
static void of_another(unsigned sp, uint64_t fired)
{
    struct ffa_args r;

    (void)tell(2, INT_ARM, SOON_US, 0, 0);
    (void)tell(sp, INT_SPIN, LONG_US, 0, 0);
    r = tell(2, INT_COUNTS, 0, 0, 0);
    guest_assert(r.x[4] == fired);
}

/* Its own reaches it while it runs, and when it asks another one as soon as that has answered. */
static void of_its_own(void)
{
    struct ffa_args r;

    (void)tell(1, INT_STAY, SOON_US, 0, 0);
    (void)tell(1, INT_ARM, SOON_US, 0, 0);
    (void)tell(1, INT_ASK, SP(2), INT_SPIN, LONG_US);
    r = tell(1, INT_COUNTS, 0, 0, 0);
    guest_assert(r.x[4] == 2);
}

/* The quiet one's own waits, too, until it has answered. */
static void of_the_quiet_one(void)
{
    struct ffa_args r;

    (void)tell(3, INT_ARM, SOON_US, 0, 0);
    (void)tell(3, INT_SPIN, LONG_US, 0, 0);
    r = tell(3, INT_COUNTS, 0, 0, 0);
    guest_assert(r.x[4] == 1);
}

void kernel_run(void)
{
    ours(1);
    ours(3);
    behind_another(1);
    behind_another(3);
    of_another(1, 1);
    of_another(3, 2);
    of_its_own();
    of_the_quiet_one();
    kernel_end("who wants quiet has it");
}
