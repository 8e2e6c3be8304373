/* SPDX-License-Identifier: BSD-3-Clause */
/* Who is told when: booting partitions, IPIs, timers, the schedule receiver interrupt. */
#include "policy.h"

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

/* conformance: secure_interrupts.handle_interrupt_rtm_init */
START_TEST(a_partition_that_boots_gets_its_own_and_others_wait)
{
    struct vcpu *a = starting(SP_A);
    struct vcpu *b = world_vcpu(SP_B, 0);

    ck_assert_ptr_eq(world_secure_interrupt(0, WORLD_SPI(SP_A)), a);
    ck_assert(a->arch->virq);
    ck_assert_uint_eq(pmr(0), PMR_NS_MASKED); /* its next one comes as well */
    ck_assert_ptr_eq(world_secure_interrupt(0, WORLD_SPI(SP_B)), a);
    ck_assert_uint_eq(b->state, VCPU_WAITING);
    ck_assert_ptr_eq(CALL(0, a, FFA_MSG_WAIT), a);
    ck_interrupt(a, WORLD_SPI(SP_A));
    ck_assert_uint_eq(a->runtime_model, RTM_SP_INIT);
    take(0, a);
    /* It has booted: now the other's turn has come, before the normal world's. */
    ck_assert_ptr_eq(CALL(0, a, FFA_MSG_WAIT), b);
    ck_assert_uint_eq(world.boots, 1);
    ck_interrupt(b, WORLD_SPI(SP_B));
    take(0, b);
    ck_assert_ptr_eq(CALL(0, b, FFA_MSG_WAIT), world_nwd(0));
    ck_x(world_nwd(0), 0, FFA_MSG_WAIT); /* what the SPMD is waiting for */
    ck_assert(!world.state.cpu[0].untold);
}
END_TEST

START_TEST(one_that_ran_meanwhile_is_not_told_again)
{
    struct vcpu *a = starting(SP_A);
    struct vcpu *b;

    world_secure_interrupt(0, WORLD_SPI(SP_B));
    b = ask(0, a, SP_B);
    ck_assert(b->arch->virq);
    take(0, b);
    ck_assert_ptr_eq(answer(0, b), a);
    ck_assert_ptr_eq(CALL(0, a, FFA_MSG_WAIT), world_nwd(0));
    ck_assert(!world.state.cpu[0].untold);
}
END_TEST

/* conformance: secure_interrupts.sri_triggered_due_to_secure_interrupt */
START_TEST(the_scheduler_is_told_instead_of_an_owner_that_waits)
{
    struct vcpu *a = world_vcpu(SP_A, 0);
    struct vcpu *b;

    manifest_of(SP_A)->sri_policy = 1;
    ck_assert_ptr_eq(world_secure_interrupt(0, WORLD_SPI(SP_A)), world_nwd(0));
    ck_x(world_nwd(0), 0, FFA_NORMAL_WORLD_RESUME);
    ck_assert_uint_eq(world.pe[0].sris, 1);
    ck_assert_ptr_eq(run(0, world_nwd(0), SP_A), a);
    ck_x(a, 0, FFA_RUN);
    ck_assert(a->arch->virq);
    take(0, a);
    CALL(0, a, FFA_MSG_WAIT);
    /* With another partition running it waits for the normal world. */
    b = world_request(0, SP_B);
    ck_assert_ptr_eq(world_secure_interrupt(0, WORLD_SPI(SP_A)), b);
    ck_assert_uint_eq(world.pe[0].sris, 1);
    answer(0, b);
    ck_assert_uint_eq(world.pe[0].sris, 2);
}
END_TEST

/* conformance: ipi.receive_ipi_running_vcpu */
START_TEST(an_ipi_to_a_vcpu_that_runs)
{
    struct vcpu *m0 = world_request(0, SP_MP);
    struct vcpu *m1 = world_request(1, SP_MP);

    ck_assert_ptr_eq(CALL(0, m0, HF_INTERRUPT_SEND_IPI, 1), m0);
    ck_assert_uint_eq(m0->frame.x[0], 0);
    ck_assert_uint_eq(world.pe[0].kicks, 1);
    ck_assert_ptr_eq(world_secure_interrupt(1, SGI_IPI), m1);
    ck_assert(m1->arch->virq);
    ck_assert_uint_eq(take(1, m1), VINT_IPI);
    ck_assert_uint_eq(world.pe[1].sris, 0);
}
END_TEST

