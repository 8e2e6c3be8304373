/* SPDX-License-Identifier: BSD-3-Clause */
/* SGIs of the normal world among three PEs, which find a kernel or a partition there. */
#include "kernel.h"

/* The vCPU of this PE is preempted by SGI_B, and ended by an IPI of another one. */
void kernel_run_on(unsigned pe)
{
    struct ffa_args r;

    reach(pe, 1);
    await_taken(SGI_A, 1);
    reach(pe, 2);
    r = ask(1, INT_AWAIT_IPI, 1, 0, 0);
    expect_preempted(&r, 1, pe);
    guest_assert(taken[pe][SGI_B] == 1);
    reach(pe, 3);
    r = ffa_run(SP(1), (uint16_t)pe);
    if ((uint32_t)r.x[0] == FFA_INTERRUPT) {
        expect_preempted(&r, 1, pe);
        guest_assert(taken[pe][SGI_A] == 2);
        reach(pe, 4);
        r = ffa_run(SP(1), (uint16_t)pe);
    }
    expect_answer(&r, 1);
    reach(pe, 5);
    if (pe == 2) {
        gic_send(1, SGI_B);
        gic_send(0, SGI_B);
    } else {
        await_taken(SGI_B, 2);
    }
}

/* PE 0 and the two others, whose vCPUs of partition 1 stay until they get an IPI. */
void kernel_run(void)
{
    gic_send(0, SGI_A);
    await_taken(SGI_A, 1);
    for (unsigned pe = 1; pe <= 2; pe++) {
        kernel_start(pe);
        await(pe, 1);
        gic_send(pe, SGI_A);
        await(pe, 2);
        (void)tell(1, INT_MEET, pe, 0, 0);
        gic_send(pe, SGI_B);
        await(pe, 3);
    }
    /* A second one for PE 1 only */
    gic_send(1, SGI_A);
    await(1, 4);
    for (unsigned pe = 1; pe <= 2; pe++) {
        (void)tell(1, INT_CALL, HF_INTERRUPT_SEND_IPI, pe, 0);
        await(pe, 5);
    }
    await_taken(SGI_B, 1);
    kernel_join(1);
    kernel_join(2);
    kernel_end("SGIs find their PE");
}
