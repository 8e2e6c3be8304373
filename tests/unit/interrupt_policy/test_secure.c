/* SPDX-License-Identifier: BSD-3-Clause */
/* A Secure interrupt, by what its owner and who runs are at: FF-A v1.2, 9.3.1. */
#include "policy.h"

/* conformance: secure_interrupts.sp_running */
START_TEST(a_running_owner_gets_a_virtual_interrupt_and_goes_on)
{
    struct vcpu *a = world_request(0, SP_A);

    ck_assert_ptr_eq(world_secure_interrupt(0, WORLD_SPI(SP_A)), a);
    ck_assert_uint_eq(a->frame.store, 0);
    ck_assert(a->arch->virq && !a->arch->vfiq);
    ck_assert_uint_eq(pmr(0), PMR_OPEN);
    ck_assert_uint_eq(take(0, a), WORLD_SPI(SP_A));
    ck_assert(!a->arch->virq);
    ck_assert_uint_eq(take(0, a), VINT_NONE);
    ck_assert_ptr_eq(answer(0, a), world_nwd(0));
}
END_TEST

/* conformance: secure_interrupts.sp_waiting */
START_TEST(an_owner_that_waits_preempts_the_normal_world)
{
    struct vcpu *a = world_secure_interrupt(0, WORLD_SPI(SP_A));

    ck_assert_ptr_eq(a, world_vcpu(SP_A, 0));
    ck_interrupt(a, WORLD_SPI(SP_A));
    ck_assert_uint_eq(a->state, VCPU_RUNNING);
    ck_assert_uint_eq(a->runtime_model, RTM_SEC_INTERRUPT);
    ck_assert_uint_eq(a->sched_mode, SCHED_SPMC);
    ck_assert_ptr_eq(world.state.cpu[0].interrupted, world_nwd(0));
    ck_assert_uint_eq(pmr(0), PMR_ALL);
    ck_assert(a->arch->virq); /* the handler still has to fetch it */
    ck_assert_uint_eq(take(0, a), WORLD_SPI(SP_A));
    ck_assert_ptr_eq(CALL(0, a, FFA_MSG_WAIT), world_nwd(0));
    ck_x(world_nwd(0), 0, FFA_NORMAL_WORLD_RESUME);
    ck_assert_uint_eq(pmr(0), PMR_OPEN);
    ck_assert_uint_eq(a->state, VCPU_WAITING);
    ck_assert_ptr_null(world.state.cpu[0].interrupted);
}
END_TEST

START_TEST(an_owner_that_waits_preempts_another_partition)
{
    struct vcpu *b = world_request(0, SP_B);
    struct vcpu *a = world_secure_interrupt(0, WORLD_SPI(SP_A));

    ck_interrupt(a, WORLD_SPI(SP_A));
    ck_assert_uint_eq(b->state, VCPU_PREEMPTED);
    /* Nobody else gets hold of it meanwhile. */
    run(1, world_nwd(1), SP_B);
    ck_error(world_nwd(1), FFA_BUSY);
    take(0, a);
    ck_assert_ptr_eq(CALL(0, a, FFA_MSG_WAIT), b);
    ck_assert_uint_eq(b->frame.store, 0);
    ck_assert_uint_eq(b->state, VCPU_RUNNING);
    ck_assert_uint_eq(b->runtime_model, RTM_FFA_DIR_REQ);
    ck_assert_ptr_eq(answer(0, b), world_nwd(0));
    ck_x(world_nwd(0), 0, RESP);
}
END_TEST

START_TEST(run_of_whom_it_preempted_ends_the_handling_too)
{
    struct vcpu *b = run(0, world_nwd(0), SP_B);
    struct vcpu *a = world_secure_interrupt(0, WORLD_SPI(SP_A));

    run(0, a, SP_B);
    ck_error(a, FFA_DENIED); /* its interrupt is not taken yet */
    take(0, a);
    ck_assert_ptr_eq(run(0, a, SP_B), b);
    ck_assert_uint_eq(b->frame.store, 0);
    ck_assert_uint_eq(a->state, VCPU_WAITING);
    ck_assert_uint_eq(a->runtime_model, RTM_NONE);
    ck_assert_ptr_null(world.state.cpu[0].interrupted);
    ck_assert_ptr_eq(CALL(0, b, FFA_MSG_WAIT), world_nwd(0));
    ck_x(world_nwd(0), 0, FFA_MSG_WAIT);
}
END_TEST

