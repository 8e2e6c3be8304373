/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_MSG_SEND_DIRECT_REQ, RESP, REQ2 and RESP2: who reaches whom, and each error in its order. */
#include "fixture.h"

#define REQ   FFA_MSG_SEND_DIRECT_REQ_32
#define REQ64 FFA_MSG_SEND_DIRECT_REQ_64
#define REQ2  FFA_MSG_SEND_DIRECT_REQ2_64
#define RESP  FFA_MSG_SEND_DIRECT_RESP_32
#define RESP2 FFA_MSG_SEND_DIRECT_RESP2_64

/* An error that the normal world gets on PE `cpu`. */
static int32_t nwd_error_on(unsigned cpu, uint32_t fid, uint32_t w1, uint64_t x2)
{
    ck_assert_ptr_eq(CALL(cpu, world_nwd(cpu), fid, w1, x2), world_nwd(cpu));
    return world_error(world_nwd(cpu));
}

static int32_t nwd_error(uint32_t fid, uint32_t w1, uint64_t x2)
{
    return nwd_error_on(0, fid, w1, x2);
}

START_TEST(a_request_reaches_the_partition_and_its_response_comes_back)
{
    struct vcpu *nwd = world_nwd(0);
    struct vcpu *sp = CALL(0, nwd, REQ, FFA_PAIR(0x12, SP_A), 0, 3, 4, 5, 6, ~0ull);

    ck_assert_ptr_eq(sp, world_vcpu(SP_A, 0));
    ck_assert_uint_eq(sp->frame.x[0], REQ);
    ck_assert_uint_eq(sp->frame.x[1], FFA_PAIR(0x12, SP_A));
    for (unsigned n = 3; n < 7; n++) {
        ck_assert_uint_eq(sp->frame.x[n], n);
    }
    ck_assert_uint_eq(sp->frame.x[7], 0xffffffffu); /* 32-bit: the upper half does not pass */
    ck_assert_uint_eq(sp->frame.store, FFA_REGS);
    ck_assert_uint_eq(sp->state, VCPU_RUNNING);
    ck_assert_uint_eq(sp->runtime_model, RTM_FFA_DIR_REQ);
    ck_assert_uint_eq(sp->sched_mode, SCHED_NWD);
    ck_assert_ptr_null(sp->chain_prev);

    ck_assert_ptr_eq(CALL(0, sp, RESP, FFA_PAIR(SP_A, 0x12), 0, 7, 8), nwd);
    ck_assert_uint_eq(nwd->frame.x[0], RESP);
    ck_assert_uint_eq(nwd->frame.x[1], FFA_PAIR(SP_A, 0x12));
    ck_assert_uint_eq(nwd->frame.x[3], 7);
    ck_assert_uint_eq(nwd->frame.x[4], 8);
    ck_assert_uint_eq(nwd->frame.store, FFA_REGS);
    ck_assert_uint_eq(sp->state, VCPU_WAITING);
    ck_assert_uint_eq(sp->runtime_model, RTM_NONE);
    ck_assert(!sp->processing_request);
    ck_assert(sp->regs_available);
}
END_TEST

START_TEST(a_64_bit_request_carries_64_bits)
{
    struct vcpu *sp = CALL(0, world_nwd(0), REQ64, SP_A, 0, ~0ull);

    ck_assert_uint_eq(sp->frame.x[0], REQ64);
    ck_assert_uint_eq(sp->frame.x[3], ~0ull);
}
END_TEST

