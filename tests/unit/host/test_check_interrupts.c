/* SPDX-License-Identifier: BSD-3-Clause */
/* The invariants about interrupts fire: each is broken behind the SPMC's back. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "breaking.h"
#include "sim/cpu/mmu.h"
#include "sim/device/gic.h"
#include "spmc/interrupt.h"

#define ICC_PMR        GIC_SYSREG(3, 0, 4, 6, 0)
#define GICD_ICENABLER 0x2f000180u
#define DEVICE_SPI     33u /* of interrupts_device */
#define ECHO_VCPU      0x80010000u

static struct vcpu *the_vcpu(struct run *run)
{
    return &run->spmc->partition[0].vcpu[0];
}

static void again(void)
{
    tear_down();
    set_up();
}

START_TEST(untouched_runs_pass)
{
    run_with(NULL);
    ck_assert_msg(result.verdict == RUN_PASSED, "%s", result.why);
    again();
    use_partition("echo", "interrupts_device");
    run_with(NULL);
    ck_assert_msg(result.verdict == RUN_PASSED, "%s", result.why);
}
END_TEST

static void one_too_many_in_the_queue(struct run *run)
{
    the_vcpu(run)->vint_queued++;
}

static void one_twice_in_the_queue(struct run *run)
{
    struct vcpu *vcpu = the_vcpu(run);

    ck_assert(vint_enable(vcpu, VINT_TIMER, false, false));
    ck_assert(vint_inject(vcpu, VINT_TIMER));
    ck_assert(vint_inject(vcpu, VINT_IPI));
    vcpu->vint[1].queue = vcpu->vint[0].queue;
}

static void one_irq_too_many(struct run *run)
{
    the_vcpu(run)->vint_irq++;
}

static void one_fiq_too_many(struct run *run)
{
    the_vcpu(run)->vint_fiq++;
}

static void one_held_too_many(struct run *run)
{
    the_vcpu(run)->vint_held++;
}

START_TEST(the_queue_agrees_with_the_flags)
{
    ck_broken(one_too_many_in_the_queue, "not what is pending");
    again();
    ck_broken(one_twice_in_the_queue, "not what is pending");
    again();
    ck_broken(one_irq_too_many, "counted wrongly");
    again();
    ck_broken(one_fiq_too_many, "counted wrongly");
    again();
    ck_broken(one_held_too_many, "held interrupts are counted wrongly");
}
END_TEST

static void ready_but_untold(struct run *run)
{
    ck_assert(vint_enable(the_vcpu(run), VINT_TIMER, true, false));
    ck_assert(vint_inject(the_vcpu(run), VINT_TIMER));
}

static void disabled_or_an_ipi(struct run *run)
{
    ck_assert(vint_enable(the_vcpu(run), VINT_TIMER, false, false));
    ck_assert(vint_inject(the_vcpu(run), VINT_TIMER));
    ck_assert(vint_enable(the_vcpu(run), VINT_IPI, true, false));
    ck_assert(vint_inject(the_vcpu(run), VINT_IPI));
}

static void held_for_nothing(struct run *run)
{
    struct vcpu *vcpu = the_vcpu(run);

    vcpu->vint[0].flags |= VINT_HELD;
    vcpu->vint_held++;
}

START_TEST(nobody_waits_with_an_interrupt_that_nothing_brings)
{
    ck_broken(ready_but_untold, "that nothing will bring");
    again();
    run_with(disabled_or_an_ipi); /* one that it has not asked for, one that brings no cycles */
    ck_assert_msg(result.verdict == RUN_PASSED, "%s", result.why);
    again();
    ck_broken(held_for_nothing, "its interrupt is still held");
}
END_TEST

static void untold_on_the_pe(struct run *run)
{
    run->spmc->cpu[0].untold = true;
}

START_TEST(the_normal_world_comes_after_those_who_are_untold)
{
    ck_broken(untold_on_the_pe, "with somebody untold");
}
END_TEST

static void raise_vi(struct run *run)
{
    the_vcpu(run)->arch->context->config.hcr |= HCR_VI;
}

static void raise_vf(struct run *run)
{
    the_vcpu(run)->arch->context->config.hcr |= HCR_VF;
}