/* conformance: secure_interrupts.sp_blocked */
START_TEST(a_blocked_owner_runs_and_whom_it_called_stays)
{
    struct vcpu *a = world_request(0, SP_A);
    struct vcpu *mp = ask(0, a, SP_MP);
    struct vcpu *b = ask(0, mp, SP_B);

    ck_assert_ptr_eq(world_secure_interrupt(0, WORLD_SPI(SP_A)), a);
    ck_interrupt(a, WORLD_SPI(SP_A));
    ck_assert_uint_eq(a->runtime_model, RTM_FFA_DIR_REQ);
    ck_assert_uint_eq(mp->state, VCPU_BLOCKED);
    ck_assert_uint_eq(b->state, VCPU_PREEMPTED);
    run(0, a, SP_MP);
    ck_error(a, FFA_DENIED); /* its interrupt is not taken yet */
    take(0, a);
    answer(0, a);
    ck_error(a, FFA_DENIED);               /* it owes the end of its call first */
    ck_assert_ptr_eq(run(0, a, SP_MP), b); /* past the one that waits between */
    ck_assert_uint_eq(b->frame.store, 0);
    ck_assert_uint_eq(a->state, VCPU_BLOCKED);
    ck_assert_uint_eq(mp->state, VCPU_BLOCKED);
    ck_assert_ptr_eq(answer(0, b), mp);
    ck_x(mp, 0, RESP);
    ck_assert_ptr_eq(answer(0, mp), a);
    ck_x(a, 0, RESP);
    ck_assert_ptr_eq(answer(0, a), world_nwd(0));
}
END_TEST

START_TEST(a_blocked_owner_may_name_the_preempted_one_itself)
{
    struct vcpu *a = world_request(0, SP_A);
    struct vcpu *mp = ask(0, a, SP_MP);
    struct vcpu *b = ask(0, mp, SP_B);

    world_secure_interrupt(0, WORLD_SPI(SP_A));
    take(0, a);
    ck_assert_ptr_eq(run(0, a, SP_B), b);
    ck_assert_ptr_eq(b->chain_prev, mp);
    ck_assert_ptr_eq(answer(0, b), mp);
}
END_TEST

START_TEST(a_blocked_owner_is_itself_preempted_and_goes_on)
{
    struct vcpu *a = world_request(0, SP_A);
    struct vcpu *b = ask(0, a, SP_B);

    world_secure_interrupt(0, WORLD_SPI(SP_A));
    ck_assert_ptr_eq(ns_interrupt(0, a), world_nwd(0));
    ck_assert_uint_eq(a->state, VCPU_PREEMPTED);
    ck_assert_ptr_eq(run(0, world_nwd(0), SP_A), a);
    ck_assert_uint_eq(a->frame.store, 0);
    take(0, a);
    ck_assert_ptr_eq(run(0, a, SP_B), b);
    ck_assert_ptr_eq(answer(0, b), a);
}
END_TEST

START_TEST(a_blocked_s_el0_owner_is_told_when_it_goes_to_wait)
{
    struct vcpu *a = world_request(0, SP_A);
    struct vcpu *b = ask(0, a, SP_B);

    manifest_of(SP_A)->exception_level = MANIFEST_S_EL0;
    ck_assert_ptr_eq(world_secure_interrupt(0, WORLD_SPI(SP_A)), b);
    ck_assert_ptr_eq(answer(0, b), a);
    ck_assert_ptr_eq(answer(0, a), a);
    ck_interrupt(a, WORLD_SPI(SP_A));
    ck_assert_uint_eq(vint_ready(a), 0); /* taken with it */
    ck_assert_ptr_eq(answer(0, a), world_nwd(0));
}
END_TEST

