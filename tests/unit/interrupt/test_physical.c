/* SPDX-License-Identifier: BSD-3-Clause */
/* Routing of physical interrupts: what boot configures, masks, SGIs, switching off. */
#include <string.h>

#include "rig.h"

START_TEST(what_boot_configures)
{
    rig_start();
    ck_assert(rig_is_secure_group1(0, MP_SPI) && rig_enabled(0, MP_SPI));
    ck_assert(rig_is_edge(0, MP_SPI));
    ck_assert_uint_lt(rig_priority(0, MP_SPI), 0x80); /* 0xa5 in the manifest */
    ck_assert_uint_eq(rig_route(MP_SPI), 0x500000113);
    ck_assert(rig_is_secure_group1(0, MP_ESPI) && rig_enabled(0, MP_ESPI));
    ck_assert(!rig_is_edge(0, MP_ESPI));
    ck_assert_uint_eq(rig_priority(0, MP_ESPI), 0);
    ck_assert_uint_eq(rig_route(MP_ESPI), rig.cpu[RIG_BOOT].mpidr);
    ck_assert(rig_is_secure_group1(0, UP_SPI) && rig_enabled(0, UP_SPI));
    ck_assert_uint_eq(rig_priority(0, UP_SPI), 0x20);
    ck_assert(rig_enabled(0, EL0_SPI));
    /* Left to the normal world, which enables it when it likes. */
    ck_assert(rig_is_ns_group1(0, NS_SPI) && !rig_enabled(0, NS_SPI));
    ck_assert_uint_eq(rig_route(NS_SPI), 0);
    /* No other than these. */
    ck_assert(rig_is_ns_group1(0, 42) && !rig_enabled(0, 42));
    for (unsigned i = 0; i < RIG_PES; i++) {
        ck_assert_uint_eq(rig.cpu[i].redistributor.pa, RIG_RD(i));
        ck_assert_uint_eq(rig.gicr[i][0x14 / 4], 0);
        ck_assert(rig_is_secure_group1(i, SGI_IPI) && rig_enabled(i, SGI_IPI));
        ck_assert(rig_is_secure_group1(i, 20) && rig_enabled(i, 20) && !rig_is_edge(i, 20));
        ck_assert(rig_is_ns_group1(i, SGI_SCHEDULE_RECEIVER));
        ck_assert(!rig_enabled(i, SGI_SCHEDULE_RECEIVER));
        ck_assert_uint_ge(rig_priority(i, SGI_SCHEDULE_RECEIVER), 0x80);
        ck_assert(rig_is_secure_group1(i, MP_PPI) && rig_enabled(i, MP_PPI));
        ck_assert_uint_eq(rig_priority(i, MP_PPI), 0x42);
        ck_assert(rig_is_secure_group1(i, UP_PPI) && rig_enabled(i, UP_PPI));
        ck_assert_uint_eq(rig.pe[i].sysreg[ARCH_ICC_IGRPEN1], 1);
        ck_assert_uint_eq(rig.cpu[i].timer_deadline, UINT64_MAX);
    }
}
END_TEST

START_TEST(boot_fails_where_the_gic_does)
{
    rig.gicd[1] = 0; /* 32 interrupts */
    ck_assert(!interrupt_init(&rig.pe[RIG_BOOT], &rig.spmc));
    ck_assert_msg(strstr(rig.spmc.diag.text, "mp: interrupts: found 4100") != NULL, "%s",
                  rig.spmc.diag.text);
    rig_reset();
    rig.gicd[0] = 0;
    ck_assert(!interrupt_init(&rig.pe[RIG_BOOT], &rig.spmc));
    ck_assert_msg(strstr(rig.spmc.diag.text, "GIC at 0x2f000000: ") != NULL, "%s",
                  rig.spmc.diag.text);
    rig_reset();
    rig.spmc.gic.timer_intid = MP_PPI;
    ck_assert(!interrupt_init(&rig.pe[RIG_BOOT], &rig.spmc));
    ck_assert_msg(strstr(rig.spmc.diag.text, "mp: interrupts: found 25") != NULL, "%s",
                  rig.spmc.diag.text);
    rig_reset();
    rig.spmc.gic.timer_intid = 40;
    ck_assert(!interrupt_init(&rig.pe[RIG_BOOT], &rig.spmc));
}
END_TEST

