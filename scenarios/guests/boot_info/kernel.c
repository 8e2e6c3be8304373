/* SPDX-License-Identifier: BSD-3-Clause */
/* boot_info_kernel: asks every boot_info partition what it was started with, and prints it. */
#include "console.h"
#include "ffa.h"
#include "guest.h"
#include "guest_commands.h"
#include "guest_uuids.h"
#include "parse.h"
#include "psci.h"

static const struct ffa_uuid service = UUID_BOOT_INFO;

static struct ffa_args ask(uint16_t id, uint64_t command, uint64_t argument)
{
    const uint64_t payload[FFA_PAYLOAD_WORDS] = {command, argument};
    struct ffa_args r = ffa_direct_req64(FFA_ID_NWD, id, payload);

    guest_assert(r.x[0] == FFA_MSG_SEND_DIRECT_RESP_64 && r.x[3] == command);
    return r;
}

static void show(uint16_t id)
{
    struct ffa_args blob = ask(id, BOOT_INFO_CMD_BLOB, 0);
    struct ffa_args manifest = ask(id, BOOT_INFO_CMD_MANIFEST, 0);

    console_printf("0x%04x: form 0x%lx, x%lu, manifest 0x%lx\n", (unsigned)id, blob.x[4], blob.x[6],
                   manifest.x[4]);
    for (uint64_t i = 0; i < blob.x[5]; i++) {
        struct ffa_args r = ask(id, BOOT_INFO_CMD_DESCRIPTOR, i);

        guest_assert(r.x[5] != 0 && r.x[6] >= 40); /* behind header and descriptors */
        console_printf("0x%04x: type %lu at 0x%lx\n", (unsigned)id, r.x[4], r.x[6]);
    }
}

void guest_main(unsigned pe)
{
    struct ffa_args r;

    (void)pe;
    guest_assert(ffa_version(FFA_VERSION_1_3) > 0);
    r = ffa_partition_info_get(service, FFA_PARTITION_INFO_COUNT_ONLY);
    guest_assert(ffa_status(&r) == 0);
    for (uint64_t i = 0; i < r.x[2]; i++) {
        show((uint16_t)(FFA_ID_SP_FIRST + i)); /* there are no others */
    }
    console_printf("boot_info_kernel: %lu partitions told\n", r.x[2]);
    psci_system_off();
}