/* conformance: secure_interrupts.sp_preempted */
START_TEST(a_preempted_owner_is_told_when_it_runs_again)
{
    struct vcpu *a = world_request(0, SP_A);

    ns_interrupt(0, a);
    ck_assert_ptr_eq(world_secure_interrupt(0, WORLD_SPI(SP_A)), world_nwd(0));
    ck_x(world_nwd(0), 0, FFA_NORMAL_WORLD_RESUME);
    ck_assert_uint_eq(a->state, VCPU_PREEMPTED);
    ck_assert_ptr_eq(run(0, world_nwd(0), SP_A), a);
    ck_assert_uint_eq(a->frame.store, 0);
    ck_assert(a->arch->virq);
    ck_assert_uint_eq(take(0, a), WORLD_SPI(SP_A));
}
END_TEST

/* conformance: secure_interrupts.sp_queue_virtual_interrupts */
START_TEST(two_wait_in_order_while_the_owner_is_preempted)
{
    struct vcpu *a = world_request(0, SP_A);

    ns_interrupt(0, a);
    world_secure_interrupt(0, WORLD_SPI(SP_A) + 1);
    world_secure_interrupt(0, WORLD_SPI(SP_A));
    run(0, world_nwd(0), SP_A);
    ck_assert_uint_eq(take(0, a), WORLD_SPI(SP_A) + 1);
    ck_assert(a->arch->virq);
    ck_assert_uint_eq(take(0, a), WORLD_SPI(SP_A));
    ck_assert(!a->arch->virq);
}
END_TEST

/* conformance: secure_interrupts.sp_blocked_through_ffa_yield */
START_TEST(one_that_yielded_is_told_when_it_runs_again)
{
    struct vcpu *a = world_request(0, SP_A);

    CALL(0, a, FFA_YIELD);
    ck_assert_ptr_eq(world_secure_interrupt(0, WORLD_SPI(SP_A)), world_nwd(0));
    ck_assert_uint_eq(a->state, VCPU_BLOCKED);
    ck_assert_ptr_eq(run(0, world_nwd(0), SP_A), a);
    ck_x(a, 0, FFA_SUCCESS_32);
    ck_assert(a->arch->virq);
}
END_TEST

/* conformance: secure_interrupts.sp_to_sp_yield_interrupt_queued */
START_TEST(a_callee_that_yielded_is_told_when_it_runs_again)
{
    struct vcpu *a = world_request(0, SP_A);
    struct vcpu *b = ask(0, a, SP_B);

    CALL(0, b, FFA_YIELD);
    ck_assert_ptr_eq(world_secure_interrupt(0, WORLD_SPI(SP_B)), a);
    ck_assert_uint_eq(a->frame.store, 0);
    ck_assert_uint_eq(b->state, VCPU_BLOCKED);
    ck_assert(!a->arch->virq);
    ck_assert_ptr_eq(run(0, a, SP_B), b);
    ck_x(b, 0, FFA_SUCCESS_32);
    ck_assert(b->arch->virq);
}
END_TEST

/* conformance: secure_interrupts.spmc_schedule_mode */
START_TEST(a_chain_that_an_interrupt_began_is_not_preempted)
{
    struct vcpu *a = world_secure_interrupt(0, WORLD_SPI(SP_A));
    struct vcpu *b;

    ck_assert_ptr_eq(ns_interrupt(0, a), a);
    take(0, a);
    b = ask(0, a, SP_B);
    ck_assert_uint_eq(b->sched_mode, SCHED_SPMC);
    ck_assert_uint_eq(pmr(0), PMR_ALL);
    ck_assert_ptr_eq(ns_interrupt(0, b), b);
    ck_assert_ptr_eq(answer(0, b), a);
    ck_assert_ptr_eq(CALL(0, a, FFA_MSG_WAIT), world_nwd(0));
    ck_x(world_nwd(0), 0, FFA_NORMAL_WORLD_RESUME);
}
END_TEST

