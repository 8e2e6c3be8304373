/* SPDX-License-Identifier: BSD-3-Clause */
/* Partitions that die with interrupts about. */
#include "policy.h"

/* conformance: sp_lifecycle.sp_preempts_vm_aborts_spmc_mode */
START_TEST(the_normal_world_goes_on_when_the_handler_dies)
{
    struct vcpu *a = world_secure_interrupt(0, WORLD_SPI(SP_A));

    ck_assert_ptr_eq(CALL(0, a, FFA_ABORT_32), world_nwd(0));
    ck_x(world_nwd(0), 0, FFA_NORMAL_WORLD_RESUME);
    ck_assert_uint_eq(a->state, VCPU_ABORTED);
    ck_assert_ptr_null(world.state.cpu[0].interrupted);
    ck_assert_uint_eq(pmr(0), PMR_OPEN);
}
END_TEST

/* conformance: sp_lifecycle.sp_preempts_sp_aborts_spmc_mode */
START_TEST(a_preempted_partition_goes_on_when_the_handler_dies)
{
    struct vcpu *b = world_request(0, SP_B);
    struct vcpu *a = world_secure_interrupt(0, WORLD_SPI(SP_A));

    ck_assert_ptr_eq(CALL(0, a, FFA_ABORT_32), b);
    ck_assert_uint_eq(b->frame.store, 0); /* it has called nobody: no result */
    ck_assert_uint_eq(b->state, VCPU_RUNNING);
    ck_assert_ptr_eq(answer(0, b), world_nwd(0));
}
END_TEST

/* conformance: sp_lifecycle.sp_aborts_direct_req_in_spmc_mode */
START_TEST(the_handler_is_told_when_whom_it_asked_dies)
{
    struct vcpu *b = world_secure_interrupt(0, WORLD_SPI(SP_B));
    struct vcpu *a;

    take(0, b);
    a = ask(0, b, SP_A);
    ck_assert_ptr_eq(CALL(0, a, FFA_ABORT_32), b);
    ck_error(b, FFA_ABORTED);
    ck_assert_uint_eq(b->runtime_model, RTM_SEC_INTERRUPT);
    ck_assert_ptr_eq(CALL(0, b, FFA_MSG_WAIT), world_nwd(0));
    ck_x(world_nwd(0), 0, FFA_NORMAL_WORLD_RESUME);
}
END_TEST

static void interrupts_of_the_dead_are_off(void)
{
    unsigned lines;

    ck_assert(!world_spi_is_enabled(WORLD_SPI(SP_A)));
    ck_assert(!world_spi_is_enabled(WORLD_SPI(SP_A) + 1));
    ck_assert(world_spi_is_enabled(WORLD_SPI(SP_B)));
    /* One that was on its way already. */
    world.enabled[2] |= 1;
    lines = world.log_lines;
    ck_assert_ptr_eq(world_secure_interrupt(0, WORLD_SPI(SP_A)), world_nwd(0));
    ck_x(world_nwd(0), 0, FFA_NORMAL_WORLD_RESUME);
    ck_assert_uint_eq(world.log_lines, lines + 1);
    ck_assert(!world_spi_is_enabled(WORLD_SPI(SP_A)));
}

/* conformance: free_sp_resources.secure_interrupt_targets_aborted_sp */
START_TEST(interrupts_of_an_aborted_s_el0_partition_are_off)
{
    struct vcpu *a;

    manifest_of(SP_A)->exception_level = MANIFEST_S_EL0;
    a = world_request(0, SP_A);
    vint_inject(a, WORLD_SPI(SP_A));
    ck_assert_ptr_eq(world_exit(0, a, VCPU_EXIT_SYNC, ESR_EC_DABT_LOWER, 0x7, 0), world_nwd(0));
    ck_error(world_nwd(0), FFA_ABORTED);
    ck_assert_uint_eq(a->vint_queued, 0);
    interrupts_of_the_dead_are_off();
}
END_TEST

/* conformance: boot_fail.secure_interrupt_targets_aborted_sp2 */
START_TEST(interrupts_of_one_that_failed_to_boot_are_off)
{
    struct vcpu *a = world_vcpu(SP_A, 0);

    a->state = VCPU_STARTING;
    a->runtime_model = RTM_SP_INIT;
    a->sched_mode = SCHED_SPMC;
    a->regs_available = false;
    world.state.cpu[0].current = a;
    ck_assert_ptr_eq(CALL(0, a, FFA_ABORT_32), world_nwd(0));
    interrupts_of_the_dead_are_off();
}
END_TEST

START_TEST(one_that_nobody_owns_is_reported_once_and_switched_off)
{
    world.enabled[3] |= 2;
    ck_assert_ptr_eq(world_secure_interrupt(0, 97), world_nwd(0));
    ck_assert_uint_eq(world.log_lines, 1);
    ck_assert(!world_spi_is_enabled(97));
}
END_TEST