/* conformance: ipi.receive_ipi_running_vcpu_with_secure_interrupts */
START_TEST(an_ipi_and_a_device_together)
{
    struct vcpu *m0 = world_request(0, SP_MP);
    struct vcpu *m1 = world_request(1, SP_MP);

    CALL(0, m0, HF_INTERRUPT_SEND_IPI, 1);
    world_secure_interrupt(1, WORLD_SPI(SP_MP));
    world_secure_interrupt(1, SGI_IPI);
    ck_assert_uint_eq(take(1, m1), VINT_IPI);
    ck_assert_uint_eq(take(1, m1), WORLD_SPI(SP_MP));
}
END_TEST

/* conformance: ipi.receive_ipi_waiting_vcpu_in_nwd */
START_TEST(an_ipi_to_one_that_waits_is_for_the_scheduler_to_deliver)
{
    struct vcpu *m0 = world_request(0, SP_MP);
    struct vcpu *m1 = world_vcpu(SP_MP, 1);

    CALL(0, m0, HF_INTERRUPT_SEND_IPI, 1);
    ck_assert_ptr_eq(world_secure_interrupt(1, SGI_IPI), world_nwd(1));
    ck_x(world_nwd(1), 0, FFA_NORMAL_WORLD_RESUME);
    ck_assert_uint_eq(world.pe[1].sris, 1);
    ck_assert_uint_eq(m1->state, VCPU_WAITING);
    /* Once: another kick for some other reason says nothing new. */
    world_secure_interrupt(1, SGI_IPI);
    ck_assert_uint_eq(world.pe[1].sris, 1);
    ck_assert_ptr_eq(run(1, world_nwd(1), SP_MP), m1);
    ck_assert(m1->arch->virq);
    ck_assert_uint_eq(take(1, m1), VINT_IPI);
    ck_assert_ptr_eq(CALL(1, m1, FFA_MSG_WAIT), world_nwd(1));
    CALL(0, m0, HF_INTERRUPT_SEND_IPI, 1);
    world_secure_interrupt(1, SGI_IPI);
    ck_assert_uint_eq(world.pe[1].sris, 2);
}
END_TEST

/* conformance: ipi.receive_ipi_waiting_vcpu_in_swd */
START_TEST(an_ipi_to_one_that_waits_while_its_pe_runs_another)
{
    struct vcpu *m0 = world_request(0, SP_MP);
    struct vcpu *b = world_request(1, SP_B);

    CALL(0, m0, HF_INTERRUPT_SEND_IPI, 1);
    ck_assert_ptr_eq(world_secure_interrupt(1, SGI_IPI), b);
    ck_assert_uint_eq(world.pe[1].sris, 0);
    ck_assert_ptr_eq(answer(1, b), world_nwd(1));
    ck_assert_uint_eq(world.pe[1].sris, 1);
}
END_TEST

/* conformance: ipi.receive_ipi_preempted_vcpu */
/* conformance: ipi.receive_ipi_blocked_vcpu */
START_TEST(an_ipi_to_one_that_is_preempted_or_blocked_is_told_when_it_runs)
{
    struct vcpu *m0 = world_request(0, SP_MP);
    struct vcpu *m1 = world_request(1, SP_MP);
    struct vcpu *b;

    ns_interrupt(1, m1);
    CALL(0, m0, HF_INTERRUPT_SEND_IPI, 1);
    ck_assert_ptr_eq(world_secure_interrupt(1, SGI_IPI), world_nwd(1));
    ck_assert_uint_eq(world.pe[1].sris, 0);
    ck_assert_ptr_eq(run(1, world_nwd(1), SP_MP), m1);
    ck_assert(m1->arch->virq);
    ck_assert_uint_eq(take(1, m1), VINT_IPI);
    b = ask(1, m1, SP_B);
    CALL(0, m0, HF_INTERRUPT_SEND_IPI, 1);
    ck_assert_ptr_eq(world_secure_interrupt(1, SGI_IPI), b);
    ck_assert_ptr_eq(answer(1, b), m1);
    ck_x(m1, 0, RESP);
    ck_assert_uint_eq(take(1, m1), VINT_IPI);
}
END_TEST

