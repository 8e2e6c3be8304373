/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A device's interrupt, and a timer, find their partition (1) in each state. 2 has a timer, too; 3
 * is told by way of the scheduler.
 */
#include "kernel.h"

static uint64_t device_count(void)
{
    struct ffa_args r = tell(1, INT_COUNTS, 0, 0, 0);

    return r.x[5];
}

static uint64_t hf(unsigned sp, uint64_t function, uint64_t a1, uint64_t a2)
{
    struct ffa_args r = tell(sp, INT_CALL, function, a1, a2);

    return r.x[4];
}

static void waiting_and_running(void)
{
    uart_raise();
    uart_await();
    guest_assert(device_count() == 1);
    (void)tell(1, INT_RAISE, 0, 0, 0);
    guest_assert(device_count() == 2);
}

/* Asserted all the while, and taken when it goes on */
static void preempted(void)
{
    struct ffa_args r;

    timer_start(SOON_US);
    r = ask(1, INT_SPIN, LONG_US, 0, 0);
    expect_preempted(&r, 1, 0);
    uart_raise();
    spin_us(SOON_US);
    (void)tell(2, INT_COUNTS, 0, 0, 0);
    guest_assert(UART_REG(UART_IMSC) != 0);
    (void)resume(1);
    uart_await();
    guest_assert(device_count() == 3);
}

/* It asked 2, who is stopped for it; 2 goes on when it says so. */
static void blocked(void)
{
    struct ffa_args r;

    (void)tell(1, INT_ARM, SOON_US, 0, 0);
    r = tell(1, INT_ASK, SP(2), INT_SPIN, LONG_US);
    guest_assert(r.x[6] == 0 && r.x[7] == 1);
}

/* It waits while another one runs, which goes on when it is done. */
static void another_runs(void)
{
    struct ffa_args r;

    (void)tell(1, INT_ARM, SOON_US, 0, 0);
    (void)tell(2, INT_SPIN, LONG_US, 0, 0);
    r = tell(1, INT_COUNTS, 0, 0, 0);
    guest_assert(r.x[4] == 2);
}

/* Asserted while it does not want it: at once when it does. */
static void disabled(void)
{
    guest_assert(hf(1, HF_INTERRUPT_ENABLE, VINT_UART, 0) == 0);
    uart_raise();
    spin_us(SOON_US);
    guest_assert(UART_REG(UART_IMSC) != 0);
    guest_assert(hf(1, HF_INTERRUPT_ENABLE, VINT_UART, 1) == 0);
    uart_await();
    guest_assert(device_count() == 4);
}

static uint64_t reconfigure(uint64_t id, uint64_t command, uint64_t value)
{
    struct ffa_args r = {.x = {0}};
    uint64_t payload[FFA_PAYLOAD_WORDS] = {INT_CALL, HF_INTERRUPT_RECONFIGURE, id, command, value};

    r = ffa_direct_req64(FFA_ID_NWD, SP(1), payload);
    expect_answer(&r, 1);
    return r.x[4];
}

/* The same at the GIC, and what HF_INTERRUPT_RECONFIGURE refuses. */
static void reconfigured(void)
{
    guest_assert(reconfigure(VINT_UART, 2, 0) == 0);
    uart_raise();
    spin_us(SOON_US);
    guest_assert(UART_REG(UART_IMSC) != 0);
    guest_assert(reconfigure(VINT_UART, 2, 1) == 0);
    uart_await();
    guest_assert(device_count() == 5);
    guest_assert(reconfigure(VINT_UART, 0, 0) == 0);
    guest_assert(reconfigure(VINT_UART, 0, 1) == UINT64_MAX); /* no such PE */
    guest_assert(reconfigure(VINT_UART, 1, 2) == UINT64_MAX);
    guest_assert(reconfigure(VINT_UART, 2, 2) == UINT64_MAX);
    guest_assert(reconfigure(VINT_UART, 3, 0) == UINT64_MAX);
    guest_assert(reconfigure(VINT_UART + 1, 2, 1) == UINT64_MAX);
    guest_assert(reconfigure(VINT_TIMER, 2, 1) == UINT64_MAX);
}

/* Calls about interrupts that it does not have */
static void refused(void)
{
    guest_assert(hf(1, HF_INTERRUPT_ENABLE, VINT_UART + 1, 1) == UINT64_MAX);
    guest_assert(hf(1, HF_INTERRUPT_ENABLE, 5119, 1) == UINT64_MAX);
    guest_assert(hf(1, HF_INTERRUPT_ENABLE, 5120, 1) == UINT64_MAX);
    guest_assert(hf(2, HF_INTERRUPT_ENABLE, VINT_UART, 1) == UINT64_MAX);
    guest_assert((uint32_t)hf(1, HF_INTERRUPT_GET, 0, 0) == 0xffffffff);
    guest_assert(hf(1, HF_INTERRUPT_DEACTIVATE, 77, 78) == 0);
    guest_assert(hf(1, HF_INTERRUPT_SEND_IPI, 1, 0) == UINT64_MAX);
}

/* The scheduler is interrupted, finds out who it is about, and runs it. */
static void by_the_scheduler(void)
{
    struct ffa_args r;

    (void)tell(3, INT_ARM, SOON_US, 0, 0);
    await_taken(SRI, 1);
    r = call(FFA_NOTIFICATION_INFO_GET_64, 0, 0, 0);
    guest_assert((uint32_t)r.x[0] == FFA_SUCCESS_64 && (uint16_t)r.x[3] == SP(3));
    r = ffa_run(SP(3), 0);
    guest_assert((uint32_t)r.x[0] == FFA_MSG_WAIT);
    r = tell(3, INT_COUNTS, 0, 0, 0);
    guest_assert(r.x[4] == 1);
}

void kernel_run(void)
{
    waiting_and_running();
    preempted();
    blocked();
    another_runs();
    disabled();
    reconfigured();
    refused();
    by_the_scheduler();
    kernel_end("devices find their partitions");
}
