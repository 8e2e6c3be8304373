/* SPDX-License-Identifier: BSD-3-Clause */
/* The functions by which the core fills and reads buffers, and the VMs' mailboxes. */
#include "ffa/mailbox.h"

#include <string.h>

#include "fixture.h"

#define RX      (WORLD_SP_BASE + 0x2000u)
#define TX      (WORLD_SP_BASE + 0x1000u)
#define NS_TX   WORLD_NS_BASE
#define VM_TX   (WORLD_NS_BASE + 0x4000u)
#define VM_RX   (WORLD_NS_BASE + 0x6000u)
#define ONE_CPU (&world.state.cpu[0])
#define OTHER   (&world.state.cpu[1])

static uint8_t *const ram = world.state.ram;

static struct mailbox *own_mailbox(void)
{
    struct mailbox *mailbox = mailbox_of(&world.state.spmc, SP_A);

    *mailbox = (struct mailbox){
        .mapped = true, .page_count = 2, .rx = paddr(RX), .tx = paddr(TX), .pas = PAS_SECURE};
    memset(ram, 0xee, WORLD_RAM_BYTES);
    return mailbox;
}

START_TEST(a_message_is_written_in_pieces_and_its_tail_zeroed)
{
    struct mailbox *m = own_mailbox();

    ck_assert_int_eq(mailbox_begin_write(ONE_CPU, m), 0);
    ck_assert_int_eq(mailbox_put(ONE_CPU, m, 0, "abcd", 4), 0);
    ck_assert_int_eq(mailbox_put(ONE_CPU, m, 4, "efgh", 4), 0);
    ck_assert_int_eq(mailbox_put(ONE_CPU, m, 8, NULL, 0), 0);
    ck_assert_uint_eq(m->state, MAILBOX_WRITING);
    ck_assert_int_eq(mailbox_finish(ONE_CPU, m, 8), 0);
    ck_assert_uint_eq(m->state, MAILBOX_FULL);
    ck_assert_uint_eq(m->writer, 0);
    ck_assert_mem_eq(&ram[0x2000], "abcdefgh", 8);
    for (unsigned i = 8; i < 2 * PAGE_SIZE_BYTES; i++) {
        must(ram[0x2000 + i] == 0);
    }
    ck_assert_uint_eq(ram[0x2000 + 2 * PAGE_SIZE_BYTES], 0xee);
    ck_assert_int_eq(mailbox_begin_write(ONE_CPU, m), FFA_BUSY);
}
END_TEST

START_TEST(nobody_else_writes_meanwhile)
{
    struct mailbox *m = own_mailbox();
    const struct mailbox was = *m;

    ck_assert_int_eq(mailbox_begin_write(OTHER, m), 0);
    ck_assert_int_eq(mailbox_begin_write(ONE_CPU, m), FFA_BUSY);
    ck_assert_int_eq(mailbox_put(ONE_CPU, m, 0, "x", 1), FFA_ABORTED);
    ck_assert_int_eq(mailbox_finish(ONE_CPU, m, 0), FFA_ABORTED);
    mailbox_cancel(ONE_CPU, m);
    ck_assert_uint_eq(m->state, MAILBOX_WRITING);
    mailbox_cancel(OTHER, m);
    ck_assert_mem_eq(m, &was, sizeof(was)); /* not a trace is left */
}
END_TEST

START_TEST(unmapping_ends_a_write_for_good)
{
    struct mailbox *m = own_mailbox();
    struct vcpu *sp = world_request(0, SP_A);

    ck_assert_int_eq(mailbox_begin_write(OTHER, m), 0);
    CALL(0, sp, FFA_RX_RELEASE);
    ck_error(sp, FFA_DENIED);
    CALL(0, sp, FFA_RXTX_UNMAP);
    ck_assert_uint_eq(sp->frame.x[0], FFA_SUCCESS_32);
    ck_assert_int_eq(mailbox_put(OTHER, m, 0, "x", 1), FFA_ABORTED);
    CALL(0, sp, FFA_RXTX_MAP_64, TX, RX, 1);
    ck_assert_int_eq(mailbox_put(OTHER, m, 0, "x", 1), FFA_ABORTED);
    ck_assert_int_eq(mailbox_finish(OTHER, m, 1), FFA_ABORTED);
    mailbox_cancel(OTHER, m);
    ck_assert_uint_eq(ram[0x2000], 0xee);
    ck_assert_uint_eq(m->state, MAILBOX_EMPTY);
}
END_TEST

