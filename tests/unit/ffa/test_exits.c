/* SPDX-License-Identifier: BSD-3-Clause */
/* Exits that are no FF-A calls. */
#include "fixture.h"

#define VBAR        0x40001000u
#define PC          0x40020004u
#define EC_MSR_TRAP ESR_EC_SYSREG

static struct vcpu *running(void)
{
    struct vcpu *sp = world_request(0, SP_A);

    sp->arch->sysreg[ARCH_VCPU_PC] = PC;
    sp->arch->sysreg[ARCH_VCPU_PSTATE] = 0x5;
    sp->arch->sysreg[ARCH_VCPU_VBAR_EL1] = VBAR;
    return sp;
}

START_TEST(an_smc_that_is_not_listed_is_unknown)
{
    struct vcpu *sp = running();

    ck_assert_ptr_eq(CALL(0, sp, 0x82000010, 1, 2, 3, 4, 5, 6, 7), sp);
    ck_assert_uint_eq(sp->frame.x[0], ~0ull);
    ck_assert_uint_eq(sp->frame.x[7], 7);
    ck_assert_uint_eq(world.el3_calls, 0);
}
END_TEST

START_TEST(a_listed_smc_reaches_el3_with_the_client_in_x7)
{
    struct vcpu *sp = running();

    world.manifest.vm[0].smc_allowed_count = 1;
    world.manifest.vm[0].smc_allowed[0] = 0x82000010;
    CALL(0, sp, 0x82000010, 1, 2, 3, 4, 5, 6, 7);
    ck_assert_uint_eq(world.el3_calls, 1);
    ck_assert_uint_eq(world.el3_x[6], 6);
    ck_assert_uint_eq(world.el3_x[7], SP_A);
    ck_assert_uint_eq(world.el3_x[8], 0);
    ck_assert_uint_eq(sp->frame.x[0], 0xe100);
    ck_assert_uint_eq(sp->frame.x[6], 0xe106);
    ck_assert_uint_eq(sp->frame.x[7], 7);
    CALL(0, sp, 0x82000011);
    ck_assert_uint_eq(sp->frame.x[0], ~0ull);
    world.manifest.vm[0].smc_permissive = true;
    CALL(0, sp, 0x82000011);
    ck_assert_uint_eq(sp->frame.x[0], 0xe100);
}
END_TEST

START_TEST(an_hvc_that_is_not_ffa_is_unknown)
{
    struct vcpu *sp = running();

    world.manifest.vm[0].smc_permissive = true;
    sp->frame.x[0] = 0x82000010;
    ck_assert_ptr_eq(world_exit(0, sp, VCPU_EXIT_SYNC, ESR_EC_HVC64, 0, 0), sp);
    ck_assert_uint_eq(sp->frame.x[0], ~0ull);
    ck_assert_uint_eq(world.el3_calls, 0);
}
END_TEST

START_TEST(aborts_go_to_the_partitions_own_vector)
{
    struct vcpu *sp = running();

    ck_assert_ptr_eq(world_exit(0, sp, VCPU_EXIT_SYNC, ESR_EC_DABT_LOWER, 0x7, 0xbad), sp);
    ck_assert_uint_eq(sp->arch->sysreg[ARCH_VCPU_PC], VBAR + 0x200);
    ck_assert_uint_eq(sp->arch->sysreg[ARCH_VCPU_FAR_EL1], 0xbad);
    ck_assert_uint_eq(sp->frame.store, 0);
    ck_assert_uint_eq(world.log_lines, 1);
    /* Now its vector itself can not be fetched. */
    ck_assert_ptr_eq(world_exit(0, sp, VCPU_EXIT_SYNC, ESR_EC_IABT_LOWER, 0x7, VBAR + 0x200),
                     world_nwd(0));
    ck_error(world_nwd(0), FFA_ABORTED);
    ck_assert_uint_eq(sp->state, VCPU_ABORTED);
}
END_TEST

/* A page that is mapped was not for a moment: tried again, but not for ever. */
START_TEST(a_fault_that_the_tables_do_not_explain_is_tried_again)
{
    struct vcpu *sp = running();
    const struct vcpu_exit exit = {.kind = VCPU_EXIT_SYNC,
                                   .esr = (uint64_t)ESR_EC_DABT_LOWER << 26 | 1u << 25 | 0x47,
                                   .far = WORLD_SP_BASE + 0x123,
                                   .hpfar = (WORLD_SP_BASE >> 12) << 4};
    unsigned tries = 0;

    while (tries < 1000 && sp->arch->sysreg[ARCH_VCPU_PC] == PC) {
        ck_assert_ptr_eq(spmc_handle_exit(&world.state.cpu[0], sp, &exit), sp);
        tries++;
    }
    ck_assert_uint_eq(tries, 65);
    ck_assert_uint_eq(sp->arch->sysreg[ARCH_VCPU_PC], VBAR + 0x200);
    /* Another address in between, and it starts anew. */
    sp->arch->sysreg[ARCH_VCPU_PC] = PC + 4;
    ck_assert_ptr_eq(spmc_handle_exit(&world.state.cpu[0], sp, &exit), sp);
    ck_assert_uint_eq(sp->arch->sysreg[ARCH_VCPU_PC], PC + 4);
}
END_TEST

