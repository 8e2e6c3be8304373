/* SPDX-License-Identifier: BSD-3-Clause */
/* Interrupts and contexts: who takes which, where, and which mask holds it back. */
#include "guest.h"

#define HCR_FMO (1u << 3)
#define HCR_IMO (1u << 4)
#define HCR_VF  (1u << 6)
#define HCR_VI  (1u << 7)
#define HCR_TGE (1u << 27)
#define HCR_E2H (1ull << 34)
#define HCR_RW  (1u << 31)

#define EL0T 0x0u
#define EL1H 0x5u
#define ISS(op0, op1, crn, crm, op2, rt, read)                               \
    ((uint32_t)(op0) << 20 | (uint32_t)(op2) << 17 | (uint32_t)(op1) << 14 | \
     (uint32_t)(crn) << 10 | (uint32_t)(rt) << 5 | (uint32_t)(crm) << 1 | (uint32_t)(read))
#define ESR_TRAP(iss) (0x18ull << 26 | 1u << 25 | (iss))

#define PPI 22u

static void pending(enum guest_group group)
{
    configure(PPI, group);
    set_line(PPI, true);
}

START_TEST(the_normal_world_takes_its_irq_before_anything_else)
{
    start_nwd(1);
    CODE_AT(NS_RAM, SMC(0x77));
    set_sys(CONTEXT_PSTATE, EL1H);
    pending(GROUP1_NON_SECURE);
    ck_assert_uint_eq(vector_taken(), 0x280);
    ck_assert_uint_eq(sys(CONTEXT_ELR_EL1), NS_RAM);
    ck_assert_uint_eq(sys(CONTEXT_SPSR_EL1), EL1H);
    ck_assert_uint_eq(sys(CONTEXT_PSTATE) & 0x3cf, 0x3c5);
    ck_assert_uint_eq(context->retired, 2); /* the exception, and its vector's SMC */
}
END_TEST

START_TEST(an_interrupt_writes_neither_esr_nor_far)
{
    start_nwd(1);
    CODE_AT(NS_RAM, SMC(0));
    set_sys(CONTEXT_PSTATE, EL1H);
    set_sys(CONTEXT_ESR_EL1, 0x1234);
    set_sys(CONTEXT_FAR_EL1, 0x5678);
    pending(GROUP1_NON_SECURE);
    ck_assert_uint_eq(vector_taken(), 0x280);
    ck_assert_uint_eq(sys(CONTEXT_ESR_EL1), 0x1234);
    ck_assert_uint_eq(sys(CONTEXT_FAR_EL1), 0x5678);
}
END_TEST

START_TEST(a_mask_holds_it_back_until_the_instruction_that_lifts_it)
{
    start_nwd(1);
    CODE_AT(NS_RAM, MOVZ(1, 1), UNMASK_I, MASK_I, MOVZ(1, 2), SMC(0x77));
    pending(GROUP1_NON_SECURE);
    ck_assert_uint_eq(vector_taken(), 0x280);
    ck_assert_uint_eq(sys(CONTEXT_ELR_EL1), NS_RAM + 8);
    ck_assert_uint_eq(x(1), 1);
    /* by MSR DAIF, Xt too, and by ERET */
    start_nwd(1);
    CODE_AT(NS_RAM, MSR(3, 3, 4, 2, 1, 31), MASK_I, SMC(0x77));
    ck_assert_uint_eq(vector_taken(), 0x280);
    ck_assert_uint_eq(sys(CONTEXT_ELR_EL1), NS_RAM + 4);
    start_nwd(1);
    CODE_AT(NS_RAM, MSR(3, 0, 4, 0, 0, 2), MSR(3, 0, 4, 0, 1, 3), ERET);
    CODE_AT(NS_RAM + 0x100, SMC(0x77));
    set_x(2, EL0T);
    set_x(3, NS_RAM + 0x100);
    ck_assert_uint_eq(vector_taken(), 0x480);
    ck_assert_uint_eq(sys(CONTEXT_ELR_EL1), NS_RAM + 0x100);
}
END_TEST

START_TEST(masked_all_the_way_it_is_not_taken)
{
    start_nwd(1);
    CODE_AT(NS_RAM, MOVZ(1, 3), 0xf1000421u /* subs x1, x1, #1 */, 0x54ffffe1u /* b.ne .-4 */,
            SMC(0x77));
    pending(GROUP1_NON_SECURE);
    run();
    ck_assert_uint_eq(out.esr & 0xffff, 0x77);
    ck_assert_uint_eq(context->retired, 1 + 3 * 2 + 1);
}
END_TEST

