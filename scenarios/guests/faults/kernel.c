/* SPDX-License-Identifier: BSD-3-Clause */
/* A normal world that has the partition `faults` go through its cases. */
#include "cases.h"
#include "console.h"
#include "ffa.h"
#include "guest.h"
#include "guest_uuids.h"
#include "psci.h"

static const struct ffa_uuid faults_uuid = UUID_FAULTS;

void guest_main(unsigned pe)
{
    unsigned taken = 0;
    unsigned index = 0;

    (void)pe;
    guest_assert(ffa_version(FFA_VERSION_1_3) > 0);
    struct ffa_args r = ffa_partition_info_get_regs(faults_uuid, 0, 0);

    guest_assert(ffa_status(&r) == 0);
    uint16_t id = (uint16_t)r.x[3];

    for (;; index++) {
        const uint64_t payload[FFA_PAYLOAD_WORDS] = {FAULTS_CMD_CASE, index};

        r = ffa_direct_req64(FFA_ID_NWD, id, payload);
        guest_assert((uint32_t)r.x[0] == FFA_MSG_SEND_DIRECT_RESP_64);
        if (r.x[4] == 0) {
            break;
        }
        taken += (unsigned)r.x[5];
    }
    console_printf("kernel: %u accesses, %u of them refused\n", index, taken);
    psci_system_off();
}