/* conformance: secure_interrupts.sp_yield_sec_interrupt_handling */
START_TEST(yield_does_nothing_while_it_handles_one)
{
    struct vcpu *a = world_secure_interrupt(0, WORLD_SPI(SP_A));

    ck_assert_ptr_eq(CALL(0, a, FFA_YIELD), a);
    ck_x(a, 0, FFA_SUCCESS_32);
    ck_assert_uint_eq(a->state, VCPU_RUNNING);
    ck_assert_uint_eq(a->runtime_model, RTM_SEC_INTERRUPT);
}
END_TEST

/* conformance: secure_interrupts.sp_other_s_interrupt_queued */
START_TEST(who_wants_others_queued_ends_first)
{
    struct vcpu *b;

    manifest_of(SP_B)->ns_interrupts_action = NS_ACTION_QUEUED;
    manifest_of(SP_B)->other_s_interrupts_action = 0;
    b = world_request(0, SP_B);
    ck_assert_uint_eq(pmr(0), PMR_ALL);
    /* One that came in before the mask is remembered. */
    ck_assert_ptr_eq(world_secure_interrupt(0, WORLD_SPI(SP_A)), b);
    ck_assert_ptr_eq(answer(0, b), world_vcpu(SP_A, 0));
    ck_interrupt(world_vcpu(SP_A, 0), WORLD_SPI(SP_A));
    take(0, world_vcpu(SP_A, 0));
    ck_assert_ptr_eq(CALL(0, world_vcpu(SP_A, 0), FFA_MSG_WAIT), world_nwd(0));
    ck_x(world_nwd(0), 0, RESP); /* the answer was kept for it */
    ck_assert_uint_eq(pmr(0), PMR_OPEN);
}
END_TEST

/* conformance: secure_interrupts.target_vcpu_migrated_waiting */
START_TEST(a_up_owner_that_waits_on_another_pe_comes_here)
{
    struct vcpu *a = world_request(1, SP_A);

    answer(1, a);
    ck_assert_ptr_eq(a->cpu, &world.state.cpu[1]);
    ck_assert_ptr_eq(world_secure_interrupt(0, WORLD_SPI(SP_A)), a);
    ck_assert_ptr_eq(a->cpu, &world.state.cpu[0]);
    ck_interrupt(a, WORLD_SPI(SP_A));
}
END_TEST

/* conformance: secure_interrupts.target_vcpu_migrated_running */
START_TEST(a_up_owner_that_runs_on_another_pe_is_kicked)
{
    struct vcpu *a = world_request(1, SP_A);

    ck_assert_ptr_eq(world_secure_interrupt(0, WORLD_SPI(SP_A)), world_nwd(0));
    ck_x(world_nwd(0), 0, FFA_NORMAL_WORLD_RESUME);
    ck_assert_uint_eq(world.pe[0].kicks, 1);
    ck_assert(!a->arch->virq); /* its registers are another PE's business */
    ck_assert_ptr_eq(world_secure_interrupt(1, SGI_IPI), a);
    ck_assert(a->arch->virq);
}
END_TEST

/* conformance: secure_interrupts.target_vcpu_migrated_blocked */
START_TEST(a_up_owner_that_is_blocked_on_another_pe_is_told_when_it_goes_on)
{
    struct vcpu *a = world_request(1, SP_A);
    struct vcpu *b = ask(1, a, SP_B);

    ck_assert_ptr_eq(world_secure_interrupt(0, WORLD_SPI(SP_A)), world_nwd(0));
    ck_assert_uint_eq(a->state, VCPU_BLOCKED);
    ck_assert_ptr_eq(answer(1, b), a);
    ck_x(a, 0, RESP);
    ck_assert(a->arch->virq);
}
END_TEST