/* From EL2 down to EL1: HCR_EL2 in x0, SPSR_EL2 in x2. */
static void drop_to_el1(uint64_t hcr, uint64_t spsr)
{
    start_nwd(2);
    CODE_AT(NS_RAM, MSR(3, 4, 12, 0, 0, 1), MSR(3, 4, 1, 1, 0, 0), MSR(3, 4, 4, 0, 0, 2),
            MSR(3, 4, 4, 0, 1, 3), ERET);
    CODE_AT(NS_RAM + 0x100, MOVZ(5, 5), SMC(0x77));
    set_x(0, hcr | HCR_RW);
    set_x(1, NS_RAM + VECTORS2);
    set_x(2, spsr);
    set_x(3, NS_RAM + 0x100);
    run();
}

/* Who took it: by the exception level after the vector's SMC, and the vector. */
#define TAKEN_AT_EL2 0x1000u
static unsigned taken(void)
{
    ck_assert_int_eq(out.kind, CONTEXT_EXIT_SYNC);
    if ((out.esr & 0xffff) == 0x77) {
        return 0;
    }
    return 0x80u * (unsigned)(out.esr & 0xffff) |
           ((sys(CONTEXT_PSTATE) & 0xc) == 8 ? TAKEN_AT_EL2 : 0);
}

START_TEST(hcr_imo_brings_the_irq_of_el1_to_el2)
{
    pending(GROUP1_NON_SECURE);
    drop_to_el1(HCR_IMO, EL1H | PSTATE_I);
    ck_assert_uint_eq(taken(), TAKEN_AT_EL2 | 0x480);
    drop_to_el1(0, EL1H | PSTATE_I);
    ck_assert_uint_eq(taken(), 0);
    drop_to_el1(0, EL1H);
    ck_assert_uint_eq(taken(), 0x280);
    /* a host's EL0 has a mask that counts */
    drop_to_el1(HCR_E2H | HCR_TGE, EL0T | PSTATE_I);
    ck_assert_int_eq(out.kind, CONTEXT_EXIT_SYNC);
    ck_assert_uint_eq(out.esr & 0xffff, 8); /* SMC is undefined there: synchronous, from below */
    drop_to_el1(HCR_E2H | HCR_TGE, EL0T);
    ck_assert_uint_eq(taken(), TAKEN_AT_EL2 | 0x480);
}
END_TEST

START_TEST(el2_takes_it_where_it_is_routed_and_unmasked)
{
    const struct {
        uint64_t hcr;
        uint32_t mask;
        bool taken;
    } cases[] = {
        {HCR_IMO, MASK_I, false},
        {HCR_IMO, UNMASK_I, true},
        {HCR_TGE, UNMASK_I, true},
        {0, UNMASK_I, false},
    };

    pending(GROUP1_NON_SECURE);
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        start_nwd(2);
        CODE_AT(NS_RAM, MSR(3, 4, 12, 0, 0, 1), MSR(3, 4, 1, 1, 0, 0), cases[i].mask, B(1),
                SMC(0x77));
        set_x(0, cases[i].hcr | HCR_RW);
        set_x(1, NS_RAM + VECTORS2);
        run();
        ck_assert_uint_eq(taken(), cases[i].taken ? TAKEN_AT_EL2 | 0x280 : 0);
    }
}
END_TEST

START_TEST(a_hypervisor_of_the_normal_world_gives_virtual_ones)
{
    drop_to_el1(HCR_IMO | HCR_VI, EL1H);
    ck_assert_uint_eq(taken(), 0x280);
    drop_to_el1(HCR_IMO | HCR_VI, EL1H | PSTATE_I);
    ck_assert_uint_eq(taken(), 0);
    drop_to_el1(HCR_VI, EL1H); /* virtual interrupts are off */
    ck_assert_uint_eq(taken(), 0);
    drop_to_el1(HCR_IMO | HCR_FMO | HCR_VI | HCR_VF, EL1H);
    ck_assert_uint_eq(taken(), 0x300);
    drop_to_el1(HCR_IMO | HCR_FMO | HCR_VI | HCR_VF, EL1H | PSTATE_F);
    ck_assert_uint_eq(taken(), 0x280);
    pending(GROUP1_NON_SECURE);
    drop_to_el1(HCR_IMO | HCR_VI, EL1H); /* the physical one is the hypervisor's, and first */
    ck_assert_uint_eq(taken(), TAKEN_AT_EL2 | 0x480);
}
END_TEST

