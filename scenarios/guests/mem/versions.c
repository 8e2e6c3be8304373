/* SPDX-License-Identifier: BSD-3-Clause */
/* A kernel of the version in GUEST_PARAMETER, and partitions of 1.0, 1.1, 1.2 and 1.3. */
#include "drive.h"

#define PARTITIONS 4u

static uint32_t version_of(uint16_t id)
{
    return FFA_VERSION_1_0 + id - FFA_ID_SP_FIRST;
}

static void with(uint16_t id, uint32_t function, uint32_t kernel)
{
    bool impdef = kernel >= FFA_VERSION_1_2 && version_of(id) >= FFA_VERSION_1_2;
    struct asks asks = {.permissions = NX(RW), .options = impdef ? MEM_OPTION_IMPDEF : 0};
    uint64_t secure = version_of(id) >= FFA_VERSION_1_1 ? FFA_MEM_NON_SECURE : 0;
    struct ffa_mem_range range[2];
    struct loan loan = drive_loan(function, id, RW, range, drive_page(0), 3);
    struct answer a;

    range[1] = (struct ffa_mem_range){.address = drive_page(8), .page_count = 1};
    loan.ranges.count = 2;
    for (unsigned n = 0; n < 3; n++) {
        drive_poke(drive_page(n), 0x900 + n);
    }
    drive_poke(drive_page(8), 0x903);
    if (impdef) {
        loan.mem.borrower[0].impdef[0] = MEM_IMPDEF_0;
        loan.mem.borrower[0].impdef[1] = MEM_IMPDEF_1;
    }
    guest_assert(drive_send(&loan) == 0);
    if (impdef) {
        a = drive_ask(id, &loan, (struct asks){.permissions = NX(RW)});
        guest_assert(status_of(a) == FFA_INVALID_PARAMETERS);
    }
    drive_retrieve(id, &loan, asks, NX(RW));
    drive_sweep(id, &loan, 0x900, 0xa00);
    guest_assert(drive_relinquish(id, &loan, 0) == 0);
    a = drive_ask(id, &loan, asks);
    guest_assert((a.r[2] & 0xffffu) == (FFA_MEM_NORMAL_WB_ISH | secure));
    guest_assert(drive_relinquish(id, &loan, 0) == 0 && drive_reclaim(&loan, 0) == 0);
    guest_assert(drive_peek(drive_page(8)) == 0xa03);
}

/* Each lends a page of its own to the next one, whose descriptors may look different. */
static void around(uint16_t from, uint16_t to)
{
    struct ffa_mem_range range;
    struct loan loan = drive_loan(FFA_MEM_LEND_32, to, RW, &range, drive_pool_of(from, 1), 2);

    (void)drive_tell(from, MEM_CMD_SWEEP_OWN, range.address, 2, 0, 0x40);
    guest_assert(drive_send_of(from, &loan, 0) == 0);
    drive_retrieve(to, &loan, (struct asks){.permissions = NX(RW)}, NX(RW));
    drive_sweep(to, &loan, 0x40, 0x50);
    guest_assert(drive_relinquish(to, &loan, 0) == 0 && drive_reclaim_of(from, &loan, 0) == 0);
    guest_assert(drive_touch(from, MEM_READ, range.address, 0, 0) == 0x50);
}

void guest_main(unsigned pe)
{
    uint32_t version = (uint32_t)guest_parameter;

    (void)pe;
    drive_begin(version);
    for (unsigned n = 1; n <= PARTITIONS; n++) {
        with(SP(n), FFA_MEM_SHARE_32, version);
        with(SP(n), FFA_MEM_LEND_32, version);
        around(SP(n), SP(n % PARTITIONS + 1));
    }
    drive_end("each version is answered in its own layout");
}
