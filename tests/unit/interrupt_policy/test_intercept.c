/* SPDX-License-Identifier: BSD-3-Clause */
/* Going to wait with virtual interrupts pending: FFA_INTERRUPT, and the call is made again. */
#include <string.h>

#include "policy.h"

/* conformance: secure_interrupts.sp_direct_response_intercepted */
START_TEST(a_response_is_intercepted_and_sent_again)
{
    struct vcpu *a = world_request(0, SP_A);

    world_secure_interrupt(0, WORLD_SPI(SP_A));
    ck_assert_ptr_eq(CALL(0, a, RESP, FFA_PAIR(SP_A, 0), 0, 0x77), a);
    ck_interrupt(a, WORLD_SPI(SP_A));
    ck_assert_uint_eq(a->state, VCPU_RUNNING);
    ck_assert_uint_eq(a->runtime_model, RTM_FFA_DIR_REQ);
    ck_assert(a->processing_request);
    ck_assert_uint_eq(take(0, a), WORLD_SPI(SP_A));
    ck_assert_ptr_eq(CALL(0, a, RESP, FFA_PAIR(SP_A, 0), 0, 0x77), world_nwd(0));
    ck_x(world_nwd(0), 0, RESP);
    ck_x(world_nwd(0), 3, 0x77);
}
END_TEST

/* conformance: secure_interrupts.sp_direct_response2_intercepted */
START_TEST(a_response_2_is_intercepted_and_sent_again)
{
    struct vcpu *a = CALL(0, world_nwd(0), FFA_MSG_SEND_DIRECT_REQ2_64, SP_A);

    ck_x(a, 0, FFA_MSG_SEND_DIRECT_REQ2_64);
    world_secure_interrupt(0, WORLD_SPI(SP_A));
    ck_assert_ptr_eq(CALL(0, a, FFA_MSG_SEND_DIRECT_RESP2_64, FFA_PAIR(SP_A, 0), 0, 0, 0x77), a);
    ck_interrupt(a, WORLD_SPI(SP_A));
    take(0, a);
    ck_assert_ptr_eq(CALL(0, a, FFA_MSG_SEND_DIRECT_RESP2_64, FFA_PAIR(SP_A, 0), 0, 0, 0x77),
                     world_nwd(0));
    ck_x(world_nwd(0), 0, FFA_MSG_SEND_DIRECT_RESP2_64);
    ck_x(world_nwd(0), 4, 0x77);
}
END_TEST

/* conformance: secure_interrupts.sp_forward_direct_response_intercepted */
START_TEST(a_response_to_a_partition_is_intercepted)
{
    struct vcpu *a = world_request(0, SP_A);
    struct vcpu *b = ask(0, a, SP_B);

    world_secure_interrupt(0, WORLD_SPI(SP_B));
    ck_assert_ptr_eq(answer(0, b), b);
    ck_interrupt(b, WORLD_SPI(SP_B));
    ck_assert_uint_eq(a->state, VCPU_BLOCKED);
    take(0, b);
    ck_assert_ptr_eq(answer(0, b), a);
    ck_x(a, 0, RESP);
}
END_TEST

START_TEST(msg_wait_is_intercepted_and_keeps_the_rx_buffer)
{
    struct vcpu *a = run(0, world_nwd(0), SP_A);

    a->partition->mailbox.mapped = true;
    a->partition->mailbox.state = MAILBOX_FULL;
    world_secure_interrupt(0, WORLD_SPI(SP_A));
    ck_assert_ptr_eq(CALL(0, a, FFA_MSG_WAIT), a);
    ck_interrupt(a, WORLD_SPI(SP_A));
    ck_assert_uint_eq(a->runtime_model, RTM_FFA_RUN);
    ck_assert_uint_eq(a->partition->mailbox.state, MAILBOX_FULL);
    take(0, a);
    ck_assert_ptr_eq(CALL(0, a, FFA_MSG_WAIT), world_nwd(0));
    ck_x(world_nwd(0), 0, FFA_MSG_WAIT);
    ck_assert_uint_eq(a->partition->mailbox.state, MAILBOX_EMPTY);
}
END_TEST