START_TEST(each_error_of_a_request_comes_before_the_next)
{
    struct partition *sp = world_sp(SP_A);
    struct vcpu *vcpu = world_vcpu(SP_A, 0);

    /* Everything is wrong; what is checked first is mended first. */
    world.partition_manifest[0].service[0].messaging_method = 0;
    sp->state = PARTITION_ABORTING;
    vcpu->state = VCPU_ABORTED;
    vcpu->processing_request = true;
    ck_assert_int_eq(nwd_error(REQ, FFA_PAIR(SP_B, 0x8123), 1), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(nwd_error(REQ, FFA_PAIR(SP_B, 0x8123), 0), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(nwd_error(REQ, FFA_PAIR(0, 0x8123), 0), FFA_INVALID_PARAMETERS);
    ck_assert_uint_eq(world.pe[0].locks_taken, 0);
    ck_assert_int_eq(nwd_error(REQ, FFA_PAIR(0, SP_A), 0), FFA_DENIED);
    ck_assert_uint_eq(world.pe[0].locks_taken, 0);
    world.partition_manifest[0].service[0].messaging_method = FFA_PROP_DIRECT_REQ_RECV;
    ck_assert_int_eq(nwd_error(REQ, FFA_PAIR(0, SP_A), 0), FFA_ABORTED);
    world.partition_manifest[0].lifecycle_support = true;
    ck_assert_int_eq(nwd_error(REQ, FFA_PAIR(0, SP_A), 0), FFA_BUSY);
    sp->state = PARTITION_NULL;
    ck_assert_int_eq(nwd_error(REQ, FFA_PAIR(0, SP_A), 0), FFA_INVALID_PARAMETERS);
    sp->state = PARTITION_CREATED;
    ck_assert_int_eq(nwd_error(REQ, FFA_PAIR(0, SP_A), 0), FFA_BUSY);
    sp->state = PARTITION_RUNNING;
    ck_assert_int_eq(nwd_error(REQ, FFA_PAIR(0, SP_A), 0), FFA_BUSY);
    vcpu->processing_request = false;
    vcpu->regs_available = false;
    ck_assert_int_eq(nwd_error(REQ, FFA_PAIR(0, SP_A), 0), FFA_BUSY);
    vcpu->regs_available = true;
    ck_assert_int_eq(nwd_error(REQ, FFA_PAIR(0, SP_A), 0), FFA_ABORTED);
    vcpu->state = VCPU_NULL;
    ck_assert_int_eq(nwd_error(REQ, FFA_PAIR(0, SP_A), 0), FFA_INVALID_PARAMETERS);
    vcpu->state = VCPU_BLOCKED;
    ck_assert_int_eq(nwd_error(REQ, FFA_PAIR(0, SP_A), 0), FFA_BUSY);
    vcpu->state = VCPU_WAITING;
    world_request(0, SP_A);
}
END_TEST

START_TEST(senders_can_not_be_forged)
{
    struct vcpu *sp = world_request(0, SP_A);
    static const uint32_t w1[] = {
        FFA_PAIR(SP_MP, SP_B),            /* another partition */
        FFA_PAIR(0, SP_B),                /* the normal world */
        FFA_PAIR(SP_A, SP_A),             /* oneself */
        FFA_PAIR(SP_A, 0),                /* to the normal world */
        FFA_PAIR(SP_A, FFA_ID_LSP_FIRST), /* to EL3 */
        FFA_PAIR(SP_A, FFA_ID_SPMC),
        FFA_PAIR(SP_A, SP_OLD + 1),
    };
    unsigned locks = world.pe[0].locks_taken;

    for (unsigned i = 0; i < sizeof(w1) / sizeof(w1[0]); i++) {
        ck_assert_ptr_eq(CALL(0, sp, REQ, w1[i]), sp);
        ck_error(sp, FFA_INVALID_PARAMETERS);
    }
    ck_assert_uint_eq(world.pe[0].locks_taken, locks);
    ck_assert_int_eq(nwd_error_on(1, REQ, FFA_PAIR(SP_B, SP_A), 0), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(nwd_error_on(1, REQ, FFA_PAIR(0xffff, SP_B), 0), FFA_INVALID_PARAMETERS);
}
END_TEST

/* Requests and responses of every form, from both worlds, whose ends are wrong. */
START_TEST(wrong_ends_are_refused_before_any_lock)
{
    static const uint32_t fids[] = {REQ, REQ64, REQ2, RESP, FFA_MSG_SEND_DIRECT_RESP_64, RESP2};
    static const uint32_t of_sp[] = {
        FFA_PAIR(SP_A, SP_A), FFA_PAIR(SP_A, FFA_ID_SPMC), FFA_PAIR(SP_B, 0),
        FFA_PAIR(0, SP_B),    FFA_PAIR(SP_A, SP_OLD + 1),
    };
    static const uint32_t of_nwd[] = {
        FFA_PAIR(0, 0),       FFA_PAIR(0, FFA_ID_SPMC), FFA_PAIR(0, SP_OLD + 1),
        FFA_PAIR(SP_A, SP_B), FFA_PAIR(0, 0xffff),      FFA_PAIR(FFA_ID_SPMC, SP_A),
        FFA_PAIR(0, 7),       FFA_PAIR(SP_A, SP_A),
    };
    struct vcpu *sp = world_request(0, SP_A);

    world.pe[0].locks_taken = 0;
    world.pe[1].locks_taken = 0;
    for (unsigned f = 0; f < sizeof(fids) / sizeof(fids[0]); f++) {
        for (unsigned i = 0; i < sizeof(of_sp) / sizeof(of_sp[0]); i++) {
            ck_assert_ptr_eq(CALL(0, sp, fids[f], of_sp[i]), sp);
            ck_error(sp, FFA_INVALID_PARAMETERS);
        }
        for (unsigned i = 0; i < sizeof(of_nwd) / sizeof(of_nwd[0]); i++) {
            ck_assert_int_eq(nwd_error_on(1, fids[f], of_nwd[i], 0), FFA_INVALID_PARAMETERS);
        }
    }
    /* Requests to whom a response may go: the normal world and EL3 */
    for (unsigned f = 0; f < 3; f++) {
        CALL(0, sp, fids[f], FFA_PAIR(SP_A, 0));
        ck_error(sp, FFA_INVALID_PARAMETERS);
        CALL(0, sp, fids[f], FFA_PAIR(SP_A, FFA_ID_LSP_FIRST));
        ck_error(sp, FFA_INVALID_PARAMETERS);
    }
    ck_assert_uint_eq(world.pe[0].locks_taken + world.pe[1].locks_taken, 0);
}
END_TEST

START_TEST(a_logical_partition_starts_a_chain_in_spmc_mode)
{
    struct vcpu *sp = CALL(0, world_nwd(0), REQ, FFA_PAIR(FFA_ID_LSP_FIRST, SP_A));

    ck_assert_uint_eq(sp->sched_mode, SCHED_SPMC);
    ck_assert_ptr_eq(CALL(0, sp, RESP, FFA_PAIR(SP_A, FFA_ID_LSP_FIRST)), world_nwd(0));
    ck_assert_uint_eq(world_nwd(0)->frame.x[1], FFA_PAIR(SP_A, FFA_ID_LSP_FIRST));
}
END_TEST

START_TEST(a_sender_needs_the_method_too)
{
    struct vcpu *sp = world_request(0, SP_OLD);

    CALL(0, sp, REQ, FFA_PAIR(SP_OLD, SP_A));
    ck_error(sp, FFA_DENIED);
}
END_TEST

START_TEST(a_chain_of_three_winds_and_unwinds)
{
    struct vcpu *a = world_request(0, SP_A);
    struct vcpu *b = CALL(0, a, REQ, FFA_PAIR(SP_A, SP_B), 0, 11);
    struct vcpu *m = CALL(0, b, REQ64, FFA_PAIR(SP_B, SP_MP), 0, 22);

    ck_assert_ptr_eq(b, world_vcpu(SP_B, 0));
    ck_assert_ptr_eq(m, world_vcpu(SP_MP, 0));
    ck_assert_uint_eq(m->frame.x[3], 22);
    ck_assert_uint_eq(a->state, VCPU_BLOCKED);
    ck_assert_uint_eq(b->state, VCPU_BLOCKED);
    ck_assert_uint_eq(m->sched_mode, SCHED_NWD);
    ck_assert_ptr_eq(m->chain_prev, b);
    ck_assert_ptr_eq(b->chain_prev, a);
    ck_assert_ptr_null(a->chain_prev);

    /* Nobody of the chain can be asked again, from here or from elsewhere. */
    CALL(0, m, REQ, FFA_PAIR(SP_MP, SP_A));
    ck_error(m, FFA_BUSY);
    CALL(0, m, REQ2, FFA_PAIR(SP_MP, SP_B));
    ck_error(m, FFA_BUSY);
    CALL(1, world_nwd(1), REQ, FFA_PAIR(0, SP_B));
    ck_error(world_nwd(1), FFA_BUSY);

    ck_assert_ptr_eq(CALL(0, m, FFA_MSG_SEND_DIRECT_RESP_64, FFA_PAIR(SP_MP, SP_B), 0, 33), b);
    ck_assert_uint_eq(b->frame.x[3], 33);
    ck_assert_uint_eq(b->state, VCPU_RUNNING);
    ck_assert_ptr_eq(CALL(0, b, RESP, FFA_PAIR(SP_B, SP_A)), a);
    ck_assert_ptr_eq(CALL(0, a, RESP, FFA_PAIR(SP_A, 0)), world_nwd(0));
    ck_assert_uint_eq(a->state, VCPU_WAITING);
    ck_assert_ptr_null(a->chain_next);
}
END_TEST

START_TEST(a_cycle_to_one_that_was_run_is_denied)
{
    struct vcpu *a = CALL(0, world_nwd(0), FFA_RUN, FFA_PAIR(SP_A, 0));
    struct vcpu *b = CALL(0, a, REQ, FFA_PAIR(SP_A, SP_B));

    CALL(0, b, REQ, FFA_PAIR(SP_B, SP_A));
    ck_error(b, FFA_DENIED);
    CALL(0, b, REQ2, FFA_PAIR(SP_B, SP_A));
    ck_error(b, FFA_DENIED);
}
END_TEST

START_TEST(an_mp_partition_is_reached_on_the_callers_pe)
{
    ck_assert_ptr_eq(world_request(1, SP_MP), world_vcpu(SP_MP, 1));
    ck_assert_ptr_eq(world_request(0, SP_MP), world_vcpu(SP_MP, 0));
}
END_TEST

START_TEST(a_waiting_up_partition_migrates)
{
    struct vcpu *sp = world_request(1, SP_A);

    ck_assert_ptr_eq(sp->cpu, &world.state.cpu[1]);
    ck_assert_ptr_eq(CALL(1, sp, RESP, FFA_PAIR(SP_A, 0)), world_nwd(1));
}
END_TEST

START_TEST(responses_that_answer_nothing_are_refused)
{
    struct vcpu *sp = CALL(0, world_nwd(0), FFA_RUN, FFA_PAIR(SP_A, 0));

    CALL(0, sp, RESP, FFA_PAIR(SP_A, 0));
    ck_error(sp, FFA_DENIED); /* no request in this model */
    world_reset();
    sp = world_request(0, SP_A);
    CALL(0, sp, RESP, FFA_PAIR(SP_B, 0));
    ck_error(sp, FFA_INVALID_PARAMETERS);
    CALL(0, sp, RESP, FFA_PAIR(SP_A, SP_A));
    ck_error(sp, FFA_INVALID_PARAMETERS);
    CALL(0, sp, RESP, FFA_PAIR(SP_A, FFA_ID_SPMC));
    ck_error(sp, FFA_INVALID_PARAMETERS);
    CALL(0, sp, RESP, FFA_PAIR(SP_A, 0), 1);
    ck_error(sp, FFA_INVALID_PARAMETERS);
    CALL(0, sp, RESP, FFA_PAIR(SP_A, SP_B));
    ck_error(sp, FFA_DENIED); /* not who asked */
    CALL(0, sp, RESP2, FFA_PAIR(SP_A, 0));
    ck_error(sp, FFA_DENIED); /* not how it was asked */
    CALL(0, sp, RESP, FFA_PAIR(SP_A, 0), FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_PSCI_RESP);
    ck_error(sp, FFA_DENIED); /* nor was it a framework message */
    ck_assert_int_eq(nwd_error_on(1, RESP, FFA_PAIR(0, SP_A), 0), FFA_INVALID_PARAMETERS);
    ck_assert_int_eq(nwd_error_on(1, RESP2, FFA_PAIR(0, SP_A), 0), FFA_INVALID_PARAMETERS);
    ck_assert_uint_eq(sp->state, VCPU_RUNNING);
}
END_TEST

/* conformance: direct_message.ffa_send_direct_message_req2_echo */
START_TEST(req2_carries_fourteen_registers_both_ways)
{
    uint64_t x[FFA_REGS_EXTENDED] = {REQ2, FFA_PAIR(0, SP_A), 0x1716151413121110,
                                     0x1f1e1d1c1b1a1918};
    struct vcpu *sp;

    for (unsigned n = 4; n < FFA_REGS_EXTENDED; n++) {
        x[n] = 0x100 + n;
    }
    sp = world_call(0, world_nwd(0), x, FFA_REGS_EXTENDED);
    ck_assert_ptr_eq(sp, world_vcpu(SP_A, 0));
    ck_assert_uint_eq(sp->frame.store, FFA_REGS_EXTENDED);
    ck_assert_mem_eq(sp->frame.x, x, sizeof(x));
    CALL(0, sp, RESP, FFA_PAIR(SP_A, 0));
    ck_error(sp, FFA_DENIED);
    x[0] = RESP2;
    x[1] = FFA_PAIR(SP_A, 0);
    x[2] = 1;
    world_call(0, sp, x, FFA_REGS_EXTENDED);
    ck_error(sp, FFA_INVALID_PARAMETERS);
    x[2] = 0;
    x[3] = 0;
    ck_assert_ptr_eq(world_call(0, sp, x, FFA_REGS_EXTENDED), world_nwd(0));
    ck_assert_uint_eq(world_nwd(0)->frame.store, FFA_REGS_EXTENDED);
    ck_assert_mem_eq(world_nwd(0)->frame.x, x, sizeof(x));
}
END_TEST

START_TEST(req2_names_a_service_or_none)
{
    struct vcpu *nwd = world_nwd(0);
    struct vcpu *sp;

    CALL(0, nwd, REQ2, SP_A, 0x1716151413121110, 0x1f1e1d1c1b1a1917);
    ck_error(nwd, FFA_INVALID_PARAMETERS);
    /* A second service that takes only REQ */
    world.partition_manifest[0].service_count = 2;
    world.partition_manifest[0].service[1].uuid.byte[0] = 0x77;
    world.partition_manifest[0].service[1].messaging_method = FFA_PROP_DIRECT_REQ_RECV;
    CALL(0, nwd, REQ2, SP_A, 0x77, 0);
    ck_error(nwd, FFA_DENIED);
    sp = CALL(0, nwd, REQ2, SP_A, 0, 0);
    ck_assert_ptr_eq(sp, world_vcpu(SP_A, 0));
}
END_TEST

START_TEST(req2_needs_v1_2_on_both_sides)
{
    struct vcpu *sp = world_request(0, SP_OLD);

    CALL(0, sp, REQ2, FFA_PAIR(SP_OLD, SP_A));
    ck_error(sp, FFA_NOT_SUPPORTED);
    world.partition_manifest[3].service[0].messaging_method |= FFA_PROP_DIRECT_REQ2_RECV;
    CALL(1, world_nwd(1), REQ2, FFA_PAIR(0, SP_OLD));
    ck_error(world_nwd(1), FFA_DENIED);
}
END_TEST

/* conformance: vm_availability_messaging.sp_not_subscribed */
/* conformance: vm_availability_messaging.sp_cannot_send_messages */
/* conformance: vm_availability_messaging.sp_cannot_send_non_framework_messages */
START_TEST(vm_availability_goes_to_subscribers_and_is_answered_in_kind)
{
    uint32_t w2 = FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_VM_CREATED_REQ;
    struct vcpu *sp;

    ck_assert_int_eq(nwd_error(REQ, SP_A, w2), FFA_INVALID_PARAMETERS);
    world.partition_manifest[0].vm_availability_messages = 1;
    ck_assert_int_eq(nwd_error(REQ, SP_A, w2 + 2), FFA_INVALID_PARAMETERS);
    sp = CALL(0, world_nwd(0), REQ, SP_A, w2, 0, 0, 9);
    ck_assert_ptr_eq(sp, world_vcpu(SP_A, 0));
    ck_assert_uint_eq(sp->frame.x[2], w2);
    CALL(0, sp, REQ, FFA_PAIR(SP_A, SP_B), w2);
    ck_error(sp, FFA_INVALID_PARAMETERS);
    CALL(0, sp, RESP, FFA_PAIR(SP_A, 0));
    ck_error(sp, FFA_DENIED);
    CALL(0, sp, RESP, FFA_PAIR(SP_A, 0), w2 + 3);
    ck_error(sp, FFA_DENIED);
    ck_assert_ptr_eq(CALL(0, sp, RESP, FFA_PAIR(SP_A, 0), w2 + 1), world_nwd(0));
    ck_assert_uint_eq(world_nwd(0)->frame.x[2], w2 + 1);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, a_request_reaches_the_partition_and_its_response_comes_back);
    tcase_add_test(tcase, a_64_bit_request_carries_64_bits);
    tcase_add_test(tcase, each_error_of_a_request_comes_before_the_next);
    tcase_add_test(tcase, senders_can_not_be_forged);
    tcase_add_test(tcase, wrong_ends_are_refused_before_any_lock);
    tcase_add_test(tcase, a_logical_partition_starts_a_chain_in_spmc_mode);
    tcase_add_test(tcase, a_sender_needs_the_method_too);
    tcase_add_test(tcase, a_chain_of_three_winds_and_unwinds);
    tcase_add_test(tcase, a_cycle_to_one_that_was_run_is_denied);
    tcase_add_test(tcase, an_mp_partition_is_reached_on_the_callers_pe);
    tcase_add_test(tcase, a_waiting_up_partition_migrates);
    tcase_add_test(tcase, responses_that_answer_nothing_are_refused);
    tcase_add_test(tcase, req2_carries_fourteen_registers_both_ways);
    tcase_add_test(tcase, req2_names_a_service_or_none);
    tcase_add_test(tcase, req2_needs_v1_2_on_both_sides);
    tcase_add_test(tcase, vm_availability_goes_to_subscribers_and_is_answered_in_kind);
}

int main(void)
{
    return world_main("direct_msg", add);
}
