/* SPDX-License-Identifier: BSD-3-Clause */
/* Lending memory of the normal world: who may ask for what, and how it comes back. */
#include "drive.h"

#define A SP(1)
#define B SP(2)

static void whole_life(void)
{
    struct ffa_mem_range range;
    struct loan loan = drive_loan(FFA_MEM_LEND_32, A, RW, &range, drive_page(0), 4);

    for (unsigned n = 0; n < 4; n++) {
        drive_poke(drive_page(n), 0x100 + n);
    }
    guest_assert(drive_send(&loan) == 0);
    /* Not B's; nor A's with another tag, sender or type. */
    guest_assert(status_of(drive_ask(B, &loan, (struct asks){.permissions = NX(RW)})) ==
                 FFA_INVALID_PARAMETERS);
    loan.mem.tag++;
    guest_assert(status_of(drive_ask(A, &loan, (struct asks){.permissions = NX(RW)})) ==
                 FFA_INVALID_PARAMETERS);
    loan.mem.tag--;
    loan.sender = B;
    guest_assert(status_of(drive_ask(A, &loan, (struct asks){.permissions = NX(RW)})) ==
                 FFA_INVALID_PARAMETERS);
    loan.sender = FFA_ID_NWD;
    guest_assert(
        status_of(drive_ask(A, &loan, (struct asks){.permissions = NX(RW), .flags = TYPE_SHARE})) ==
        FFA_INVALID_PARAMETERS);
    /* The receiver says whether it executes, and never does from there. */
    guest_assert(status_of(drive_ask(A, &loan, (struct asks){.permissions = RW})) ==
                 FFA_INVALID_PARAMETERS);
    guest_assert(status_of(drive_ask(A, &loan, (struct asks){.permissions = XN_OFF(RW)})) ==
                 FFA_DENIED);
    drive_retrieve(A, &loan, (struct asks){.permissions = NX(RW), .flags = TYPE_LEND}, NX(RW));
    drive_sweep(A, &loan, 0x100, 0x200);
    guest_assert(drive_reclaim(&loan, 0) == FFA_DENIED);
    guest_assert(drive_relinquish(B, &loan, 0) == FFA_INVALID_PARAMETERS);
    guest_assert(drive_relinquish(A, &loan, 0) == 0);
    drive_fault(A, MEM_READ, range.address, MMU_NON_SECURE, TRANSLATION(1));
    /* It may be borrowed again until it is reclaimed. */
    drive_retrieve(A, &loan, (struct asks){.permissions = NX(RO)}, NX(RO));
    drive_sweep(A, &loan, 0x200, 0);
    drive_fault(A, MEM_WRITE, range.address, MMU_NON_SECURE, PERMISSION(3));
    guest_assert(drive_relinquish(A, &loan, 0) == 0 && drive_reclaim(&loan, 0) == 0);
    for (unsigned n = 0; n < 4; n++) {
        guest_assert(drive_peek(drive_page(n)) == 0x200 + n);
    }
}

static void device_memory(void)
{
    struct ffa_mem_range range;
    struct loan loan = drive_loan(FFA_MEM_LEND_32, A, RW, &range, drive_page(0), 1);

    /* Normal memory may be asked for as Device, and then it is; never the other way. */
    drive_poke(range.address, 0x77);
    guest_assert(drive_send(&loan) == 0);
    struct answer a = drive_ask(
        A, &loan, (struct asks){.permissions = NX(RW), .attributes = FFA_MEM_DEVICE_nGnRnE});

    guest_assert(status_of(a) == 0 && (a.r[2] & 0x3fu) == FFA_MEM_DEVICE_nGnRnE);
    guest_assert(drive_touch(A, MEM_READ, range.address, MMU_NON_SECURE | MMU_DEVICE, 0) == 0x77);
    guest_assert(drive_relinquish(A, &loan, 0) == 0);
    guest_assert(
        status_of(drive_ask(A, &loan, (struct asks){.permissions = NX(RW), .attributes = 0x25})) ==
        FFA_DENIED);
    guest_assert(drive_reclaim(&loan, 0) == 0);
}

/* Two loans to two partitions that lie in one 2 MiB, and cross a 2 MiB boundary. */
static void neighbours(void)
{
    struct ffa_mem_range range[2];
    struct loan a = drive_loan(FFA_MEM_LEND_32, A, RW, &range[0], drive_page(510), 4);
    struct loan b = drive_loan(FFA_MEM_LEND_32, B, RW, &range[1], drive_page(514), 4);

    for (unsigned n = 0; n < 8; n++) {
        drive_poke(drive_page(510 + n), n);
    }
    guest_assert(drive_send(&a) == 0 && drive_send(&b) == 0);
    drive_retrieve(A, &a, (struct asks){.permissions = NX(RW)}, NX(RW));
    drive_retrieve(B, &b, (struct asks){.permissions = NX(RW)}, NX(RW));
    drive_sweep(A, &a, 0, 10);
    drive_sweep(B, &b, 4, 20);
    drive_fault(A, MEM_READ, range[1].address, MMU_NON_SECURE, TRANSLATION(3));
    drive_fault(B, MEM_READ, range[1].address - 8, MMU_NON_SECURE, TRANSLATION(3));
    guest_assert(drive_relinquish(A, &a, 0) == 0 && drive_reclaim(&a, 0) == 0);
    drive_sweep(B, &b, 20, 30);
    guest_assert(drive_relinquish(B, &b, 0) == 0 && drive_reclaim(&b, 0) == 0);
    guest_assert(drive_peek(drive_page(513)) == 13 && drive_peek(drive_page(517)) == 33);
}

void guest_main(unsigned pe)
{
    (void)pe;
    drive_begin(FFA_VERSION_1_2);
    whole_life();
    device_memory();
    neighbours();
    whole_life();
    drive_end("what is lent is the borrower's, until it comes back");
}
