/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_NOTIFICATION_INFO_GET: how lists are packed, what is told once, and who waits to be run. */
#include "fixture.h"

#include <string.h>

#include "ffa/notification.h"
#include "spmc/interrupt.h"

#define VM     7u
#define DEVICE WORLD_SPI(SP_MP)

/* An answer, taken apart. */
static struct {
    bool more;
    unsigned lists;
    unsigned ids;
    unsigned vcpus[20];
    uint16_t id[20];
} info;

static void ask(void)
{
    struct vcpu *nwd = world_nwd(1);

    CALL(1, nwd, FFA_NOTIFICATION_INFO_GET_64);
}

static void ask_and_unpack(void)
{
    const uint64_t *x = world_nwd(1)->frame.x;

    ask();
    memset(&info, 0, sizeof(info));
    ck_assert_uint_eq(x[0], FFA_SUCCESS_64);
    ck_assert_uint_eq(x[1], 0);
    info.more = (x[2] & 1) != 0;
    ck_assert_uint_eq(x[2] & 0x7e, 0);
    info.lists = x[2] >> 7 & 0x1f;
    for (unsigned i = 0; i < info.lists; i++) {
        info.vcpus[i] = x[2] >> (12 + 2 * i) & 3;
        info.ids += 1 + info.vcpus[i];
    }
    ck_assert_uint_eq(info.lists < 26 ? x[2] >> (12 + 2 * info.lists) : 0, 0);
    ck_assert_uint_le(info.ids, 20);
    for (unsigned i = 0; i < 20; i++) {
        info.id[i] = (uint16_t)(x[3 + i / 4] >> (16 * (i % 4)));
        ck_assert(i < info.ids || info.id[i] == 0);
    }
}

static void ck_nothing(void)
{
    static struct world_state before;

    memcpy(&before, &world.state, sizeof(before));
    ask();
    ck_error(world_nwd(1), FFA_NO_DATA);
    memset(&before.vcpu[WORLD_VCPUS + 1].frame, 0, sizeof(struct vcpu_frame));
    memset(&world_nwd(1)->frame, 0, sizeof(struct vcpu_frame));
    before.nwd.version_frozen = true;
    ck_assert_mem_eq(&before, &world.state, sizeof(before));
}

static void pend(uint16_t id, enum notification_from from, uint64_t bits)
{
    (void)notification_pend(&notification_find(&world.state.spmc, id)->source[from].global, bits);
}

static void pend_vcpu(uint16_t id, uint32_t vcpu, uint64_t bits)
{
    struct notifications *to = notification_find(&world.state.spmc, id);

    (void)notification_pend(notification_of_vcpu(to, NOTIFICATION_FROM_SP, vcpu), bits);
}

static void create(uint16_t vm, uint32_t vcpus)
{
    CALL(1, world_nwd(1), FFA_NOTIFICATION_BITMAP_CREATE, vm, vcpus);
    ck_assert_uint_eq(world_nwd(1)->frame.x[0], FFA_SUCCESS_32);
}

/* conformance: ffa_notifications.fails_info_get_from_sp */
START_TEST(it_is_for_the_normal_world)
{
    struct vcpu *sp = world_request(0, SP_A);

    pend(SP_A, NOTIFICATION_FROM_VM, 1);
    CALL(0, sp, FFA_NOTIFICATION_INFO_GET_64);
    ck_error(sp, FFA_NOT_SUPPORTED);
    CALL(0, sp, FFA_FEATURES, FFA_NOTIFICATION_INFO_GET_64);
    ck_error(sp, FFA_NOT_SUPPORTED);
    CALL(1, world_nwd(1), FFA_FEATURES, FFA_NOTIFICATION_INFO_GET_64);
    ck_assert_uint_eq(world_nwd(1)->frame.x[0], FFA_SUCCESS_32);
    for (unsigned reg = 1; reg < FFA_REGS; reg++) {
        uint64_t x[FFA_REGS] = {FFA_NOTIFICATION_INFO_GET_64};

        x[reg] = 1ull << 40;
        world_call(1, world_nwd(1), x, FFA_REGS);
        ck_error(world_nwd(1), FFA_INVALID_PARAMETERS);
    }
    CALL(1, world_nwd(1), FFA_NOTIFICATION_INFO_GET_64 & ~SMCCC_64_BIT);
    ck_error(world_nwd(1), FFA_NOT_SUPPORTED);
    ask_and_unpack();
}
END_TEST

