/* SPDX-License-Identifier: BSD-3-Clause */
/* The queue of virtual interrupts. */
#include "rig.h"

static struct vcpu *up(void)
{
    return &rig_up()->vcpu[0];
}

static void enable_all(struct vcpu *vcpu)
{
    for (unsigned i = 0; i < vcpu->partition->vint_count; i++) {
        ck_assert(vint_enable(vcpu, vcpu->partition->vint_id[i], true, false));
    }
}

START_TEST(numbers_of_others)
{
    struct partition nobody = {0};

    ck_assert(vint_is_owned(rig_up(), UP_SPI));
    ck_assert(vint_is_owned(rig_up(), VINT_TIMER));
    ck_assert(vint_is_owned(rig_up(), UP_PPI));
    ck_assert(!vint_is_owned(rig_up(), MP_SPI));
    ck_assert(!vint_is_owned(rig_up(), 0));
    ck_assert(!vint_is_owned(rig_up(), VINT_NONE));
    ck_assert(!vint_is_owned(&nobody, VINT_TIMER));
    ck_assert(!vint_inject(up(), MP_SPI));
    ck_assert(!vint_enable(up(), MP_SPI, true, false));
    vint_withdraw(up(), MP_SPI);
    ck_assert(!vint_is_pending(up(), MP_SPI));
    ck_assert(!vint_is_enabled(up(), MP_SPI));
    ck_assert_uint_eq(vint_take(up()), VINT_NONE);
}
END_TEST

/* Whatever a partition owns can be pending at once, and comes out in the order in which it came. */
START_TEST(a_full_queue_comes_out_in_order)
{
    const struct partition *partition = rig_up();
    unsigned count = partition->vint_count;

    enable_all(up());
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < count; i++) {
            ck_assert(vint_inject(up(), partition->vint_id[(i + 3) % count]));
            ck_assert(!vint_inject(up(), partition->vint_id[(i + 3) % count]));
        }
        ck_assert_uint_eq(vint_ready(up()), count);
        for (unsigned i = 0; i < count; i++) {
            ck_assert_uint_eq(vint_peek(up()), partition->vint_id[(i + 3) % count]);
            ck_assert_uint_eq(vint_take(up()), partition->vint_id[(i + 3) % count]);
            ck_assert_uint_eq(vint_ready(up()), count - 1 - i);
        }
        ck_assert_uint_eq(vint_take(up()), VINT_NONE);
        ck_assert_uint_eq(up()->vint_queued, 0);
    }
}
END_TEST

START_TEST(disabled_ones_wait_and_keep_their_place)
{
    ck_assert(vint_inject(up(), UP_SPI));
    ck_assert(vint_inject(up(), VINT_TIMER));
    ck_assert(vint_inject(up(), VINT_IPI));
    ck_assert_uint_eq(vint_ready(up()), 0);
    ck_assert_uint_eq(vint_peek(up()), VINT_NONE);
    ck_assert(vint_enable(up(), VINT_IPI, true, false));
    ck_assert_uint_eq(vint_ready(up()), 1);
    ck_assert_uint_eq(vint_peek(up()), VINT_IPI);
    /* Enabled while it is pending: signalled from then on, ahead of what came later. */
    ck_assert(vint_enable(up(), UP_SPI, true, false));
    ck_assert_uint_eq(vint_ready(up()), 2);
    ck_assert_uint_eq(vint_take(up()), UP_SPI);
    ck_assert(vint_enable(up(), VINT_IPI, false, false));
    ck_assert_uint_eq(vint_ready(up()), 0);
    ck_assert(vint_is_pending(up(), VINT_IPI));
    ck_assert_uint_eq(vint_take(up()), VINT_NONE);
    ck_assert(vint_enable(up(), VINT_IPI, true, false));
    ck_assert(vint_enable(up(), VINT_TIMER, true, false));
    ck_assert_uint_eq(vint_take(up()), VINT_TIMER);
    ck_assert_uint_eq(vint_take(up()), VINT_IPI);
}
END_TEST

START_TEST(withdrawn_from_anywhere)
{
    enable_all(up());
    ck_assert(vint_inject(up(), VINT_TIMER));
    ck_assert(vint_inject(up(), VINT_IPI));
    ck_assert(vint_inject(up(), UP_SPI));
    vint_withdraw(up(), VINT_IPI);
    vint_withdraw(up(), VINT_IPI);
    ck_assert_uint_eq(vint_ready(up()), 2);
    ck_assert_uint_eq(up()->vint_queued, 2);
    ck_assert(vint_inject(up(), VINT_IPI)); /* at the end now */
    vint_withdraw(up(), VINT_TIMER);
    ck_assert_uint_eq(vint_take(up()), UP_SPI);
    vint_withdraw(up(), VINT_IPI);
    ck_assert_uint_eq(vint_ready(up()), 0);
    ck_assert_uint_eq(up()->vint_queued, 0);
}
END_TEST