START_TEST(what_is_not_the_normal_worlds_leaves_it)
{
    for (unsigned group = GROUP0; group <= GROUP1_SECURE; group++) {
        start_nwd(1);
        CODE_AT(NS_RAM, SMC(0x77));
        pending((enum guest_group)group);
        run();
        ck_assert_int_eq(out.kind, CONTEXT_EXIT_FIQ);
        ck_assert_uint_eq(sys(CONTEXT_PC), NS_RAM);
        ck_assert_uint_eq(context->retired, 0);
        set_line(PPI, false);
        run();
        ck_assert_uint_eq(out.esr & 0xffff, 0x77);
    }
}
END_TEST

START_TEST(everything_leaves_a_partition_whatever_it_masks)
{
    static const enum context_exit_kind kinds[] = {
        [GROUP0] = CONTEXT_EXIT_FIQ,
        [GROUP1_SECURE] = CONTEXT_EXIT_IRQ,
        [GROUP1_NON_SECURE] = CONTEXT_EXIT_FIQ,
    };

    for (unsigned group = GROUP0; group <= GROUP1_NON_SECURE; group++) {
        pending((enum guest_group)group);
        for (unsigned el = 0; el < 2; el++) {
            if (el == 0) {
                start_el0();
            } else {
                start_partition();
                ck_assert_uint_eq(sys(CONTEXT_PSTATE) & 0x3c0, 0x3c0);
            }
            run();
            ck_assert_int_eq(out.kind, kinds[group]);
            ck_assert_uint_eq(sys(CONTEXT_PC), SECURE_RAM);
        }
        set_line(PPI, false);
    }
}
END_TEST

START_TEST(a_partition_takes_virtual_ones_as_its_masks_say)
{
    const struct {
        uint64_t lines;
        uint64_t masks;
        unsigned vector; /* 0: none */
        enum context_own_interrupt own;
    } cases[] = {
        {HCR_VI, 0, 0x280, CONTEXT_OWN_IRQ},
        {HCR_VI, PSTATE_I, 0, CONTEXT_OWN_IRQ},
        {HCR_VI, PSTATE_F, 0x280, CONTEXT_OWN_IRQ},
        {HCR_VF, 0, 0x300, CONTEXT_OWN_FIQ},
        {HCR_VF, PSTATE_F, 0, CONTEXT_OWN_FIQ},
        {HCR_VF | HCR_VI, 0, 0x300, CONTEXT_OWN_FIQ},
        {HCR_VF | HCR_VI, PSTATE_F, 0x280, CONTEXT_OWN_IRQ},
        {HCR_VF | HCR_VI, PSTATE_F | PSTATE_I, 0, CONTEXT_OWN_FIQ},
    };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        start_partition();
        CODE_AT(SECURE_RAM, SMC(0x77));
        set_sys(CONTEXT_PSTATE, EL1H | cases[i].masks);
        context->config.hcr = cases[i].lines;
        ck_assert_int_eq(context_own_interrupt(context), cases[i].own);
        run();
        ck_assert_uint_eq(out.esr & 0xffff, cases[i].vector != 0 ? cases[i].vector / 0x80 : 0x77);
    }
    /* a virtual one and a physical one: the level above comes first */
    start_partition();
    set_sys(CONTEXT_PSTATE, EL1H);
    context->config.hcr = HCR_VI;
    pending(GROUP1_SECURE);
    run();
    ck_assert_int_eq(out.kind, CONTEXT_EXIT_IRQ);
    ck_assert_uint_eq(sys(CONTEXT_PC), SECURE_RAM);
    set_line(PPI, false);
    ck_assert_uint_eq(vector_taken(), 0x280);
}
END_TEST

START_TEST(a_partition_unmasks_in_the_middle)
{
    start_partition();
    CODE_AT(SECURE_RAM, MOVZ(1, 1), UNMASK_I, ISB, MASK_I, MOVZ(1, 2), SMC(0x77));
    context->config.hcr = HCR_VI;
    ck_assert_uint_eq(vector_taken(), 0x280);
    ck_assert_uint_eq(sys(CONTEXT_ELR_EL1), SECURE_RAM + 8);
    ck_assert_uint_eq(x(1), 1);
}
END_TEST

