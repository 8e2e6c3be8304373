/* SPDX-License-Identifier: BSD-3-Clause */
/* Interrupts of the normal world and of EL3 while a partition runs: FF-A v1.2, 9.3.2. */
#include "policy.h"

/* conformance: managed_exit.sp_managed_exit */
START_TEST(managed_exit_asks_once_and_waits_for_the_response)
{
    struct vcpu *a;

    manifest_of(SP_A)->ns_interrupts_action = NS_ACTION_MANAGED_EXIT;
    a = world_request(0, SP_A);
    ck_assert_uint_eq(pmr(0), PMR_OPEN);
    ck_assert_ptr_eq(ns_interrupt(0, a), a);
    ck_assert(a->arch->vfiq && !a->arch->virq);
    ck_assert_uint_eq(pmr(0), PMR_NS_MASKED);
    ck_assert_uint_eq(take(0, a), VINT_MANAGED_EXIT);
    ck_assert_ptr_eq(ns_interrupt(0, a), a); /* not a second time */
    ck_assert(!a->arch->vfiq);
    ck_assert_uint_eq(pmr(0), PMR_NS_MASKED);
    ck_assert_ptr_eq(answer(0, a), world_nwd(0));
    ck_assert_uint_eq(pmr(0), PMR_OPEN);
    ck_assert_uint_eq(a->managed_exit, 0);
    /* The next request begins anew. */
    world_request(0, SP_A);
    ns_interrupt(0, a);
    ck_assert(a->arch->vfiq);
}
END_TEST

/* conformance: managed_exit.sp_managed_exit_interrupts_disabled */
START_TEST(a_managed_exit_that_was_not_taken_is_gone_with_the_response)
{
    struct vcpu *a;

    manifest_of(SP_A)->ns_interrupts_action = NS_ACTION_MANAGED_EXIT;
    a = world_request(0, SP_A);
    ns_interrupt(0, a);
    ck_assert_ptr_eq(answer(0, a), world_nwd(0));
    ck_x(world_nwd(0), 0, RESP);
    ck_assert_uint_eq(vint_ready(a), 0);
    ck_assert_ptr_eq(run(0, world_nwd(0), SP_A), a);
    ck_assert(!a->arch->vfiq);
    ns_interrupt(0, a);
    ck_assert_ptr_eq(CALL(0, a, FFA_MSG_WAIT), world_nwd(0));
    ck_assert_uint_eq(vint_ready(a), 0);
}
END_TEST

START_TEST(interception_does_not_end_a_managed_exit)
{
    struct vcpu *a;

    manifest_of(SP_A)->ns_interrupts_action = NS_ACTION_MANAGED_EXIT;
    a = world_request(0, SP_A);
    ns_interrupt(0, a);
    world_secure_interrupt(0, WORLD_SPI(SP_A));
    ck_assert_ptr_eq(answer(0, a), a);
    ck_interrupt(a, WORLD_SPI(SP_A));
    ck_assert_uint_eq(pmr(0), PMR_NS_MASKED);
    ck_assert_uint_eq(take(0, a), WORLD_SPI(SP_A));
    ck_assert_ptr_eq(answer(0, a), world_nwd(0));
}
END_TEST

START_TEST(who_a_managed_exit_calls_is_not_preempted)
{
    struct vcpu *a;
    struct vcpu *b;

    manifest_of(SP_A)->ns_interrupts_action = NS_ACTION_MANAGED_EXIT;
    a = world_request(0, SP_A);
    ns_interrupt(0, a);
    b = ask(0, a, SP_B);
    ck_assert_uint_eq(pmr(0), PMR_NS_MASKED);
    ck_assert_ptr_eq(ns_interrupt(0, b), b);
}
END_TEST

