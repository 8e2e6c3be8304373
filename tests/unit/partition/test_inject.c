/* SPDX-License-Identifier: BSD-3-Clause */
#include "fixture.h"

#include "partition/inject.h"

#define VBAR        0x40001000u
#define PC          0x40020004u
#define IL          (1u << 25)
#define PAN         (1u << 22)
#define EL1H_MASKED 0x3c5u

static struct vcpu *prepare(uint64_t pstate)
{
    struct vcpu *vcpu = world_vcpu(SP_A, 0);

    vcpu->arch->sysreg[ARCH_VCPU_PC] = PC;
    vcpu->arch->sysreg[ARCH_VCPU_PSTATE] = pstate;
    vcpu->arch->sysreg[ARCH_VCPU_VBAR_EL1] = VBAR;
    vcpu->arch->sysreg[ARCH_VCPU_SCTLR_EL1] = 1u << 23; /* SPAN: PAN stays */
    vcpu->arch->sysreg[ARCH_VCPU_FAR_EL1] = 0x1234;
    return vcpu;
}

static bool take(struct vcpu *vcpu, uint64_t ec, uint64_t iss)
{
    struct vcpu_exit exit = {
        .kind = VCPU_EXIT_SYNC, .esr = (ec << 26) | IL | iss, .far = 0xdead000};

    return inject_abort(&world.state.cpu[0], vcpu, &exit);
}

START_TEST(a_data_abort_of_el1_enters_the_current_el_vector)
{
    struct vcpu *vcpu = prepare(0x5 | 0x60000000u);
    uint64_t *reg = vcpu->arch->sysreg;

    /* ISV, SRT and S1PTW are of stage 2 and do not show; WnR and the fault status do. */
    ck_assert(take(vcpu, ESR_EC_DABT_LOWER, (1u << 24) | (3u << 16) | (1u << 7) | (1u << 6) | 0x7));
    ck_assert_uint_eq(reg[ARCH_VCPU_PC], VBAR + 0x200);
    ck_assert_uint_eq(reg[ARCH_VCPU_PSTATE], 0x60000000u | EL1H_MASKED);
    ck_assert_uint_eq(reg[ARCH_VCPU_ELR_EL1], PC);
    ck_assert_uint_eq(reg[ARCH_VCPU_SPSR_EL1], 0x5 | 0x60000000u);
    ck_assert_uint_eq(reg[ARCH_VCPU_ESR_EL1], ((uint64_t)ESR_EC_DABT_SAME << 26) | IL | 0x47);
    ck_assert_uint_eq(reg[ARCH_VCPU_FAR_EL1], 0xdead000);
}
END_TEST

START_TEST(an_abort_of_el0_enters_the_lower_el_vector)
{
    struct vcpu *vcpu = prepare(0x0);

    ck_assert(take(vcpu, ESR_EC_DABT_LOWER, 0x7));
    ck_assert_uint_eq(vcpu->arch->sysreg[ARCH_VCPU_PC], VBAR + 0x400);
    ck_assert_uint_eq(vcpu->arch->sysreg[ARCH_VCPU_ESR_EL1] >> 26, ESR_EC_DABT_LOWER);
}
END_TEST

START_TEST(with_the_el0_stack_pointer_the_first_vector_is_used)
{
    struct vcpu *vcpu = prepare(0x4);

    ck_assert(take(vcpu, ESR_EC_IABT_LOWER, 0x7));
    ck_assert_uint_eq(vcpu->arch->sysreg[ARCH_VCPU_PC], VBAR);
    ck_assert_uint_eq(vcpu->arch->sysreg[ARCH_VCPU_ESR_EL1],
                      ((uint64_t)ESR_EC_IABT_SAME << 26) | IL | 0x7);
}
END_TEST

START_TEST(pan_is_set_when_the_partition_wants_it)
{
    struct vcpu *vcpu = prepare(0x5);

    vcpu->arch->sysreg[ARCH_VCPU_SCTLR_EL1] = 0;
    inject_undefined(&world.state.cpu[0], vcpu);
    ck_assert_uint_eq(vcpu->arch->sysreg[ARCH_VCPU_PSTATE], PAN | EL1H_MASKED);
}
END_TEST

START_TEST(undefined_has_no_syndrome_and_leaves_far)
{
    struct vcpu *vcpu = prepare(0x5);

    inject_undefined(&world.state.cpu[0], vcpu);
    ck_assert_uint_eq(vcpu->arch->sysreg[ARCH_VCPU_ESR_EL1], IL);
    ck_assert_uint_eq(vcpu->arch->sysreg[ARCH_VCPU_FAR_EL1], 0x1234);
    ck_assert_uint_eq(vcpu->arch->sysreg[ARCH_VCPU_PC], VBAR + 0x200);
}
END_TEST

START_TEST(a_vector_that_faults_itself_is_not_entered_again)
{
    struct vcpu *vcpu = prepare(0x5);
    struct arch_vcpu before;

    vcpu->arch->sysreg[ARCH_VCPU_PC] = VBAR + 0x200;
    before = *vcpu->arch;
    ck_assert(!take(vcpu, ESR_EC_IABT_LOWER, 0x7));
    ck_assert_mem_eq(&before, vcpu->arch, sizeof(before));
    /* A data abort there is an ordinary one. */
    ck_assert(take(vcpu, ESR_EC_DABT_LOWER, 0x7));
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, a_data_abort_of_el1_enters_the_current_el_vector);
    tcase_add_test(tcase, an_abort_of_el0_enters_the_lower_el_vector);
    tcase_add_test(tcase, with_the_el0_stack_pointer_the_first_vector_is_used);
    tcase_add_test(tcase, pan_is_set_when_the_partition_wants_it);
    tcase_add_test(tcase, undefined_has_no_syndrome_and_leaves_far);
    tcase_add_test(tcase, a_vector_that_faults_itself_is_not_entered_again);
}

int main(void)
{
    return world_main("inject", add);
}
