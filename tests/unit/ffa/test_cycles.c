/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_RUN, YIELD, MSG_WAIT, preemption and aborts: who gets the cycles. */
#include "fixture.h"

#define REQ  FFA_MSG_SEND_DIRECT_REQ_32
#define RESP FFA_MSG_SEND_DIRECT_RESP_32

static struct vcpu *run(unsigned cpu, struct vcpu *caller, uint16_t id, uint16_t index)
{
    return CALL(cpu, caller, FFA_RUN, FFA_PAIR(id, index));
}

static struct vcpu *ns_interrupt(unsigned cpu, struct vcpu *vcpu)
{
    return world_exit(cpu, vcpu, VCPU_EXIT_FIQ, 0, 0, 0);
}

START_TEST(run_gives_cycles_until_msg_wait)
{
    struct vcpu *sp = run(0, world_nwd(0), SP_A, 0);

    ck_assert_ptr_eq(sp, world_vcpu(SP_A, 0));
    ck_assert_uint_eq(sp->frame.x[0], FFA_RUN);
    ck_assert_uint_eq(sp->frame.x[1], FFA_PAIR(SP_A, 0));
    ck_assert_uint_eq(sp->runtime_model, RTM_FFA_RUN);
    ck_assert_ptr_eq(CALL(0, sp, FFA_MSG_WAIT), world_nwd(0));
    ck_assert_uint_eq(world_nwd(0)->frame.x[0], FFA_MSG_WAIT);
    ck_assert_uint_eq(sp->state, VCPU_WAITING);
    ck_assert_uint_eq(sp->runtime_model, RTM_NONE);
}
END_TEST

START_TEST(run_refuses_wrong_targets_before_any_lock)
{
    static const uint32_t w1[] = {FFA_PAIR(0, 0),          FFA_PAIR(FFA_ID_SPMC, 0),
                                  FFA_PAIR(0x8005, 0),     FFA_PAIR(SP_A, 1),
                                  FFA_PAIR(SP_MP, 2),      FFA_PAIR(SP_MP, 1), /* not this PE's */
                                  FFA_PAIR(SP_MP, 0xffff), FFA_PAIR(0xffff, 0)};
    struct vcpu *sp;

    for (unsigned i = 0; i < sizeof(w1) / sizeof(w1[0]); i++) {
        CALL(0, world_nwd(0), FFA_RUN, w1[i]);
        ck_error(world_nwd(0), FFA_INVALID_PARAMETERS);
    }
    ck_assert_uint_eq(world.pe[0].locks_taken, 0);
    sp = world_request(0, SP_A);
    world.pe[0].locks_taken = 0;
    run(0, sp, SP_A, 0);
    ck_error(sp, FFA_INVALID_PARAMETERS);
    run(0, sp, 0, 0);
    ck_error(sp, FFA_DENIED);
    ck_assert_uint_eq(world.pe[0].locks_taken, 0);
    run(0, sp, SP_B, 0); /* WAITING: only the normal world starts it */
    ck_error(sp, FFA_DENIED);
}
END_TEST

START_TEST(run_says_why_a_partition_can_not_run)
{
    static const struct {
        uint8_t partition;
        uint8_t vcpu;
        int32_t error;
    } cases[] = {{PARTITION_NULL, VCPU_NULL, FFA_INVALID_PARAMETERS},
                 {PARTITION_CREATED, VCPU_CREATED, FFA_BUSY},
                 {PARTITION_ABORTING, VCPU_ABORTED, FFA_ABORTED},
                 {PARTITION_RUNNING, VCPU_ABORTED, FFA_ABORTED},
                 {PARTITION_RUNNING, VCPU_RUNNING, FFA_BUSY},
                 {PARTITION_RUNNING, VCPU_STARTING, FFA_BUSY},
                 {PARTITION_RUNNING, VCPU_STOPPED, FFA_BUSY},
                 {PARTITION_RUNNING, VCPU_OFF, FFA_BUSY},
                 {PARTITION_RUNNING, VCPU_NULL, FFA_INVALID_PARAMETERS}};

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        world_sp(SP_A)->state = cases[i].partition;
        world_vcpu(SP_A, 0)->state = cases[i].vcpu;
        run(0, world_nwd(0), SP_A, 0);
        ck_error(world_nwd(0), cases[i].error);
    }
    world_sp(SP_A)->state = PARTITION_RUNNING;
    world_vcpu(SP_A, 0)->state = VCPU_WAITING;
    world_vcpu(SP_A, 0)->regs_available = false;
    run(0, world_nwd(0), SP_A, 0);
    ck_error(world_nwd(0), FFA_BUSY);
}
END_TEST

