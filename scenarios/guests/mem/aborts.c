/* SPDX-License-Identifier: BSD-3-Clause */
/* Partitions die in the middle: what they borrowed comes back, what they lent outlives them. */
#include "drive.h"

#define A SP(1)
#define B SP(2)
#define C SP(3)

static void kill(uint16_t id)
{
    const uint64_t payload[FFA_PAYLOAD_WORDS] = {MEM_CMD_ABORT};
    struct ffa_args r = ffa_direct_req64(FFA_ID_NWD, id, payload);

    guest_assert(ffa_status(&r) == FFA_ABORTED);
}

void guest_main(unsigned pe)
{
    struct ffa_mem_range range[6];

    (void)pe;
    drive_begin(FFA_VERSION_1_3);
    struct loan shared = drive_loan(FFA_MEM_SHARE_32, A, RW, &range[0], drive_page(0), 2);
    struct loan lent = drive_loan(FFA_MEM_LEND_32, A, RW, &range[1], drive_page(2), 2);
    struct loan both = drive_loan(FFA_MEM_LEND_32, A, RW, &range[2], drive_page(4), 1);
    struct loan open = drive_loan(FFA_MEM_DONATE_32, A, 0, &range[3], drive_page(6), 1);
    struct loan own = drive_loan(FFA_MEM_LEND_32, B, RW, &range[4], drive_pool_of(A, 1), 2);
    struct loan unborrowed = drive_loan(FFA_MEM_LEND_32, B, RW, &range[5], drive_pool_of(A, 4), 1);
    const struct asks zero_after = {.permissions = NX(RW), .flags = FFA_MEM_FLAG_ZERO_AFTER};
    uint64_t pages = range[4].address;

    drive_add_borrower(&both, B, RW);
    drive_poke(drive_page(2), 0x22);
    drive_poke(drive_page(4), 0x44);
    guest_assert(drive_send(&shared) == 0 && drive_send(&lent) == 0 && drive_send(&both) == 0);
    guest_assert(drive_send(&open) == 0);
    (void)drive_tell(A, MEM_CMD_SWEEP_OWN, pages, 2, 0, 0x80);
    guest_assert(drive_send_of(A, &own, 0) == 0 && drive_send_of(A, &unborrowed, 0) == 0);
    drive_retrieve(A, &shared, (struct asks){.permissions = RW}, NX(RW));
    drive_retrieve(A, &lent, zero_after, NX(RW));
    drive_retrieve(A, &both, (struct asks){.flags = FFA_MEM_FLAG_BYPASS}, NX(RW));
    drive_retrieve(B, &both, (struct asks){.flags = FFA_MEM_FLAG_BYPASS}, NX(RW));
    drive_retrieve(B, &own, (struct asks){.permissions = NX(RW)}, NX(RW));

    kill(A);
    /* Borrowed: back, and zeroed as A had asked; B goes on with what both of them had. */
    guest_assert(drive_reclaim(&shared, 0) == 0 && drive_reclaim(&lent, 0) == 0);
    guest_assert(drive_peek(drive_page(2)) == 0);
    guest_assert(drive_reclaim(&open, 0) == 0);
    guest_assert(drive_reclaim(&both, 0) == FFA_DENIED);
    drive_sweep(B, &both, 0x44, 0x45);
    guest_assert(drive_relinquish(B, &both, 0) == 0 && drive_reclaim(&both, 0) == 0);
    guest_assert(drive_peek(drive_page(4)) == 0x45);
    /* Lent by the dead one: B keeps it until it gives it back, and then it is over. */
    drive_sweep(B, &own, 0x80, 0x90);
    drive_sweep(B, &own, 0x90, 0);
    guest_assert(status_of(drive_ask(B, &unborrowed, (struct asks){.permissions = NX(RW)})) ==
                 FFA_INVALID_PARAMETERS);
    guest_assert(drive_relinquish(B, &own, 0) == 0);
    drive_fault(B, MEM_READ, pages, 0, TRANSLATION_ANY);
    guest_assert(status_of(drive_ask(B, &own, (struct asks){.permissions = NX(RW)})) ==
                 FFA_INVALID_PARAMETERS);
    /* Nobody sends anything to it any more. */
    int32_t error = drive_send(&shared);

    guest_assert(error == FFA_DENIED || error == FFA_INVALID_PARAMETERS);
    shared.mem.borrower[0].id = C;
    guest_assert(drive_send(&shared) == 0);
    drive_retrieve(C, &shared, (struct asks){.permissions = RW}, NX(RW));
    kill(C);
    guest_assert(drive_reclaim(&shared, 0) == 0);
    drive_end("the dead hold nothing back");
}