START_TEST(each_is_told_once_until_it_is_taken)
{
    ck_nothing();
    create(VM, 4);
    create(0, 1);
    ck_nothing();
    pend(SP_MP, NOTIFICATION_FROM_SP, 1);
    pend(SP_A, NOTIFICATION_FROM_VM, 1);
    pend(VM, NOTIFICATION_FROM_SP, 1);
    pend(0, NOTIFICATION_FROM_SP, 1);
    ask_and_unpack();
    ck_assert(!info.more);
    ck_assert_uint_eq(info.lists, 4);
    ck_assert_uint_eq(info.ids, 4);
    ck_assert_uint_eq(info.id[0], SP_A);
    ck_assert_uint_eq(info.id[1], SP_MP);
    ck_assert_uint_eq(info.id[2], 0);
    ck_assert_uint_eq(info.id[3], VM);
    ck_nothing();
    pend(SP_MP, NOTIFICATION_FROM_SP, 1); /* no news */
    ck_nothing();
    pend(SP_MP, NOTIFICATION_FROM_SP, 2);
    pend(SP_MP, NOTIFICATION_FROM_VM, 2);
    ask_and_unpack();
    ck_assert_uint_eq(info.ids, 1);
    ck_assert_uint_eq(info.id[0], SP_MP);
    ck_nothing();
    CALL(1, world_nwd(1), FFA_NOTIFICATION_GET, VM, 1);
    ck_assert_uint_eq(world_nwd(1)->frame.x[2], 1);
    pend(VM, NOTIFICATION_FROM_SP, 1);
    ck_assert(notification_rx_full(&world.state.cpu[0], SP_B, NOTIFICATION_RX_FULL_BY_SP));
    ask_and_unpack();
    ck_assert_uint_eq(info.ids, 2);
    ck_assert_uint_eq(info.id[0], SP_B);
    ck_assert_uint_eq(info.id[1], VM);
    ck_nothing();
}
END_TEST

START_TEST(vcpus_stand_behind_their_endpoint)
{
    world_notifications(true);
    create(VM, 8);
    pend_vcpu(SP_MP, 1, 1);
    for (uint32_t i = 1; i < 8; i += 2) {
        pend_vcpu(VM, i, 1);
    }
    pend(VM, NOTIFICATION_FROM_SP, 2);
    ask_and_unpack();
    ck_assert(!info.more);
    ck_assert_uint_eq(info.lists, 3);
    ck_assert_uint_eq(info.vcpus[0], 1);
    ck_assert_uint_eq(info.vcpus[1], 3);
    ck_assert_uint_eq(info.vcpus[2], 1);
    ck_assert_mem_eq(info.id, ((const uint16_t[]){SP_MP, 1, VM, 1, 3, 5, VM, 7}),
                     8 * sizeof(uint16_t));
    ck_nothing();
    pend_vcpu(VM, 3, 2);
    ask_and_unpack();
    ck_assert_mem_eq(info.id, ((const uint16_t[]){VM, 3}), 2 * sizeof(uint16_t));
}
END_TEST

/* More than twenty ids: what found no room comes with the next calls, nothing twice. */
START_TEST(more_than_twenty_ids)
{
    bool seen[NOTIFICATION_MAX_VM_VCPUS] = {false};
    unsigned count = 0;
    unsigned calls = 0;
    bool seen_sp = false;

    world_notifications(true);
    create(VM, NOTIFICATION_MAX_VM_VCPUS);
    pend(SP_A, NOTIFICATION_FROM_SP, 1);
    for (uint32_t i = 0; i < NOTIFICATION_MAX_VM_VCPUS; i++) {
        pend_vcpu(VM, i, 1);
    }
    do {
        unsigned at = 0;

        ask_and_unpack();
        calls++;
        for (unsigned list = 0; list < info.lists; list++) {
            ck_assert_uint_eq(info.id[at], seen_sp ? VM : SP_A);
            seen_sp = true;
            for (unsigned n = 1; n <= info.vcpus[list]; n++) {
                ck_assert(!seen[info.id[at + n]]);
                seen[info.id[at + n]] = true;
                count++;
            }
            at += 1 + info.vcpus[list];
        }
        ck_assert(info.more == (count < NOTIFICATION_MAX_VM_VCPUS));
    } while (info.more);
    ck_assert_uint_eq(count, NOTIFICATION_MAX_VM_VCPUS);
    ck_assert_uint_eq(calls, 5); /* fifteen vCPUs in five lists for each, one less at first */
    ck_nothing();
}
END_TEST

/* All ids are taken by whole endpoints: more than twenty of them do not fit in this world, so the
 * last places are filled with vCPUs. */
