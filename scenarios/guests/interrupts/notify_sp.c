/* SPDX-License-Identifier: BSD-3-Clause */
/* A VM, and partition 2, notify partition 1, which is told by virtual interrupt 5. */
#include "kernel.h"

#define VM 3u

static uint32_t sris;

static void bind(uint16_t sender, uint64_t bits)
{
    uint64_t payload[FFA_PAYLOAD_WORDS] = {INT_CALL, FFA_NOTIFICATION_BIND, FFA_PAIR(sender, SP(1)),
                                           0, bits};
    struct ffa_args r = ffa_direct_req64(FFA_ID_NWD, SP(1), payload);

    expect_answer(&r, 1);
    guest_assert((uint32_t)r.x[4] == FFA_SUCCESS_32);
}

static void set(uint64_t bits)
{
    struct ffa_args r = call(FFA_NOTIFICATION_SET, FFA_PAIR(VM, SP(1)), 0, bits);

    guest_assert((uint32_t)r.x[0] == FFA_SUCCESS_32);
    await_taken(SRI, ++sris);
}

static void expect_listed(void)
{
    struct ffa_args r = call(FFA_NOTIFICATION_INFO_GET_64, 0, 0, 0);

    guest_assert((uint32_t)r.x[0] == FFA_SUCCESS_64 && r.x[3] == SP(1));
}

/* What it got since the last time, how often it was told in all */
static void expect_got(uint64_t of_partitions, uint64_t of_vms, uint64_t told)
{
    struct ffa_args r = tell(1, INT_NOTIFIED, 0, 0, 0);

    guest_assert(r.x[4] == of_partitions && r.x[5] == of_vms && r.x[6] == told);
}

static void run_it(void)
{
    struct ffa_args r = ffa_run(SP(1), 0);

    guest_assert((uint32_t)r.x[0] == FFA_MSG_WAIT);
}

static void while_it_is_preempted(void)
{
    struct ffa_args r;

    timer_start(SOON_US);
    r = ask(1, INT_SPIN, LONG_US, 0, 0);
    expect_preempted(&r, 1, 0);
    set(0x20);
    expect_listed();
    (void)resume(1);
    expect_got(0, 0x20, 3);
}

static void by_a_partition(void)
{
    uint64_t payload[FFA_PAYLOAD_WORDS] = {INT_CALL, FFA_NOTIFICATION_SET, FFA_PAIR(SP(2), SP(1)),
                                           2, 0x400};
    struct ffa_args r = ffa_direct_req64(FFA_ID_NWD, SP(2), payload);

    expect_answer(&r, 2);
    guest_assert((uint32_t)r.x[4] == FFA_SUCCESS_32);
    await_taken(SRI, ++sris);
    expect_listed();
    expect_got(0x400, 0, 4);
}

void kernel_run(void)
{
    struct ffa_args r = call(FFA_NOTIFICATION_BITMAP_CREATE, VM, 1, 0);

    guest_assert((uint32_t)r.x[0] == FFA_SUCCESS_32);
    bind(VM, 0xff);
    bind(SP(2), 0xff00);
    set(5);
    expect_listed();
    run_it();
    expect_got(0, 5, 1);
    set(2);
    set(8);
    expect_got(0, 0xa, 2); /* a request tells it as well, once */
    while_it_is_preempted();
    by_a_partition();

    /* The handler gets them itself: nothing is left to be listed. */
    (void)tell(1, INT_GET_AT_ONCE, 1, 0, 0);
    set(0x40);
    run_it();
    r = call(FFA_NOTIFICATION_INFO_GET_64, 0, 0, 0);
    expect_error(&r, FFA_NO_DATA);
    r = tell(1, INT_NOTIFIED, 0, 0, 0);
    guest_assert(r.x[4] == 0 && r.x[5] == 0 && r.x[7] == 0x40);
    kernel_end("VMs and partitions notify a partition");
}
