/* SPDX-License-Identifier: BSD-3-Clause */
/* PSCI calls that come back: PEs of a kernel that go on and off. */
#include "psci.h"

#include "ffa.h"
#include "guest.h"

static int32_t call(uint64_t fid, uint64_t x1, uint64_t x2, uint64_t x3)
{
    struct ffa_args args = {.x = {fid, x1, x2, x3}};

    ffa_call_smc(&args);
    return (int32_t)(uint32_t)args.x[0];
}

int32_t psci_cpu_on(uint64_t mpidr, unsigned pe)
{
    return call(PSCI_CPU_ON_64, mpidr, (uintptr_t)guest_secondary_entry, pe);
}

int32_t psci_cpu_off(void)
{
    return call(PSCI_CPU_OFF, 0, 0, 0);
}

int32_t psci_affinity_info(uint64_t mpidr)
{
    return call(PSCI_AFFINITY_INFO_64, mpidr, 0, 0);
}
