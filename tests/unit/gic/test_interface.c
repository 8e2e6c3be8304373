/* SPDX-License-Identifier: BSD-3-Clause */
/* The CPU interface: views, preemption, end of interrupt, banked registers, special INTIDs. */
#include "world.h"

static void pend(unsigned intid, enum world_group group, unsigned priority)
{
    configure(0, intid, group, priority, true);
    set_bit(0, intid, R_ISPENDR);
}

START_TEST(pmr_by_security_state)
{
    for (unsigned value = 0; value < 256; value++) {
        unsigned raw = value & 0xf8;

        EL3_SET(0, ICC_PMR, value);
        ck_assert_uint_eq(SEC(0, ICC_PMR), raw);
        ck_assert_uint_eq(icc(0, ICC_PMR, 3, false), raw);
        ck_assert_uint_eq(NWD(0, ICC_PMR), raw < 0x80 ? 0 : raw << 1 & 0xff);
        ck_assert_uint_eq(icc(0, ICC_PMR, 2, false), raw < 0x80 ? 0 : raw << 1 & 0xff);
        NWD_SET(0, ICC_PMR, 0x40); /* without effect while the mask is in the Secure half */
        ck_assert_uint_eq(SEC(0, ICC_PMR), raw < 0x80 ? raw : 0xa0);
    }
    SEC_SET(0, ICC_PMR, 0xff);
    NWD_SET(0, ICC_PMR, 0xff);
    ck_assert_uint_eq(SEC(0, ICC_PMR), 0xf8);
    NWD_SET(0, ICC_PMR, 0);
    ck_assert_uint_eq(SEC(0, ICC_PMR), 0x80);
}
END_TEST

/* Interrupts 40, 42, 43 and 44, each on top of the one before. */
static void nest(void)
{
    pend(40, G1NS, 0xc0);
    ck_assert_uint_eq(NWD(0, ICC_IAR1), 40);
    ck_assert_uint_eq(SEC(0, ICC_RPR), 0xc0);
    ck_assert_uint_eq(NWD(0, ICC_RPR), 0x80);
    pend(41, G1NS, 0xc0); /* the same priority does not preempt */
    ck_assert_int_eq(signal_of(0, false, false), '-');
    ck_assert_uint_eq(NWD(0, ICC_HPPIR1), 41);
    pend(42, G1NS, 0xa0);
    ck_assert_uint_eq(NWD(0, ICC_IAR1), 42);
    pend(43, G1S, 0x40);
    ck_assert_int_eq(signal_of(0, false, false), 'f');
    ck_assert_uint_eq(NWD(0, ICC_IAR1), 1023);
    ck_assert_uint_eq(SEC(0, ICC_IAR1), 43);
    ck_assert_uint_eq(NWD(0, ICC_RPR), 0); /* a Secure priority is hidden */
    pend(44, G0, 0x08);
    ck_assert_uint_eq(SEC(0, ICC_IAR0), 44);
    ck_assert_uint_eq(SEC(0, ICC_RPR), 0x08);
    ck_assert_uint_eq(SEC(0, ICC_AP0R0), UINT64_C(1) << 1);
    ck_assert_uint_eq(SEC(0, ICC_AP1R0), UINT64_C(1) << 8);
    ck_assert_uint_eq(NWD(0, ICC_AP1R0), UINT64_C(1) << 20 | UINT64_C(1) << 24);
}