/* conformance: secure_interrupts.preempt_interrupt_handling */
START_TEST(a_second_one_while_the_first_is_handled)
{
    struct vcpu *a = world_request(0, SP_A);

    world_secure_interrupt(0, WORLD_SPI(SP_A));
    ck_assert_uint_eq(take(0, a), WORLD_SPI(SP_A)); /* in its handler */
    ck_assert_ptr_eq(world_secure_interrupt(0, WORLD_SPI(SP_A) + 1), a);
    ck_assert(a->arch->virq);
    ck_assert_ptr_eq(ns_interrupt(0, a), world_nwd(0)); /* the handler itself is preempted */
    ck_assert_ptr_eq(world_secure_interrupt(0, WORLD_SPI(SP_A)), world_nwd(0));
    run(0, world_nwd(0), SP_A);
    ck_assert_uint_eq(take(0, a), WORLD_SPI(SP_A) + 1);
    ck_assert_uint_eq(take(0, a), WORLD_SPI(SP_A));
    ck_assert_ptr_eq(answer(0, a), world_nwd(0));
}
END_TEST

START_TEST(spurious_and_disabled_ones_change_nothing)
{
    struct vcpu *a = world_request(0, SP_A);

    ck_assert_ptr_eq(world_exit(0, a, VCPU_EXIT_IRQ, 0, 0, 0), a);
    CALL(0, a, HF_INTERRUPT_ENABLE, WORLD_SPI(SP_A), 0, 0);
    ck_assert_uint_eq(a->frame.x[0], 0);
    ck_assert_ptr_eq(world_secure_interrupt(0, WORLD_SPI(SP_A)), a);
    ck_assert(!a->arch->virq);
    ck_assert_ptr_eq(answer(0, a), world_nwd(0)); /* not intercepted either */
    vint_withdraw(a, WORLD_SPI(SP_A));
    ck_assert_ptr_eq(world_secure_interrupt(0, WORLD_SPI(SP_A)), world_nwd(0));
    ck_assert_uint_eq(a->state, VCPU_WAITING);
    /* Enabled at last: it is there. */
    world_request(0, SP_A);
    CALL(0, a, HF_INTERRUPT_ENABLE, WORLD_SPI(SP_A), 1, 0);
    ck_assert(a->arch->virq);
}
END_TEST

/* Nobody is to keep the PE busy. */
START_TEST(one_that_comes_again_while_pending_is_held_until_it_is_taken)
{
    struct vcpu *a = world_request(0, SP_A);
    uint32_t spi = WORLD_SPI(SP_A);

    ns_interrupt(0, a);
    world_secure_interrupt(0, spi);
    ck_assert(world_spi_is_enabled(spi));
    ck_assert_ptr_eq(world_secure_interrupt(0, spi), world_nwd(0));
    ck_assert(!world_spi_is_enabled(spi));
    ck_assert(world_spi_is_enabled(spi + 1));
    run(0, world_nwd(0), SP_A);
    ck_assert(!world_spi_is_enabled(spi));
    ck_assert_uint_eq(take(0, a), spi);
    ck_assert(world_spi_is_enabled(spi));
    ck_assert_uint_eq(a->vint_held, 0);
    ck_assert_uint_eq(take(0, a), VINT_NONE);
}
END_TEST

START_TEST(one_that_is_held_is_released_with_another_one_still_pending)
{
    struct vcpu *a = world_request(0, SP_A);
    uint32_t spi = WORLD_SPI(SP_A);

    world_secure_interrupt(0, spi);
    world_secure_interrupt(0, spi);
    world_secure_interrupt(0, spi + 1);
    ck_assert(!world_spi_is_enabled(spi));
    ck_assert_uint_eq(take(0, a), spi);
    ck_assert(world_spi_is_enabled(spi));
    ck_assert(a->arch->virq);
}
END_TEST