/* conformance: ipi.self_ipi */
START_TEST(an_ipi_to_itself)
{
    struct vcpu *m0 = world_request(0, SP_MP);

    ck_assert_ptr_eq(CALL(0, m0, HF_INTERRUPT_SEND_IPI, 0), m0);
    ck_assert(m0->arch->virq);
    ck_assert_uint_eq(world.pe[0].kicks, 0);
    ck_assert_uint_eq(take(0, m0), VINT_IPI);
}
END_TEST

/* conformance: ipi.self_ipi_sri_triggered */
START_TEST(an_ipi_to_itself_that_it_does_not_take)
{
    struct vcpu *m0;

    manifest_of(SP_MP)->sri_policy = 2;
    m0 = world_request(0, SP_MP);
    CALL(0, m0, HF_INTERRUPT_SEND_IPI, 0);
    ck_assert_ptr_eq(answer(0, m0), world_nwd(0));
    ck_assert_uint_eq(world.pe[0].sris, 1);
    world_secure_interrupt(0, SGI_IPI);
    ck_assert_uint_eq(world.pe[0].sris, 1);
    run(0, world_nwd(0), SP_MP);
    ck_assert_uint_eq(take(0, m0), VINT_IPI);
}
END_TEST

static void arm(struct vcpu *vcpu, unsigned cpu, uint64_t deadline)
{
    vcpu->timer_ctl = 1;
    vcpu->timer_cval = deadline;
    vcpu->cpu = &world.state.cpu[cpu];
    vcpu->cpu->timers_changed = true;
}

/* Deadlines that passed together are told one after the other. */
START_TEST(the_timer_fires_again_for_those_who_were_not_told)
{
    struct vcpu *a = world_vcpu(SP_A, 0);
    struct vcpu *b = world_vcpu(SP_B, 0);

    arm(a, 0, 100);
    arm(b, 0, 50);
    world.pe[0].sysreg[ARCH_CNTPCT] = 200;
    ck_assert_ptr_eq(world_secure_interrupt(0, WORLD_TIMER_PPI), a);
    ck_interrupt(a, VINT_TIMER);
    ck_assert_uint_eq(world.pe[0].sysreg[ARCH_CNTHPS_CVAL], 50);
    ck_assert_uint_eq(world.pe[0].sysreg[ARCH_CNTHPS_CTL], 1);
    ck_assert_uint_eq(take(0, a), VINT_TIMER);
    ck_assert_ptr_eq(CALL(0, a, FFA_MSG_WAIT), world_nwd(0));
    ck_assert_ptr_eq(world_secure_interrupt(0, WORLD_TIMER_PPI), b);
    ck_interrupt(b, VINT_TIMER);
    ck_assert_uint_eq(world.pe[0].sysreg[ARCH_CNTHPS_CTL], 0);
    take(0, b);
    CALL(0, b, FFA_MSG_WAIT);
    ck_assert_ptr_eq(world_secure_interrupt(0, WORLD_TIMER_PPI), world_nwd(0));
}
END_TEST

/* conformance: arch_timer.sri_triggered_due_to_arch_timer */
START_TEST(the_scheduler_is_told_of_a_deadline_by_policy)
{
    struct vcpu *a = world_vcpu(SP_A, 0);

    manifest_of(SP_A)->sri_policy = 1;
    arm(a, 0, 100);
    world.pe[0].sysreg[ARCH_CNTPCT] = 200;
    ck_assert_ptr_eq(world_secure_interrupt(0, WORLD_TIMER_PPI), world_nwd(0));
    ck_assert_uint_eq(world.pe[0].sris, 1);
    run(0, world_nwd(0), SP_A);
    ck_assert_uint_eq(take(0, a), VINT_TIMER);
}
END_TEST