/* A partition that could not be loaded gets none of its interrupts. */
START_TEST(of_a_partition_that_is_not_there)
{
    rig_up()->state = PARTITION_NULL;
    rig_start();
    ck_assert(!rig_enabled(0, UP_SPI) && !rig_enabled(0, UP_PPI));
    ck_assert(rig_enabled(0, MP_SPI));
}
END_TEST

START_TEST(a_pe_without_a_redistributor)
{
    rig.gicr[2][0xc / 4] = 0x777;
    rig_start();
    ck_assert_uint_eq(rig.cpu[2].redistributor.pa, 0);
    ck_assert(strstr(rig.pe[2].log, "PE 2 (MPIDR 0x500000113): no GIC redistributor") != NULL);
    ck_assert(!rig_enabled(2, SGI_IPI));
    ck_assert_uint_eq(rig.pe[2].sysreg[ARCH_ICC_IGRPEN1], 1);
}
END_TEST

/* A PE that was off: its redistributor is as the firmware set it up, the SPMC's choices return. */
START_TEST(a_pe_that_comes_again)
{
    rig_start();
    rig_run(0, &rig_mp()->vcpu[0]);
    ck_assert(interrupt_reconfigure(&rig.cpu[0], &rig_mp()->vcpu[0], MP_PPI, INTERRUPT_ENABLE, 0));
    for (unsigned i = 0; i < 2; i++) {
        memset(&rig.gicr[i][0x10080 / 4], 0xff, 8);
        memset(&rig.gicr[i][0x10100 / 4], 0, 8);
        memset(&rig.gicr[i][0x10d00 / 4], 0, 8);
        rig.cpu[i].sri_is_delayed = true;
        rig.cpu[i].timer_deadline = 5;
        interrupt_init_cpu(&rig.cpu[i]);
        ck_assert(rig_is_secure_group1(i, SGI_IPI) && rig_enabled(i, SGI_IPI));
        ck_assert(rig_enabled(i, UP_PPI));
        ck_assert(!rig.cpu[i].sri_is_delayed);
        ck_assert_uint_eq(rig.pe[i].sysreg[ARCH_CNTHPS_CTL], 0);
    }
    ck_assert(rig_is_secure_group1(0, MP_PPI) && !rig_enabled(0, MP_PPI));
    ck_assert(rig_enabled(1, MP_PPI));
}
END_TEST

START_TEST(owners)
{
    ck_assert_ptr_eq(interrupt_owner(&rig.spmc, MP_SPI), rig_mp());
    ck_assert_ptr_eq(interrupt_owner(&rig.spmc, MP_ESPI), rig_mp());
    ck_assert_ptr_eq(interrupt_owner(&rig.spmc, UP_PPI), rig_up());
    ck_assert_ptr_eq(interrupt_owner(&rig.spmc, EL0_SPI), rig_el0());
    ck_assert_ptr_null(interrupt_owner(&rig.spmc, 43));
    ck_assert_ptr_null(interrupt_owner(&rig.spmc, SGI_IPI)); /* the number of a virtual one, too */
    ck_assert_ptr_null(interrupt_owner(&rig.spmc, VINT_TIMER));
    ck_assert_ptr_null(interrupt_owner(&rig.spmc, 1023));
}
END_TEST

