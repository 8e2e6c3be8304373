/* SPDX-License-Identifier: BSD-3-Clause */
/* A device's interrupt finds partition 1 at S-EL0: it is told between its calls. */
#include "kernel.h"

static void expect_count(uint64_t count)
{
    struct ffa_args r = tell(1, INT_COUNTS, 0, 0, 0);

    guest_assert(r.x[5] == count);
}

static uint64_t hf(uint64_t function, uint64_t a1, uint64_t a2, uint64_t a3)
{
    uint64_t payload[FFA_PAYLOAD_WORDS] = {INT_CALL, function, a1, a2, a3};
    struct ffa_args r = ffa_direct_req64(FFA_ID_NWD, SP(1), payload);

    expect_answer(&r, 1);
    return r.x[4];
}

void kernel_run(void)
{
    struct ffa_args r;

    uart_raise();
    uart_await();
    expect_count(1);
    (void)tell(1, INT_RAISE, 0, 0, 0);
    uart_await();
    expect_count(2);

    /* While it is preempted: when it has answered */
    timer_start(SOON_US);
    r = ask(1, INT_SPIN, 10000, 0, 0);
    expect_preempted(&r, 1, 0);
    uart_raise();
    spin_us(SOON_US);
    guest_assert(UART_REG(UART_IMSC) != 0);
    (void)resume(1);
    uart_await();
    expect_count(3);

    /* While it does not want it */
    guest_assert(hf(HF_INTERRUPT_ENABLE, VINT_UART, 0, 0) == 0);
    uart_raise();
    spin_us(SOON_US);
    guest_assert(UART_REG(UART_IMSC) != 0);
    guest_assert(hf(HF_INTERRUPT_ENABLE, VINT_UART, 1, 0) == 0);
    uart_await();
    expect_count(4);
    guest_assert(hf(HF_INTERRUPT_ENABLE, VINT_UART, 1, 1) == UINT64_MAX); /* no FIQs */
    guest_assert(hf(HF_INTERRUPT_ENABLE, VINT_TIMER, 1, 0) == hf(HF_INTERRUPT_ENABLE, 3, 0, 0));
    kernel_end("S-EL0 has interrupts, too");
}