START_TEST(preemption_and_running_priority)
{
    world_open();
    ck_assert_uint_eq(SEC(0, ICC_RPR), 0xff);
    ck_assert_uint_eq(NWD(0, ICC_RPR), 0xff);
    nest();
    /* each group ends its own, from the top down */
    NWD_SET(0, ICC_EOIR1, 42);
    SEC_SET(0, ICC_EOIR1, 43);
    ck_assert_uint_eq(SEC(0, ICC_RPR), 0x08);
    SEC_SET(0, ICC_EOIR0, 44);
    ck_assert_uint_eq(SEC(0, ICC_RPR), 0x40);
    NWD_SET(0, ICC_EOIR1, 42);
    SEC_SET(0, ICC_EOIR0, 43);
    ck_assert_uint_eq(SEC(0, ICC_RPR), 0x40);
    SEC_SET(0, ICC_EOIR1, 43);
    ck_assert_uint_eq(SEC(0, ICC_RPR), 0xa0);
    SEC_SET(0, ICC_EOIR1, 42);
    ck_assert_uint_eq(SEC(0, ICC_RPR), 0xa0);
    NWD_SET(0, ICC_EOIR1, 1023); /* special and unknown INTIDs: ignored */
    NWD_SET(0, ICC_EOIR1, 2000);
    ck_assert_uint_eq(SEC(0, ICC_RPR), 0xa0);
    NWD_SET(0, ICC_EOIR1, 42);
    ck_assert_uint_eq(SEC(0, ICC_RPR), 0xc0);
    ck_assert_int_eq(signal_of(0, false, false), '-');
    NWD_SET(0, ICC_EOIR1, 40);
    ck_assert_uint_eq(SEC(0, ICC_RPR), 0xff);
    ck_assert_uint_eq(NWD(0, ICC_IAR1), 41);
    for (unsigned id = 42; id <= 44; id++)
        ck_assert(!bit_is_set(0, id, R_ISACTIVER));
}
END_TEST

START_TEST(binary_points)
{
    world_open();
    ck_assert_uint_eq(SEC(0, ICC_BPR0), 2);
    ck_assert_uint_eq(SEC(0, ICC_BPR1), 2);
    ck_assert_uint_eq(NWD(0, ICC_BPR1), 3);
    SEC_SET(0, ICC_BPR0, 0); /* not below the least */
    SEC_SET(0, ICC_BPR1, 1);
    NWD_SET(0, ICC_BPR1, 1);
    ck_assert_uint_eq(SEC(0, ICC_BPR0), 2);
    ck_assert_uint_eq(SEC(0, ICC_BPR1), 2);
    ck_assert_uint_eq(NWD(0, ICC_BPR1), 3);

    SEC_SET(0, ICC_BPR1, 5); /* Secure Group 1: [7:6] */
    pend(40, G1S, 0x78);
    ck_assert_uint_eq(SEC(0, ICC_IAR1), 40);
    ck_assert_uint_eq(SEC(0, ICC_RPR), 0x40); /* subpriority does not run */
    pend(41, G1S, 0x40);
    ck_assert_int_eq(signal_of(0, true, false), '-');
    pend(42, G1S, 0x38);
    ck_assert_int_eq(signal_of(0, true, false), 'i');
    pend(43, G0, 0x20); /* BPR0 2: all five bits */
    ck_assert_uint_eq(SEC(0, ICC_IAR0), 43);
    ck_assert_uint_eq(SEC(0, ICC_RPR), 0x20);
}
END_TEST

