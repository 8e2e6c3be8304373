/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A partition whose 4 MiB are mapped by two blocks of 2 MiB: single pages that it lends split them,
 * what comes back joins them. The level of a fault tells which is which.
 */
#include "drive.h"

#define A     SP(1)
#define B     SP(2)
#define BLOCK 512u /* pages */

static uint64_t big(unsigned page)
{
    static uint64_t base;

    base = base != 0 ? base : drive_big_pool_of(A, 0);
    return base + (uint64_t)page * FFA_PAGE_SIZE_BYTES;
}

/* All pages that A has are as it wrote them, but `gone` of them. */
static void check(unsigned gone)
{
    struct answer a = drive_tell(A, MEM_CMD_SWEEP_OWN, big(0), MEM_BIG_PAGES, 0x10000, 0);

    guest_assert(a.r[0] == MEM_BIG_PAGES - gone && a.r[1] == gone);
}

static void one_page(unsigned page)
{
    struct ffa_mem_range range;
    struct loan loan = drive_loan(FFA_MEM_LEND_32, B, RW, &range, big(page), 1);

    guest_assert(drive_send_of(A, &loan, 0) == 0);
    drive_fault(A, MEM_READ, big(page), 0, TRANSLATION(3));
    check(1);
    drive_retrieve(B, &loan, (struct asks){.permissions = NX(RW)}, NX(RW));
    drive_sweep(B, &loan, 0x10000 + page, 0x10000 + page);
    guest_assert(drive_relinquish(B, &loan, 0) == 0 && drive_reclaim_of(A, &loan, 0) == 0);
    check(0);
}

/* A range whose ends are inside of both blocks, one whole block, and both */
static void many(unsigned page, uint32_t count, unsigned level)
{
    struct ffa_mem_range range;
    struct loan loan = drive_loan(FFA_MEM_LEND_32, B, RW, &range, big(page), count);

    guest_assert(drive_send_of(A, &loan, 0) == 0);
    drive_fault(A, MEM_WRITE, big(page), 0, TRANSLATION(level));
    drive_fault(A, MEM_READ, big(page + count - 1), 0, TRANSLATION(level));
    drive_retrieve(B, &loan, (struct asks){.permissions = NX(RW)}, NX(RW));
    drive_sweep(B, &loan, 0x10000 + page, 0x10000 + page);
    guest_assert(drive_relinquish(B, &loan, 0) == 0);
    guest_assert(drive_reclaim_of(A, &loan, 0) == 0);
    check(0);
}

/* Every eighth page of both blocks, to and fro. */
static void comb(void)
{
    static struct ffa_mem_range range[MEM_BIG_PAGES / 8];
    struct loan loan = drive_loan(FFA_MEM_LEND_32, B, RO, range, big(0), 1);

    loan.ranges.count = MEM_BIG_PAGES / 8;
    for (unsigned n = 0; n < MEM_BIG_PAGES / 8; n++) {
        range[n] = (struct ffa_mem_range){.address = big(8 * n), .page_count = 1};
    }
    guest_assert(drive_send_of(A, &loan, 8) == 0);
    check(MEM_BIG_PAGES / 8);
    drive_retrieve(B, &loan, (struct asks){.permissions = XN_OFF(RO)}, XN_OFF(RO));
    drive_fault(B, MEM_READ, big(1), 0, TRANSLATION(3));
    guest_assert(drive_relinquish(B, &loan, 0) == 0 && drive_reclaim_of(A, &loan, 0) == 0);
    check(0);
}

/* Two loans split one block; it is whole again when both are back. */
static void two_loans(void)
{
    struct ffa_mem_range range[2];
    struct loan first = drive_loan(FFA_MEM_LEND_32, B, RW, &range[0], big(7), 1);
    struct loan second = drive_loan(FFA_MEM_SHARE_32, B, RW, &range[1], big(9), 1);

    guest_assert(drive_send_of(A, &first, 0) == 0 && drive_send_of(A, &second, 0) == 0);
    guest_assert(drive_reclaim_of(A, &first, 0) == 0);
    check(0);
    drive_retrieve(B, &second, (struct asks){.permissions = RW}, NX(RW));
    guest_assert(drive_relinquish(B, &second, 0) == 0 && drive_reclaim_of(A, &second, 0) == 0);
    check(0);
}

void guest_main(unsigned pe)
{
    (void)pe;
    drive_begin(FFA_VERSION_1_3);
    (void)drive_tell(A, MEM_CMD_SWEEP_OWN, big(0), MEM_BIG_PAGES, 0, 0x10000);
    check(0);
    one_page(0);
    one_page(BLOCK - 1);
    one_page(BLOCK);
    one_page(BLOCK + 77);
    many(0, BLOCK, 2);
    many(BLOCK - 3, 6, 3);
    many(0, 2 * BLOCK, 2);
    comb();
    two_loans();
    many(BLOCK, BLOCK, 2);
    drive_end("blocks are split and joined, and nothing is lost");
}
