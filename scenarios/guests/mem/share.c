/* SPDX-License-Identifier: BSD-3-Clause */
/* Sharing, from end to end: what each side reads and writes, and what is refused on the way. */
#include "drive.h"

#define A SP(1)

static void whole_life(void)
{
    struct ffa_mem_range range;
    struct loan loan = drive_loan(FFA_MEM_SHARE_32, A, RW, &range, drive_page(0), 1);

    drive_poke(range.address, 0x1001);
    guest_assert(drive_send(&loan) == 0);
    drive_fault(A, MEM_READ, range.address, MMU_NON_SECURE, TRANSLATION(1));
    drive_retrieve(A, &loan, (struct asks){.permissions = RW}, NX(RW));
    drive_sweep(A, &loan, 0x1001, 0x2002);
    guest_assert(drive_peek(range.address) == 0x2002);
    drive_poke(range.address, 0x3003);
    drive_sweep(A, &loan, 0x3003, 0);
    guest_assert(status_of(drive_ask(A, &loan, (struct asks){.permissions = RW})) == FFA_DENIED);
    guest_assert(drive_reclaim(&loan, 0) == FFA_DENIED);
    drive_fault(A, MEM_EXECUTE, range.address, MMU_NON_SECURE | MMU_EXECUTE, PERMISSION(3));
    /* The same address is nothing in the secure address space. */
    drive_fault(A, MEM_READ, range.address + 8, 0, TRANSLATION(1));
    guest_assert(drive_relinquish(A, &loan, 0) == 0);
    drive_fault(A, MEM_READ, range.address + 16, MMU_NON_SECURE, TRANSLATION(1));
    drive_fault(A, MEM_WRITE, range.address + 24, MMU_NON_SECURE, TRANSLATION(1));
    guest_assert(drive_relinquish(A, &loan, 0) == FFA_DENIED);
    guest_assert(drive_reclaim(&loan, 0) == 0);
    guest_assert(drive_reclaim(&loan, 0) == FFA_INVALID_PARAMETERS);
    guest_assert(drive_relinquish(A, &loan, 0) == FFA_INVALID_PARAMETERS);
    guest_assert(status_of(drive_ask(A, &loan, (struct asks){.permissions = RW})) ==
                 FFA_INVALID_PARAMETERS);
}

/* A handle of the past means nothing, also when its slot is in use again. */
static void old_handle(void)
{
    struct ffa_mem_range range;
    struct loan first = drive_loan(FFA_MEM_SHARE_32, A, RW, &range, drive_page(1), 1);
    struct loan second;

    guest_assert(drive_send(&first) == 0 && drive_reclaim(&first, 0) == 0);
    second = first;
    guest_assert(drive_send(&second) == 0 && second.handle != first.handle);
    guest_assert(drive_reclaim(&first, 0) == FFA_INVALID_PARAMETERS);
    guest_assert(status_of(drive_ask(A, &first, (struct asks){.permissions = RW})) ==
                 FFA_INVALID_PARAMETERS);
    guest_assert(drive_reclaim(&second, 0) == 0);
}

/* Three ranges; what is out is not sent again, in no part. */
static void ranges(void)
{
    struct ffa_mem_range range[3];
    struct ffa_mem_range other;
    struct loan loan = drive_loan(FFA_MEM_SHARE_32, A, RW, range, drive_page(4), 2);
    struct loan again = drive_loan(FFA_MEM_LEND_32, A, RW, &other, drive_page(3), 2);

    range[1] = (struct ffa_mem_range){.address = drive_page(10), .page_count = 3};
    range[2] = (struct ffa_mem_range){.address = drive_page(8), .page_count = 1};
    loan.ranges.count = 3;
    for (unsigned n = 0; n < 6; n++) {
        static const unsigned pages[] = {4, 5, 10, 11, 12, 8};

        drive_poke(drive_page(pages[n]), 0x700 + n);
    }
    guest_assert(drive_send(&loan) == 0);
    guest_assert(drive_send(&again) == FFA_DENIED);
    other.address = drive_page(12);
    guest_assert(drive_send(&again) == FFA_DENIED);
    drive_retrieve(A, &loan, (struct asks){.permissions = RW}, NX(RW));
    drive_sweep(A, &loan, 0x700, 0x800);
    guest_assert(drive_peek(drive_page(12)) == 0x804);
    drive_fault(A, MEM_READ, drive_page(9), MMU_NON_SECURE, TRANSLATION(3));
    guest_assert(drive_relinquish(A, &loan, 0) == 0 && drive_reclaim(&loan, 0) == 0);
    guest_assert(drive_send(&again) == 0 && drive_reclaim(&again, 0) == 0);
    /* A page twice in one transaction */
    range[2].address = drive_page(11);
    guest_assert(drive_send(&loan) == FFA_INVALID_PARAMETERS);
    guest_assert(drive_send(&again) == 0 && drive_reclaim(&again, 0) == 0);
}

static void refused(void)
{
    struct ffa_mem_range range;
    const struct loan good = drive_loan(FFA_MEM_SHARE_32, A, RW, &range, drive_page(20), 1);
    struct loan bad = good;

    bad.mem.attributes = 0;
    guest_assert(drive_send(&bad) == FFA_DENIED || drive_send(&bad) == FFA_INVALID_PARAMETERS);
    bad = good;
    bad.mem.flags = FFA_MEM_FLAG_ZERO;
    guest_assert(drive_send(&bad) == FFA_INVALID_PARAMETERS);
    bad = good;
    bad.mem.borrower[0].permissions = NX(RW);
    guest_assert(drive_send(&bad) == FFA_INVALID_PARAMETERS);
    bad = good;
    bad.mem.borrower[0].id = SP(9);
    guest_assert(drive_send(&bad) == FFA_INVALID_PARAMETERS);
    bad = good;
    bad.mem.handle = 1;
    guest_assert(drive_send(&bad) == FFA_INVALID_PARAMETERS);
    range.address = 0x0e100000; /* the SPMC's */
    bad = good;
    guest_assert(drive_send(&bad) == FFA_DENIED);
    range.address = drive_page(20) + 8;
    guest_assert(drive_send(&bad) == FFA_INVALID_PARAMETERS);
    /* Its own buffers are the SPMC's, too. */
    for (unsigned n = 0; n < 2; n++) {
        range.address = (uintptr_t)(n == 0 ? drive_port.tx : drive_port.rx);
        guest_assert(drive_send(&bad) == FFA_DENIED);
    }
}

void guest_main(unsigned pe)
{
    (void)pe;
    drive_begin(FFA_VERSION_1_3);
    whole_life();
    old_handle();
    ranges();
    refused();
    whole_life();
    drive_end("what is shared is seen from both sides, and from nowhere else");
}
