/* SPDX-License-Identifier: BSD-3-Clause */
/* Hundreds of scattered pages, in many fragments in both directions, and fragments that are wrong.
 */
#include "drive.h"

#define A     SP(1)
#define B     SP(2)
#define COUNT 600u

static struct ffa_mem_range range[COUNT];

static struct loan scattered(uint32_t function, uint16_t to, uint64_t base, uint32_t count)
{
    struct loan loan = drive_loan(function, to, RW, range, base, 1);

    for (uint32_t n = 0; n < count; n++) {
        range[n] = (struct ffa_mem_range){.address = base + 2ull * n * FFA_PAGE_SIZE_BYTES,
                                          .page_count = 1};
    }
    loan.ranges.count = count;
    return loan;
}

static void from_kernel(uint32_t function)
{
    struct loan loan = scattered(function, A, drive_page(0), COUNT);

    for (uint32_t n = 0; n < COUNT; n++) {
        drive_poke(drive_page(2 * n), 0x10000 + n);
        drive_poke(drive_page(2 * n + 1), 0x5eed);
    }
    guest_assert(drive_send(&loan) == 0);
    drive_retrieve(A, &loan, (struct asks){.permissions = NX(RW)}, NX(RW));
    drive_sweep(A, &loan, 0x10000, 0x20000);
    drive_fault(A, MEM_READ, drive_page(1), MMU_NON_SECURE, TRANSLATION(3));
    drive_fault(A, MEM_WRITE, drive_page(2 * COUNT - 1), MMU_NON_SECURE, TRANSLATION(3));
    guest_assert(drive_relinquish(A, &loan, 0) == 0);
    drive_fault(A, MEM_READ, drive_page(COUNT), MMU_NON_SECURE, TRANSLATION(1));
    guest_assert(drive_reclaim(&loan, 0) == 0);
    for (uint32_t n = 0; n < COUNT; n++) {
        guest_assert(drive_peek(drive_page(2 * n)) == 0x20000 + n);
        guest_assert(drive_peek(drive_page(2 * n + 1)) == 0x5eed);
    }
}

static void from_partition(void)
{
    struct loan loan = scattered(FFA_MEM_LEND_32, B, drive_big_pool_of(A, 0), MEM_BIG_PAGES / 2);
    struct answer a;

    (void)drive_tell(A, MEM_CMD_SWEEP_OWN, range[0].address, MEM_BIG_PAGES, 0, 0x40000);
    guest_assert(drive_send_of(A, &loan, 2) == 0);
    drive_fault(A, MEM_READ, range[9].address, 0, TRANSLATION(3));
    drive_retrieve(B, &loan, (struct asks){.permissions = NX(RW)}, NX(RW));
    guest_assert(drive_touch(B, MEM_READ, range[7].address, 0, 0) == 0x4000e);
    drive_fault(B, MEM_READ, range[7].address + FFA_PAGE_SIZE_BYTES, 0, TRANSLATION(3));
    (void)drive_tell(B, MEM_CMD_SWEEP, loan.handle, 0, 0x50000, 0);
    guest_assert(drive_relinquish(B, &loan, 0) == 0);
    guest_assert(drive_reclaim_of(A, &loan, 0) == 0);
    guest_assert(drive_touch(A, MEM_READ, range[7].address, 0, 0) == 0x50007);
    /* The pages between them were A's all the time. */
    a = drive_tell(A, MEM_CMD_SWEEP_OWN, range[0].address, MEM_BIG_PAGES, 0x40000, 0);
    guest_assert(a.r[0] == MEM_BIG_PAGES / 2 && a.r[1] == 0);
}

/* The first fragment of 600 pages; gives its handle, *put and *sent say what was in it. */
static uint64_t begin(struct loan *loan, uint32_t *total, uint32_t *sent, uint32_t *in)
{
    struct ffa_args r;

    *loan = scattered(FFA_MEM_SHARE_32, A, drive_page(0), COUNT);
    loan->mem.sender = loan->sender = FFA_ID_NWD;
    *sent = ffa_mem_put(&drive_port, &loan->mem, &loan->ranges, total, in);
    r = ffa_mem_send(FFA_MEM_SHARE_32, *total, *sent);
    guest_assert(r.x[0] == FFA_MEM_FRAG_RX && r.x[3] == *sent && r.x[4] == 0);
    loan->handle = ffa_mem_handle(&r.x[1]);
    return loan->handle;
}

static void wrong_fragments(void)
{
    struct loan loan;
    uint32_t total;
    uint32_t sent;
    uint32_t in;
    uint32_t now;
    uint64_t handle = begin(&loan, &total, &sent, &in);
    uint32_t bytes = ffa_mem_put_more(&drive_port, &loan.ranges, in, &now);
    struct ffa_args r;

    /* Not complete: nobody can have it, and nobody else can add to it. */
    guest_assert(status_of(drive_ask(A, &loan, (struct asks){.permissions = RW})) ==
                 FFA_INVALID_PARAMETERS);
    expect_error(FFA_INVALID_PARAMETERS, ffa_mem_reclaim(handle, 0));
    expect_error(FFA_INVALID_PARAMETERS, ffa_mem_frag_tx(handle + (1u << 16), bytes, 0));
    expect_error(FFA_INVALID_PARAMETERS, ffa_mem_frag_tx(handle, bytes, 5));
    expect_error(FFA_INVALID_PARAMETERS, ffa_mem_frag_tx(handle, bytes + 8, 0));
    expect_error(FFA_INVALID_PARAMETERS, ffa_mem_frag_tx(handle, 0, 0));
    expect_error(FFA_INVALID_PARAMETERS, ffa_mem_frag_rx(handle, sent, 0));
    r = ffa_mem_frag_tx(handle, bytes, 0);
    guest_assert(r.x[0] == FFA_MEM_FRAG_RX && r.x[3] == sent + bytes);
    /* A page that came before ends it; its pages are free again. */
    (void)ffa_mem_put_more(&drive_port, &loan.ranges, 0, &now);
    expect_error(FFA_INVALID_PARAMETERS, ffa_mem_frag_tx(handle, 16, 0));
    expect_error(FFA_INVALID_PARAMETERS, ffa_mem_frag_tx(handle, 16, 0));
    guest_assert(drive_send(&loan) == 0 && drive_reclaim(&loan, 0) == 0);
    /* A last fragment that makes more pages than were announced */
    (void)begin(&loan, &total, &sent, &in);
    range[COUNT - 1].page_count = 2;
    while (in + 256 < COUNT) {
        bytes = ffa_mem_put_more(&drive_port, &loan.ranges, in, &now);
        r = ffa_mem_frag_tx(loan.handle, bytes, 0);
        guest_assert(r.x[0] == FFA_MEM_FRAG_RX);
        in += now;
    }
    bytes = ffa_mem_put_more(&drive_port, &loan.ranges, in, &now);
    expect_error(FFA_INVALID_PARAMETERS, ffa_mem_frag_tx(loan.handle, bytes, 0));
    range[COUNT - 1].page_count = 1;
    guest_assert(drive_send(&loan) == 0 && drive_reclaim(&loan, 0) == 0);
}

void guest_main(unsigned pe)
{
    (void)pe;
    drive_begin(FFA_VERSION_1_3);
    from_kernel(FFA_MEM_LEND_32);
    from_kernel(FFA_MEM_SHARE_32);
    from_partition();
    wrong_fragments();
    from_kernel(FFA_MEM_LEND_32);
    drive_end("fragments make a whole, or nothing");
}
