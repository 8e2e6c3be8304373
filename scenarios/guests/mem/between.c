/* SPDX-License-Identifier: BSD-3-Clause */
/* Secure memory between partitions: the owner is shut out while it is lent, and gets it back. */
#include "drive.h"

#define A SP(1)
#define B SP(2)
#define C SP(3)

static void lend(uint32_t pages)
{
    struct ffa_mem_range range;
    struct loan loan = drive_loan(FFA_MEM_LEND_32, B, RW, &range, drive_pool_of(A, 4), pages);
    struct loan on = drive_loan(FFA_MEM_LEND_32, C, RW, &range, range.address, pages);

    (void)drive_tell(A, MEM_CMD_SWEEP_OWN, range.address, pages, 0, 0x10);
    guest_assert(drive_send_of(A, &loan, 0) == 0);
    for (uint32_t n = 0; n < pages; n++) {
        uint64_t page = range.address + (uint64_t)n * FFA_PAGE_SIZE_BYTES;

        drive_fault(A, MEM_READ, page, 0, TRANSLATION(3));
        drive_fault(A, MEM_WRITE, page + 8, 0, TRANSLATION(3));
        drive_fault(A, MEM_EXECUTE, page, MMU_EXECUTE, TRANSLATION(3));
    }
    /* Not the owner's to send again, not the borrower's to pass on, nor anybody else's. */
    guest_assert(drive_send_of(A, &on, 0) == FFA_DENIED);
    drive_retrieve(B, &loan, (struct asks){.permissions = NX(RW)}, NX(RW));
    guest_assert(drive_send_of(B, &on, 0) == FFA_DENIED);
    guest_assert(drive_send_of(C, &on, 0) == FFA_INVALID_PARAMETERS); /* to itself */
    drive_sweep(B, &loan, 0x10, 0x20);
    drive_fault(A, MEM_READ, range.address, 0, TRANSLATION(3));
    drive_fault(C, MEM_READ, range.address, 0, TRANSLATION_ANY);
    guest_assert(drive_reclaim_of(A, &loan, 0) == FFA_DENIED);
    guest_assert(drive_reclaim(&loan, 0) == FFA_DENIED);
    guest_assert(drive_relinquish(B, &loan, 0) == 0);
    drive_fault(A, MEM_READ, range.address, 0, TRANSLATION(3));
    drive_fault(B, MEM_READ, range.address, 0, TRANSLATION_ANY);
    guest_assert(drive_reclaim_of(B, &loan, 0) == FFA_DENIED);
    guest_assert(drive_reclaim_of(A, &loan, 0) == 0);
    struct answer a = drive_tell(A, MEM_CMD_SWEEP_OWN, range.address, pages, 0x20, 0);

    guest_assert(a.r[0] == pages && a.r[1] == 0);
}

static void share(void)
{
    struct ffa_mem_range range;
    struct loan loan = drive_loan(FFA_MEM_SHARE_32, B, RW, &range, drive_pool_of(A, 4), 2);

    drive_add_borrower(&loan, C, RW);
    (void)drive_tell(A, MEM_CMD_SWEEP_OWN, range.address, 2, 0, 0x30);
    guest_assert(drive_send_of(A, &loan, 0) == 0);
    drive_retrieve(B, &loan, (struct asks){.flags = FFA_MEM_FLAG_BYPASS}, NX(RW));
    drive_retrieve(C, &loan, (struct asks){.other = {B}}, NX(RW));
    drive_sweep(B, &loan, 0x30, 0x40);
    guest_assert(drive_touch(A, MEM_READ, range.address, 0, 0) == 0x40);
    (void)drive_touch(A, MEM_WRITE, range.address, 0, 0x50);
    guest_assert(drive_touch(C, MEM_READ, range.address, 0, 0) == 0x50);
    guest_assert(drive_relinquish(B, &loan, 0) == 0 && drive_relinquish(C, &loan, 0) == 0);
    guest_assert(drive_reclaim_of(A, &loan, 0) == 0);
}

/* Secure memory does not leave the secure world, and its address is no normal memory's. */
static void never_out(void)
{
    struct ffa_mem_range range;
    struct loan loan = drive_loan(FFA_MEM_SHARE_32, 7, RW, &range, drive_pool_of(A, 4), 1);

    guest_assert(drive_send_of(A, &loan, 0) == FFA_DENIED);
    loan.mem.borrower[0].id = B;
    drive_add_borrower(&loan, 7, RW);
    guest_assert(drive_send_of(A, &loan, 0) == FFA_DENIED);
    guest_assert(drive_send(&loan) == FFA_DENIED);
    loan = drive_loan(FFA_MEM_LEND_32, A, RW, &range, range.address, 1);
    guest_assert(drive_send(&loan) == FFA_DENIED);
    guest_assert(drive_send_of(B, &loan, 0) == FFA_DENIED);
}

static void donate(void)
{
    struct ffa_mem_range range;
    struct loan given = drive_loan(FFA_MEM_DONATE_32, B, 0, &range, drive_pool_of(A, 6), 2);
    struct loan lent = drive_loan(FFA_MEM_LEND_32, A, RW, &range, range.address, 2);

    (void)drive_tell(A, MEM_CMD_SWEEP_OWN, range.address, 2, 0, 0x60);
    guest_assert(drive_send_of(A, &given, 0) == 0);
    drive_fault(A, MEM_READ, range.address, 0, TRANSLATION(3));
    drive_retrieve(B, &given, (struct asks){.permissions = NX(RW)}, NX(RW));
    drive_fault(A, MEM_READ, range.address, 0, TRANSLATION(3));
    guest_assert(drive_send_of(A, &given, 0) == FFA_DENIED);
    guest_assert(drive_reclaim_of(A, &given, 0) == FFA_INVALID_PARAMETERS);
    /* The new owner lends it to the old one. */
    guest_assert(drive_send_of(B, &lent, 0) == 0);
    drive_fault(B, MEM_READ, range.address, 0, TRANSLATION_ANY);
    drive_retrieve(A, &lent, (struct asks){.permissions = NX(RO)}, NX(RO));
    drive_sweep(A, &lent, 0x60, 0);
    drive_fault(A, MEM_WRITE, range.address, 0, PERMISSION(3));
    guest_assert(drive_relinquish(A, &lent, 0) == 0 && drive_reclaim_of(B, &lent, 0) == 0);
    guest_assert(drive_touch(B, MEM_READ, range.address, 0, 0) == 0x60);
}

void guest_main(unsigned pe)
{
    (void)pe;
    drive_begin(FFA_VERSION_1_3);
    lend(1);
    lend(5);
    share();
    never_out();
    donate();
    lend(2);
    drive_end("what is lent comes back, what is given does not");
}