START_TEST(acknowledging)
{
    struct arch_pe *pe = &rig.pe[0];

    pe->sysreg[ARCH_ICC_IAR1] = MP_SPI;
    ck_assert_uint_eq(interrupt_acknowledge(&rig.cpu[0]), MP_SPI);
    ck_assert_uint_eq(pe->count.sysreg_write[ARCH_ICC_EOIR1], 0); /* it is active until it ends */
    interrupt_end(&rig.cpu[0], MP_SPI);
    ck_assert_uint_eq(pe->sysreg[ARCH_ICC_EOIR1], MP_SPI);
    pe->sysreg[ARCH_ICC_IAR1] = MP_ESPI; /* above the special ones */
    ck_assert_uint_eq(interrupt_acknowledge(&rig.cpu[0]), MP_ESPI);
    interrupt_end(&rig.cpu[0], MP_ESPI);
    ck_assert_uint_eq(pe->sysreg[ARCH_ICC_EOIR1], MP_ESPI);
    for (uint32_t id = INTID_SPECIAL_FIRST; id <= INTID_SPECIAL_LAST; id++) {
        pe->sysreg[ARCH_ICC_IAR1] = id;
        ck_assert_uint_eq(interrupt_acknowledge(&rig.cpu[0]), id);
    }
    ck_assert_uint_eq(pe->count.sysreg_write[ARCH_ICC_EOIR1], 2);
    pe->sysreg[ARCH_ICC_HPPIR0] = 29;
    ck_assert_uint_eq(interrupt_group0_pending(&rig.cpu[0]), 29);
}
END_TEST

START_TEST(masks)
{
    struct spmc_cpu *cpu = &rig.cpu[0];
    uint64_t *pmr = &rig.pe[0].sysreg[ARCH_ICC_PMR];
    const unsigned *writes = &rig.pe[0].count.sysreg_write[ARCH_ICC_PMR];

    interrupt_init_cpu(cpu);
    ck_assert_uint_eq(*writes, 1);
    interrupt_set_mask(cpu, INTERRUPT_MASK_NONE);
    ck_assert_uint_eq(*writes, 1);
    *pmr = 0xc8; /* the normal world masks some of its own */
    interrupt_set_mask(cpu, INTERRUPT_MASK_NS);
    ck_assert_uint_eq(*pmr, 0x80);
    interrupt_set_mask(cpu, INTERRUPT_MASK_ALL);
    ck_assert_uint_eq(*pmr, 0);
    interrupt_set_mask(cpu, INTERRUPT_MASK_ALL);
    ck_assert_uint_eq(*writes, 3);
    interrupt_set_mask(cpu, INTERRUPT_MASK_NS);
    interrupt_set_mask(cpu, INTERRUPT_MASK_NONE);
    ck_assert_uint_eq(*pmr, 0xc8);
    ck_assert_uint_eq(cpu->interrupt_mask, INTERRUPT_MASK_NONE);
}
END_TEST

START_TEST(sgis_to_pes)
{
    interrupt_kick(&rig.cpu[0], &rig.cpu[2]);
    ck_assert_uint_eq(rig.pe[0].sysreg[ARCH_ICC_SGI1R], 0x0005100009010008);
    interrupt_delay_sri(&rig.cpu[1]);
    ck_assert(rig.cpu[1].sri_is_delayed);
    ck_assert_uint_eq(rig.pe[1].count.sysreg_write[ARCH_ICC_ASGI1R], 0);
    interrupt_raise_sri(&rig.cpu[1]);
    ck_assert(!rig.cpu[1].sri_is_delayed);
    ck_assert_uint_eq(rig.pe[1].sysreg[ARCH_ICC_ASGI1R], 0x0000000108020001);
}
END_TEST