START_TEST(what_contexts_of_any_kind_are_told)
{
    start_partition();
    ck_assert(!context_interrupted(context, &out));
    ck_assert_int_eq(context_own_interrupt(context), CONTEXT_OWN_NONE);
    pending(GROUP1_SECURE);
    ck_assert(context_interrupted(context, &out));
    ck_assert_int_eq(out.kind, CONTEXT_EXIT_IRQ);
    ck_assert_int_eq(context_own_interrupt(context), CONTEXT_OWN_NONE);
    start_nwd(1);
    ck_assert(context_interrupted(context, &out));
    ck_assert_int_eq(out.kind, CONTEXT_EXIT_FIQ);
    configure(PPI, GROUP1_NON_SECURE);
    ck_assert(!context_interrupted(context, &out));
    ck_assert_int_eq(context_own_interrupt(context), CONTEXT_OWN_IRQ);
    start_el0();
    context->config.hcr = HCR_VI; /* S-EL0 has none of its own */
    ck_assert_int_eq(context_own_interrupt(context), CONTEXT_OWN_NONE);
    ck_assert(context_interrupted(context, &out));
    ck_assert_int_eq(out.kind, CONTEXT_EXIT_FIQ);
}
END_TEST

START_TEST(wfi_waits_only_while_nothing_is_pending)
{
    start_nwd(1);
    CODE_AT(NS_RAM, WFI, SMC(0x77));
    pe->wake = true; /* of something that is over */
    run();
    ck_assert_int_eq(out.kind, CONTEXT_EXIT_WFI);
    ck_assert_uint_eq(sys(CONTEXT_PC), NS_RAM + 4);
    ck_assert(!pe->wake);
    start_nwd(1);
    pending(GROUP1_NON_SECURE); /* masked: not taken, but it wakes */
    run();
    ck_assert_uint_eq(out.esr & 0xffff, 0x77);
    set_line(PPI, false);
    start_partition();
    CODE_AT(SECURE_RAM, WFI, SMC(0x77));
    context->config.hcr = HCR_VI;
    run();
    ck_assert_uint_eq(out.esr & 0xffff, 0x77);
}
END_TEST

START_TEST(the_normal_world_has_the_gics_cpu_interface)
{
    start_nwd(1);
    CODE_AT(NS_RAM, MRS(3, 0, 12, 12, 2, 1), MRS(3, 0, 12, 12, 0, 2), MRS(3, 0, 12, 12, 0, 3),
            MRS(3, 0, 12, 11, 3, 4), MSR(3, 0, 12, 12, 1, 2), MRS(3, 0, 12, 11, 3, 5),
            MRS(3, 0, 0, 0, 5, 6), MRS(3, 0, 12, 1, 0, 7), SMC(0x77));
    pending(GROUP1_NON_SECURE);
    run();
    ck_assert_uint_eq(out.esr & 0xffff, 0x77);
    ck_assert_uint_eq(x(1), PPI);  /* HPPIR1 */
    ck_assert_uint_eq(x(2), PPI);  /* IAR1 */
    ck_assert_uint_eq(x(3), 1023); /* IAR1 once more */
    ck_assert_uint_eq(x(4), 0);    /* RPR: the highest of the Non-secure state */
    ck_assert_uint_eq(x(5), 0xff); /* after EOIR1 */
    ck_assert_uint_eq(x(6), 1u << 31);
    ck_assert_uint_eq(x(7), PSTATE_I); /* ISR_EL1: pending again, the line is up */
    ck_assert_uint_eq(context->retired, 9);
}
END_TEST

/* SGI 1 to oneself, interrupts unmasked: taken at the end of the block. */
START_TEST(an_interrupt_that_the_guest_raises_itself)
{
    start_nwd(1);
    configure(1, GROUP1_NON_SECURE);
    set_sys(CONTEXT_PSTATE, EL1H);
    CODE_AT(NS_RAM, MSR(3, 0, 12, 11, 5, 2), MOVZ(1, 1), SMC(0x77));
    set_x(2, 1u << 24 | 1u);
    ck_assert_uint_eq(vector_taken(), 0x280);
    ck_assert_uint_eq(sys(CONTEXT_ELR_EL1), NS_RAM + 4);
    ck_assert_uint_eq(x(1), 0);
}
END_TEST

