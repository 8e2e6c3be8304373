/* SPDX-License-Identifier: BSD-3-Clause */
#include "fixture.h"

#define TX (WORLD_SP_BASE + 0x1000u)
#define RX (WORLD_SP_BASE + 0x2000u)

static int32_t map(struct vcpu *vcpu, uint64_t tx, uint64_t rx, uint64_t pages)
{
    CALL(vcpu->cpu->index, vcpu, FFA_RXTX_MAP_64, tx, rx, pages);
    return vcpu->frame.x[0] == FFA_SUCCESS_32 ? 0 : world_error(vcpu);
}

static int32_t simple(struct vcpu *vcpu, uint32_t fid, uint64_t w1)
{
    CALL(vcpu->cpu->index, vcpu, fid, w1);
    return vcpu->frame.x[0] == FFA_SUCCESS_32 ? 0 : world_error(vcpu);
}

START_TEST(a_partition_maps_once_unmaps_and_maps_again)
{
    struct vcpu *sp = world_request(0, SP_A);
    const struct mailbox *mailbox = &sp->partition->mailbox;

    ck_assert_int_eq(simple(sp, FFA_RXTX_UNMAP, 0), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(map(sp, TX, RX, 1), 0);
    ck_assert(mailbox->mapped);
    ck_assert_uint_eq(mailbox->tx.pa, TX);
    ck_assert_uint_eq(mailbox->rx.pa, RX);
    ck_assert_uint_eq(mailbox->pas, PAS_SECURE);
    ck_assert_int_eq(map(sp, TX, RX, 1), FFA_DENIED);
    ck_assert_int_eq(simple(sp, FFA_RXTX_UNMAP, 0x10000), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(simple(sp, FFA_RXTX_UNMAP, 0), 0);
    ck_assert_int_eq(simple(sp, FFA_RXTX_UNMAP, 0), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(map(sp, TX, TX + 0x4000, SPMC_RXTX_MAX_PAGES), 0);
}
END_TEST

START_TEST(malformed_buffers_are_invalid)
{
    struct vcpu *sp = world_request(0, SP_A);
    static const uint64_t cases[][3] = {{TX, RX, 0},
                                        {TX, RX + 0x10000, SPMC_RXTX_MAX_PAGES + 1},
                                        {TX, RX, 0x41},
                                        {TX, RX, 1ull << 32 | 1},
                                        {TX + 8, RX, 1},
                                        {TX, RX + 0x800, 1},
                                        {TX, TX, 1},
                                        {TX, TX + 0x1000, 2},
                                        {TX + 0x1000, TX, 2},
                                        {0xfffffffffffff000, TX, 1},
                                        {TX, 0xfffffffffffff000, 2}};

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ck_assert_int_eq(map(sp, cases[i][0], cases[i][1], cases[i][2]), FFA_INVALID_PARAMETERS);
    }
    ck_assert(!sp->partition->mailbox.mapped);
}
END_TEST

/* conformance: ffa_rxtx_map.fails_with_device_memory */
START_TEST(buffers_lie_in_own_normal_writable_memory)
{
    struct vcpu *sp = world_request(0, SP_A);
    static const uint64_t bad[] = {0,
                                   WORLD_DEVICE,
                                   WORLD_SP_BASE - 0x1000,
                                   WORLD_SP_BASE + WORLD_SP_SIZE, /* the next partition's */
                                   WORLD_SP_BASE + 0x10000,       /* read-only */
                                   WORLD_NS_BASE,
                                   1ull << 40,
                                   0x7ffffffffffff000};

    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_int_eq(map(sp, bad[i], RX, 1), FFA_DENIED);
        ck_assert_int_eq(map(sp, TX, bad[i], 1), FFA_DENIED);
    }
    /* Every page counts. */
    ck_assert_int_eq(map(sp, WORLD_SP_BASE + 0xf000, RX, 2), FFA_DENIED);
    ck_assert_int_eq(map(sp, WORLD_SP_BASE + WORLD_SP_SIZE - 0x1000, RX, 2), FFA_DENIED);
}
END_TEST

START_TEST(the_normal_world_maps_its_own_ram)
{
    struct vcpu *nwd = world_nwd(0);
    uint64_t end = WORLD_NS_BASE + WORLD_RAM_BYTES;

    ck_assert_int_eq(map(nwd, TX, WORLD_NS_BASE, 1), FFA_DENIED);
    ck_assert_int_eq(map(nwd, WORLD_NS_BASE, RX, 1), FFA_DENIED);
    ck_assert_int_eq(map(nwd, WORLD_NS_BASE, end - 0x1000, 2), FFA_DENIED);
    ck_assert_int_eq(map(nwd, WORLD_NS_BASE, end, 1), FFA_DENIED);
    ck_assert_int_eq(map(nwd, 0, 0, 0), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(map(nwd, WORLD_NS_BASE, end - 0x1000, 1), 0);
    ck_assert_uint_eq(world.state.nwd.mailbox.pas, PAS_NON_SECURE);
}
END_TEST

START_TEST(the_rx_buffer_changes_hands)
{
    struct vcpu *nwd = world_nwd(0);
    struct mailbox *mailbox = &world.state.nwd.mailbox;

    ck_assert_int_eq(simple(nwd, FFA_RX_ACQUIRE, 0), FFA_DENIED);
    ck_assert_int_eq(map(nwd, WORLD_NS_BASE, WORLD_NS_BASE + 0x1000, 1), 0);
    ck_assert_int_eq(simple(nwd, FFA_RX_RELEASE, 0), FFA_DENIED);
    ck_assert_int_eq(simple(nwd, FFA_RX_ACQUIRE, 1), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(simple(nwd, FFA_RX_ACQUIRE, 0), 0);
    ck_assert_uint_eq(mailbox->state, MAILBOX_OTHER_WORLD_OWNED);
    ck_assert_int_eq(simple(nwd, FFA_RX_ACQUIRE, 0), FFA_DENIED);
    ck_assert_int_eq(simple(nwd, FFA_PARTITION_INFO_GET, 0), FFA_BUSY);
    ck_assert_int_eq(simple(nwd, FFA_RX_RELEASE, 0), 0);
    ck_assert_int_eq(simple(nwd, FFA_PARTITION_INFO_GET, 0), 0);
    ck_assert_uint_eq(mailbox->state, MAILBOX_FULL);
    ck_assert_int_eq(simple(nwd, FFA_RX_ACQUIRE, 0), FFA_DENIED);
    ck_assert_int_eq(simple(nwd, FFA_RX_RELEASE, 0), 0);
    ck_assert_int_eq(simple(nwd, FFA_RX_RELEASE, 0), FFA_DENIED);
    simple(nwd, FFA_PARTITION_INFO_GET, 0);
    ck_assert_int_eq(simple(nwd, FFA_RXTX_UNMAP, 0), 0);
    ck_assert_uint_eq(mailbox->state, MAILBOX_EMPTY);
}
END_TEST

START_TEST(acquire_is_not_for_partitions)
{
    struct vcpu *sp = world_request(0, SP_A);

    ck_assert_int_eq(simple(sp, FFA_RX_ACQUIRE, 0), FFA_NOT_SUPPORTED);
}
END_TEST

static struct vcpu *with_full_rx(void)
{
    struct vcpu *sp = CALL(0, world_nwd(0), FFA_RUN, FFA_PAIR(SP_A, 0));

    ck_assert_int_eq(map(sp, TX, RX, 1), 0);
    ck_assert_int_eq(simple(sp, FFA_PARTITION_INFO_GET, 0), 0);
    return sp;
}

START_TEST(msg_wait_gives_the_rx_buffer_back_unless_told_to_keep_it)
{
    struct vcpu *sp = with_full_rx();

    CALL(0, sp, FFA_MSG_WAIT);
    ck_assert_uint_eq(sp->partition->mailbox.state, MAILBOX_EMPTY);
    world_reset();
    sp = with_full_rx();
    CALL(0, sp, FFA_MSG_WAIT, 0, FFA_MSG_WAIT_RETAIN_RX);
    ck_assert_uint_eq(sp->state, VCPU_WAITING);
    ck_assert_uint_eq(sp->partition->mailbox.state, MAILBOX_FULL);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, a_partition_maps_once_unmaps_and_maps_again);
    tcase_add_test(tcase, malformed_buffers_are_invalid);
    tcase_add_test(tcase, buffers_lie_in_own_normal_writable_memory);
    tcase_add_test(tcase, the_normal_world_maps_its_own_ram);
    tcase_add_test(tcase, the_rx_buffer_changes_hands);
    tcase_add_test(tcase, acquire_is_not_for_partitions);
    tcase_add_test(tcase, msg_wait_gives_the_rx_buffer_back_unless_told_to_keep_it);
}

int main(void)
{
    return world_main("rxtx", add);
}
