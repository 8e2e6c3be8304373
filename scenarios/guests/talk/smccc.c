/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SMCs that are not FF-A. Partitions: 1 partner that may call SMCCC_VERSION, 2 partner that may
 * call nothing.
 */
#include "rules.h"
#include "talk_kernel.h"

#define DIRTY 0xdeadbeef00000000ull

static int32_t call(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3)
{
    struct ffa_args r = CALL(fid, x1, x2, x3, 4, 5, 6, 7);

    guest_assert((r.x[1] | r.x[2] | r.x[3]) == 0);
    guest_assert(r.x[4] == 4 && r.x[5] == 5 && r.x[6] == 6 && r.x[7] == 7);
    return (int32_t)(uint32_t)r.x[0];
}

static void psci(void)
{
    guest_assert(call(SMCCC_VERSION, 0, 0, 0) == 0x10002);
    guest_assert(call(SMCCC_VERSION | DIRTY | SMCCC_SVE_HINT, 1, 2, 3) == 0x10002);
    guest_assert(call(SMCCC_ARCH_FEATURES, SMCCC_VERSION | DIRTY, 0, 0) == 0);
    guest_assert(call(SMCCC_ARCH_FEATURES, 0x8000ffff, 0, 0) == SMCCC_UNKNOWN);
    guest_assert(call(PSCI_VERSION, 0, 0, 0) == 0x10001);
    guest_assert(call(PSCI_FEATURES, PSCI_CPU_ON_64, 0, 0) == PSCI_SUCCESS);
    guest_assert(call(PSCI_FEATURES, 0x8400001f, 0, 0) == PSCI_NOT_SUPPORTED);
    guest_assert(call(PSCI_CPU_ON_64, 0x12345, 0x40000000, 0) == PSCI_INVALID_PARAMS);
    guest_assert(call(PSCI_CPU_ON_64, 0, 0x0e100000, 0) == PSCI_INVALID_ADDRESS);
    guest_assert(call(PSCI_CPU_ON_32, 0, (uintptr_t)__image_start, 0) == PSCI_ALREADY_ON);
    guest_assert(call(PSCI_AFFINITY_INFO_64, 0, 0, 0) == PSCI_AFFINITY_ON);
    guest_assert(call(PSCI_AFFINITY_INFO_64, 0, 1, 0) == PSCI_INVALID_PARAMS);
    guest_assert(call(PSCI_AFFINITY_INFO_64, DIRTY, 0, 0) == PSCI_INVALID_PARAMS);
    guest_assert(call(PSCI_AFFINITY_INFO_32, DIRTY, DIRTY, 0) == PSCI_AFFINITY_ON);
    for (uint32_t low = 0x13; low < 0x20; low++) {
        guest_assert(call(0x84000000u | low, 0, 0, 0) == PSCI_NOT_SUPPORTED);
        guest_assert(call(0xc4000000u | low, 0, 0, 0) == PSCI_NOT_SUPPORTED);
    }
}

void guest_main(unsigned pe)
{
    (void)pe;
    talk_begin(FFA_VERSION_1_3);
    rules_unknown(0);
    psci();
    talk_ask_both(SP(1), TALK_SMCCC, SMCCC_VERSION);
    talk_ask_both(SP(2), TALK_SMCCC, 0);
    talk_end("what nobody offers is unknown, in each world");
}
