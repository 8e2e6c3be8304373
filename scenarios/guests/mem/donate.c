/* SPDX-License-Identifier: BSD-3-Clause */
/* Donations: memory changes hands for good, from world to world and on to the next partition. */
#include "drive.h"

#define A SP(1)
#define B SP(2)

static void to_partition(void)
{
    struct ffa_mem_range range;
    struct loan loan = drive_loan(FFA_MEM_DONATE_32, A, 0, &range, drive_page(0), 2);
    struct loan again = drive_loan(FFA_MEM_SHARE_32, B, RW, &range, drive_page(0), 2);

    drive_poke(drive_page(0), 0x50);
    drive_poke(drive_page(1), 0x51);
    guest_assert(drive_send(&loan) == 0);
    guest_assert(drive_send(&again) == FFA_DENIED);
    /* Not taken yet: it can be had back. */
    guest_assert(drive_reclaim(&loan, 0) == 0);
    guest_assert(drive_send(&loan) == 0);
    drive_retrieve(A, &loan, (struct asks){.permissions = NX(RW)}, NX(RW));
    guest_assert(drive_touch(A, MEM_READ, drive_page(1), MMU_NON_SECURE, 0) == 0x51);
    (void)drive_touch(A, MEM_WRITE, drive_page(0), MMU_NON_SECURE, 0x60);
    /* There is nothing to give back or to reclaim any more. */
    guest_assert(drive_relinquish(A, &loan, 0) == FFA_INVALID_PARAMETERS);
    guest_assert(drive_reclaim(&loan, 0) == FFA_INVALID_PARAMETERS);
    guest_assert(drive_send(&again) == FFA_DENIED && drive_send(&loan) == FFA_DENIED);
}

/* A owns it: it lends it, and donates it on. */
static void onward(void)
{
    struct ffa_mem_range range;
    struct loan lent = drive_loan(FFA_MEM_LEND_32, B, RW, &range, drive_page(0), 2);
    struct loan given = drive_loan(FFA_MEM_DONATE_32, B, 0, &range, drive_page(0), 2);
    struct loan back = drive_loan(FFA_MEM_DONATE_32, A, 0, &range, drive_page(0), 2);
    struct loan out = drive_loan(FFA_MEM_DONATE_32, 5, 0, &range, drive_page(0), 2);

    guest_assert(drive_send_of(A, &lent, 0) == 0);
    drive_fault(A, MEM_READ, drive_page(0), MMU_NON_SECURE, TRANSLATION(1));
    drive_retrieve(B, &lent, (struct asks){.permissions = NX(RW)}, NX(RW));
    guest_assert(drive_touch(B, MEM_READ, drive_page(0), MMU_NON_SECURE, 0) == 0x60);
    guest_assert(drive_reclaim_of(B, &lent, 0) == FFA_DENIED);
    guest_assert(drive_relinquish(B, &lent, 0) == 0);
    guest_assert(drive_reclaim_of(A, &lent, 0) == 0);

    guest_assert(drive_send_of(A, &given, 0) == 0);
    drive_retrieve(B, &given, (struct asks){.permissions = NX(RW)}, NX(RW));
    drive_fault(A, MEM_WRITE, drive_page(0), MMU_NON_SECURE, TRANSLATION(1));
    (void)drive_touch(B, MEM_WRITE, drive_page(1), MMU_NON_SECURE, 0x61);
    guest_assert(drive_send_of(A, &given, 0) == FFA_DENIED);
    /* Never to the normal world, not even what came from there. */
    guest_assert(drive_send_of(B, &out, 0) == FFA_DENIED);

    guest_assert(drive_send_of(B, &back, 0) == 0);
    drive_retrieve(A, &back, (struct asks){.permissions = NX(RO)}, NX(RO));
    guest_assert(drive_touch(A, MEM_READ, drive_page(1), MMU_NON_SECURE, 0) == 0x61);
    drive_fault(A, MEM_WRITE, drive_page(1), MMU_NON_SECURE, PERMISSION(3));
    drive_fault(B, MEM_READ, drive_page(1), MMU_NON_SECURE, TRANSLATION(1));
    /* Read-only is what it took, and all that it can pass on. */
    lent.sender = A;
    guest_assert(drive_send_of(A, &lent, 0) == FFA_DENIED);
    lent.mem.borrower[0].permissions = RO;
    guest_assert(drive_send_of(A, &lent, 0) == 0 && drive_reclaim_of(A, &lent, 0) == 0);
    drive_fault(A, MEM_WRITE, drive_page(1), MMU_NON_SECURE, PERMISSION(3));
}

/* Secure memory */
static void own_memory(void)
{
    struct ffa_mem_range range;
    struct loan loan = drive_loan(FFA_MEM_DONATE_32, B, 0, &range, drive_pool_of(A, 3), 1);
    struct loan on = drive_loan(FFA_MEM_DONATE_32, A, 0, &range, drive_pool_of(A, 3), 1);

    (void)drive_touch(A, MEM_WRITE, range.address, 0, MEM_CODE(0x123));
    guest_assert(drive_send_of(A, &loan, 0) == 0);
    drive_fault(A, MEM_READ, range.address, 0, TRANSLATION(3));
    drive_retrieve(B, &loan, (struct asks){.permissions = XN_OFF(RW)}, XN_OFF(RW));
    guest_assert(drive_touch(B, MEM_EXECUTE, range.address, MMU_EXECUTE, 0) == 0x123);
    (void)drive_touch(B, MEM_WRITE, range.address, 0, MEM_CODE(0x456));
    guest_assert(drive_touch(B, MEM_EXECUTE, range.address, MMU_EXECUTE, 0) == 0x456);
    drive_fault(A, MEM_READ, range.address, 0, TRANSLATION(3));
    guest_assert(drive_send_of(B, &on, 0) == 0);
    drive_retrieve(A, &on, (struct asks){.permissions = XN_OFF(RO)}, XN_OFF(RO));
    guest_assert(drive_touch(A, MEM_EXECUTE, range.address, MMU_EXECUTE, 0) == 0x456);
    drive_fault(A, MEM_WRITE, range.address, 0, PERMISSION(3));
}

void guest_main(unsigned pe)
{
    (void)pe;
    drive_begin(FFA_VERSION_1_3);
    to_partition();
    onward();
    own_memory();
    drive_end("what is given away is gone");
}