START_TEST(an_exact_fit_says_no_more)
{
    world_notifications(true);
    create(VM, NOTIFICATION_MAX_VM_VCPUS);
    for (uint32_t i = 0; i < 15; i++) {
        pend_vcpu(VM, i, 1);
    }
    ask_and_unpack();
    ck_assert_uint_eq(info.ids, 20);
    ck_assert_uint_eq(info.lists, 5);
    ck_assert(!info.more);
    ck_nothing();
    for (uint32_t i = 0; i < 15; i++) {
        pend_vcpu(VM, i, 2);
    }
    create(0, 1);
    pend(0, NOTIFICATION_FROM_SP, 1); /* stands before it, and leaves no room for vCPU 14 */
    ask_and_unpack();
    ck_assert_uint_eq(info.ids, 20);
    ck_assert(info.more);
    ask_and_unpack();
    ck_assert_mem_eq(info.id, ((const uint16_t[]){VM, 14}), 2 * sizeof(uint16_t));
    ck_assert(!info.more);
    /* One place left is not enough for a vCPU: its endpoint alone would say something else. */
    for (uint32_t i = 0; i < 13; i++) {
        pend_vcpu(VM, i, 4);
    }
    pend(0, NOTIFICATION_FROM_SP, 2);
    pend(SP_A, NOTIFICATION_FROM_SP, 2);
    pend(SP_B, NOTIFICATION_FROM_SP, 2);
    ask_and_unpack();
    ck_assert_uint_eq(info.ids, 19);
    ck_assert_uint_eq(info.lists, 7);
    ck_assert(info.more);
    ask_and_unpack();
    ck_assert_mem_eq(info.id, ((const uint16_t[]){VM, 12}), 2 * sizeof(uint16_t));
}
END_TEST

static void inject(uint16_t id, unsigned vcpu, uint32_t number)
{
    ck_assert(vint_inject(world_vcpu(id, vcpu), number));
}

START_TEST(who_waits_with_interrupts_is_to_be_run)
{
    struct partition_manifest *manifest = &world.partition_manifest[2];
    struct vcpu *second = world_vcpu(SP_MP, 1);

    ck_assert(vint_enable(second, DEVICE, false, false));
    inject(SP_MP, 1, DEVICE);
    manifest->sri_policy = 1;
    ck_nothing(); /* not enabled */
    ck_assert(vint_enable(second, DEVICE, true, false));
    manifest->sri_policy = 0;
    ck_nothing(); /* it gets its interrupts by itself */
    manifest->sri_policy = 1;
    second->state = VCPU_PREEMPTED;
    ck_nothing(); /* goes on in any case */
    second->state = VCPU_WAITING;
    pend(SP_MP, NOTIFICATION_FROM_SP, 1);
    ask_and_unpack();
    ck_assert_uint_eq(info.lists, 1);
    ck_assert_mem_eq(info.id, ((const uint16_t[]){SP_MP, 1}), 2 * sizeof(uint16_t));
    ck_nothing();
    /* It ran, took nothing, and waits again. */
    ck_assert(vcpu_set_state(second, VCPU_RUNNING));
    ck_nothing();
    ck_assert(vcpu_set_state(second, VCPU_WAITING));
    manifest->sri_policy = 2;
    ask_and_unpack();
    ck_assert_mem_eq(info.id, ((const uint16_t[]){SP_MP, 1}), 2 * sizeof(uint16_t));
    ck_nothing();
}
END_TEST

START_TEST(an_ipi_to_one_that_waits)
{
    struct vcpu *b = world_vcpu(SP_B, 0);

    ck_assert(vint_enable(b, VINT_IPI, false, false));
    inject(SP_B, 0, VINT_IPI);
    ck_nothing();
    inject(SP_B, 0, WORLD_SPI(SP_B)); /* that one takes the PE by itself */
    ck_nothing();
    ck_assert(vint_enable(b, VINT_IPI, true, false));
    world_sp(SP_B)->state = PARTITION_ABORTING;
    ck_nothing();
    world_sp(SP_B)->state = PARTITION_RUNNING;
    ask_and_unpack();
    ck_assert_uint_eq(info.lists, 1);
    ck_assert_mem_eq(info.id, ((const uint16_t[]){SP_B, 0}), 2 * sizeof(uint16_t));
    ck_assert_uint_eq(info.vcpus[0], 1);
    ck_nothing();
}
END_TEST

static void set_up(void)
{
    world_reset();
    world_notifications(false);
    world_interrupts();
    world_nwd(1)->partition->version_frozen = true;
}

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, set_up, NULL);
    tcase_add_test(tcase, it_is_for_the_normal_world);
    tcase_add_test(tcase, each_is_told_once_until_it_is_taken);
    tcase_add_test(tcase, vcpus_stand_behind_their_endpoint);
    tcase_add_test(tcase, more_than_twenty_ids);
    tcase_add_test(tcase, an_exact_fit_says_no_more);
    tcase_add_test(tcase, who_waits_with_interrupts_is_to_be_run);
    tcase_add_test(tcase, an_ipi_to_one_that_waits);
}

int main(void)
{
    return world_main("notification_info", add);
}