START_TEST(a_deadline_goes_to_the_pe_that_its_vcpu_goes_to)
{
    struct vcpu *a = world_vcpu(SP_A, 0);

    arm(a, 0, 100);
    world_request(0, SP_B);
    ck_assert_uint_eq(world.pe[0].sysreg[ARCH_CNTHPS_CVAL], 100);
    ck_assert_ptr_eq(world_request(1, SP_A), a);
    ck_assert_uint_eq(world.pe[1].sysreg[ARCH_CNTHPS_CVAL], 100);
    ck_assert_uint_eq(world.pe[1].sysreg[ARCH_CNTHPS_CTL], 1);
    /* The other PE finds nothing to tell when its timer fires. */
    world.pe[0].sysreg[ARCH_CNTPCT] = 200;
    world_secure_interrupt(0, WORLD_TIMER_PPI);
    ck_assert_uint_eq(vint_ready(a), 0);
    ck_assert_uint_eq(world.pe[0].sysreg[ARCH_CNTHPS_CTL], 0);
}
END_TEST

START_TEST(one_whose_scheduler_was_told_is_not_resumed_as_well)
{
    struct vcpu *a = starting(SP_A);
    struct vcpu *b;

    manifest_of(SP_B)->sri_policy = 2;
    world_secure_interrupt(0, WORLD_SPI(SP_B));
    b = ask(0, a, SP_B);
    ck_assert_ptr_eq(answer(0, b), a);
    ck_assert_ptr_eq(CALL(0, a, FFA_MSG_WAIT), world_nwd(0));
    ck_assert_uint_eq(vint_ready(b), 1);
    ck_assert_uint_eq(world.pe[0].sris, 1);
}
END_TEST

/* MSR CNTP_CVAL_EL0, x1 and MSR CNTP_CTL_EL0, x1 */
START_TEST(a_timer_that_is_set_is_programmed_at_once)
{
    const uint64_t to_cval = 3u << 20 | 2u << 17 | 3u << 14 | 14u << 10 | 1u << 5 | 2u << 1;
    const uint64_t to_ctl = 3u << 20 | 1u << 17 | 3u << 14 | 14u << 10 | 1u << 5 | 2u << 1;
    struct vcpu *a = world_request(0, SP_A);

    a->arch->x[1] = 500;
    ck_assert_ptr_eq(world_exit(0, a, VCPU_EXIT_SYNC, ESR_EC_SYSREG, to_cval, 0), a);
    a->arch->x[1] = 1;
    ck_assert_ptr_eq(world_exit(0, a, VCPU_EXIT_SYNC, ESR_EC_SYSREG, to_ctl, 0), a);
    ck_assert_uint_eq(world.pe[0].sysreg[ARCH_CNTHPS_CVAL], 500);
    ck_assert_uint_eq(world.pe[0].sysreg[ARCH_CNTHPS_CTL], 1);
    ck_assert_uint_eq(a->arch->sysreg[ARCH_VCPU_PC], 8);
}
END_TEST

START_TEST(nothing_pending_costs_no_lock_more)
{
    struct vcpu *a;

    world.pe[0].locks_taken = 0;
    a = world_request(0, SP_A);
    ck_assert_uint_eq(world.pe[0].locks_taken, 1);
    answer(0, a);
    ck_assert_uint_eq(world.pe[0].locks_taken, 2);
}
END_TEST

/*
 * One that waits for an answer gets an interrupt while its caller handles one, or while all of them
 * are preempted: it is told on the way back down, not only when it has the answer.
 */