START_TEST(one_that_asks_for_quiet_has_it_in_the_whole_chain_below)
{
    struct vcpu *a;
    struct vcpu *b;

    manifest_of(SP_A)->ns_interrupts_action = NS_ACTION_QUEUED;
    a = world_request(0, SP_A);
    ck_assert_uint_eq(pmr(0), PMR_NS_MASKED);
    ck_assert_ptr_eq(ns_interrupt(0, a), a);
    b = ask(0, a, SP_B);
    ck_assert_uint_eq(pmr(0), PMR_NS_MASKED);
    ck_assert_ptr_eq(ns_interrupt(0, b), b);
    /* Secure ones still come. */
    ck_assert_ptr_eq(world_secure_interrupt(0, WORLD_SPI(SP_MP)), world_vcpu(SP_MP, 0));
    take(0, world_vcpu(SP_MP, 0));
    ck_assert_ptr_eq(CALL(0, world_vcpu(SP_MP, 0), FFA_MSG_WAIT), b);
    answer(0, b);
    answer(0, a);
    ck_assert_uint_eq(pmr(0), PMR_OPEN);
}
END_TEST

/* A preempts the chain as far as the one whose action is another. */
START_TEST(unwinding_asks_each_caller_what_to_do)
{
    struct vcpu *a;
    struct vcpu *b;

    manifest_of(SP_A)->ns_interrupts_action = NS_ACTION_MANAGED_EXIT;
    a = world_request(0, SP_A);
    b = ask(0, a, SP_B);
    ck_assert_ptr_eq(ns_interrupt(0, b), a);
    ck_x(a, 0, FFA_INTERRUPT);
    ck_x(a, 1, FFA_PAIR(SP_B, 0));
    ck_assert_ptr_eq(ns_interrupt(0, a), a);
    ck_assert(a->arch->vfiq);
    ck_assert_uint_eq(take(0, a), VINT_MANAGED_EXIT);
    ck_assert_ptr_eq(run(0, a, SP_B), b); /* it may let its callee finish first */
    ck_assert_ptr_eq(ns_interrupt(0, b), b);
    ck_assert_ptr_eq(answer(0, b), a);
    ck_assert_ptr_eq(answer(0, a), world_nwd(0));
    ck_x(world_nwd(0), 0, RESP);
}
END_TEST

START_TEST(group_0_is_for_el3_and_the_partition_goes_on)
{
    struct vcpu *a = world_request(0, SP_A);

    world.pe[0].group0 = 33;
    ck_assert_ptr_eq(ns_interrupt(0, a), a);
    ck_assert_uint_eq(world.el3_calls, 1);
    ck_assert_uint_eq(world.el3_x[0], FFA_EL3_INTR_HANDLE);
    for (unsigned n = 1; n < FFA_REGS; n++) {
        ck_assert_uint_eq(world.el3_x[n], 0);
    }
    ck_assert_uint_eq(a->frame.store, 0);
    ck_assert_uint_eq(a->state, VCPU_RUNNING);
    ck_assert_ptr_eq(ns_interrupt(0, a), world_nwd(0)); /* now it is the normal world's */
    ck_assert_uint_eq(world.el3_calls, 1);
}
END_TEST

/* What the normal world had in ICC_PMR_EL1 is there again. */
START_TEST(the_normal_worlds_priority_mask_survives)
{
    struct vcpu *a;

    world.pe[0].sysreg[ARCH_ICC_PMR] = 0xb0;
    a = world_secure_interrupt(0, WORLD_SPI(SP_A));
    ck_assert_uint_eq(pmr(0), PMR_ALL);
    take(0, a);
    CALL(0, a, FFA_MSG_WAIT);
    ck_assert_uint_eq(pmr(0), 0xb0);
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
    tcase_add_test(tcase, managed_exit_asks_once_and_waits_for_the_response);
    tcase_add_test(tcase, a_managed_exit_that_was_not_taken_is_gone_with_the_response);
    tcase_add_test(tcase, interception_does_not_end_a_managed_exit);
    tcase_add_test(tcase, who_a_managed_exit_calls_is_not_preempted);
    tcase_add_test(tcase, one_that_asks_for_quiet_has_it_in_the_whole_chain_below);
    tcase_add_test(tcase, unwinding_asks_each_caller_what_to_do);
    tcase_add_test(tcase, group_0_is_for_el3_and_the_partition_goes_on);
    tcase_add_test(tcase, the_normal_worlds_priority_mask_survives);
}

int main(void)
{
    return world_main("interrupts of others", add);
}
