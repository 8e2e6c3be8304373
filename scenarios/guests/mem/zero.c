/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory is zeroed when somebody asked for it and may, and else it is not. */
#include "drive.h"

#define A SP(1)
#define B SP(2)

static void fill(uint64_t value)
{
    for (unsigned n = 0; n < 2; n++) {
        drive_poke(drive_page(n), value);
        drive_poke(drive_page(n) + FFA_PAGE_SIZE_BYTES - 8, value);
    }
}

static bool all(uint64_t value)
{
    for (unsigned n = 0; n < 2; n++) {
        if (drive_peek(drive_page(n)) != value ||
            drive_peek(drive_page(n) + FFA_PAGE_SIZE_BYTES - 8) != value) {
            return false;
        }
    }
    return true;
}

/* Lends two pages with `sent` flags, retrieves with `asked`, relinquishes and reclaims. */
static void life(uint32_t sent, uint32_t asked, uint32_t relinquished, uint32_t reclaimed)
{
    struct ffa_mem_range range;
    struct loan loan = drive_loan(FFA_MEM_LEND_32, A, RW, &range, drive_page(0), 2);
    uint64_t there = sent != 0 ? 0 : 7;

    fill(7);
    loan.mem.flags = sent;
    guest_assert(drive_send(&loan) == 0 && all(there));
    drive_retrieve(A, &loan, (struct asks){.permissions = NX(RW), .flags = asked}, NX(RW));
    guest_assert(drive_touch(A, MEM_READ, range.address, MMU_NON_SECURE, 0) == there);
    guest_assert(drive_touch(A, MEM_READ, range.address + 0x1ff8, MMU_NON_SECURE, 0) == there);
    fill(9);
    guest_assert(drive_relinquish(A, &loan, relinquished) == 0);
    guest_assert(all((asked & FFA_MEM_FLAG_ZERO_AFTER) != 0 || relinquished != 0 ? 0 : 9));
    fill(11);
    guest_assert(drive_reclaim(&loan, reclaimed) == 0 && all(reclaimed != 0 ? 0 : 11));
}

static void refused(void)
{
    struct ffa_mem_range range;
    struct loan loan = drive_loan(FFA_MEM_LEND_32, A, RW, &range, drive_page(0), 2);
    struct loan shared = drive_loan(FFA_MEM_SHARE_32, A, RW, &range, drive_page(0), 2);

    fill(7);
    guest_assert(drive_send(&loan) == 0);
    guest_assert(status_of(drive_ask(
                     A, &loan, (struct asks){.permissions = NX(RW), .flags = FFA_MEM_FLAG_ZERO})) ==
                 FFA_DENIED);
    guest_assert(
        status_of(drive_ask(
            A, &loan, (struct asks){.permissions = NX(RO), .flags = FFA_MEM_FLAG_ZERO_AFTER})) ==
        FFA_DENIED);
    drive_retrieve(A, &loan, (struct asks){.permissions = NX(RO)}, NX(RO));
    guest_assert(drive_relinquish(A, &loan, FFA_MEM_FLAG_ZERO) == FFA_DENIED);
    guest_assert(drive_relinquish(A, &loan, 2) == FFA_INVALID_PARAMETERS);
    guest_assert(drive_relinquish(A, &loan, 0) == 0);
    guest_assert(drive_reclaim(&loan, 2) == FFA_INVALID_PARAMETERS);
    guest_assert(drive_reclaim(&loan, 0) == 0 && all(7));

    shared.mem.flags = FFA_MEM_FLAG_ZERO;
    guest_assert(drive_send(&shared) == FFA_INVALID_PARAMETERS);
    shared.mem.flags = 0;
    guest_assert(drive_send(&shared) == 0);
    guest_assert(status_of(drive_ask(
                     A, &shared, (struct asks){.permissions = RW, .flags = FFA_MEM_FLAG_ZERO})) ==
                 FFA_INVALID_PARAMETERS);
    drive_retrieve(A, &shared, (struct asks){.permissions = RW}, NX(RW));
    guest_assert(drive_relinquish(A, &shared, FFA_MEM_FLAG_ZERO) == FFA_INVALID_PARAMETERS);
    guest_assert(drive_relinquish(A, &shared, 0) == 0 && drive_reclaim(&shared, 0) == 0 && all(7));
}

/* Two borrowers: zeroed when the last one has left. */
static void two(void)
{
    struct ffa_mem_range range;
    struct loan loan = drive_loan(FFA_MEM_LEND_32, A, RW, &range, drive_page(0), 2);
    const struct asks asks = {.permissions = RW,
                              .flags = FFA_MEM_FLAG_BYPASS | FFA_MEM_FLAG_ZERO_AFTER};

    drive_add_borrower(&loan, B, RW);
    fill(7);
    guest_assert(drive_send(&loan) == 0);
    drive_retrieve(A, &loan, asks, NX(RW));
    drive_retrieve(B, &loan, (struct asks){.flags = FFA_MEM_FLAG_BYPASS}, NX(RW));
    guest_assert(drive_relinquish(A, &loan, 0) == 0 && all(7));
    guest_assert(drive_relinquish(B, &loan, 0) == 0 && all(0));
    guest_assert(drive_reclaim(&loan, 0) == 0);
}

/* Secure memory, between partitions */
static void of_a_partition(void)
{
    struct ffa_mem_range range;
    struct loan loan = drive_loan(FFA_MEM_LEND_32, B, RW, &range, drive_pool_of(A, 1), 2);
    uint64_t last = range.address + 0x1ff8;

    loan.mem.flags = FFA_MEM_FLAG_ZERO;
    (void)drive_touch(A, MEM_WRITE, last, 0, 0x1234);
    guest_assert(drive_send_of(A, &loan, 0) == 0);
    drive_retrieve(B, &loan, (struct asks){.permissions = NX(RW), .flags = FFA_MEM_FLAG_ZERO_AFTER},
                   NX(RW));
    guest_assert(drive_touch(B, MEM_READ, last, 0, 0) == 0);
    (void)drive_touch(B, MEM_WRITE, last, 0, 0x5678);
    guest_assert(drive_relinquish(B, &loan, 0) == 0 && drive_reclaim_of(A, &loan, 0) == 0);
    guest_assert(drive_touch(A, MEM_READ, last, 0, 0) == 0);
    (void)drive_touch(A, MEM_WRITE, last, 0, 0x9abc);
    loan.mem.flags = 0;
    guest_assert(drive_send_of(A, &loan, 0) == 0);
    guest_assert(drive_reclaim_of(A, &loan, FFA_MEM_FLAG_ZERO) == 0);
    guest_assert(drive_touch(A, MEM_READ, last, 0, 0) == 0);
}

void guest_main(unsigned pe)
{
    (void)pe;
    drive_begin(FFA_VERSION_1_3);
    life(0, 0, 0, 0);
    life(FFA_MEM_FLAG_ZERO, 0, 0, 0);
    life(FFA_MEM_FLAG_ZERO, FFA_MEM_FLAG_ZERO, 0, 0);
    life(0, FFA_MEM_FLAG_ZERO_AFTER, 0, 0);
    life(0, 0, FFA_MEM_FLAG_ZERO, 0);
    life(0, 0, 0, FFA_MEM_FLAG_ZERO);
    refused();
    two();
    of_a_partition();
    drive_end("memory is zeroed when it was asked for, and else it is not");
}