START_TEST(those_on_the_way_down_are_told_first)
{
    struct vcpu *a = world_request(0, SP_A);
    struct vcpu *mp = ask(0, a, SP_MP);
    struct vcpu *b = ask(0, mp, SP_B);

    ck_assert_ptr_eq(world_secure_interrupt(0, WORLD_SPI(SP_A)), a);
    take(0, a);
    ck_assert_ptr_eq(world_secure_interrupt(0, WORLD_SPI(SP_MP)), a);
    ck_assert_ptr_eq(run(0, a, SP_MP), mp);
    ck_interrupt(mp, WORLD_SPI(SP_MP));
    ck_assert_uint_eq(b->state, VCPU_PREEMPTED);
    run(0, mp, SP_B);
    ck_error(mp, FFA_DENIED); /* it has not handled it */
    take(0, mp);
    ck_assert_ptr_eq(run(0, mp, SP_B), b);
    ck_assert_uint_eq(b->frame.store, 0);

    /* All are preempted, and the normal world runs the first of them. */
    ck_assert_ptr_eq(ns_interrupt(0, b), mp);
    ck_assert_ptr_eq(ns_interrupt(0, mp), a);
    ck_assert_ptr_eq(ns_interrupt(0, a), world_nwd(0));
    ck_assert_ptr_eq(run(0, world_nwd(0), SP_A), a);
    ck_assert_ptr_eq(run(0, a, SP_MP), mp);
    ck_assert_ptr_eq(run(0, mp, SP_B), b);
    ck_assert_ptr_eq(answer(0, b), mp);
}
END_TEST

/* Not where the one that runs wants others' interrupts queued, and not to S-EL0. */
START_TEST(those_on_the_way_down_may_have_to_wait)
{
    struct vcpu *a = world_request(0, SP_A);
    struct vcpu *mp = ask(0, a, SP_MP);
    struct vcpu *b = ask(0, mp, SP_B);

    for (unsigned way = 0; way < 2; way++) {
        world_secure_interrupt(0, WORLD_SPI(SP_A));
        take(0, a);
        world_secure_interrupt(0, WORLD_SPI(SP_MP));
        manifest_of(SP_B)->other_s_interrupts_action = way == 0 ? 0 : 1;
        manifest_of(SP_MP)->exception_level = way == 0 ? MANIFEST_S_EL1 : MANIFEST_S_EL0;
        ck_assert_ptr_eq(run(0, a, SP_MP), b);
        manifest_of(SP_B)->other_s_interrupts_action = 1;
    }
    ck_assert_ptr_eq(answer(0, b), mp);
    ck_assert_uint_ne(vint_ready(mp), 0);
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
    tcase_add_test(tcase, a_partition_that_boots_gets_its_own_and_others_wait);
    tcase_add_test(tcase, one_that_ran_meanwhile_is_not_told_again);
    tcase_add_test(tcase, the_scheduler_is_told_instead_of_an_owner_that_waits);
    tcase_add_test(tcase, an_ipi_to_a_vcpu_that_runs);
    tcase_add_test(tcase, an_ipi_and_a_device_together);
    tcase_add_test(tcase, an_ipi_to_one_that_waits_is_for_the_scheduler_to_deliver);
    tcase_add_test(tcase, an_ipi_to_one_that_waits_while_its_pe_runs_another);
    tcase_add_test(tcase, an_ipi_to_one_that_is_preempted_or_blocked_is_told_when_it_runs);
    tcase_add_test(tcase, an_ipi_to_itself);
    tcase_add_test(tcase, an_ipi_to_itself_that_it_does_not_take);
    tcase_add_test(tcase, the_timer_fires_again_for_those_who_were_not_told);
    tcase_add_test(tcase, the_scheduler_is_told_of_a_deadline_by_policy);
    tcase_add_test(tcase, a_deadline_goes_to_the_pe_that_its_vcpu_goes_to);
    tcase_add_test(tcase, nothing_pending_costs_no_lock_more);
    tcase_add_test(tcase, one_whose_scheduler_was_told_is_not_resumed_as_well);
    tcase_add_test(tcase, a_timer_that_is_set_is_programmed_at_once);
    tcase_add_test(tcase, those_on_the_way_down_are_told_first);
    tcase_add_test(tcase, those_on_the_way_down_may_have_to_wait);
}

int main(void)
{
    return world_main("who is told", add);
}