START_TEST(common_binary_point)
{
    world_open();
    SEC_SET(0, ICC_CTLR, 1); /* CBPR is EL3's */
    NWD_SET(0, ICC_CTLR, 1);
    ck_assert_uint_eq(SEC(0, ICC_CTLR) & 1, 0);
    ck_assert_uint_eq(NWD(0, ICC_CTLR) & 1, 0);
    SEC_SET(0, ICC_BPR0, 4);
    SEC_SET(0, ICC_BPR1, 6);
    NWD_SET(0, ICC_BPR1, 6);
    EL3_SET(0, ICC_CTLR_EL3, 3);
    ck_assert_uint_eq(SEC(0, ICC_CTLR) & 1, 1);
    ck_assert_uint_eq(NWD(0, ICC_CTLR) & 1, 1);
    ck_assert_uint_eq(SEC(0, ICC_BPR1), 4);
    ck_assert_uint_eq(NWD(0, ICC_BPR1), 5);
    NWD_SET(0, ICC_BPR1, 7); /* ignored */
    ck_assert_uint_eq(SEC(0, ICC_BPR0), 4);
    SEC_SET(0, ICC_BPR1, 7);
    ck_assert_uint_eq(SEC(0, ICC_BPR0), 7);
    ck_assert_uint_eq(NWD(0, ICC_BPR1), 7);
    ck_assert_uint_eq(icc(0, ICC_BPR1, 3, true), 6); /* EL3 has its own view */
    ck_assert_uint_eq(icc(0, ICC_BPR1, 3, false), 6);
    SEC_SET(0, ICC_BPR0, 4); /* [7:5] for all groups now */
    pend(40, G1NS, 0xb8);
    ck_assert_uint_eq(NWD(0, ICC_IAR1), 40);
    ck_assert_uint_eq(SEC(0, ICC_RPR), 0xa0);
    pend(41, G1NS, 0xa0);
    ck_assert_int_eq(signal_of(0, false, false), '-');
    pend(41, G1NS, 0x98);
    ck_assert_int_eq(signal_of(0, false, false), 'i');
    EL3_SET(0, ICC_CTLR_EL3, 0);
    ck_assert_uint_eq(NWD(0, ICC_BPR1), 6);
}
END_TEST

/* EOImode 1 of one state: the priority drops first, DIR deactivates, in any order. */
START_TEST(split_end_of_interrupt)
{
    world_open();
    EL3_SET(0, ICC_CTLR_EL3, 1u << 3);
    ck_assert_uint_eq(SEC(0, ICC_CTLR) & 2, 2);
    ck_assert_uint_eq(NWD(0, ICC_CTLR) & 2, 0);
    pend(40, G1S, 0x40);
    pend(41, G1S, 0x50);
    ck_assert_uint_eq(SEC(0, ICC_IAR1), 40);
    SEC_SET(0, ICC_EOIR1, 40);
    ck_assert_uint_eq(SEC(0, ICC_RPR), 0xff);
    ck_assert(bit_is_set(0, 40, R_ISACTIVER));
    set_bit(0, 40, R_ISPENDR); /* not again while it is active */
    ck_assert_uint_eq(SEC(0, ICC_IAR1), 41);
    SEC_SET(0, ICC_EOIR1, 41);
    ck_assert_int_eq(signal_of(0, true, false), '-');
    NWD_SET(0, ICC_DIR, 40); /* the Non-secure state has no split, and no say */
    ck_assert(bit_is_set(0, 40, R_ISACTIVER));
    SEC_SET(0, ICC_DIR, 40);
    ck_assert(!bit_is_set(0, 40, R_ISACTIVER) && bit_is_set(0, 41, R_ISACTIVER));
    ck_assert_uint_eq(SEC(0, ICC_IAR1), 40);

    NWD_SET(0, ICC_CTLR, 2);
    ck_assert_uint_eq(EL3(0, ICC_CTLR_EL3) & 0x1f, 0x18);
    NWD_SET(0, ICC_DIR, 41); /* not its own */
    ck_assert(bit_is_set(0, 41, R_ISACTIVER));
    SEC_SET(0, ICC_CTLR, 0);
    SEC_SET(0, ICC_DIR, 41); /* without the split: ignored */
    ck_assert(bit_is_set(0, 41, R_ISACTIVER));
    EL3_SET(0, ICC_CTLR_EL3, 1u << 2);
    EL3_SET(0, ICC_DIR, 41);
    ck_assert(!bit_is_set(0, 41, R_ISACTIVER));
}
END_TEST

