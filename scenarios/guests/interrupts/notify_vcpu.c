/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Notifications of single vCPUs of partition 1, which has one on each PE: the scheduler learns whom
 * to run, and each of them is told, and gets its own.
 */
#include "kernel.h"

#define VM              3u
#define PER_VCPU        1u
#define SET_FLAGS(vcpu) ((uint64_t)(vcpu) << 16 | PER_VCPU)
#define GET_FROM_VMS    2u
#define PER_VCPU_BITS   0x0fu
#define ALL_VCPUS_BITS  0xf0u

static void bind(uint64_t flags, uint64_t bits)
{
    uint64_t payload[FFA_PAYLOAD_WORDS] = {INT_CALL, FFA_NOTIFICATION_BIND, FFA_PAIR(VM, SP(1)),
                                           flags, bits};
    struct ffa_args r = ffa_direct_req64(FFA_ID_NWD, SP(1), payload);

    expect_answer(&r, 1);
    guest_assert((uint32_t)r.x[4] == FFA_SUCCESS_32);
}

static void set(uint64_t flags, uint64_t bits)
{
    struct ffa_args r = call(FFA_NOTIFICATION_SET, FFA_PAIR(VM, SP(1)), flags, bits);

    guest_assert((uint32_t)r.x[0] == FFA_SUCCESS_32);
}

/* As vCPU `pe` */
static void expect_got(unsigned pe, uint64_t bits, uint64_t told)
{
    uint64_t payload[FFA_PAYLOAD_WORDS] = {INT_CALL, FFA_NOTIFICATION_GET, FFA_PAIR(pe, SP(1)),
                                           GET_FROM_VMS};
    struct ffa_args r = ffa_direct_req64(FFA_ID_NWD, SP(1), payload);

    expect_answer(&r, 1);
    guest_assert((uint32_t)r.x[4] == FFA_SUCCESS_32 && r.x[6] == bits);
    r = tell(1, INT_NOTIFIED, 0, 0, 0);
    guest_assert(r.x[6] == told);
}

static void run_it(unsigned pe)
{
    struct ffa_args r = ffa_run(SP(1), (uint16_t)pe);

    guest_assert((uint32_t)r.x[0] == FFA_MSG_WAIT);
}

void kernel_run_on(unsigned pe)
{
    reach(pe, 1);
    await(0, 1);
    run_it(pe);
    expect_got(pe, 1u << pe, 1);
    reach(pe, 2);
    await(0, 2);
    expect_got(pe, 0, 1); /* it was for another one */
}

void kernel_run(void)
{
    struct ffa_args r = call(FFA_NOTIFICATION_BITMAP_CREATE, VM, 1, 0);

    guest_assert((uint32_t)r.x[0] == FFA_SUCCESS_32);
    bind(PER_VCPU, PER_VCPU_BITS);
    bind(0, ALL_VCPUS_BITS);
    kernel_start(1);
    await(1, 1);
    set(SET_FLAGS(0), 1u << 0);
    set(SET_FLAGS(1), 1u << 1);
    await_taken(SRI, 2);
    r = call(FFA_NOTIFICATION_INFO_GET_64, 0, 0, 0);
    guest_assert((uint32_t)r.x[0] == FFA_SUCCESS_64 && (uint16_t)r.x[3] == SP(1));
    run_it(0);
    expect_got(0, 1u << 0, 1);
    reach(0, 1);
    await(1, 2);
    set(SET_FLAGS(0), 1u << 2);
    reach(0, 2);
    kernel_join(1);
    expect_got(0, 1u << 2, 2);
    set(0, 0x10);
    run_it(0);
    expect_got(0, 0x10, 3);
    kernel_end("vCPUs are notified one by one");
}