START_TEST(what_does_not_fit_is_refused)
{
    struct mailbox *m = own_mailbox();
    uint8_t byte;

    ck_assert_int_eq(mailbox_begin_write(ONE_CPU, m), 0);
    ck_assert_int_eq(mailbox_put(ONE_CPU, m, 2 * PAGE_SIZE_BYTES - 1, "xy", 2), FFA_NO_MEMORY);
    ck_assert_int_eq(mailbox_put(ONE_CPU, m, UINT64_MAX, "x", 1), FFA_NO_MEMORY);
    ck_assert_int_eq(mailbox_put(ONE_CPU, m, 2 * PAGE_SIZE_BYTES - 1, "x", 1), 0);
    ck_assert_int_eq(mailbox_finish(ONE_CPU, m, 2 * PAGE_SIZE_BYTES + 1), FFA_NO_MEMORY);
    ck_assert_uint_eq(m->state, MAILBOX_EMPTY);

    ck_assert_int_eq(mailbox_read_tx(ONE_CPU, m, 2 * PAGE_SIZE_BYTES - 1, &byte, 1), 0);
    ck_assert_int_eq(mailbox_read_tx(ONE_CPU, m, 2 * PAGE_SIZE_BYTES, &byte, 1),
                     FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(mailbox_read_tx(ONE_CPU, m, UINT64_MAX, &byte, 1), FFA_INVALID_PARAMETERS);
    m->tx = paddr(WORLD_SP_BASE + WORLD_RAM_BYTES - PAGE_SIZE_BYTES);
    ck_assert_int_eq(mailbox_read_tx(ONE_CPU, m, PAGE_SIZE_BYTES, &byte, 1), FFA_ABORTED);
    m->mapped = false;
    ck_assert_int_eq(mailbox_read_tx(ONE_CPU, m, 0, &byte, 1), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(mailbox_begin_write(ONE_CPU, m), FFA_BUSY);
}
END_TEST

/* What a hypervisor writes into its TX buffer: RX at 16, TX at 48 of the descriptor. */
struct forwarded {
    uint16_t id;
    uint16_t reserved;
    uint32_t rx_offset;
    uint32_t tx_offset;
    uint32_t padding;
    struct {
        uint32_t total;
        uint32_t ranges;
        uint64_t reserved;
        uint64_t address;
        uint32_t pages;
        uint32_t reserved_2;
    } region[2];
};

static const struct forwarded good = {
    .id = 7,
    .rx_offset = 16,
    .tx_offset = 48,
    .region = {{.total = 1, .ranges = 1, .address = VM_RX, .pages = 1},
               {.total = 1, .ranges = 1, .address = VM_TX, .pages = 1}}};

static int32_t result(const struct vcpu *vcpu)
{
    return vcpu->frame.x[0] == FFA_SUCCESS_32 ? 0 : world_error(vcpu);
}

static int32_t forward(const struct forwarded *descriptor)
{
    memcpy(ram, descriptor, sizeof(*descriptor));
    CALL(0, world_nwd(0), FFA_RXTX_MAP_64, 0, 0, 0);
    return result(world_nwd(0));
}

static int32_t of_vm(uint32_t fid, uint32_t w1)
{
    CALL(0, world_nwd(0), fid, w1);
    return result(world_nwd(0));
}

static void map_hypervisor(void)
{
    CALL(0, world_nwd(0), FFA_RXTX_MAP_64, NS_TX, NS_TX + 0x1000, 1);
    must(world_nwd(0)->frame.x[0] == FFA_SUCCESS_32);
}

START_TEST(a_hypervisor_maps_the_buffers_of_its_vms)
{
    const struct mailbox *mailbox;

    ck_assert_int_eq(forward(&good), FFA_INVALID_PARAMETERS); /* it has no TX buffer itself */
    map_hypervisor();
    ck_assert_ptr_null(mailbox_of(&world.state.spmc, 7));
    ck_assert_int_eq(forward(&good), 0);
    mailbox = mailbox_of(&world.state.spmc, 7);
    ck_assert_ptr_nonnull(mailbox);
    ck_assert_uint_eq(mailbox->rx.pa, VM_RX);
    ck_assert_uint_eq(mailbox->tx.pa, VM_TX);
    ck_assert_uint_eq(mailbox->pas, PAS_NON_SECURE);
    ck_assert_uint_eq(mailbox->state, MAILBOX_EMPTY);
    ck_assert_uint_eq(mailbox_vm_slot(&world.state.spmc, 7)->ffa_version, SPMC_FFA_VERSION);
    ck_assert_int_eq(forward(&good), FFA_DENIED);
    ck_assert_int_eq(of_vm(FFA_RXTX_UNMAP, FFA_PAIR(7, 1)), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(of_vm(FFA_RXTX_UNMAP, FFA_PAIR(6, 0)), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(of_vm(FFA_RXTX_UNMAP, FFA_PAIR(SP_A, 0)), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(of_vm(FFA_RXTX_UNMAP, FFA_PAIR(7, 0)), 0);
    ck_assert_ptr_null(mailbox_of(&world.state.spmc, 7));
    ck_assert_int_eq(of_vm(FFA_RXTX_UNMAP, FFA_PAIR(7, 0)), FFA_INVALID_PARAMETERS);
    ck_assert(world.state.nwd.mailbox.mapped);
    ck_assert_int_eq(forward(&good), 0);
}
END_TEST

START_TEST(vm_slots_are_bounded)
{
    struct forwarded one = good;

    map_hypervisor();
    for (uint16_t id = 1; id <= WORLD_VMS; id++) {
        one.id = id;
        ck_assert_int_eq(forward(&one), 0);
    }
    one.id = 0x7fff;
    ck_assert_int_eq(forward(&one), FFA_NO_MEMORY);
    ck_assert_int_eq(of_vm(FFA_RXTX_UNMAP, FFA_PAIR(1, 0)), 0);
    ck_assert_int_eq(forward(&one), 0);
    ck_assert_ptr_nonnull(mailbox_of(&world.state.spmc, 0x7fff));
}
END_TEST

START_TEST(malformed_descriptors_are_invalid)
{
    struct forwarded bad[] = {good, good, good, good, good, good, good, good,
                              good, good, good, good, good, good, good};
    unsigned n = 0;

    bad[n++].id = 0;
    bad[n++].id = SP_A;
    bad[n++].reserved = 1;
    bad[n++].rx_offset = 8; /* inside the descriptor */
    bad[n++].rx_offset = 20;
    bad[n++].tx_offset = PAGE_SIZE_BYTES - 24;
    bad[n++].tx_offset = 0xfffffff8;
    bad[n++].region[0].ranges = 2;
    bad[n++].region[0].total = 2;
    bad[n].region[0].total = 2; /* not as many as of the other buffer */
    bad[n++].region[0].pages = 2;
    bad[n++].region[1].reserved = 1;
    bad[n++].region[1].reserved_2 = 1;
    bad[n++].region[1].address += 8;
    bad[n++].region[1].address = VM_RX;
    bad[n].region[0].total = bad[n].region[0].pages = SPMC_RXTX_MAX_PAGES + 1;
    bad[n].region[1].total = bad[n].region[1].pages = SPMC_RXTX_MAX_PAGES + 1;
    map_hypervisor();
    ck_assert_uint_eq(n + 1, sizeof(bad) / sizeof(bad[0]));
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_msg(forward(&bad[i]) == FFA_INVALID_PARAMETERS, "case %u: %d", i,
                      world_error(world_nwd(0)));
    }
    bad[0] = good;
    bad[0].region[0].address = RX; /* a partition's */
    ck_assert_int_eq(forward(&bad[0]), FFA_DENIED);
    world.state.nwd.ffa_version = FFA_VERSION_1_0;
    ck_assert_int_eq(forward(&good), FFA_INVALID_PARAMETERS);
}
END_TEST

START_TEST(vm_buffers_change_hands_by_id)
{
    const struct mailbox *mailbox;

    map_hypervisor();
    ck_assert_int_eq(forward(&good), 0);
    mailbox = mailbox_of(&world.state.spmc, 7);
    ck_assert_int_eq(of_vm(FFA_RX_RELEASE, 7), FFA_DENIED);
    ck_assert_int_eq(of_vm(FFA_RX_ACQUIRE, 6), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(of_vm(FFA_RX_ACQUIRE, SP_A), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(of_vm(FFA_RX_ACQUIRE, FFA_PAIR(7, 0)), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(of_vm(FFA_RX_ACQUIRE, 7), 0);
    ck_assert_uint_eq(mailbox->state, MAILBOX_OTHER_WORLD_OWNED);
    ck_assert_uint_eq(world.state.nwd.mailbox.state, MAILBOX_EMPTY);
    ck_assert_int_eq(of_vm(FFA_RX_ACQUIRE, 7), FFA_DENIED);
    ck_assert_int_eq(of_vm(FFA_RX_RELEASE, 7), 0);
    ck_assert_uint_eq(mailbox->state, MAILBOX_EMPTY);
}
END_TEST

START_TEST(a_partition_speaks_for_itself_only)
{
    struct vcpu *sp = world_request(1, SP_A);
    static const uint32_t fids[] = {FFA_RXTX_UNMAP, FFA_RX_RELEASE};

    map_hypervisor();
    ck_assert_int_eq(forward(&good), 0);
    own_mailbox()->state = MAILBOX_FULL;
    for (unsigned i = 0; i < 2; i++) {
        CALL(1, sp, fids[i], i == 0 ? FFA_PAIR(7, 0) : 7);
        ck_error(sp, FFA_INVALID_PARAMETERS);
        CALL(1, sp, fids[i], i == 0 ? FFA_PAIR(SP_A, 0) : SP_A);
        ck_error(sp, FFA_INVALID_PARAMETERS);
    }
    CALL(1, sp, FFA_RXTX_MAP_64, 0, 0, 0);
    ck_error(sp, FFA_INVALID_PARAMETERS);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, a_message_is_written_in_pieces_and_its_tail_zeroed);
    tcase_add_test(tcase, nobody_else_writes_meanwhile);
    tcase_add_test(tcase, unmapping_ends_a_write_for_good);
    tcase_add_test(tcase, what_does_not_fit_is_refused);
    tcase_add_test(tcase, a_hypervisor_maps_the_buffers_of_its_vms);
    tcase_add_test(tcase, vm_slots_are_bounded);
    tcase_add_test(tcase, malformed_descriptors_are_invalid);
    tcase_add_test(tcase, vm_buffers_change_hands_by_id);
    tcase_add_test(tcase, a_partition_speaks_for_itself_only);
}

int main(void)
{
    return world_main("mailbox", add);
}
