/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * kernel: a normal world that looks at the secure one as an operating system's FF-A driver does,
 * then drives echo and relay as far as they are there. The same image runs at NS-EL1 and NS-EL2.
 * It ends with PSCI SYSTEM_OFF; a check that fails ends it by an assertion.
 */
#include "console.h"
#include "drive.h"
#include "ffa.h"
#include "guest.h"
#include "guest_uuids.h"
#include "psci.h"
#include "sysreg.h"

static const struct ffa_uuid any_uuid = {0, 0};
static const struct ffa_uuid echo_uuid = UUID_ECHO;
static const struct ffa_uuid relay_uuid = UUID_RELAY;

/* RX and TX: a page each, memory that is not cleared at entry. */
__attribute__((section(".bss.pages"), aligned(4096))) static uint8_t rx[FFA_PAGE_SIZE_BYTES];
__attribute__((section(".bss.pages"), aligned(4096))) static uint8_t tx[FFA_PAGE_SIZE_BYTES];

/* Prints each partition; returns their number. */
static unsigned list_partitions(void)
{
    unsigned count = 0;
    uint16_t last = 0;
    uint16_t tag = 0;

    do {
        struct ffa_args r = ffa_partition_info_get_regs(any_uuid, (uint16_t)count, tag);

        guest_assert(ffa_status(&r) == 0);
        last = (uint16_t)r.x[2];
        tag = (uint16_t)(r.x[2] >> 32);
        uint16_t current = (uint16_t)(r.x[2] >> 16);
        unsigned words = (unsigned)(r.x[2] >> 48) / 8;

        guest_assert(current >= count && current <= last && words >= 3);
        for (unsigned at = 3; count <= current && at + words <= FFA_REGS_EXTENDED; at += words) {
            console_printf("kernel: partition 0x%04x, %u context(s), properties 0x%x\n",
                           (unsigned)(r.x[at] & 0xffffu), (unsigned)(r.x[at] >> 16) & 0xffffu,
                           (unsigned)(r.x[at] >> 32));
            count++;
        }
    } while (count <= last);
    return count;
}

/* The same list again through the RX buffer: its length has to be the same. */
static void check_rx_list(unsigned count)
{
    struct ffa_args r = ffa_rxtx_map(tx, rx, 1);

    guest_assert(ffa_status(&r) == 0);
    r = ffa_partition_info_get(any_uuid, FFA_PARTITION_INFO_COUNT_ONLY);
    guest_assert(ffa_status(&r) == 0 && r.x[2] == count);
    r = ffa_partition_info_get(any_uuid, 0);
    guest_assert(ffa_status(&r) == 0 && r.x[2] == count);
    for (unsigned i = 0; i < count; i++) {
        const volatile uint16_t *id = (const volatile uint16_t *)(rx + i * r.x[3]);

        guest_assert((*id & FFA_ID_SECURE_BIT) != 0);
    }
    r = ffa_rx_release();
    guest_assert(ffa_status(&r) == 0);
    r = ffa_rxtx_unmap();
    guest_assert(ffa_status(&r) == 0);
}

static void drive(const char *name, struct ffa_uuid uuid)
{
    uint16_t id = drive_find(uuid);

    if (id == 0) {
        console_printf("kernel: no %s here\n", name);
        return;
    }
    drive_echo(id, uuid);
    console_printf("kernel: %s 0x%04x answers\n", name, (unsigned)id);
}

void guest_main(unsigned pe)
{
    int32_t version = ffa_version(FFA_VERSION_1_3);

    (void)pe;
#ifdef GUEST_PL011_BASE
    console_use_pl011(GUEST_PL011_BASE);
#endif
    guest_assert(version > 0);
    console_printf("kernel: NS-EL%u, FF-A %u.%u\n", current_el(),
                   FFA_VERSION_MAJOR((unsigned)version), FFA_VERSION_MINOR((unsigned)version));
    guest_assert(ffa_id_get() == FFA_ID_NWD);
    guest_assert(ffa_spm_id_get() == FFA_ID_SPMC);

    check_rx_list(list_partitions());
    drive("echo", echo_uuid);
    drive("relay", relay_uuid);
    console_printf("kernel: all is well\n");
    psci_system_off();
}