START_TEST(registers_of_el2_are_undefined_at_el1)
{
    const uint32_t reads[] = {MRS(3, 4, 12, 9, 5, 1), MRS(3, 4, 12, 11, 0, 1),
                              MRS(3, 4, 14, 2, 1, 1), MRS(3, 4, 14, 5, 1, 1),
                              MRS(3, 5, 14, 2, 1, 1), MRS(3, 4, 1, 1, 0, 1),
                              MSR(3, 4, 1, 1, 0, 1),  MRS(3, 7, 14, 2, 1, 1)};

    for (unsigned i = 0; i < sizeof(reads) / sizeof(reads[0]); i++) {
        start_nwd(1);
        CODE_AT(NS_RAM, reads[i], SMC(0x77));
        ck_assert_uint_eq(vector_taken(), 0x200);
        ck_assert_uint_eq(sys(CONTEXT_ESR_EL1), 1u << 25);
    }
    start_nwd(2);
    CODE_AT(NS_RAM, MRS(3, 4, 12, 9, 5, 1), MRS(3, 4, 12, 11, 0, 2), SMC(0x77));
    set_x(2, 1);
    run();
    ck_assert_uint_eq(out.esr & 0xffff, 0x77);
    ck_assert_uint_eq(x(1) & 1, 1); /* ICC_SRE_EL2.SRE */
    ck_assert_uint_eq(x(2), 0);     /* ICH_HCR_EL2 */
    ck_assert_uint_eq(told_of_type(&told, EVENT_WARNING), 1);
}
END_TEST

/* Once an endless loop: the engine refuses, and what was skipped began anew. */
START_TEST(id_registers_are_undefined_at_el0)
{
    start_nwd(1);
    CODE_AT(NS_RAM, MSR(3, 0, 4, 0, 0, 31), MSR(3, 0, 4, 0, 1, 3), ERET);
    CODE_AT(NS_RAM + 0x100, MRS(3, 0, 0, 0, 0, 1), SMC(0x77));
    set_x(3, NS_RAM + 0x100);
    ck_assert_uint_eq(vector_taken(), 0x400);
}
END_TEST

START_TEST(a_partitions_accesses_leave_as_traps)
{
    const struct {
        uint32_t instruction;
        uint32_t iss;
    } cases[] = {
        {MRS(3, 0, 12, 12, 0, 3), ISS(3, 0, 12, 12, 0, 3, 1)}, /* ICC_IAR1 */
        {MSR(3, 0, 12, 12, 1, 4), ISS(3, 0, 12, 12, 1, 4, 0)}, /* ICC_EOIR1 */
        {MSR(3, 0, 4, 6, 0, 31), ISS(3, 0, 4, 6, 0, 31, 0)},   /* ICC_PMR */
        {MRS(3, 3, 14, 2, 0, 5), ISS(3, 3, 14, 2, 0, 5, 1)},   /* CNTP_TVAL */
        {MSR(3, 3, 14, 2, 1, 6), ISS(3, 3, 14, 2, 1, 6, 0)},   /* CNTP_CTL */
        {MRS(3, 3, 14, 2, 2, 7), ISS(3, 3, 14, 2, 2, 7, 1)},   /* CNTP_CVAL */
    };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        start_partition();
        CODE_AT(SECURE_RAM, MOVZ(1, 1), cases[i].instruction, MOVZ(1, 2), SMC(0x77));
        run();
        ck_assert_int_eq(out.kind, CONTEXT_EXIT_SYNC);
        ck_assert_uint_eq(out.esr, ESR_TRAP(cases[i].iss));
        ck_assert_uint_eq(sys(CONTEXT_PC), SECURE_RAM + 4);
        ck_assert_uint_eq(x(1), 1);
        ck_assert_uint_eq(context->retired, 1);
        set_sys(CONTEXT_PC, SECURE_RAM + 8);
        run();
        ck_assert_uint_eq(out.esr & 0xffff, 0x77);
        ck_assert_uint_eq(x(1), 2);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        the_normal_world_takes_its_irq_before_anything_else,
        an_interrupt_writes_neither_esr_nor_far,
        a_mask_holds_it_back_until_the_instruction_that_lifts_it,
        masked_all_the_way_it_is_not_taken,
        hcr_imo_brings_the_irq_of_el1_to_el2,
        el2_takes_it_where_it_is_routed_and_unmasked,
        a_hypervisor_of_the_normal_world_gives_virtual_ones,
        what_is_not_the_normal_worlds_leaves_it,
        everything_leaves_a_partition_whatever_it_masks,
        a_partition_takes_virtual_ones_as_its_masks_say,
        a_partition_unmasks_in_the_middle,
        what_contexts_of_any_kind_are_told,
        wfi_waits_only_while_nothing_is_pending,
        the_normal_world_has_the_gics_cpu_interface,
        an_interrupt_that_the_guest_raises_itself,
        registers_of_el2_are_undefined_at_el1,
        id_registers_are_undefined_at_el0,
        a_partitions_accesses_leave_as_traps,
    };

    return guest_run("interrupts", tests, sizeof(tests) / sizeof(tests[0]));
}