START_TEST(an_spi_may_be_deactivated_elsewhere)
{
    world_open();
    SEC_SET(0, ICC_CTLR, 2);
    SEC_SET(1, ICC_CTLR, 2);
    configure(0, 300, G1S, 0x40, true);
    gic_set_level(machine, NULL, 300, true);
    ck_assert_uint_eq(SEC(0, ICC_IAR1), 300);
    SEC_SET(0, ICC_EOIR1, 300);
    gic_set_level(machine, NULL, 300, false);
    SEC_SET(1, ICC_DIR, 300);
    ck_assert(!bit_is_set(0, 300, R_ISACTIVER));
    pend(27, G1S, 0x40);
    ck_assert_uint_eq(SEC(0, ICC_IAR1), 27);
    SEC_SET(0, ICC_EOIR1, 27);
    SEC_SET(1, ICC_DIR, 27); /* PE 1's own PPI, which is not active */
    ck_assert(bit_is_set(0, 27, R_ISACTIVER));
}
END_TEST

START_TEST(special_intids_at_el3)
{
    world_open();
    ck_assert_uint_eq(EL3(0, ICC_IAR0), 1023);
    ck_assert_uint_eq(EL3(0, ICC_HPPIR0), 1023);
    pend(40, G1NS, 0x80);
    ck_assert_uint_eq(EL3(0, ICC_HPPIR0), 1021);
    ck_assert_uint_eq(EL3(0, ICC_IAR0), 1021);
    pend(41, G1S, 0x70);
    ck_assert_uint_eq(EL3(0, ICC_HPPIR0), 1020);
    ck_assert_uint_eq(EL3(0, ICC_IAR0), 1020);
    ck_assert_uint_eq(icc(0, ICC_HPPIR0, 3, false), 1020); /* whatever SCR_EL3.NS is */
    ck_assert_uint_eq(icc(0, ICC_HPPIR0, 2, true), 1023);
    ck_assert_uint_eq(EL3(0, ICC_HPPIR1), 41);
    ck_assert_uint_eq(EL3(0, ICC_RPR), 0xff); /* nothing was acknowledged */
    pend(42, G0, 0x60);
    ck_assert_uint_eq(EL3(0, ICC_HPPIR0), 42);
    ck_assert_uint_eq(EL3(0, ICC_HPPIR1), 1023);
    ck_assert_uint_eq(SEC(0, ICC_HPPIR1), 1023);
    ck_assert_uint_eq(EL3(0, ICC_IAR0), 42);
    EL3_SET(0, ICC_EOIR0, 42);
    ck_assert_uint_eq(icc(0, ICC_IAR1, 3, false), 41);
    EL3_SET(0, ICC_EOIR1, 41);
    ck_assert_uint_eq(icc(0, ICC_IAR1, 3, true), 40);
    EL3_SET(0, ICC_EOIR1, 40);
    ck_assert_uint_eq(EL3(0, ICC_RPR), 0xff);
}
END_TEST

START_TEST(who_has_which_register)
{
    static const uint32_t group0[] = {ICC_IAR0, ICC_HPPIR0, ICC_BPR0, ICC_AP0R0, ICC_IGRPEN0};
    static const uint32_t read_only[] = {ICC_IAR0, ICC_IAR1, ICC_HPPIR0, ICC_HPPIR1, ICC_RPR};
    static const uint32_t write_only[] = {ICC_EOIR0, ICC_EOIR1, ICC_DIR,
                                          ICC_SGI0R, ICC_SGI1R, ICC_ASGI1R};
    static const uint32_t el3[] = {ICC_CTLR_EL3, ICC_SRE_EL3, ICC_IGRPEN1_EL3};
    struct sim_pe *pe = &machine->pe[0];
    uint64_t value;

    for (unsigned i = 0; i < 5; i++) {
        ck_assert(!gic_icc_read(pe, group0[i], 1, false, &value));
        ck_assert(!gic_icc_read(pe, group0[i], 2, false, &value));
        ck_assert(gic_icc_read(pe, group0[i], 1, true, &value));
        ck_assert(gic_icc_read(pe, group0[i], 3, false, &value));
        ck_assert(!gic_icc_write(pe, read_only[i], 3, true, 0));
    }
    ck_assert(!gic_icc_write(pe, ICC_EOIR0, 1, false, 40));
    for (unsigned i = 0; i < 6; i++)
        ck_assert(!gic_icc_read(pe, write_only[i], 3, true, &value));
    for (unsigned i = 0; i < 3; i++) {
        ck_assert(!gic_icc_read(pe, el3[i], 2, true, &value));
        ck_assert(gic_icc_read(pe, el3[i], 3, true, &value));
    }
    ck_assert(!gic_icc_read(pe, ICC_SRE_EL2, 1, true, &value));
    ck_assert(!gic_icc_read(pe, ICC_AP0R1, 3, true, &value)); /* five bits: one register */
    ck_assert_uint_eq(icc(0, ICC_SRE_EL2, 2, true), 0xf);
    ck_assert_uint_eq(SEC(0, ICC_SRE_EL1), 7);
    SEC_SET(0, ICC_SRE_EL1, 0);
    ck_assert_uint_eq(SEC(0, ICC_SRE_EL1), 7);
    ck_assert_uint_eq(SEC(0, ICC_CTLR) >> 8 & 7, 4); /* PRIbits: five */
    ck_assert_uint_eq(EL3(0, ICC_CTLR_EL3) >> 8 & 7, 4);
    ck_assert_uint_eq(SEC(0, ICC_CTLR) >> 18 & 3, 3); /* range selector, extended INTIDs */
}
END_TEST