START_TEST(virtual_lines_are_what_the_queue_says)
{
    last_call = FFA_RUN;
    last_w1 = ECHO_VCPU;
    ck_broken(raise_vi, "HCR_EL2.VI and VF");
    again();
    last_call = FFA_RUN;
    last_w1 = ECHO_VCPU;
    ck_broken(raise_vf, "HCR_EL2.VI and VF");
}
END_TEST

static void mask_all(struct run *run)
{
    ck_assert(gic_icc_write(&run->machine->pe[0], ICC_PMR, 2, true, 0));
}

static void believe_that_all_is_masked(struct run *run)
{
    run->spmc->cpu[0].interrupt_mask = INTERRUPT_MASK_ALL;
}

static void mask_all_and_know_it(struct run *run)
{
    mask_all(run);
    believe_that_all_is_masked(run);
}

/* The core goes on as if the mask stood already: the register is what it believes, and too open. */
static void keep_quiet_partition_open(struct run *run)
{
    struct partition *partition = &run->spmc->partition[0];

    ((struct partition_manifest *)(uintptr_t)partition->manifest)->ns_interrupts_action =
        NS_ACTION_QUEUED;
    the_vcpu(run)->sched_mode = SCHED_NWD;
    the_vcpu(run)->runtime_model = RTM_FFA_RUN;
    the_vcpu(run)->state = VCPU_RUNNING;
    run->spmc->cpu[0].current = the_vcpu(run);
}

START_TEST(the_pe_masks_what_the_core_believes)
{
    ck_broken(mask_all, "ICC_PMR_EL1");
    again();
    ck_broken(believe_that_all_is_masked, "ICC_PMR_EL1");
    again();
    ck_broken(mask_all_and_know_it, "masked in the normal world");
}
END_TEST

START_TEST(whoever_runs_lets_in_what_it_may)
{
    struct sim_error err;
    struct run *run = run_create(&config, &err);

    ck_assert_ptr_nonnull(run);
    run_execute(run, &result);
    ck_assert_int_eq(result.verdict, RUN_PASSED);
    keep_quiet_partition_open(run);
    check_interrupts(&run->arch_pe[0], the_vcpu(run));
    ck_assert_msg(strstr(run->why, "have to wait") != NULL, "%s", run->why);
    run_destroy(run);
}
END_TEST

static void write_gicd(struct run *run, uint64_t reg, uint32_t intid)
{
    ck_assert(bus_write(&run->machine->bus, &run->machine->pe[0], reg + intid / 32 * 4, 4,
                        BUS_SECURE, 1u << intid % 32));
}

static void disable_the_line(struct run *run)
{
    write_gicd(run, GICD_ICENABLER, DEVICE_SPI);
}

static void switch_the_line_off(struct run *run)
{
    struct vcpu *vcpu = the_vcpu(run);

    for (uint32_t i = 0; i < vcpu->partition->vint_count; i++) {
        if (vcpu->partition->vint_id[i] == DEVICE_SPI) {
            vcpu->vint[i].flags |= VINT_SWITCHED_OFF;
        }
    }
}

START_TEST(the_gic_has_enabled_what_the_core_believes)
{
    use_partition("echo", "interrupts_device");
    ck_broken(disable_the_line, "the GIC has not enabled");
    again();
    use_partition("echo", "interrupts_device");
    ck_broken(switch_the_line_off, "the GIC has not enabled");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("invariants of interrupts");
    TCase *tests = tcase_create("invariants of interrupts");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, untouched_runs_pass);
    tcase_add_test(tests, the_queue_agrees_with_the_flags);
    tcase_add_test(tests, nobody_waits_with_an_interrupt_that_nothing_brings);
    tcase_add_test(tests, the_normal_world_comes_after_those_who_are_untold);
    tcase_add_test(tests, virtual_lines_are_what_the_queue_says);
    tcase_add_test(tests, the_pe_masks_what_the_core_believes);
    tcase_add_test(tests, whoever_runs_lets_in_what_it_may);
    tcase_add_test(tests, the_gic_has_enabled_what_the_core_believes);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
