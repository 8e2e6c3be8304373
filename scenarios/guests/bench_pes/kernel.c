/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bench_pes_kernel: on each PE it has the partition bench_loop compute, which has a context there;
 * guest_parameter: [31:0] rounds of the loop on each PE, [39:32] number of PEs, whose affinity is
 * their number.
 */
#include "ffa.h"
#include "guest.h"
#include "guest_commands.h"
#include "psci.h"

#define MAX_PES 16u

static uint32_t done[MAX_PES];

static void compute(unsigned pe)
{
    uint64_t payload[FFA_PAYLOAD_WORDS] = {LOOP_CMD_RUN, (uint32_t)guest_parameter};
    struct ffa_args r = ffa_direct_req64(FFA_ID_NWD, FFA_ID_SP_FIRST, payload);

    guest_assert((uint32_t)r.x[0] == FFA_MSG_SEND_DIRECT_RESP_64);
    __atomic_store_n(&done[pe], 1, __ATOMIC_RELEASE);
}

void guest_secondary_main(unsigned pe)
{
    compute(pe);
    (void)psci_cpu_off();
    guest_assert(false);
}

void guest_main(unsigned pe)
{
    unsigned pes = (unsigned)(guest_parameter >> 32) & 0xffu;

    (void)pe;
    guest_assert(pes >= 1 && pes <= MAX_PES);
    guest_assert(ffa_version(FFA_VERSION_1_3) > 0);
    for (unsigned i = 1; i < pes; i++) {
        guest_assert(psci_cpu_on(i, i) == PSCI_SUCCESS);
    }
    compute(0);
    for (unsigned i = 1; i < pes; i++) {
        while (__atomic_load_n(&done[i], __ATOMIC_ACQUIRE) == 0) {
        }
    }
    psci_system_off();
}