START_TEST(banked_registers)
{
    icc_set(0, ICC_IGRPEN1, 3, false, 1); /* EL3 chooses by SCR_EL3.NS */
    ck_assert_uint_eq(NWD(0, ICC_IGRPEN1), 1);
    ck_assert_uint_eq(SEC(0, ICC_IGRPEN1), 0);
    ck_assert_uint_eq(EL3(0, ICC_IGRPEN1_EL3), 1);
    SEC_SET(0, ICC_IGRPEN1, 1);
    NWD_SET(0, ICC_IGRPEN1, 0);
    ck_assert_uint_eq(EL3(0, ICC_IGRPEN1_EL3), 2);
    NWD_SET(0, ICC_BPR1, 5);
    SEC_SET(0, ICC_BPR1, 4);
    ck_assert_uint_eq(NWD(0, ICC_BPR1), 5);
    ck_assert_uint_eq(icc(0, ICC_BPR1, 3, false), 5);
    ck_assert_uint_eq(icc(0, ICC_BPR1, 3, true), 4);
    ck_assert_uint_eq(SEC(1, ICC_BPR1), 2); /* another PE's */
    SEC_SET(0, ICC_IGRPEN0, 1);
    ck_assert_uint_eq(SEC(0, ICC_IGRPEN0), 1);
}
END_TEST

/* The order in which EL3 and the core meet a Secure interrupt while the normal world runs. */
START_TEST(a_secure_interrupt_in_the_normal_world)
{
    gic_boot(machine);
    configure(0, 100, G1S, 0x10, true);
    gic_set_level(machine, NULL, 100, true);
    ck_assert_int_eq(signal_of(0, false, false), 'f');
    ck_assert_uint_eq(icc(0, ICC_HPPIR0, 3, false), 1020);
    ck_assert_int_eq(signal_of(0, true, false), 'i');
    ck_assert_uint_eq(icc(0, ICC_HPPIR0, 2, true), 1023); /* the core: no Group 0 */
    ck_assert_uint_eq(icc(0, ICC_IAR1, 2, true), 100);
    gic_set_level(machine, NULL, 100, false);
    icc_set(0, ICC_EOIR1, 2, true, 100);
    ck_assert_int_eq(signal_of(0, false, false), '-');
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        pmr_by_security_state,  preemption_and_running_priority,
        binary_points,          common_binary_point,
        split_end_of_interrupt, an_spi_may_be_deactivated_elsewhere,
        special_intids_at_el3,  who_has_which_register,
        banked_registers,       a_secure_interrupt_in_the_normal_world,
    };

    return world_run("gic interface", tests, sizeof(tests) / sizeof(tests[0]));
}