/* conformance: secure_interrupts.back_to_back_secure_interrupts */
START_TEST(the_next_one_comes_before_it_has_done_with_the_last)
{
    struct vcpu *a = world_secure_interrupt(0, WORLD_SPI(SP_A));

    take(0, a);
    /* The mask came too late for this one. */
    ck_assert_ptr_eq(world_secure_interrupt(0, WORLD_SPI(SP_A) + 1), a);
    ck_assert_ptr_eq(CALL(0, a, FFA_MSG_WAIT), a);
    ck_interrupt(a, WORLD_SPI(SP_A) + 1);
    ck_assert_uint_eq(a->runtime_model, RTM_SEC_INTERRUPT);
    ck_assert_uint_eq(take(0, a), WORLD_SPI(SP_A) + 1);
    ck_assert_ptr_eq(CALL(0, a, FFA_MSG_WAIT), world_nwd(0));
    ck_x(world_nwd(0), 0, FFA_NORMAL_WORLD_RESUME);
}
END_TEST

START_TEST(s_el0_takes_one_with_each_wait)
{
    struct vcpu *a;

    manifest_of(SP_A)->exception_level = MANIFEST_S_EL0;
    a = world_request(0, SP_A);
    world_secure_interrupt(0, WORLD_SPI(SP_A));
    world_secure_interrupt(0, WORLD_SPI(SP_A) + 1);
    ck_assert(!a->arch->virq); /* it has no such line */
    for (uint32_t n = 0; n < 2; n++) {
        ck_assert_ptr_eq(answer(0, a), a);
        ck_interrupt(a, WORLD_SPI(SP_A) + n);
    }
    ck_assert_ptr_eq(answer(0, a), world_nwd(0));
}
END_TEST

START_TEST(a_refused_call_is_refused_first)
{
    static struct world_state before;
    struct vcpu *a = world_request(0, SP_A);

    world_secure_interrupt(0, WORLD_SPI(SP_A));
    before = world.state;
    CALL(0, a, RESP, FFA_PAIR(SP_A, SP_B));
    ck_error(a, FFA_DENIED);
    CALL(0, a, FFA_MSG_WAIT, 1);
    ck_error(a, FFA_INVALID_PARAMETERS);
    before.vcpu[0].frame = a->frame;
    memcpy(before.arch, world.state.arch, sizeof(before.arch));
    before.partition[0].version_frozen = a->partition->version_frozen;
    ck_assert(memcmp(&before, &world.state, sizeof(before)) == 0);
}
END_TEST

/* conformance: secure_interrupts.sri_triggered_due_to_secure_interrupt_transition_waiting */
START_TEST(the_scheduler_is_told_instead_by_policy)
{
    struct vcpu *a;

    manifest_of(SP_A)->sri_policy = 2;
    a = world_request(0, SP_A);
    world_secure_interrupt(0, WORLD_SPI(SP_A));
    ck_assert_uint_eq(world.pe[0].sris, 0);
    ck_assert_ptr_eq(answer(0, a), world_nwd(0));
    ck_x(world_nwd(0), 0, RESP);
    ck_assert_uint_eq(world.pe[0].sris, 1);
    ck_assert_uint_eq(vint_ready(a), 1);
    ck_assert_ptr_eq(run(0, world_nwd(0), SP_A), a);
    ck_x(a, 0, FFA_RUN);
    ck_assert(a->arch->virq);
}
END_TEST

START_TEST(run_of_s_el0_that_waits_tells_it_of_its_interrupt)
{
    struct vcpu *a = world_vcpu(SP_A, 0);

    manifest_of(SP_A)->exception_level = MANIFEST_S_EL0;
    vint_inject(a, WORLD_SPI(SP_A));
    ck_assert_ptr_eq(run(0, world_nwd(0), SP_A), a);
    ck_interrupt(a, WORLD_SPI(SP_A));
    ck_assert_uint_eq(a->runtime_model, RTM_FFA_RUN);
    ck_assert_ptr_eq(CALL(0, a, FFA_MSG_WAIT), world_nwd(0));
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
    tcase_add_test(tcase, a_response_is_intercepted_and_sent_again);
    tcase_add_test(tcase, a_response_2_is_intercepted_and_sent_again);
    tcase_add_test(tcase, a_response_to_a_partition_is_intercepted);
    tcase_add_test(tcase, msg_wait_is_intercepted_and_keeps_the_rx_buffer);
    tcase_add_test(tcase, the_next_one_comes_before_it_has_done_with_the_last);
    tcase_add_test(tcase, s_el0_takes_one_with_each_wait);
    tcase_add_test(tcase, a_refused_call_is_refused_first);
    tcase_add_test(tcase, the_scheduler_is_told_instead_by_policy);
    tcase_add_test(tcase, run_of_s_el0_that_waits_tells_it_of_its_interrupt);
}

int main(void)
{
    return world_main("interception", add);
}
