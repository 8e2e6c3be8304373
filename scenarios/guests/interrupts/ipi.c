/* SPDX-License-Identifier: BSD-3-Clause */
/* IPIs among the vCPUs of a partition with one on each PE. */
#include "kernel.h"

static uint64_t send_ipi(unsigned vcpu)
{
    struct ffa_args r = tell(1, INT_CALL, HF_INTERRUPT_SEND_IPI, vcpu, 0);

    return r.x[4];
}

static void expect_ipis(uint64_t count)
{
    struct ffa_args r = tell(1, INT_COUNTS, 0, 0, 0);

    guest_assert(r.x[7] == count);
}

/* To oneself, to nobody, and to a PE that is off */
static void on_one_pe(void)
{
    guest_assert(send_ipi(0) == 0);
    expect_ipis(1);
    guest_assert(send_ipi(0) == 0);
    expect_ipis(2);
    guest_assert(send_ipi(1) == UINT64_MAX);
    guest_assert(send_ipi(KERNEL_PES) == UINT64_MAX);
}

void kernel_run_on(unsigned pe)
{
    struct ffa_args r;

    /* It waits: the scheduler is told. */
    reach(pe, 1);
    await_taken(SRI, 1);
    await(0, 1);
    r = call(FFA_NOTIFICATION_INFO_GET_64, 0, 0, 0);
    guest_assert((uint32_t)r.x[0] == FFA_SUCCESS_64 && r.x[3] == ((uint64_t)pe << 16 | SP(1)));
    r = ffa_run(SP(1), (uint16_t)pe);
    guest_assert((uint32_t)r.x[0] == FFA_MSG_WAIT);
    expect_ipis(1);

    /* It runs. */
    reach(pe, 2);
    (void)tell(1, INT_AWAIT_IPI, 2, 0, 0);
    reach(pe, 3);
    await(0, 2);

    /* It is preempted. */
    reach(pe, 4);
    r = ask(1, INT_AWAIT_IPI, 3, 0, 0);
    expect_preempted(&r, 1, pe);
    guest_assert(taken[pe][SGI_A] == 1);
    reach(pe, 5);
    await(0, 3);
    r = ffa_run(SP(1), (uint16_t)pe);
    expect_answer(&r, 1);
    expect_ipis(3);

    /* The other way */
    reach(pe, 6);
    await(0, 4);
    (void)tell(1, INT_MEET, 0, 0, 0);
    guest_assert(send_ipi(0) == 0);
    reach(pe, 7);
}

void kernel_run(void)
{
    on_one_pe();
    kernel_start(1);
    await(1, 1);
    guest_assert(send_ipi(1) == 0);
    guest_assert(send_ipi(1) == 0); /* once is enough */
    reach(0, 1);
    await(1, 2);
    (void)tell(1, INT_MEET, 1, 0, 0);
    guest_assert(send_ipi(1) == 0);
    await(1, 3);
    reach(0, 2);
    await(1, 4);
    (void)tell(1, INT_MEET, 1, 0, 0);
    gic_send(1, SGI_A);
    await(1, 5);
    guest_assert(send_ipi(1) == 0);
    reach(0, 3);
    await(1, 6);
    reach(0, 4);
    (void)tell(1, INT_AWAIT_IPI, 3, 0, 0);
    await(1, 7);
    kernel_join(1);
    guest_assert(send_ipi(1) == UINT64_MAX);
    kernel_end("vCPUs call each other");
}