/* The partition of an interrupted vCPU dies on another PE meanwhile. */
START_TEST(an_interrupted_vcpu_follows_its_partition_when_it_runs_again)
{
    struct vcpu *m0 = world_request(0, SP_MP);
    struct vcpu *m1 = world_request(1, SP_MP);
    struct vcpu *a = world_secure_interrupt(0, WORLD_SPI(SP_A));

    ck_assert_uint_eq(m0->state, VCPU_PREEMPTED);
    CALL(1, m1, FFA_ABORT_32);
    ck_assert_uint_eq(m0->state, VCPU_PREEMPTED);
    take(0, a);
    ck_assert_ptr_eq(CALL(0, a, FFA_MSG_WAIT), m0);
    ck_assert_ptr_eq(CALL(0, m0, FFA_ID_GET), world_nwd(0));
    ck_error(world_nwd(0), FFA_ABORTED);
    ck_assert_uint_eq(m0->state, VCPU_ABORTED);
}
END_TEST

/* So does the partition between a blocked owner and whom its interrupt preempted. */
START_TEST(a_blocked_owner_is_told_that_its_callee_is_gone)
{
    struct vcpu *a = world_request(0, SP_A);
    struct vcpu *m0 = ask(0, a, SP_MP);
    struct vcpu *b = ask(0, m0, SP_B);
    struct vcpu *m1;

    world_secure_interrupt(0, WORLD_SPI(SP_A));
    take(0, a);
    m1 = world_request(1, SP_MP);
    CALL(1, m1, FFA_ABORT_32);
    ck_assert_uint_eq(m0->state, VCPU_ABORTED);
    ck_assert_uint_eq(b->state, VCPU_PREEMPTED);
    ck_assert_ptr_null(b->chain_prev);
    run(0, a, SP_MP);
    ck_error(a, FFA_ABORTED);
    ck_assert_ptr_eq(answer(0, a), world_nwd(0));
    ck_assert_ptr_eq(run(0, world_nwd(0), SP_B), b);
    ck_assert_ptr_eq(answer(0, b), world_nwd(0));
    ck_x(world_nwd(0), 0, FFA_MSG_WAIT);
}
END_TEST

/* Or the one that was preempted: who waits for it can not go on waiting. */
START_TEST(a_callee_goes_on_with_an_error_when_whom_it_asked_is_gone)
{
    struct vcpu *a = world_request(0, SP_A);
    struct vcpu *b = ask(0, a, SP_B);
    struct vcpu *m0 = ask(0, b, SP_MP);

    world_secure_interrupt(0, WORLD_SPI(SP_A));
    take(0, a);
    CALL(1, world_request(1, SP_MP), FFA_ABORT_32);
    ck_assert_uint_eq(m0->state, VCPU_ABORTED);
    ck_assert_ptr_eq(run(0, a, SP_B), b);
    ck_error(b, FFA_ABORTED);
    ck_assert_ptr_eq(answer(0, b), a);
    ck_assert_ptr_eq(answer(0, a), world_nwd(0));
}
END_TEST

/* What a dead handler asked for goes on with the normal world's cycles, and as such. */
START_TEST(whom_the_dead_asked_is_scheduled_by_the_normal_world)
{
    struct vcpu *a = world_secure_interrupt(0, WORLD_SPI(SP_A));
    struct vcpu *b;

    take(0, a);
    b = ask(0, a, SP_B);
    CALL(0, b, FFA_YIELD);
    ck_assert_ptr_eq(CALL(0, a, FFA_ABORT_32), world_nwd(0));
    ck_assert_ptr_eq(run(0, world_nwd(0), SP_B), b);
    ck_assert_uint_eq(pmr(0), PMR_OPEN);
    ck_assert_ptr_eq(ns_interrupt(0, b), world_nwd(0));
    ck_x(world_nwd(0), 0, FFA_INTERRUPT);
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
    tcase_add_test(tcase, the_normal_world_goes_on_when_the_handler_dies);
    tcase_add_test(tcase, a_preempted_partition_goes_on_when_the_handler_dies);
    tcase_add_test(tcase, the_handler_is_told_when_whom_it_asked_dies);
    tcase_add_test(tcase, interrupts_of_an_aborted_s_el0_partition_are_off);
    tcase_add_test(tcase, interrupts_of_one_that_failed_to_boot_are_off);
    tcase_add_test(tcase, one_that_nobody_owns_is_reported_once_and_switched_off);
    tcase_add_test(tcase, an_interrupted_vcpu_follows_its_partition_when_it_runs_again);
    tcase_add_test(tcase, a_blocked_owner_is_told_that_its_callee_is_gone);
    tcase_add_test(tcase, a_callee_goes_on_with_an_error_when_whom_it_asked_is_gone);
    tcase_add_test(tcase, whom_the_dead_asked_is_scheduled_by_the_normal_world);
}

int main(void)
{
    return world_main("aborts and interrupts", add);
}
