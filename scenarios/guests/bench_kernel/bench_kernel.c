/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * bench_kernel: a normal world that makes guest_parameter direct message round trips with echo and
 * then ends with PSCI SYSTEM_OFF. The loop is round_trips.S; nothing else happens between the two
 * lines that a story shows.
 */
#include "ffa.h"
#include "guest.h"
#include "guest_uuids.h"
#include "psci.h"

static const struct ffa_uuid echo_uuid = UUID_ECHO;

/* Round trips made before an answer other than a response came; `pair` is w1 of the requests. */
uint64_t round_trips(uint64_t count, uint32_t pair);

void guest_main(unsigned pe)
{
    uint64_t count = guest_parameter;
    struct ffa_args r;

    (void)pe;
    guest_assert(ffa_version(FFA_VERSION_1_3) > 0);
    r = ffa_partition_info_get_regs(echo_uuid, 0, 0);
    guest_assert(ffa_status(&r) == 0);
    guest_assert(round_trips(count, FFA_PAIR(FFA_ID_NWD, (uint16_t)r.x[3])) == count);
    psci_system_off();
}