START_TEST(yield_in_a_request_goes_to_the_normal_world_and_run_resumes)
{
    struct vcpu *sp = world_request(0, SP_A);
    struct vcpu *nwd = world_nwd(0);

    ck_assert_ptr_eq(CALL(0, sp, FFA_YIELD, 0, 0x11, 0x22), nwd);
    ck_assert_uint_eq(nwd->frame.x[0], FFA_YIELD);
    ck_assert_uint_eq(nwd->frame.x[1], FFA_PAIR(SP_A, 0));
    ck_assert_uint_eq(nwd->frame.x[2], 0x11);
    ck_assert_uint_eq(nwd->frame.x[3], 0x22);
    ck_assert_uint_eq(sp->state, VCPU_BLOCKED);
    CALL(0, nwd, REQ, SP_A);
    ck_error(nwd, FFA_BUSY);
    ck_assert_ptr_eq(run(0, nwd, SP_A, 0), sp);
    ck_assert_uint_eq(sp->frame.x[0], FFA_SUCCESS_32);
    ck_assert_uint_eq(sp->frame.store, FFA_REGS);
    ck_assert_uint_eq(sp->runtime_model, RTM_FFA_DIR_REQ);
    ck_assert_ptr_eq(CALL(0, sp, RESP, FFA_PAIR(SP_A, 0)), nwd);
}
END_TEST

START_TEST(the_normal_world_can_leave_one_request_and_make_another)
{
    struct vcpu *a = world_request(0, SP_A);
    struct vcpu *b;

    CALL(0, a, FFA_YIELD);
    b = world_request(0, SP_B);
    ck_assert_ptr_eq(CALL(0, b, RESP, FFA_PAIR(SP_B, 0)), world_nwd(0));
    /* One without links may go on elsewhere. */
    ck_assert_ptr_eq(run(1, world_nwd(1), SP_A, 0), a);
    ck_assert_ptr_eq(CALL(1, a, RESP, FFA_PAIR(SP_A, 0)), world_nwd(1));
}
END_TEST

/* conformance: direct_message.ffa_direct_message_services_yield_echo */
START_TEST(yield_to_a_calling_partition)
{
    struct vcpu *a = world_request(0, SP_A);
    struct vcpu *b = CALL(0, a, REQ, FFA_PAIR(SP_A, SP_B));

    ck_assert_ptr_eq(CALL(0, b, FFA_YIELD), a);
    ck_assert_uint_eq(a->frame.x[0], FFA_YIELD);
    ck_assert_uint_eq(a->frame.x[1], FFA_PAIR(SP_B, 0));
    ck_assert_uint_eq(a->state, VCPU_RUNNING);
    /* It owes its callee the end of the request before anything else. */
    CALL(0, a, RESP, FFA_PAIR(SP_A, 0));
    ck_error(a, FFA_DENIED);
    CALL(0, a, REQ, FFA_PAIR(SP_A, SP_MP));
    ck_error(a, FFA_DENIED);
    run(1, world_nwd(1), SP_B, 0);
    ck_error(world_nwd(1), FFA_DENIED);
    ck_assert_ptr_eq(run(0, a, SP_B, 0), b);
    ck_assert_uint_eq(a->state, VCPU_BLOCKED);
    ck_assert_uint_eq(b->frame.x[0], FFA_SUCCESS_32);
    ck_assert_ptr_eq(CALL(0, b, RESP, FFA_PAIR(SP_B, SP_A), 0, 5), a);
    ck_assert_uint_eq(a->frame.x[3], 5);
    ck_assert_ptr_eq(CALL(0, a, RESP, FFA_PAIR(SP_A, 0)), world_nwd(0));
}
END_TEST

