/* SPDX-License-Identifier: BSD-3-Clause */
/* Notifications from unbound to taken, and whatever is refused on the way. */
#include "fixture.h"

#include <string.h>

#include "ffa/notification.h"
#include "spmc/interrupt.h"

#define VM      7u
#define VM_2    8u
#define ALL     (~0ull)
#define PER     1u /* flags of BIND and SET */
#define DELAY   2u
#define VCPU(n) ((uint32_t)(n) << 16)

enum { FROM_SP = 1, FROM_VM = 2, FROM_SPM = 4, FROM_HYP = 8 };

/* A vCPU that runs: of a partition, or the normal world's. */
static struct vcpu *running(uint16_t id)
{
    struct vcpu *vcpu;

    if (ffa_id_is_vm(id)) {
        return world_nwd(1);
    }
    vcpu = world_vcpu(id, 0);
    if (vcpu->state != VCPU_RUNNING) {
        (void)vcpu_set_state(vcpu, VCPU_RUNNING);
        vcpu->runtime_model = RTM_FFA_RUN;
        vcpu->sched_mode = SCHED_NWD;
    }
    vcpu->cpu = &world.state.cpu[0];
    world.state.cpu[0].current = vcpu;
    return vcpu;
}

static int32_t code(const struct vcpu *vcpu)
{
    return vcpu->frame.x[0] == FFA_SUCCESS_32 ? 0 : world_error(vcpu);
}

/* `who` makes the call: 0 is fine, else the error. */
static int32_t call5(uint16_t who, uint32_t fid, uint32_t w1, uint32_t w2, uint64_t bits)
{
    struct vcpu *vcpu = running(who);

    CALL(vcpu->cpu->index, vcpu, fid, w1, w2, (uint32_t)bits, bits >> 32);
    return code(vcpu);
}

static int32_t create(uint16_t vm, uint32_t vcpus)
{
    return call5(0, FFA_NOTIFICATION_BITMAP_CREATE, vm, vcpus, 0);
}

static int32_t destroy(uint16_t vm)
{
    return call5(0, FFA_NOTIFICATION_BITMAP_DESTROY, vm, 0, 0);
}

static int32_t bind(uint16_t sender, uint16_t receiver, uint64_t bits)
{
    return call5(receiver, FFA_NOTIFICATION_BIND, FFA_PAIR(sender, receiver), 0, bits);
}

static int32_t bind_per_vcpu(uint16_t sender, uint16_t receiver, uint64_t bits)
{
    return call5(receiver, FFA_NOTIFICATION_BIND, FFA_PAIR(sender, receiver), PER, bits);
}

static int32_t unbind(uint16_t sender, uint16_t receiver, uint64_t bits)
{
    return call5(receiver, FFA_NOTIFICATION_UNBIND, FFA_PAIR(sender, receiver), 0, bits);
}

static int32_t set(uint16_t sender, uint16_t receiver, uint32_t flags, uint64_t bits)
{
    return call5(sender, FFA_NOTIFICATION_SET, FFA_PAIR(sender, receiver), flags, bits);
}

static int32_t get(uint16_t receiver, uint16_t vcpu, uint32_t flags)
{
    return call5(receiver, FFA_NOTIFICATION_GET, FFA_PAIR(vcpu, receiver), flags, 0);
}

/* What the last GET of `receiver` brought. */
static uint64_t got(uint16_t receiver, unsigned from)
{
    const uint64_t *x = running(receiver)->frame.x;

    return from == FROM_SP   ? x[2] | x[3] << 32
           : from == FROM_VM ? x[4] | x[5] << 32
                             : x[6] | x[7] << 32;
}

static bool npi(uint16_t id, unsigned vcpu)
{
    bool told = notification_take_npi(&world.state.cpu[0], world_vcpu(id, vcpu));

    must(world.pe[0].locks_held == 0);
    return told;
}

