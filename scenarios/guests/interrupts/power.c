/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A PE switches off: partition 1, with a vCPU on it, is asked and may refuse; the timer of 2, which
 * has only one, goes on elsewhere.
 */
#include "kernel.h"

static uint64_t offs(void)
{
    struct ffa_args r = tell(1, INT_OFFS, 0, 0, 0);

    return r.x[4];
}

void kernel_run_on(unsigned pe)
{
    (void)pe;
    (void)tell(1, INT_REFUSE_OFF, (uint32_t)PSCI_DENIED, 0, 0);
    guest_assert(psci_cpu_off() == PSCI_DENIED);
    (void)tell(1, INT_STAY, SOON_US, 0, 0);
    (void)tell(1, INT_ARM, SOON_US, 0, 0);
    (void)tell(2, INT_ARM, LONGER_US, 0, 0);
}

void kernel_run(void)
{
    struct ffa_args r;

    for (uint64_t round = 1; round <= 2; round++) {
        kernel_start(1);
        kernel_join(1);
        spin_us(2 * LONGER_US); /* its timer is due meanwhile */
        r = tell(2, INT_COUNTS, 0, 0, 0);
        guest_assert(r.x[4] == round);
        guest_assert(offs() == 2 * round);
    }
    kernel_end("partitions hear of PEs that go");
}