/* conformance: ffa_call_chain.disallow_migration_blocked_sp */
START_TEST(a_blocked_chain_stays_on_its_pe)
{
    struct vcpu *a = world_request(0, SP_A);
    struct vcpu *b = CALL(0, a, REQ, FFA_PAIR(SP_A, SP_B));

    run(1, world_nwd(1), SP_A, 0);
    ck_error(world_nwd(1), FFA_DENIED);
    CALL(0, b, FFA_YIELD);
    CALL(0, a, FFA_YIELD);
    run(1, world_nwd(1), SP_A, 0);
    ck_error(world_nwd(1), FFA_DENIED);
    ck_assert_ptr_eq(run(0, world_nwd(0), SP_A, 0), a);
}
END_TEST

START_TEST(a_partition_lends_cycles_to_one_that_yielded_to_the_normal_world)
{
    struct vcpu *b = run(0, world_nwd(0), SP_B, 0);
    struct vcpu *a;

    ck_assert_ptr_eq(CALL(0, b, FFA_YIELD), world_nwd(0));
    a = world_request(0, SP_A);
    ck_assert_ptr_eq(run(0, a, SP_B, 0), b);
    ck_assert_ptr_eq(CALL(0, b, FFA_YIELD), a);
    ck_assert_ptr_null(a->chain_next); /* lent, not owed */
    ck_assert_ptr_eq(run(0, a, SP_B, 0), b);
    ck_assert_ptr_eq(CALL(0, b, FFA_MSG_WAIT), a);
    ck_assert_uint_eq(a->frame.x[0], FFA_MSG_WAIT);
    ck_assert_ptr_eq(CALL(0, a, RESP, FFA_PAIR(SP_A, 0)), world_nwd(0));
}
END_TEST

START_TEST(nobody_steps_between_a_request_and_its_sender)
{
    struct vcpu *b = world_request(0, SP_B);
    struct vcpu *a;

    CALL(0, b, FFA_YIELD);
    a = world_request(0, SP_A);
    run(0, a, SP_B, 0);
    ck_error(a, FFA_DENIED);
}
END_TEST

START_TEST(msg_wait_checks_its_arguments)
{
    struct vcpu *sp = run(0, world_nwd(0), SP_A, 0);

    for (unsigned n = 1; n < FFA_REGS; n++) {
        uint64_t x[FFA_REGS] = {FFA_MSG_WAIT};

        x[n] = 2;
        ck_assert_ptr_eq(world_call(0, sp, x, FFA_REGS), sp);
        ck_error(sp, FFA_INVALID_PARAMETERS);
    }
    sp->partition->ffa_version = FFA_VERSION_1_1;
    CALL(0, sp, FFA_MSG_WAIT, 0, FFA_MSG_WAIT_RETAIN_RX);
    ck_error(sp, FFA_INVALID_PARAMETERS);
    ck_assert_uint_eq(sp->state, VCPU_RUNNING);
}
END_TEST

START_TEST(msg_wait_and_yield_obey_the_runtime_model)
{
    struct vcpu *sp = world_request(0, SP_A);

    CALL(0, sp, FFA_MSG_WAIT);
    ck_error(sp, FFA_DENIED);
    sp->runtime_model = RTM_SEC_INTERRUPT;
    ck_assert_ptr_eq(CALL(0, sp, FFA_YIELD), sp);
    ck_assert_uint_eq(sp->frame.x[0], FFA_SUCCESS_32);
    ck_assert_uint_eq(sp->state, VCPU_RUNNING);
    sp->runtime_model = RTM_SP_INIT;
    CALL(0, sp, FFA_YIELD);
    ck_error(sp, FFA_DENIED);
}
END_TEST