/* Its device asks until it is silenced, which is after the vCPU took the interrupt. */
START_TEST(a_level_is_held_until_it_has_been_handled)
{
    struct vcpu *a = world_request(0, SP_A);
    uint32_t level = WORLD_SPI(SP_A) + 1;

    world_secure_interrupt(0, level);
    ck_assert(!world_spi_is_enabled(level));
    ck_assert_uint_eq(take(0, a), level);
    ck_assert(!world_spi_is_enabled(level));
    ck_assert_uint_eq(take(0, a), VINT_NONE);
    ck_assert(world_spi_is_enabled(level));
    world_secure_interrupt(0, level);
    ck_assert_uint_eq(take(0, a), level);
    CALL(0, a, HF_INTERRUPT_DEACTIVATE, level, level, 0);
    ck_assert(world_spi_is_enabled(level));
    world_secure_interrupt(0, level);
    ck_assert_uint_eq(take(0, a), level);
    ck_assert_ptr_eq(answer(0, a), world_nwd(0));
    ck_assert(world_spi_is_enabled(level));
    ck_assert_uint_eq(a->vint_held, 0);
}
END_TEST

START_TEST(a_level_that_was_not_taken_stays_held_when_its_owner_goes)
{
    struct vcpu *a = world_request(0, SP_A);
    uint32_t level = WORLD_SPI(SP_A) + 1;

    world_secure_interrupt(0, level);
    ns_interrupt(0, a);
    ck_assert_uint_eq(a->state, VCPU_PREEMPTED);
    ck_assert(!world_spi_is_enabled(level));
    run(0, world_nwd(0), SP_A);
    ck_assert(!world_spi_is_enabled(level));
}
END_TEST

START_TEST(a_blocked_owner_in_a_chain_that_an_interrupt_began_is_not_resumed)
{
    struct vcpu *a = world_secure_interrupt(0, WORLD_SPI(SP_A));
    struct vcpu *b;

    take(0, a);
    b = ask(0, a, SP_B);
    ck_assert_ptr_eq(world_secure_interrupt(0, WORLD_SPI(SP_A)), b);
    ck_assert_uint_eq(a->state, VCPU_BLOCKED);
    ck_assert_ptr_eq(answer(0, b), a);
    ck_x(a, 0, RESP);
    ck_assert(a->arch->virq);
}
END_TEST

START_TEST(whom_a_handler_runs_is_not_preempted_either)
{
    struct vcpu *b = run(0, world_nwd(0), SP_B);
    struct vcpu *a;

    ns_interrupt(0, b);
    a = world_secure_interrupt(0, WORLD_SPI(SP_A));
    take(0, a);
    ck_assert_ptr_eq(run(0, a, SP_B), b);
    ck_assert_uint_eq(pmr(0), PMR_ALL);
    ck_assert_ptr_eq(ns_interrupt(0, b), b);
    ck_assert_ptr_eq(CALL(0, b, FFA_MSG_WAIT), a);
    ck_x(a, 0, FFA_MSG_WAIT);
    ck_assert_ptr_eq(CALL(0, a, FFA_MSG_WAIT), world_nwd(0));
    ck_x(world_nwd(0), 0, FFA_NORMAL_WORLD_RESUME);
}
END_TEST

START_TEST(a_handler_ends_only_when_whom_it_asked_has_answered)
{
    struct vcpu *mp = run(0, world_nwd(0), SP_MP);
    struct vcpu *a = world_secure_interrupt(0, WORLD_SPI(SP_A));
    struct vcpu *b;

    take(0, a);
    b = ask(0, a, SP_B);
    ck_assert_ptr_eq(CALL(0, b, FFA_YIELD), a);
    run(0, a, SP_MP);
    ck_error(a, FFA_DENIED);
    CALL(0, a, FFA_MSG_WAIT);
    ck_error(a, FFA_DENIED);
    ck_assert_ptr_eq(run(0, a, SP_B), b);
    ck_assert_ptr_eq(answer(0, b), a);
    ck_assert_ptr_eq(run(0, a, SP_MP), mp);
}
END_TEST

