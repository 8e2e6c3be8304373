/* SPDX-License-Identifier: BSD-3-Clause */
/* PSCI CPU_SUSPEND, standby and without power: interrupts of both worlds end it. */
#include "kernel.h"

#define POWER_DOWN (1u << 16)

static int64_t suspend(uint64_t function, uint64_t state, uint64_t pe)
{
    struct ffa_args r = call(function, state, (uintptr_t)guest_secondary_entry, pe);

    return (int32_t)(uint32_t)r.x[0];
}

static void standby(void)
{
    timer_start(SOON_US);
    guest_assert(suspend(PSCI_CPU_SUSPEND_32, 0, 0) == PSCI_SUCCESS);
    await_taken(TIMER_PPI, 1);
    interrupt_mask();
    timer_start(SOON_US);
    guest_assert(suspend(PSCI_CPU_SUSPEND_64, 0, 0) == PSCI_SUCCESS);
    guest_assert(taken[0][TIMER_PPI] == 1);
    interrupt_unmask();
    await_taken(TIMER_PPI, 2);
    guest_assert(suspend(PSCI_CPU_SUSPEND_64, 1u << 17, 0) == PSCI_INVALID_PARAMS);

    /* The partition's */
    (void)tell(1, INT_ARM, SOON_US, 0, 0);
    guest_assert(suspend(PSCI_CPU_SUSPEND_64, 0, 0) == PSCI_SUCCESS);
    spin_us(SOON_US);
    struct ffa_args r = tell(1, INT_COUNTS, 0, 0, 0);
    guest_assert(r.x[4] == 1);
}

/* Here the PE comes back from being without power: three times. */
void kernel_run_on(unsigned pe)
{
    static uint32_t times;
    struct ffa_args r;

    times++;
    if (times <= 2) {
        await_taken(TIMER_PPI, 2 + times);
        timer_start(SOON_US);
        if (times == 2) {
            timer_stop();
            (void)tell(1, INT_ARM, SOON_US, 0, 0);
        }
        (void)suspend(times == 1 ? PSCI_CPU_SUSPEND_32 : PSCI_CPU_SUSPEND_64, POWER_DOWN, pe);
        guest_assert(false);
    }
    spin_us(SOON_US);
    r = tell(1, INT_COUNTS, 0, 0, 0);
    guest_assert(r.x[4] == 2);
    kernel_end("interrupts end CPU_SUSPEND");
}

void kernel_run(void)
{
    standby();
    timer_start(SOON_US);
    (void)suspend(PSCI_CPU_SUSPEND_64, POWER_DOWN, 0);
    guest_assert(false);
}