static struct vcpu *starting(uint16_t id)
{
    struct vcpu *vcpu = world_vcpu(id, 0);

    vcpu->state = VCPU_STARTING;
    vcpu->runtime_model = RTM_SP_INIT;
    vcpu->sched_mode = SCHED_SPMC;
    vcpu->regs_available = false;
    world.state.cpu[0].current = vcpu;
    return vcpu;
}

START_TEST(initialisation_ends_with_msg_wait_and_the_next_one_boots)
{
    struct vcpu *sp = starting(SP_A);

    ck_assert_ptr_eq(CALL(0, sp, FFA_MSG_WAIT), world_nwd(0));
    ck_assert_uint_eq(world.boots, 1);
    ck_assert_uint_eq(sp->state, VCPU_WAITING);
    ck_assert(sp->regs_available);
    world_request(0, SP_A);
}
END_TEST

START_TEST(a_partition_that_initialises_may_ask_one_that_has)
{
    struct vcpu *a = starting(SP_A);
    struct vcpu *b;

    world_vcpu(SP_MP, 0)->runtime_model = RTM_SP_INIT;
    world_vcpu(SP_MP, 0)->state = VCPU_BLOCKED;
    CALL(0, a, REQ, FFA_PAIR(SP_A, SP_MP));
    ck_error(a, FFA_DENIED);
    b = CALL(0, a, REQ, FFA_PAIR(SP_A, SP_B));
    ck_assert_ptr_eq(b, world_vcpu(SP_B, 0));
    ck_assert_uint_eq(b->sched_mode, SCHED_SPMC);
    ck_assert_ptr_eq(ns_interrupt(0, b), b); /* masked in SPMC mode */
    ck_assert_ptr_eq(CALL(0, b, RESP, FFA_PAIR(SP_B, SP_A)), a);
    ck_assert_ptr_eq(CALL(0, a, FFA_MSG_WAIT), world_nwd(0));
}
END_TEST

static void ck_aborted(uint16_t id)
{
    ck_assert_uint_eq(world_sp(id)->state, PARTITION_ABORTING);
    ck_assert_uint_eq(world_vcpu(id, 0)->state, VCPU_ABORTED);
    ck_assert_ptr_null(world_vcpu(id, 0)->chain_prev);
    ck_assert_ptr_null(world_vcpu(id, 0)->chain_next);
    ck_assert(!world_sp(id)->mailbox.mapped);
}

START_TEST(a_partition_can_fail_to_initialise)
{
    struct vcpu *sp = starting(SP_B); /* v1.2: FFA_ERROR */

    CALL(0, sp, FFA_ERROR, 0, (uint32_t)FFA_DENIED);
    ck_error(sp, FFA_NOT_SUPPORTED);
    ck_assert_ptr_eq(CALL(0, sp, FFA_ERROR, 0, (uint32_t)FFA_ABORTED), world_nwd(0));
    ck_assert_uint_eq(world.boots, 1);
    ck_aborted(SP_B);
    sp = starting(SP_A); /* v1.3: FFA_ABORT */
    CALL(0, sp, FFA_ERROR, 0, (uint32_t)FFA_ABORTED);
    ck_error(sp, FFA_NOT_SUPPORTED);
    CALL(0, sp, FFA_ABORT_64);
    ck_assert_uint_eq(world.boots, 2);
    ck_aborted(SP_A);
    run(0, world_nwd(0), SP_A, 0);
    ck_error(world_nwd(0), FFA_ABORTED);
    CALL(0, world_nwd(0), REQ, SP_B);
    ck_error(world_nwd(0), FFA_ABORTED);
}
END_TEST