START_TEST(from_a_partition_to_a_vm_and_back)
{
    const uint64_t bits = 1ull << 63 | 1ull << 31 | 1;

    ck_assert_int_eq(create(VM, 2), 0);
    ck_assert_int_eq(bind(SP_A, VM, bits), 0);
    ck_assert_int_eq(set(SP_A, VM, 0, bits), 0);
    ck_assert_uint_eq(world.pe[0].sris, 1);
    ck_assert_int_eq(get(VM, 0, FROM_SP | FROM_SPM), 0);
    ck_assert_uint_eq(got(VM, FROM_SP), bits);
    ck_assert_uint_eq(got(VM, FROM_VM), 0);
    ck_assert_int_eq(get(VM, 1, FROM_SP), 0);
    ck_assert_uint_eq(got(VM, FROM_SP), 0);

    ck_assert_int_eq(bind(VM, SP_A, bits), 0);
    ck_assert_int_eq(set(VM, SP_A, 0, bits & ~1ull), 0);
    ck_assert_uint_eq(world.pe[1].sris, 1);
    ck_assert_int_eq(get(SP_A, 0, FROM_VM), 0);
    ck_assert_uint_eq(got(SP_A, FROM_VM), bits & ~1ull);
    ck_assert_int_eq(destroy(VM), 0);
}
END_TEST

START_TEST(between_partitions_and_for_the_normal_world_itself)
{
    ck_assert_int_eq(bind(SP_B, SP_A, 0xf0), 0);
    ck_assert_int_eq(bind(SP_MP, SP_A, 0x0f), 0);
    ck_assert_int_eq(bind(0, SP_A, 0xff), 0); /* what VMs send has bits of its own */
    ck_assert_int_eq(set(SP_B, SP_A, DELAY, 0x30), 0);
    ck_assert_uint_eq(world.pe[0].sris, 0);
    ck_assert(world.state.cpu[0].sri_is_delayed);
    ck_assert_int_eq(set(SP_MP, SP_A, 0, 0x01), 0);
    ck_assert_uint_eq(world.pe[0].sris, 1);
    ck_assert(!world.state.cpu[0].sri_is_delayed); /* one will do */
    ck_assert_int_eq(set(0, SP_A, 0, 0x80), 0);
    ck_assert_uint_eq(world.pe[1].sris, 1);
    ck_assert_int_eq(get(SP_A, 0, FROM_VM), 0);
    ck_assert_uint_eq(got(SP_A, FROM_VM), 0x80);
    ck_assert_uint_eq(got(SP_A, FROM_SP), 0);
    ck_assert_int_eq(get(SP_A, 0, 0xf), 0);
    ck_assert_uint_eq(got(SP_A, FROM_SP), 0x31);

    ck_assert_int_eq(bind(SP_A, 0, 1), FFA_INVALID_PARAMETERS); /* no bitmap yet */
    ck_assert_int_eq(create(0, 8), 0);
    ck_assert_int_eq(bind(SP_A, 0, 1), 0);
    ck_assert_int_eq(set(SP_A, 0, 0, 1), 0);
    ck_assert_int_eq(get(0, 7, FROM_SP), 0);
    ck_assert_uint_eq(got(0, FROM_SP), 1);
}
END_TEST

