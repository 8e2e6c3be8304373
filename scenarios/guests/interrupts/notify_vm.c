/* SPDX-License-Identifier: BSD-3-Clause */
/* Partition 1 notifies a VM: the scheduler is interrupted, at once or later. */
#include "kernel.h"

#define VM        3u
#define DELAY_SRI 2u

static struct ffa_args set(uint64_t flags, uint64_t bits)
{
    uint64_t payload[FFA_PAYLOAD_WORDS] = {INT_CALL, FFA_NOTIFICATION_SET, FFA_PAIR(SP(1), VM),
                                           flags, bits};

    return ffa_direct_req64(FFA_ID_NWD, SP(1), payload);
}

static void expect_set(const struct ffa_args *r)
{
    expect_answer(r, 1);
    guest_assert((uint32_t)r->x[4] == FFA_SUCCESS_32);
}

static void get(uint64_t bits)
{
    struct ffa_args r = call(FFA_NOTIFICATION_GET, VM, 1, 0);

    guest_assert((uint32_t)r.x[0] == FFA_SUCCESS_32 && r.x[2] == bits);
}

void kernel_run(void)
{
    struct ffa_args r = call(FFA_NOTIFICATION_BITMAP_CREATE, VM, 1, 0);

    guest_assert((uint32_t)r.x[0] == FFA_SUCCESS_32);
    r = call(FFA_NOTIFICATION_BIND, FFA_PAIR(SP(1), VM), 0, 0xff);
    guest_assert((uint32_t)r.x[0] == FFA_SUCCESS_32);
    r = call(FFA_NOTIFICATION_INFO_GET_64, 0, 0, 0);
    expect_error(&r, FFA_NO_DATA);

    r = set(0, 1);
    expect_preempted(&r, 1, 0);
    guest_assert(taken[0][SRI] == 1);
    r = resume(1);
    expect_set(&r);
    r = set(DELAY_SRI, 2);
    expect_set(&r);
    await_taken(SRI, 2);
    r = set(0, 2); /* no news */
    expect_set(&r);
    guest_assert(taken[0][SRI] == 2);
    r = call(FFA_NOTIFICATION_INFO_GET_64, 0, 0, 0);
    guest_assert((uint32_t)r.x[0] == FFA_SUCCESS_64 && r.x[3] == VM);
    r = call(FFA_NOTIFICATION_INFO_GET_64, 0, 0, 0);
    expect_error(&r, FFA_NO_DATA);
    get(3);
    get(0);

    /* Bound later; what is not bound can not be set. */
    r = call(FFA_NOTIFICATION_BIND, FFA_PAIR(SP(1), VM), 0, 0x100);
    guest_assert((uint32_t)r.x[0] == FFA_SUCCESS_32);
    r = set(DELAY_SRI, 0x100);
    expect_set(&r);
    await_taken(SRI, 3);
    r = set(0, 0x200);
    expect_answer(&r, 1);
    guest_assert((int32_t)(uint32_t)r.x[5] == FFA_DENIED);
    r = call(FFA_NOTIFICATION_BITMAP_DESTROY, VM, 0, 0);
    expect_error(&r, FFA_DENIED);
    get(0x100);
    r = call(FFA_NOTIFICATION_BITMAP_DESTROY, VM, 0, 0);
    guest_assert((uint32_t)r.x[0] == FFA_SUCCESS_32);
    kernel_end("partitions notify VMs");
}