START_TEST(an_abort_in_a_request_is_told_to_the_requester)
{
    struct vcpu *a = world_request(0, SP_B);
    struct vcpu *b = CALL(0, a, REQ, FFA_PAIR(SP_B, SP_A));

    b->partition->mailbox.mapped = true;
    ck_assert_ptr_eq(CALL(0, b, FFA_ABORT_32), a);
    ck_error(a, FFA_ABORTED);
    ck_assert_uint_eq(a->state, VCPU_RUNNING);
    ck_assert_ptr_null(a->chain_next);
    ck_aborted(SP_A);
    CALL(0, a, FFA_ERROR, 0, (uint32_t)FFA_ABORTED); /* only at initialisation */
    ck_error(a, FFA_NOT_SUPPORTED);
    ck_assert_ptr_eq(world_exit(0, a, VCPU_EXIT_SERROR, 0, 0, 0), world_nwd(0));
    ck_error(world_nwd(0), FFA_ABORTED);
    ck_aborted(SP_B);
}
END_TEST

START_TEST(the_callee_of_an_aborted_partition_ends_its_request)
{
    struct vcpu *a = world_request(0, SP_A);
    struct vcpu *b = CALL(0, a, REQ, FFA_PAIR(SP_A, SP_B));

    CALL(0, b, FFA_YIELD);
    CALL(0, a, FFA_ABORT_32);
    ck_aborted(SP_A);
    ck_assert_ptr_null(b->chain_prev);
    ck_assert_ptr_eq(run(1, world_nwd(1), SP_B, 0), b);
    ck_assert_ptr_eq(CALL(1, b, RESP, FFA_PAIR(SP_B, SP_A), 0, 0x5ec), world_nwd(1));
    ck_assert_uint_eq(world_nwd(1)->frame.x[0], FFA_MSG_WAIT);
    ck_assert_uint_eq(world_nwd(1)->frame.x[3], 0); /* not the normal world's message */
    ck_assert_uint_eq(b->state, VCPU_WAITING);
}
END_TEST

START_TEST(all_vcpus_of_an_aborted_partition_follow)
{
    struct vcpu *m0 = world_request(0, SP_MP);
    struct vcpu *m1 = world_request(1, SP_MP);
    struct vcpu *b = CALL(1, m1, REQ, FFA_PAIR(SP_MP, SP_B));

    CALL(0, m0, FFA_ABORT_32);
    ck_aborted(SP_MP);
    ck_assert_uint_eq(m1->state, VCPU_BLOCKED); /* its callee runs */
    ck_assert_ptr_eq(CALL(1, b, RESP, FFA_PAIR(SP_B, SP_MP)), m1);
    ck_assert_ptr_eq(CALL(1, m1, FFA_ID_GET), world_nwd(1));
    ck_error(world_nwd(1), FFA_ABORTED);
    ck_assert_uint_eq(m1->state, VCPU_ABORTED);

    world_reset();
    m1 = world_request(1, SP_MP);
    CALL(1, m1, FFA_YIELD);
    m0 = world_request(0, SP_MP);
    CALL(0, m0, FFA_ABORT_32);
    ck_assert_uint_eq(m1->state, VCPU_ABORTED); /* it rested */
    run(1, world_nwd(1), SP_MP, 1);
    ck_error(world_nwd(1), FFA_ABORTED);
}
END_TEST

/* conformance: interrupts.sp_preempted_by_ns_interrupt */
START_TEST(a_non_secure_interrupt_preempts_and_run_resumes)
{
    struct vcpu *sp = world_request(0, SP_A);
    struct vcpu *nwd = world_nwd(0);

    sp->frame.x[3] = 0x1234;
    ck_assert_ptr_eq(ns_interrupt(0, sp), nwd);
    ck_assert_uint_eq(nwd->frame.x[0], FFA_INTERRUPT);
    ck_assert_uint_eq(nwd->frame.x[1], FFA_PAIR(SP_A, 0));
    ck_assert_uint_eq(sp->state, VCPU_PREEMPTED);
    ck_assert_ptr_eq(run(0, nwd, SP_A, 0), sp);
    ck_assert_uint_eq(sp->frame.store, 0); /* in the middle of its own code: nothing is written */
    ck_assert_uint_eq(sp->state, VCPU_RUNNING);
    ck_assert_ptr_eq(CALL(0, sp, RESP, FFA_PAIR(SP_A, 0)), nwd);
}
END_TEST