/* Threats 12 and 13: bitmaps until there are none, and those of others. */
START_TEST(bitmaps_are_the_hypervisors_and_few)
{
    ck_assert_int_eq(call5(SP_A, FFA_NOTIFICATION_BITMAP_CREATE, VM, 1, 0), FFA_NOT_SUPPORTED);
    ck_assert_int_eq(create(SP_A, 1), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(create(FFA_ID_SPMC, 1), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(call5(0, FFA_NOTIFICATION_BITMAP_CREATE, 1u << 16 | VM, 1, 0),
                     FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(create(VM, 0), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(create(VM, 0x10000), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(call5(0, FFA_NOTIFICATION_BITMAP_CREATE, VM, 1, 1), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(create(VM, 0xffff), 0);
    ck_assert_int_eq(create(VM, 1), FFA_DENIED);
    ck_assert_int_eq(create(VM_2, 1), 0);
    ck_assert_int_eq(create(9, 1), FFA_NO_MEMORY);
    ck_assert_int_eq(create(0, 1), 0); /* has a place of its own */
    ck_assert_int_eq(create(0, 1), FFA_DENIED);

    ck_assert_int_eq(call5(SP_A, FFA_NOTIFICATION_BITMAP_DESTROY, VM, 0, 0), FFA_NOT_SUPPORTED);
    ck_assert_int_eq(destroy(9), FFA_DENIED);
    ck_assert_int_eq(destroy(SP_A), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(call5(0, FFA_NOTIFICATION_BITMAP_DESTROY, VM, 1, 0), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(destroy(VM), 0);
    ck_assert_int_eq(destroy(VM), FFA_DENIED);
    ck_assert_int_eq(create(9, 1), 0);
    ck_assert_int_eq(destroy(0), 0);
}
END_TEST

START_TEST(a_bitmap_with_something_in_it_stays)
{
    ck_assert_int_eq(create(VM, 1), 0);
    ck_assert_int_eq(bind(SP_A, VM, 3), 0);
    ck_assert_int_eq(set(SP_A, VM, 0, 2), 0);
    ck_assert_int_eq(destroy(VM), FFA_DENIED);
    ck_assert_int_eq(get(VM, 0, FROM_SP), 0);
    ck_assert_int_eq(destroy(VM), 0);
    /* What was bound is so no longer. */
    ck_assert_int_eq(create(VM, 1), 0);
    ck_assert_int_eq(set(SP_A, VM, 0, 1), FFA_DENIED);
    ck_assert(notification_rx_full(&world.state.cpu[0], VM, NOTIFICATION_RX_FULL_BY_SP));
    ck_assert_int_eq(destroy(VM), FFA_DENIED);
}
END_TEST

/* Threat 14: binding on behalf of others. */
/* conformance: ffa_notifications.fail_if_mbz_set_in_notifications_bind */
START_TEST(who_may_bind_what)
{
    static const uint32_t fids[] = {FFA_NOTIFICATION_BIND, FFA_NOTIFICATION_UNBIND};

    ck_assert_int_eq(create(VM, 1), 0);
    ck_assert_int_eq(bind(SP_B, SP_A, ALL), 0);
    ck_assert_int_eq(bind(SP_B, VM, ALL), 0);
    for (unsigned i = 0; i < 2; i++) {
        static const struct {
            uint16_t who;
            uint16_t sender;
            uint16_t receiver;
        } bad[] = {
            {SP_B, SP_B, SP_A},   {SP_B, SP_A, SP_A},
            {SP_A, SP_A, SP_A},   {SP_A, SP_A, VM},
            {SP_A, 0x8009, SP_A}, {SP_A, FFA_ID_SPMC, SP_A},
            {SP_A, 0xffc0, SP_A}, {SP_A, FFA_ID_SPMD, SP_A},
            {0, SP_B, SP_A},      {0, VM, SP_A},
            {0, VM_2, VM},        {0, 0, VM},
            {0, 0x8009, VM},      {0, SP_B, VM_2},
            {0, SP_B, 0},
        };

        for (unsigned n = 0; n < sizeof(bad) / sizeof(bad[0]); n++) {
            ck_assert_msg(call5(bad[n].who, fids[i], FFA_PAIR(bad[n].sender, bad[n].receiver), 0,
                                1) == FFA_INVALID_PARAMETERS,
                          "0x%x, case %u", fids[i], n);
        }
        ck_assert_int_eq(call5(SP_A, fids[i], FFA_PAIR(SP_B, SP_A), 0, 0), FFA_INVALID_PARAMETERS);
        for (unsigned bit = 0; bit < 32; bit++) {
            ck_assert_int_eq(call5(SP_A, fids[i], FFA_PAIR(SP_B, SP_A), 1u << bit, 1),
                             FFA_INVALID_PARAMETERS);
        }
        for (unsigned reg = 5; reg < FFA_REGS; reg++) {
            uint64_t x[FFA_REGS] = {fids[i], FFA_PAIR(SP_B, SP_A), 0, 1};

            x[reg] = 1;
            world_call(0, running(SP_A), x, FFA_REGS);
            ck_error(running(SP_A), FFA_INVALID_PARAMETERS);
        }
    }
    /* A partition that has no notifications, one that is not there, one that is too old */
    ck_assert_int_eq(bind(SP_A, SP_OLD, 1), FFA_NOT_SUPPORTED);
    ck_assert_int_eq(unbind(SP_A, SP_OLD, 1), FFA_NOT_SUPPORTED);
    ck_assert_int_eq(get(SP_OLD, 0, FROM_SP), FFA_NOT_SUPPORTED);
    ck_assert_int_eq(set(SP_A, SP_OLD, 0, 1), FFA_NOT_SUPPORTED);
    ck_assert_int_eq(unbind(SP_B, SP_A, ALL), 0);
    world_sp(SP_B)->state = PARTITION_NULL;
    ck_assert_int_eq(bind(SP_B, SP_A, 1), FFA_INVALID_PARAMETERS);
    world_sp(SP_A)->ffa_version = FFA_VERSION_1_0;
    ck_assert_int_eq(bind(SP_MP, SP_A, 1), FFA_NOT_SUPPORTED);
}
END_TEST

START_TEST(what_is_bound_or_pending_stays)
{
    ck_assert_int_eq(bind(SP_B, SP_A, 0x3), 0);
    ck_assert_int_eq(bind(SP_B, SP_A, 0x1), 0);
    ck_assert_int_eq(bind(SP_MP, SP_A, 0x6), FFA_DENIED);
    ck_assert_int_eq(set(SP_MP, SP_A, 0, 0x4), FFA_DENIED); /* not even in part */
    ck_assert_int_eq(bind(SP_MP, SP_A, 0x4), 0);
    ck_assert_int_eq(unbind(SP_B, SP_A, 0x4), FFA_DENIED);
    ck_assert_int_eq(unbind(SP_B, SP_A, 0x9), FFA_DENIED);
    ck_assert_int_eq(set(SP_B, SP_A, 0, 0x1), 0);
    ck_assert_int_eq(unbind(SP_B, SP_A, 0x3), FFA_DENIED);
    ck_assert_int_eq(bind(SP_B, SP_A, 0x1), FFA_DENIED);
    ck_assert_int_eq(unbind(SP_B, SP_A, 0x2), 0);
    ck_assert_int_eq(unbind(SP_B, SP_A, 0x2), FFA_DENIED);
    ck_assert_int_eq(bind(SP_MP, SP_A, 0x2), 0);
    ck_assert_int_eq(get(SP_A, 0, FROM_SP), 0);
    ck_assert_int_eq(unbind(SP_B, SP_A, 0x1), 0);
    ck_assert_int_eq(set(SP_B, SP_A, 0, 0x1), FFA_DENIED);
}
END_TEST

/* Threat 15: setting what is not bound. */
/* conformance: ffa_notifications.fail_if_mbz_set_in_notification_set */
/* conformance: ffa_notifications.fail_if_global_notif_vcpu_not_zero */
/* conformance: ffa_notifications.fail_if_global_notif_set_as_per_vcpu */
START_TEST(who_may_set_what)
{
    ck_assert_int_eq(create(VM, 2), 0);
    ck_assert_int_eq(bind(SP_A, VM, 1), 0);
    ck_assert_int_eq(bind(VM, SP_A, 1), 0);
    ck_assert_int_eq(bind(SP_B, SP_A, 2), 0);
    ck_assert_int_eq(set(SP_A, VM, 0, 2), FFA_DENIED);
    ck_assert_int_eq(set(SP_A, VM, 0, 3), FFA_DENIED);
    ck_assert_int_eq(set(SP_B, VM, 0, 1), FFA_DENIED);
    ck_assert_int_eq(set(VM_2, SP_A, 0, 1), FFA_DENIED);
    ck_assert_int_eq(set(VM, SP_A, 0, 2), FFA_DENIED); /* bound, but to a partition */
    ck_assert_int_eq(set(SP_A, VM, 0, 0), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(set(SP_A, VM, VCPU(1), 1), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(set(SP_A, VM, PER, 1), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(set(SP_A, VM, PER | VCPU(1), 1), FFA_INVALID_PARAMETERS);
    for (unsigned bit = 2; bit < 16; bit++) {
        ck_assert_int_eq(set(SP_A, VM, 1u << bit, 1), FFA_INVALID_PARAMETERS);
    }
    ck_assert_int_eq(set(VM, SP_A, DELAY, 1), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(set(SP_A, SP_A, 0, 1), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(set(SP_A, VM_2, 0, 1), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(set(SP_A, 0x8009, 0, 1), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(set(VM, VM_2, 0, 1), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(call5(SP_B, FFA_NOTIFICATION_SET, FFA_PAIR(SP_A, VM), 0, 1),
                     FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(call5(0, FFA_NOTIFICATION_SET, FFA_PAIR(SP_A, VM), 0, 1),
                     FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(call5(SP_A, FFA_NOTIFICATION_SET, FFA_PAIR(VM, SP_A), 0, 1),
                     FFA_INVALID_PARAMETERS);
    ck_assert_uint_eq(world.pe[0].sris + world.pe[1].sris, 0);
    ck_assert(!world.state.cpu[0].sri_is_delayed && !world.state.cpu[1].sri_is_delayed);
    ck_assert_int_eq(set(SP_A, VM, 0, 1), 0);
    ck_assert_int_eq(set(VM, SP_A, 0, 1), 0);
}
END_TEST

/* Threat 16: reading those of others. */
/* conformance: ffa_notifications.fail_if_mbz_set_in_notification_get */
START_TEST(who_may_get_what)
{
    ck_assert_int_eq(create(VM, 2), 0);
    ck_assert_int_eq(bind(SP_B, SP_A, 1), 0);
    ck_assert_int_eq(set(SP_B, SP_A, 0, 1), 0);
    ck_assert_int_eq(call5(SP_B, FFA_NOTIFICATION_GET, SP_A, FROM_SP, 0), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(call5(0, FFA_NOTIFICATION_GET, SP_A, FROM_SP, 0), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(call5(SP_A, FFA_NOTIFICATION_GET, VM, FROM_SP, 0), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(get(VM_2, 0, FROM_SP), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(get(0, 0, FROM_SP), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(get(VM, 2, FROM_SP), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(get(SP_A, 1, FROM_SP), FFA_INVALID_PARAMETERS);
    /* A hypervisor has those of its VMs itself. */
    ck_assert_int_eq(get(VM, 0, FROM_SP | FROM_VM), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(get(VM, 0, FROM_HYP), FFA_INVALID_PARAMETERS);
    for (unsigned bit = 4; bit < 32; bit++) {
        ck_assert_int_eq(get(SP_A, 0, 1u << bit | FROM_SP), FFA_INVALID_PARAMETERS);
    }
    CALL(0, running(SP_A), FFA_NOTIFICATION_GET, SP_A, FROM_SP, 1);
    ck_error(running(SP_A), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(get(SP_A, 0, 0), 0);
    ck_assert_uint_eq(got(SP_A, FROM_SP), 0);
    ck_assert_int_eq(get(SP_A, 0, FROM_SP), 0);
    ck_assert_uint_eq(got(SP_A, FROM_SP), 1);
}
END_TEST

/* Threat 18: one schedule receiver interrupt for each notification that becomes pending. */
START_TEST(setting_again_is_no_news)
{
    ck_assert_int_eq(bind(SP_B, SP_A, 3), 0);
    for (unsigned i = 0; i < 100; i++) {
        ck_assert_int_eq(set(SP_B, SP_A, 0, 1), 0);
        ck_assert_int_eq(set(SP_B, SP_A, DELAY, 1), 0);
    }
    ck_assert_uint_eq(world.pe[0].sris, 1);
    ck_assert(!world.state.cpu[0].sri_is_delayed);
    ck_assert_int_eq(set(SP_B, SP_A, DELAY, 3), 0);
    ck_assert(world.state.cpu[0].sri_is_delayed);
    ck_assert_int_eq(get(SP_A, 0, FROM_SP), 0);
    ck_assert_int_eq(set(SP_B, SP_A, 0, 1), 0);
    ck_assert_uint_eq(world.pe[0].sris, 2);
}
END_TEST

/* conformance: ffa_notifications.signaling_from_vm_to_sp */
START_TEST(the_receiver_is_told_once)
{
    ck_assert(!npi(SP_MP, 0));
    ck_assert_int_eq(bind(VM, SP_MP, 3), 0);
    ck_assert_int_eq(set(VM, SP_MP, 0, 1), 0);
    ck_assert(npi(SP_MP, 0));
    ck_assert(!npi(SP_MP, 0));
    ck_assert(!npi(SP_MP, 1)); /* a global one is for any vCPU */
    ck_assert_int_eq(set(VM, SP_MP, 0, 1), 0);
    ck_assert(!npi(SP_MP, 0));
    ck_assert_int_eq(set(VM, SP_MP, 0, 2), 0);
    ck_assert(npi(SP_MP, 1));
    ck_assert_int_eq(get(SP_MP, 1, FROM_VM), 0);
    ck_assert_uint_eq(got(SP_MP, FROM_VM), 3);
    ck_assert(!npi(SP_MP, 0));
    ck_assert_int_eq(set(VM, SP_MP, 0, 1), 0);
    ck_assert(npi(SP_MP, 0));
    ck_assert(!notification_take_npi(&world.state.cpu[0], world_nwd(0)));
    ck_assert(!npi(SP_OLD, 0));
    ck_assert(!npi(SP_B, 0));
    ck_assert(notification_rx_full(&world.state.cpu[0], SP_B, NOTIFICATION_RX_FULL_BY_VM));
    ck_assert(npi(SP_B, 0));
}
END_TEST

START_TEST(one_vcpu_alone)
{
    world_reset();
    world_notifications(true);
    ck_assert_int_eq(create(VM, NOTIFICATION_MAX_VM_VCPUS + 1), FFA_NO_MEMORY);
    ck_assert_int_eq(create(VM, NOTIFICATION_MAX_VM_VCPUS), 0);
    ck_assert_int_eq(bind_per_vcpu(SP_A, VM, 1), 0);
    ck_assert_int_eq(bind_per_vcpu(SP_A, SP_MP, 2), 0);
    ck_assert_int_eq(bind(SP_A, SP_MP, 4), 0);
    ck_assert_int_eq(call5(SP_MP, FFA_NOTIFICATION_BIND, FFA_PAIR(SP_A, SP_MP), 2, 2),
                     FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(unbind(SP_A, SP_MP, 8), FFA_DENIED);
    ck_assert_int_eq(call5(SP_MP, FFA_NOTIFICATION_UNBIND, FFA_PAIR(SP_A, SP_MP), PER, 2),
                     FFA_INVALID_PARAMETERS);

    ck_assert_int_eq(set(SP_A, VM, PER | VCPU(NOTIFICATION_MAX_VM_VCPUS), 1),
                     FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(set(SP_A, VM, 0, 1), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(set(SP_A, SP_MP, PER, 4), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(set(SP_A, SP_MP, PER | VCPU(1), 6), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(set(SP_A, SP_MP, PER | VCPU(2), 2), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(set(SP_A, VM, PER | VCPU(NOTIFICATION_MAX_VM_VCPUS - 1), 1), 0);
    ck_assert_int_eq(set(SP_A, SP_MP, PER | VCPU(1), 2), 0);
    ck_assert_int_eq(destroy(VM), FFA_DENIED);
    ck_assert_int_eq(unbind(SP_A, SP_MP, 2), FFA_DENIED);
    ck_assert_int_eq(bind(SP_A, SP_MP, 2), FFA_DENIED);

    ck_assert(!npi(SP_MP, 0));
    ck_assert(npi(SP_MP, 1));
    ck_assert_int_eq(set(SP_A, SP_MP, 0, 4), 0);
    ck_assert_int_eq(get(SP_MP, 0, FROM_SP), 0);
    ck_assert_uint_eq(got(SP_MP, FROM_SP), 4);
    ck_assert_int_eq(get(SP_MP, 1, FROM_SP), 0);
    ck_assert_uint_eq(got(SP_MP, FROM_SP), 2);
    ck_assert_int_eq(get(VM, 0, FROM_SP), 0);
    ck_assert_uint_eq(got(VM, FROM_SP), 0);
    ck_assert_int_eq(get(VM, NOTIFICATION_MAX_VM_VCPUS - 1, FROM_SP), 0);
    ck_assert_uint_eq(got(VM, FROM_SP), 1);
    ck_assert_int_eq(bind(SP_A, SP_MP, 2), 0); /* now as a global one */
    ck_assert_int_eq(set(SP_A, SP_MP, 0, 2), 0);
    ck_assert_int_eq(destroy(VM), 0);
}
END_TEST

START_TEST(features_say_whether_a_vcpu_has_its_own)
{
    CALL(1, world_nwd(1), FFA_FEATURES, FFA_FEATURE_NOTIFICATION_PROPS);
    ck_assert_uint_eq(world_nwd(1)->frame.x[2], 3);
    world.state.spmc.per_vcpu_notifications = true;
    CALL(1, world_nwd(1), FFA_FEATURES, FFA_FEATURE_NOTIFICATION_PROPS);
    ck_assert_uint_eq(world_nwd(1)->frame.x[2], 0);
}
END_TEST

/* Law 9: each receiver has all its bits, whatever the others hold. */
START_TEST(nobody_takes_room_from_others)
{
    static const uint16_t sps[] = {SP_A, SP_B, SP_MP};

    ck_assert_int_eq(create(0, 1), 0);
    ck_assert_int_eq(create(VM, 1), 0);
    ck_assert_int_eq(create(VM_2, 1), 0);
    for (unsigned i = 0; i < 3; i++) {
        uint16_t next = sps[(i + 1) % 3];

        ck_assert_int_eq(bind(next, sps[i], ALL), 0);
        ck_assert_int_eq(bind(VM, sps[i], ALL), 0);
        ck_assert_int_eq(set(next, sps[i], 0, ALL), 0);
        ck_assert_int_eq(set(VM, sps[i], 0, ALL), 0);
    }
    ck_assert_int_eq(bind(SP_A, 0, ALL), 0);
    ck_assert_int_eq(bind(SP_A, VM, ALL), 0);
    ck_assert_int_eq(bind(SP_B, VM_2, ALL), 0);
    ck_assert_int_eq(set(SP_A, 0, 0, ALL), 0);
    ck_assert_int_eq(set(SP_A, VM, 0, ALL), 0);
    ck_assert_int_eq(set(SP_B, VM_2, 0, ALL), 0);
    for (unsigned i = 0; i < 3; i++) {
        ck_assert_int_eq(get(sps[i], 0, 0xf), 0);
        ck_assert_uint_eq(got(sps[i], FROM_SP), ALL);
        ck_assert_uint_eq(got(sps[i], FROM_VM), ALL);
    }
    ck_assert_int_eq(get(VM_2, 0, FROM_SP), 0);
    ck_assert_uint_eq(got(VM_2, FROM_SP), ALL);
}
END_TEST

START_TEST(the_dead_have_none)
{
    struct vcpu *a = running(SP_A);

    ck_assert_int_eq(bind(SP_B, SP_A, 3), 0);
    ck_assert_int_eq(set(SP_B, SP_A, 0, 1), 0);
    a->chain_prev = NULL;
    CALL(0, a, FFA_ABORT_32);
    ck_assert_uint_eq(a->state, VCPU_ABORTED);
    ck_assert_int_eq(set(SP_B, SP_A, 0, 2), FFA_DENIED);
    CALL(1, world_nwd(1), FFA_NOTIFICATION_INFO_GET_64);
    ck_error(world_nwd(1), FFA_NO_DATA);
}
END_TEST

static void set_up(void)
{
    world_reset();
    world_notifications(false);
    world.state.spmc.gic.present = true;
}

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, set_up, NULL);
    tcase_add_test(tcase, from_a_partition_to_a_vm_and_back);
    tcase_add_test(tcase, between_partitions_and_for_the_normal_world_itself);
    tcase_add_test(tcase, bitmaps_are_the_hypervisors_and_few);
    tcase_add_test(tcase, a_bitmap_with_something_in_it_stays);
    tcase_add_test(tcase, who_may_bind_what);
    tcase_add_test(tcase, what_is_bound_or_pending_stays);
    tcase_add_test(tcase, who_may_set_what);
    tcase_add_test(tcase, who_may_get_what);
    tcase_add_test(tcase, setting_again_is_no_news);
    tcase_add_test(tcase, the_receiver_is_told_once);
    tcase_add_test(tcase, one_vcpu_alone);
    tcase_add_test(tcase, features_say_whether_a_vcpu_has_its_own);
    tcase_add_test(tcase, nobody_takes_room_from_others);
    tcase_add_test(tcase, the_dead_have_none);
}

int main(void)
{
    return world_main("notification", add);
}
