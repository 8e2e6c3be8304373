/* SPDX-License-Identifier: BSD-3-Clause */
/* The normal world's timer preempts partitions, alone and in chains of two and three. */
#include "kernel.h"

/* The first of `chain` is asked, its last one spins; the first one's vCPU is what FFA_RUN names. */
static void preempt(unsigned first, uint64_t rest)
{
    uint32_t before = taken[0][TIMER_PPI];
    struct ffa_args r;

    timer_start(SOON_US);
    r = rest == 0 ? ask(first, INT_SPIN, LONG_US, 0, 0)
                  : ask(first, INT_ASK, rest, INT_SPIN, LONG_US);
    expect_preempted(&r, first, 0);
    guest_assert(taken[0][TIMER_PPI] == before + 1);
    r = ask(first, INT_COUNTS, 0, 0, 0);
    expect_error(&r, FFA_BUSY);
    if (rest != 0) {
        r = ffa_run((uint16_t)rest, 0); /* that is the first one's to say */
        expect_error(&r, FFA_DENIED);
    }
    r = resume(first);
    guest_assert(r.x[4] == 0);
    guest_assert(rest == 0 || r.x[6] == 1);
}

/* Others work while one is preempted, and may be preempted as well. */
static void two_at_once(void)
{
    struct ffa_args r;

    timer_start(SOON_US);
    r = ask(1, INT_SPIN, LONG_US, 0, 0);
    expect_preempted(&r, 1, 0);
    timer_start(SOON_US);
    r = ask(2, INT_SPIN, LONG_US, 0, 0);
    expect_preempted(&r, 2, 0);
    (void)tell(3, INT_COUNTS, 0, 0, 0);
    r = resume(1);
    r = ask(2, INT_COUNTS, 0, 0, 0);
    expect_error(&r, FFA_BUSY);
    r = resume(2);
}

/* Twice in one request */
static void again(void)
{
    struct ffa_args r;

    timer_start(SOON_US);
    r = ask(1, INT_SPIN, LONGER_US, 0, 0);
    expect_preempted(&r, 1, 0);
    timer_start(SOON_US);
    r = ffa_run(SP(1), 0);
    expect_preempted(&r, 1, 0);
    r = resume(1);
}

/* What is due while it is preempted reaches it when it goes on. */
static void own_timer_meanwhile(void)
{
    struct ffa_args r = tell(1, INT_COUNTS, 0, 0, 0);
    uint64_t before = r.x[4];

    (void)tell(1, INT_ARM, LONG_US, 0, 0);
    timer_start(SOON_US);
    r = ask(1, INT_SPIN, SOON_US * 2, 0, 0);
    expect_preempted(&r, 1, 0);
    spin_us(LONG_US);
    (void)tell(2, INT_COUNTS, 0, 0, 0);
    r = resume(1);
    r = tell(1, INT_COUNTS, 0, 0, 0);
    guest_assert(r.x[4] == before + 1);
}

void kernel_run(void)
{
    preempt(1, 0);
    preempt(1, SP(2));
    preempt(2, SP(3));
    preempt(3, (uint64_t)SP(2) << 16 | SP(1));
    two_at_once();
    again();
    own_timer_meanwhile();
    kernel_end("partitions are preempted and go on");
}