/* Only what waits in a call is passed over: one that yielded is to be resumed itself. */
START_TEST(run_does_not_reach_past_one_that_yielded)
{
    struct vcpu *a = world_request(0, SP_A);
    struct vcpu *mp = ask(0, a, SP_MP);
    struct vcpu *b = ask(0, mp, SP_B);

    ck_assert_ptr_eq(CALL(0, b, FFA_YIELD), mp);
    ck_assert_ptr_eq(CALL(0, mp, FFA_YIELD), a);
    run(0, a, SP_B);
    ck_error(a, FFA_DENIED);
    ck_assert_ptr_eq(run(0, a, SP_MP), mp);
    ck_x(mp, 0, FFA_SUCCESS_32);
    ck_assert_ptr_eq(run(0, mp, SP_B), b);
}
END_TEST

/* conformance: secure_interrupts.burst_secure_interrupts */
START_TEST(all_of_a_partitions_interrupts_wait_in_order)
{
    static const uint32_t order[] = {3, 0, 5, 4, 2};
    struct vcpu *a = world_request(0, SP_A);

    for (unsigned i = 0; i < 5; i++) {
        ck_assert(vint_inject(a, world.vint_id[0][order[i]]));
        ck_assert(!vint_inject(a, world.vint_id[0][order[i]]));
    }
    for (unsigned i = 0; i < 5; i++) {
        ck_assert_uint_eq(take(0, a), world.vint_id[0][order[i]]);
    }
    ck_assert_uint_eq(take(0, a), VINT_NONE);
}
END_TEST

static void setup(void)
{
    world_reset();
    world_interrupts();
}

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, a_running_owner_gets_a_virtual_interrupt_and_goes_on);
    tcase_add_test(tcase, an_owner_that_waits_preempts_the_normal_world);
    tcase_add_test(tcase, an_owner_that_waits_preempts_another_partition);
    tcase_add_test(tcase, run_of_whom_it_preempted_ends_the_handling_too);
    tcase_add_test(tcase, a_blocked_owner_runs_and_whom_it_called_stays);
    tcase_add_test(tcase, a_blocked_owner_may_name_the_preempted_one_itself);
    tcase_add_test(tcase, a_blocked_owner_is_itself_preempted_and_goes_on);
    tcase_add_test(tcase, a_blocked_s_el0_owner_is_told_when_it_goes_to_wait);
    tcase_add_test(tcase, a_preempted_owner_is_told_when_it_runs_again);
    tcase_add_test(tcase, two_wait_in_order_while_the_owner_is_preempted);
    tcase_add_test(tcase, one_that_yielded_is_told_when_it_runs_again);
    tcase_add_test(tcase, a_callee_that_yielded_is_told_when_it_runs_again);
    tcase_add_test(tcase, a_chain_that_an_interrupt_began_is_not_preempted);
    tcase_add_test(tcase, yield_does_nothing_while_it_handles_one);
    tcase_add_test(tcase, who_wants_others_queued_ends_first);
    tcase_add_test(tcase, a_up_owner_that_waits_on_another_pe_comes_here);
    tcase_add_test(tcase, a_up_owner_that_runs_on_another_pe_is_kicked);
    tcase_add_test(tcase, a_up_owner_that_is_blocked_on_another_pe_is_told_when_it_goes_on);
    tcase_add_test(tcase, a_second_one_while_the_first_is_handled);
    tcase_add_test(tcase, spurious_and_disabled_ones_change_nothing);
    tcase_add_test(tcase, one_that_comes_again_while_pending_is_held_until_it_is_taken);
    tcase_add_test(tcase, all_of_a_partitions_interrupts_wait_in_order);
    tcase_add_test(tcase, a_level_is_held_until_it_has_been_handled);
    tcase_add_test(tcase, a_level_that_was_not_taken_stays_held_when_its_owner_goes);
    tcase_add_test(tcase, one_that_is_held_is_released_with_another_one_still_pending);
    tcase_add_test(tcase, a_blocked_owner_in_a_chain_that_an_interrupt_began_is_not_resumed);
    tcase_add_test(tcase, whom_a_handler_runs_is_not_preempted_either);
    tcase_add_test(tcase, a_handler_ends_only_when_whom_it_asked_has_answered);
    tcase_add_test(tcase, run_does_not_reach_past_one_that_yielded);
}

int main(void)
{
    return world_main("secure interrupts", add);
}
