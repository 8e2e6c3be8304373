/* SPDX-License-Identifier: BSD-3-Clause */
/* What a borrower may do is what it was granted, and the syndrome of everything else says why. */
#include "drive.h"

#define A SP(1)
#define B SP(2)

static void normal_memory(void)
{
    struct ffa_mem_range range;
    struct loan loan = drive_loan(FFA_MEM_LEND_32, A, RO, &range, drive_page(0), 2);

    drive_poke(drive_page(0), MEM_CODE(0x42));
    guest_assert(drive_send(&loan) == 0);
    guest_assert(status_of(drive_ask(A, &loan, (struct asks){.permissions = NX(RW)})) ==
                 FFA_DENIED);
    guest_assert(status_of(drive_ask(A, &loan, (struct asks){.permissions = NX(3)})) ==
                 FFA_INVALID_PARAMETERS);
    guest_assert(status_of(drive_ask(A, &loan, (struct asks){.permissions = 0x10 | NX(RO)})) ==
                 FFA_INVALID_PARAMETERS);
    drive_retrieve(A, &loan, (struct asks){.permissions = NX(RO)}, NX(RO));
    guest_assert(drive_touch(A, MEM_READ, range.address, MMU_NON_SECURE, 0) == MEM_CODE(0x42));
    drive_fault(A, MEM_WRITE, range.address + 0x10, MMU_NON_SECURE, PERMISSION(3));
    drive_fault(A, MEM_WRITE, range.address + 0x1ff8, MMU_NON_SECURE, PERMISSION(3));
    drive_fault(A, MEM_EXECUTE, range.address, MMU_NON_SECURE | MMU_EXECUTE, PERMISSION(3));
    guest_assert(drive_peek(drive_page(0)) == MEM_CODE(0x42));
    guest_assert(drive_relinquish(A, &loan, 0) == 0 && drive_reclaim(&loan, 0) == 0);
}

/* A lends code to B: read-only and executable, then neither, then both. */
static void lend_code(uint64_t page, unsigned number, uint8_t asked)
{
    struct ffa_mem_range range;
    struct loan loan = drive_loan(FFA_MEM_LEND_32, B, RW, &range, page, 1);
    bool executes = FFA_MEM_INSTR(asked) == FFA_MEM_INSTR_X;

    (void)drive_touch(A, MEM_WRITE, page, 0, MEM_CODE(number));
    guest_assert(drive_touch(A, MEM_EXECUTE, page, MMU_EXECUTE, 0) == number);
    guest_assert(drive_send_of(A, &loan, 0) == 0);
    drive_fault(A, MEM_EXECUTE, page, MMU_EXECUTE, TRANSLATION(3));
    drive_retrieve(B, &loan, (struct asks){.permissions = asked}, asked);
    if (executes) {
        guest_assert(drive_touch(B, MEM_EXECUTE, page, MMU_EXECUTE, 0) == number);
    } else {
        drive_fault(B, MEM_EXECUTE, page, MMU_EXECUTE, PERMISSION(3));
    }
    if (FFA_MEM_DATA(asked) == FFA_MEM_DATA_RW) {
        (void)drive_touch(B, MEM_WRITE, page, MMU_EXECUTE, MEM_CODE(number + 1));
        guest_assert(drive_touch(B, MEM_READ, page, 0, 0) == MEM_CODE(number + 1));
        number++;
    } else {
        drive_fault(B, MEM_WRITE, page, MMU_EXECUTE, PERMISSION(3));
    }
    if (executes) {
        guest_assert(drive_touch(B, MEM_EXECUTE, page, MMU_EXECUTE, 0) == number);
    }
    guest_assert(drive_relinquish(B, &loan, 0) == 0);
    drive_fault(B, MEM_EXECUTE, page, MMU_EXECUTE, TRANSLATION(3));
    guest_assert(drive_reclaim_of(A, &loan, 0) == 0);
    guest_assert(drive_touch(A, MEM_EXECUTE, page, MMU_EXECUTE, 0) == number);
}

/* The other partition is never there, and sharing never gives code. */
static void shared(uint64_t page)
{
    struct ffa_mem_range range;
    struct loan loan = drive_loan(FFA_MEM_SHARE_32, B, RW, &range, page, 1);

    (void)drive_touch(A, MEM_WRITE, page, 0, MEM_CODE(1));
    guest_assert(drive_send_of(A, &loan, 0) == 0);
    guest_assert(status_of(drive_ask(B, &loan, (struct asks){.permissions = XN_OFF(RW)})) ==
                 FFA_DENIED);
    drive_retrieve(B, &loan, (struct asks){0}, NX(RW));
    drive_fault(B, MEM_EXECUTE, page, MMU_EXECUTE, PERMISSION(3));
    guest_assert(drive_touch(A, MEM_EXECUTE, page, MMU_EXECUTE, 0) == 1);
    guest_assert(drive_relinquish(B, &loan, 0) == 0 && drive_reclaim_of(A, &loan, 0) == 0);
    guest_assert(drive_touch(A, MEM_EXECUTE, page, MMU_EXECUTE, 0) == 1);
}

void guest_main(unsigned pe)
{
    (void)pe;
    drive_begin(FFA_VERSION_1_3);
    normal_memory();
    uint64_t page = drive_pool_of(A, 2);
    /* B holds the next page all the time, so that its tables of this place stay. */
    struct ffa_mem_range range;
    struct loan anchor = drive_loan(FFA_MEM_LEND_32, B, RO, &range, drive_pool_of(A, 3), 1);

    guest_assert(drive_send_of(A, &anchor, 0) == 0);
    drive_retrieve(B, &anchor, (struct asks){.permissions = NX(RO)}, NX(RO));
    lend_code(page, 0x100, XN_OFF(RO));
    lend_code(page, 0x200, NX(RO));
    lend_code(page, 0x300, XN_OFF(RW));
    lend_code(page, 0x400, NX(RW));
    lend_code(page, 0x500, XN_OFF(RO));
    shared(page);
    guest_assert(drive_relinquish(B, &anchor, 0) == 0 && drive_reclaim_of(A, &anchor, 0) == 0);
    drive_end("permissions are what was granted");
}