START_TEST(an_abort_of_s_el0_ends_the_partition)
{
    struct vcpu *sp = running();

    world.partition_manifest[0].exception_level = MANIFEST_S_EL0;
    ck_assert_ptr_eq(world_exit(0, sp, VCPU_EXIT_SYNC, ESR_EC_DABT_LOWER, 0x7, 0), world_nwd(0));
    ck_error(world_nwd(0), FFA_ABORTED);
}
END_TEST

START_TEST(trapped_and_unknown_instructions_are_undefined)
{
    static const uint64_t ec[] = {EC_MSR_TRAP, ESR_EC_UNKNOWN, ESR_EC_FP, ESR_EC_SVE, 0x3f};

    for (unsigned i = 0; i < sizeof(ec) / sizeof(ec[0]); i++) {
        struct vcpu *sp;

        world_reset();
        sp = running();
        /* MSR to a trapped register from x31, MRS likewise: neither reaches a register file. */
        ck_assert_ptr_eq(world_exit(0, sp, VCPU_EXIT_SYNC, ec[i], 31u << 5, 0), sp);
        ck_assert_uint_eq(sp->arch->sysreg[ARCH_VCPU_PC], VBAR + 0x200);
        ck_assert_uint_eq(sp->arch->sysreg[ARCH_VCPU_ESR_EL1], 1u << 25);
        ck_assert_uint_eq(sp->arch->sysreg[ARCH_VCPU_ELR_EL1], PC);
    }
}
END_TEST

START_TEST(wfi_is_skipped_and_wfe_yields)
{
    struct vcpu *sp = running();

    ck_assert_ptr_eq(world_exit(0, sp, VCPU_EXIT_SYNC, ESR_EC_WFX, 0, 0), sp);
    ck_assert_uint_eq(sp->arch->sysreg[ARCH_VCPU_PC], PC + 4);
    ck_assert_uint_eq(sp->frame.store, 0);
    ck_assert_ptr_eq(world_exit(0, sp, VCPU_EXIT_SYNC, ESR_EC_WFX, 1, 0), world_nwd(0));
    ck_assert_uint_eq(sp->arch->sysreg[ARCH_VCPU_PC], PC + 8);
    ck_assert_uint_eq(world_nwd(0)->frame.x[0], FFA_YIELD);
    ck_assert_uint_eq(world_nwd(0)->frame.x[1], FFA_PAIR(SP_A, 0));
    ck_assert_uint_eq(world_nwd(0)->frame.x[2], 0);
    ck_assert_ptr_eq(CALL(0, world_nwd(0), FFA_RUN, FFA_PAIR(SP_A, 0)), sp);
    ck_assert_uint_eq(sp->frame.store, 0); /* an instruction has no result registers */
}
END_TEST

START_TEST(wfi_of_s_el0_yields)
{
    struct vcpu *sp = running();

    world.partition_manifest[0].exception_level = MANIFEST_S_EL0;
    for (uint64_t ti = 0; ti < 2; ti++) {
        ck_assert_ptr_eq(world_exit(0, sp, VCPU_EXIT_SYNC, ESR_EC_WFX, ti, 0), world_nwd(0));
        ck_assert_uint_eq(sp->arch->sysreg[ARCH_VCPU_PC], PC + 4 * (ti + 1));
        ck_assert_uint_eq(world_nwd(0)->frame.x[0], FFA_YIELD);
        ck_assert_ptr_eq(CALL(0, world_nwd(0), FFA_RUN, FFA_PAIR(SP_A, 0)), sp);
        ck_assert_uint_eq(sp->frame.store, 0);
    }
}
END_TEST

START_TEST(wfe_where_yield_is_denied_just_goes_on)
{
    struct vcpu *sp = running();

    sp->runtime_model = RTM_SP_INIT;
    ck_assert_ptr_eq(world_exit(0, sp, VCPU_EXIT_SYNC, ESR_EC_WFX, 1, 0), sp);
    ck_assert_uint_eq(sp->frame.store, 0);
}
END_TEST

START_TEST(an_serror_ends_the_partition)
{
    struct vcpu *sp = running();

    ck_assert_ptr_eq(world_exit(0, sp, VCPU_EXIT_SERROR, 0, 0, 0), world_nwd(0));
    ck_assert_uint_eq(sp->partition->state, PARTITION_ABORTING);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, an_smc_that_is_not_listed_is_unknown);
    tcase_add_test(tcase, a_listed_smc_reaches_el3_with_the_client_in_x7);
    tcase_add_test(tcase, an_hvc_that_is_not_ffa_is_unknown);
    tcase_add_test(tcase, aborts_go_to_the_partitions_own_vector);
    tcase_add_test(tcase, a_fault_that_the_tables_do_not_explain_is_tried_again);
    tcase_add_test(tcase, an_abort_of_s_el0_ends_the_partition);
    tcase_add_test(tcase, trapped_and_unknown_instructions_are_undefined);
    tcase_add_test(tcase, wfi_is_skipped_and_wfe_yields);
    tcase_add_test(tcase, wfi_of_s_el0_yields);
    tcase_add_test(tcase, wfe_where_yield_is_denied_just_goes_on);
    tcase_add_test(tcase, an_serror_ends_the_partition);
}

int main(void)
{
    return world_main("exits", add);
}
