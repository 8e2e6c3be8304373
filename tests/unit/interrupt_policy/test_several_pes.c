/* SPDX-License-Identifier: BSD-3-Clause */
/* What another PE could get hold of while this one has it in hand. */
#include "policy.h"

#define HF_INTERRUPT_RECONFIGURE 0xff09u
#define TARGET                   0u
#define ENABLE                   2u

#define LEVEL (WORLD_SPI(SP_MP) + 1)

/* Routed elsewhere meanwhile, it would be the next one there as soon as it is no longer active. */
START_TEST(a_level_is_held_before_it_ends)
{
    ck_assert_ptr_eq(world_secure_interrupt(0, LEVEL), world_vcpu(SP_MP, 0));
    ck_assert_uint_eq(world.pe[0].sysreg[ARCH_ICC_EOIR1], LEVEL);
    ck_assert_uint_eq(world.pe[0].enabled_at_end[LEVEL / 32] >> LEVEL % 32 & 1, 0);
    /* An edge is not, so that it can come again. */
    world_secure_interrupt(1, WORLD_SPI(SP_MP));
    ck_assert_uint_eq(world.pe[1].enabled_at_end[LEVEL / 32] >> (LEVEL - 1) % 32 & 1, 1);
}
END_TEST

/* One vCPU enables what another one has not handled yet: it comes when that one has. */
START_TEST(one_vcpu_does_not_let_in_what_another_one_holds)
{
    struct vcpu *first = world_request(0, SP_MP);
    struct vcpu *second = world_request(1, SP_MP);

    world_secure_interrupt(0, LEVEL);
    for (unsigned on = 0; on < 2; on++) {
        CALL(1, second, HF_INTERRUPT_RECONFIGURE, LEVEL, ENABLE, on);
        ck_x(second, 0, 0);
        ck_assert(!world_spi_is_enabled(LEVEL));
    }
    CALL(1, second, HF_INTERRUPT_RECONFIGURE, LEVEL, TARGET, 1);
    ck_x(second, 0, 0);
    ck_assert(!world_spi_is_enabled(LEVEL));
    ck_assert_uint_eq(take(0, first), LEVEL);
    ck_assert_uint_eq(take(0, first), VINT_NONE);
    ck_assert(world_spi_is_enabled(LEVEL));
}
END_TEST

/* Switched off meanwhile, it stays off. */
START_TEST(what_was_switched_off_meanwhile_is_not_let_in)
{
    struct vcpu *first = world_request(0, SP_MP);
    struct vcpu *second = world_request(1, SP_MP);

    world_secure_interrupt(0, LEVEL);
    CALL(1, second, HF_INTERRUPT_RECONFIGURE, LEVEL, ENABLE, 0);
    ck_assert_uint_eq(take(0, first), LEVEL);
    ck_assert_uint_eq(take(0, first), VINT_NONE);
    ck_assert(!world_spi_is_enabled(LEVEL));
    CALL(1, second, HF_INTERRUPT_RECONFIGURE, LEVEL, ENABLE, 1);
    ck_assert(world_spi_is_enabled(LEVEL));
}
END_TEST

/*
 * It was given cycles by FFA_RUN, asked another one that yielded, and yields itself: it can go on
 * with whom it asked, on that PE, and only there.
 */
START_TEST(one_that_yields_keeps_whom_it_asked)
{
    struct vcpu *a = run(0, world_nwd(0), SP_A);
    struct vcpu *b = ask(0, a, SP_B);

    ck_assert_ptr_eq(CALL(0, b, FFA_YIELD), a);
    ck_assert_ptr_eq(CALL(0, a, FFA_YIELD), world_nwd(0));
    run(1, world_nwd(1), SP_A);
    ck_error(world_nwd(1), FFA_DENIED);
    run(0, world_nwd(0), SP_B);
    ck_error(world_nwd(0), FFA_DENIED);
    ck_assert_ptr_eq(run(0, world_nwd(0), SP_A), a);
    ck_assert_ptr_eq(run(0, a, SP_B), b);
    ck_assert_ptr_eq(answer(0, b), a);
    ck_x(a, 0, RESP);
    ck_assert_ptr_eq(CALL(0, a, FFA_MSG_WAIT), world_nwd(0));
}
END_TEST

static void fresh(void)
{
    world_reset();
    world_interrupts();
}

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, fresh, NULL);
    tcase_add_test(tcase, a_level_is_held_before_it_ends);
    tcase_add_test(tcase, one_vcpu_does_not_let_in_what_another_one_holds);
    tcase_add_test(tcase, what_was_switched_off_meanwhile_is_not_let_in);
    tcase_add_test(tcase, one_that_yields_keeps_whom_it_asked);
}

int main(void)
{
    return world_main("several PEs", add);
}