START_TEST(switching_a_partition_off)
{
    struct vcpu *vcpu = &rig_mp()->vcpu[2];

    rig_start();
    ck_assert(vint_enable(vcpu, MP_SPI, true, false));
    ck_assert(vint_inject(vcpu, MP_SPI));
    vcpu->timer_ctl = 1;
    *rig_word(RIG_GICD + 0x100 + 4 * (NS_SPI / 32)) |= 1u << NS_SPI % 32;
    interrupt_switch_off(&rig.cpu[0], rig_mp());
    ck_assert(!rig_enabled(0, MP_SPI) && !rig_enabled(0, MP_ESPI));
    for (unsigned i = 0; i < RIG_PES; i++) {
        ck_assert(!rig_enabled(i, MP_PPI));
        ck_assert(rig_enabled(i, UP_PPI) && rig_enabled(i, SGI_IPI) && rig_enabled(i, 20));
        interrupt_init_cpu(&rig.cpu[i]);
        ck_assert(!rig_enabled(i, MP_PPI)); /* for good */
    }
    ck_assert(rig_enabled(0, NS_SPI)); /* the normal world's business */
    ck_assert_uint_eq(vint_ready(vcpu), 0);
    ck_assert_uint_eq(vcpu->vint_queued, 0);
    ck_assert(!vint_is_enabled(vcpu, MP_SPI));
    ck_assert_uint_eq(vcpu->timer_ctl, 0);
    ck_assert(rig_enabled(0, UP_SPI));
}
END_TEST

START_TEST(one_that_nobody_takes)
{
    rig_start();
    interrupt_disown(&rig.cpu[1], MP_PPI);
    ck_assert(!rig_enabled(1, MP_PPI) && rig_enabled(0, MP_PPI));
    ck_assert_msg(strstr(rig.pe[1].log, "interrupt 25 on PE 1: nobody to take it in mp") != NULL,
                  "%s", rig.pe[1].log);
    interrupt_init_cpu(&rig.cpu[1]);
    ck_assert(!rig_enabled(1, MP_PPI));
    *rig_word(RIG_GICD + 0x104) |= 1u << 11;
    interrupt_disown(&rig.cpu[0], 43);
    ck_assert(!rig_enabled(0, 43));
    ck_assert(strstr(rig.pe[0].log, "interrupt 43 on PE 0: has no owner, switched off") != NULL);
}
END_TEST

/* A board without a GIC: no register is touched, and nothing goes wrong. */
START_TEST(without_a_gic)
{
    unsigned writes = 0;

    rig.spmc.gic.present = false;
    rig_start();
    interrupt_set_mask(&rig.cpu[0], INTERRUPT_MASK_ALL);
    interrupt_set_mask(&rig.cpu[0], INTERRUPT_MASK_NONE);
    interrupt_kick(&rig.cpu[0], &rig.cpu[1]);
    interrupt_raise_sri(&rig.cpu[0]);
    interrupt_switch_off(&rig.cpu[0], rig_mp());
    interrupt_disown(&rig.cpu[0], MP_SPI);
    rig_up()->vcpu[0].timer_ctl = 1;
    rig_up()->vcpu[0].timer_cval = 10;
    vtimer_program(&rig.cpu[0]);
    ck_assert_uint_eq(interrupt_acknowledge(&rig.cpu[0]), 1023);
    ck_assert_uint_eq(interrupt_group0_pending(&rig.cpu[0]), 1023);
    ck_assert(!interrupt_reconfigure(&rig.cpu[0], &rig_up()->vcpu[0], UP_SPI, INTERRUPT_ENABLE, 1));
    ck_assert_uint_eq(rig.write_count, 0);
    for (unsigned r = 0; r < ARCH_SYSREG_COUNT; r++) {
        writes += rig.pe[0].count.sysreg_write[r];
    }
    ck_assert_uint_eq(writes, 0);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, what_boot_configures);
    tcase_add_test(tcase, boot_fails_where_the_gic_does);
    tcase_add_test(tcase, of_a_partition_that_is_not_there);
    tcase_add_test(tcase, a_pe_without_a_redistributor);
    tcase_add_test(tcase, a_pe_that_comes_again);
    tcase_add_test(tcase, owners);
    tcase_add_test(tcase, acknowledging);
    tcase_add_test(tcase, masks);
    tcase_add_test(tcase, sgis_to_pes);
    tcase_add_test(tcase, switching_a_partition_off);
    tcase_add_test(tcase, one_that_nobody_takes);
    tcase_add_test(tcase, without_a_gic);
}

int main(void)
{
    return rig_main("physical", add);
}