/* Twice the same, or from vIRQ to vFIQ while pending: each counts once. */
START_TEST(counts_by_kind)
{
    ck_assert(vint_inject(up(), UP_SPI));
    ck_assert(vint_enable(up(), UP_SPI, true, false));
    ck_assert(vint_enable(up(), UP_SPI, true, false));
    ck_assert_uint_eq(up()->vint_irq, 1);
    ck_assert_uint_eq(up()->vint_fiq, 0);
    ck_assert(vint_enable(up(), UP_SPI, true, true));
    ck_assert_uint_eq(up()->vint_irq, 0);
    ck_assert_uint_eq(up()->vint_fiq, 1);
    ck_assert(vint_inject(up(), VINT_MANAGED_EXIT));
    ck_assert_uint_eq(up()->vint_fiq, 2);
    ck_assert(vint_enable(up(), UP_SPI, false, false));
    ck_assert_uint_eq(vint_ready(up()), 1);
    ck_assert_uint_eq(vint_take(up()), VINT_MANAGED_EXIT);
    ck_assert_uint_eq(vint_ready(up()), 0);
}
END_TEST

/* Only what the manifest subscribes to is enabled without being asked for. */
START_TEST(what_a_vcpu_starts_with)
{
    enable_all(up());
    ck_assert(vint_inject(up(), UP_SPI));
    ck_assert(vint_inject(up(), VINT_MANAGED_EXIT));
    vint_reset(up());
    ck_assert_uint_eq(vint_ready(up()), 0);
    ck_assert_uint_eq(up()->vint_queued, 0);
    ck_assert(!vint_is_pending(up(), UP_SPI));
    for (unsigned i = 0; i < rig_up()->vint_count; i++) {
        uint32_t id = rig_up()->vint_id[i];

        ck_assert_int_eq(vint_is_enabled(up(), id),
                         id == VINT_MANAGED_EXIT || id == VINT_NOTIFICATION_PENDING);
    }
    ck_assert(vint_inject(up(), VINT_MANAGED_EXIT));
    ck_assert_uint_eq(up()->vint_fiq, 1);
    rig.manifest[1].managed_exit_virq = true;
    vint_reset(up());
    ck_assert(vint_inject(up(), VINT_MANAGED_EXIT));
    ck_assert_uint_eq(up()->vint_irq, 1);
    ck_assert_uint_eq(up()->vint_fiq, 0);
}
END_TEST

START_TEST(lines_of_a_vcpu)
{
    struct vcpu *el0 = &rig_el0()->vcpu[0];
    struct vcpu nwd = {.partition = &rig.nwd, .arch = &rig.arch[0]};

    ck_assert(vint_inject(up(), UP_SPI));
    vint_show(&rig.cpu[0], up());
    ck_assert(!up()->arch->virq && !up()->arch->vfiq);
    ck_assert(vint_enable(up(), UP_SPI, true, false));
    vint_show(&rig.cpu[0], up());
    ck_assert(up()->arch->virq && !up()->arch->vfiq);
    ck_assert(vint_enable(up(), UP_SPI, true, true));
    vint_show(&rig.cpu[0], up());
    ck_assert(!up()->arch->virq && up()->arch->vfiq);
    ck_assert_uint_eq(vint_take(up()), UP_SPI);
    vint_show(&rig.cpu[0], up());
    ck_assert(!up()->arch->virq && !up()->arch->vfiq);
    /* Neither S-EL0 nor the normal world has such lines. */
    ck_assert(vint_enable(el0, EL0_SPI, true, false));
    ck_assert(vint_inject(el0, EL0_SPI));
    rig.pe[0].count.set_virtual = 0;
    vint_show(&rig.cpu[0], el0);
    vint_show(&rig.cpu[0], &nwd);
    ck_assert_uint_eq(rig.pe[0].count.set_virtual, 0);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, numbers_of_others);
    tcase_add_test(tcase, a_full_queue_comes_out_in_order);
    tcase_add_test(tcase, disabled_ones_wait_and_keep_their_place);
    tcase_add_test(tcase, withdrawn_from_anywhere);
    tcase_add_test(tcase, counts_by_kind);
    tcase_add_test(tcase, what_a_vcpu_starts_with);
    tcase_add_test(tcase, lines_of_a_vcpu);
}

int main(void)
{
    return rig_main("virtual", add);
}
