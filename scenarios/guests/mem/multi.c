/* SPDX-License-Identifier: BSD-3-Clause */
/* One transaction, three partitions and a VM: lists, permissions, and who leaves when. */
#include "drive.h"

#define A  SP(1)
#define B  SP(2)
#define C  SP(3)
#define VM 5u

#define BYPASS(p) ((struct asks){.permissions = (p), .flags = FFA_MEM_FLAG_BYPASS})

static void three(uint32_t function)
{
    struct ffa_mem_range range;
    struct loan loan = drive_loan(function, A, RW, &range, drive_page(0), 2);
    const struct asks list = {.permissions = RW, .other = {B, C}};

    drive_add_borrower(&loan, B, RO);
    drive_add_borrower(&loan, C, RW);
    drive_poke(drive_page(0), 0x11);
    drive_poke(drive_page(1), 0x12);
    guest_assert(drive_send(&loan) == 0);
    /* All of them are listed, or the flag says that they are not. */
    guest_assert(status_of(drive_ask(A, &loan, (struct asks){.permissions = RW})) ==
                 FFA_INVALID_PARAMETERS);
    guest_assert(status_of(drive_ask(A, &loan, (struct asks){.permissions = RW, .other = {B}})) ==
                 FFA_INVALID_PARAMETERS);
    guest_assert(
        status_of(drive_ask(A, &loan, (struct asks){.permissions = RW, .other = {B, SP(4)}})) ==
        FFA_INVALID_PARAMETERS);
    guest_assert(
        status_of(drive_ask(A, &loan, (struct asks){.permissions = RW, .other = {B, B}})) ==
        FFA_INVALID_PARAMETERS);
    guest_assert(status_of(drive_ask(B, &loan, BYPASS(RW))) == FFA_DENIED);
    guest_assert(status_of(drive_ask(A, &loan, BYPASS(XN_OFF(RW)))) == FFA_DENIED);
    drive_retrieve(A, &loan, list, NX(RW));
    drive_retrieve(B, &loan, BYPASS(RO), NX(RO));
    drive_sweep(A, &loan, 0x11, 0x21);
    drive_sweep(B, &loan, 0x21, 0);
    drive_fault(B, MEM_WRITE, range.address, MMU_NON_SECURE, PERMISSION(3));
    drive_fault(C, MEM_READ, range.address, MMU_NON_SECURE, TRANSLATION(1));
    drive_retrieve(C, &loan, BYPASS(0), NX(RW));
    drive_sweep(C, &loan, 0x21, 0x31);
    guest_assert(drive_relinquish(A, &loan, 0) == 0);
    drive_fault(A, MEM_READ, range.address, MMU_NON_SECURE, TRANSLATION(1));
    drive_sweep(B, &loan, 0x31, 0);
    guest_assert(drive_reclaim(&loan, 0) == FFA_DENIED);
    /* C may come and go while B has it. */
    guest_assert(drive_relinquish(C, &loan, 0) == 0);
    drive_retrieve(C, &loan, BYPASS(RO), NX(RO));
    drive_fault(C, MEM_WRITE, range.address, MMU_NON_SECURE, PERMISSION(3));
    guest_assert(drive_relinquish(B, &loan, 0) == 0);
    guest_assert(drive_reclaim(&loan, 0) == FFA_DENIED);
    guest_assert(drive_relinquish(C, &loan, 0) == 0 && drive_reclaim(&loan, 0) == 0);
}

/* VMs beside partitions are the hypervisor's affair; they are listed like everybody. */
static void beside_a_vm(void)
{
    struct ffa_mem_range range;
    struct loan loan = drive_loan(FFA_MEM_SHARE_32, A, RW, &range, drive_page(4), 1);
    struct loan alone = drive_loan(FFA_MEM_SHARE_32, VM, RW, &range, drive_page(4), 1);

    guest_assert(drive_send(&alone) == FFA_DENIED);
    drive_add_borrower(&loan, VM, RW);
    drive_poke(range.address, 0x99);
    guest_assert(drive_send(&loan) == 0);
    drive_retrieve(A, &loan, (struct asks){.permissions = RW, .other = {VM}}, NX(RW));
    drive_sweep(A, &loan, 0x99, 0);
    guest_assert(drive_relinquish(A, &loan, 0) == 0 && drive_reclaim(&loan, 0) == 0);
    /* Twice the same one, and one to oneself */
    drive_add_borrower(&loan, A, RW);
    guest_assert(drive_send(&loan) == FFA_INVALID_PARAMETERS);
    loan.mem.borrower[2].id = FFA_ID_NWD;
    guest_assert(drive_send(&loan) == FFA_INVALID_PARAMETERS);
    loan = drive_loan(FFA_MEM_DONATE_32, A, 0, &range, drive_page(4), 1);
    drive_add_borrower(&loan, B, 0);
    loan.mem.attributes = 0;
    guest_assert(drive_send(&loan) == FFA_INVALID_PARAMETERS);
}

/* What a hypervisor is told, once. */
static void told_to_the_hypervisor(void)
{
    struct ffa_mem_range range;
    struct ffa_mem_range seen[1];
    struct ffa_mem_ranges ranges = {.range = seen, .room = 1};
    struct loan loan = drive_loan(FFA_MEM_LEND_32, A, RW, &range, drive_page(6), 7);
    struct ffa_mem mem;
    uint32_t total;
    uint32_t in;

    drive_add_borrower(&loan, B, RO);
    guest_assert(drive_send(&loan) == 0);
    mem = (struct ffa_mem){.handle = loan.handle};
    guest_assert(ffa_mem_retrieve_all(&drive_port, &mem, &ranges) == 0);
    guest_assert(mem.sender == FFA_ID_NWD && mem.tag == 7 && mem.flags == TYPE_LEND);
    guest_assert(mem.borrower_count == 2 && mem.borrower[0].id == A && mem.borrower[1].id == B);
    guest_assert(mem.borrower[0].permissions == RW && mem.borrower[1].permissions == RO);
    guest_assert(seen[0].address == range.address && seen[0].page_count == 7);
    mem = (struct ffa_mem){.handle = loan.handle};
    (void)ffa_mem_put(&drive_port, &mem, NULL, &total, &in);
    expect_error(FFA_DENIED, ffa_mem_retrieve_req(total, total));
    guest_assert(drive_reclaim(&loan, 0) == 0);
}

void guest_main(unsigned pe)
{
    (void)pe;
    drive_begin(FFA_VERSION_1_3);
    three(FFA_MEM_SHARE_32);
    three(FFA_MEM_LEND_32);
    beside_a_vm();
    told_to_the_hypervisor();
    drive_end("borrowers come and go one by one");
}