START_TEST(preemption_unwinds_a_chain_from_its_tail)
{
    struct vcpu *a = world_request(0, SP_A);
    struct vcpu *b = CALL(0, a, REQ, FFA_PAIR(SP_A, SP_B));

    ck_assert_ptr_eq(ns_interrupt(0, b), a);
    ck_assert_uint_eq(a->frame.x[0], FFA_INTERRUPT);
    ck_assert_uint_eq(a->frame.x[1], FFA_PAIR(SP_B, 0));
    ck_assert_ptr_eq(ns_interrupt(0, a), world_nwd(0));
    ck_assert_uint_eq(world_nwd(0)->frame.x[1], FFA_PAIR(SP_A, 0));
    ck_assert_ptr_eq(run(0, world_nwd(0), SP_A, 0), a);
    ck_assert_ptr_eq(run(0, a, SP_B, 0), b);
    ck_assert_ptr_eq(CALL(0, b, RESP, FFA_PAIR(SP_B, SP_A)), a);
}
END_TEST

START_TEST(a_queued_non_secure_interrupt_waits)
{
    struct vcpu *sp = world_request(0, SP_A);

    world.partition_manifest[0].ns_interrupts_action = NS_ACTION_QUEUED;
    ck_assert_ptr_eq(ns_interrupt(0, sp), sp);
    ck_assert_uint_eq(sp->state, VCPU_RUNNING);
}
END_TEST

START_TEST(an_interrupt_that_nobody_owns_resumes_the_normal_world)
{
    CALL(0, world_nwd(0), FFA_INTERRUPT);
    ck_assert_uint_eq(world_nwd(0)->frame.x[0], FFA_NORMAL_WORLD_RESUME);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, run_gives_cycles_until_msg_wait);
    tcase_add_test(tcase, run_refuses_wrong_targets_before_any_lock);
    tcase_add_test(tcase, run_says_why_a_partition_can_not_run);
    tcase_add_test(tcase, yield_in_a_request_goes_to_the_normal_world_and_run_resumes);
    tcase_add_test(tcase, the_normal_world_can_leave_one_request_and_make_another);
    tcase_add_test(tcase, yield_to_a_calling_partition);
    tcase_add_test(tcase, a_blocked_chain_stays_on_its_pe);
    tcase_add_test(tcase, a_partition_lends_cycles_to_one_that_yielded_to_the_normal_world);
    tcase_add_test(tcase, nobody_steps_between_a_request_and_its_sender);
    tcase_add_test(tcase, msg_wait_checks_its_arguments);
    tcase_add_test(tcase, msg_wait_and_yield_obey_the_runtime_model);
    tcase_add_test(tcase, initialisation_ends_with_msg_wait_and_the_next_one_boots);
    tcase_add_test(tcase, a_partition_that_initialises_may_ask_one_that_has);
    tcase_add_test(tcase, a_partition_can_fail_to_initialise);
    tcase_add_test(tcase, an_abort_in_a_request_is_told_to_the_requester);
    tcase_add_test(tcase, the_callee_of_an_aborted_partition_ends_its_request);
    tcase_add_test(tcase, all_vcpus_of_an_aborted_partition_follow);
    tcase_add_test(tcase, a_non_secure_interrupt_preempts_and_run_resumes);
    tcase_add_test(tcase, preemption_unwinds_a_chain_from_its_tail);
    tcase_add_test(tcase, a_queued_non_secure_interrupt_waits);
    tcase_add_test(tcase, an_interrupt_that_nobody_owns_resumes_the_normal_world);
}

int main(void)
{
    return world_main("cycles", add);
}
