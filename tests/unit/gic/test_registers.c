/* SPDX-License-Identifier: BSD-3-Clause */
/* Registers of the distributor and the redistributors, level and edge, routing, messages. */
#include <string.h>

#include "world.h"

START_TEST(identification)
{
    uint64_t typer = get(GICD + 4, 4, S);

    ck_assert_uint_eq(typer & 0x1f, 31);
    ck_assert_uint_eq(typer >> 8 & 1, 1);    /* extended SPIs */
    ck_assert_uint_eq(typer >> 27, 31);      /* up to 5119 */
    ck_assert_uint_eq(typer >> 10 & 1, 1);   /* two security states */
    ck_assert_uint_eq(typer >> 16 & 3, 1);   /* messages, no LPIs */
    ck_assert_uint_eq(typer >> 25 & 1, 1);   /* no 1 of N */
    ck_assert_uint_ge(typer >> 19 & 31, 12); /* 5119 takes 13 bits */
    for (unsigned pe = 0; pe < WORLD_PES; pe++) {
        typer = get(rd_base(pe) + 8, 8, NS);
        ck_assert_uint_eq(typer >> 27 & 31, 2); /* extended PPIs up to 1119 */
        ck_assert_uint_eq(typer & 0xf, 0);      /* no LPIs */
        ck_assert_uint_eq(typer >> 4 & 1, pe == 3);
    }
    ck_assert_uint_eq(get(rd_base(3) + 12, 4, NS), 0x01000012);
    ck_assert_uint_eq(told.count, 0);
}
END_TEST

static const unsigned kinds[] = {3, 16, 31, 1056, 1087, 1088, 1119, 32, 1019, 4096, 4127, 5119};

START_TEST(every_interrupt_has_its_own_registers)
{
    struct gic_state state;

    for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        configure(1, kinds[i], G1S, 8 * (i + 1), true);
        set_bit(1, kinds[i], R_ISPENDR);
        set_bit(1, kinds[i], R_ISACTIVER);
        ck_assert(gic_query(machine, &machine->pe[1], kinds[i], &state));
        ck_assert(state.enabled && state.pending && state.active && !state.level);
        ck_assert_uint_eq(state.group, 1);
        ck_assert_uint_eq(state.priority, 8 * (i + 1));
    }
    for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        ck_assert_uint_eq(get(priority_register(1, kinds[i]), 1, S), 8 * (i + 1));
        set_bit(1, kinds[i], R_ICENABLER);
        set_bit(1, kinds[i], R_ICPENDR);
        set_bit(1, kinds[i], R_ICACTIVER);
        ck_assert(gic_query(machine, &machine->pe[1], kinds[i], &state));
        ck_assert(!state.enabled && !state.pending && !state.active);
        if (kinds[i] < 32 || (kinds[i] >= 1056 && kinds[i] < 4096)) {
            ck_assert(gic_query(machine, &machine->pe[0], kinds[i], &state));
            ck_assert_uint_eq(state.priority, 0); /* banked */
        }
    }
    ck_assert_uint_eq(told_of_type(&told, EVENT_WARNING), 0);
}
END_TEST

START_TEST(no_such_interrupt)
{
    static const unsigned none[] = {1020, 1023, 1024, 1055, 1120, 4095, 5120, 8192, UINT32_MAX};
    struct gic_state state;

    for (unsigned i = 0; i < sizeof(none) / sizeof(none[0]); i++)
        ck_assert(!gic_query(machine, &machine->pe[0], none[i], &state));
    ck_assert(!gic_query(machine, NULL, 20, &state));
    put(GICD + 0x17c, 4, S, 0xffffffff); /* 992 to 1019; the rest is special */
    ck_assert_uint_eq(get(GICD + 0x17c, 4, S), 0x0fffffff);
    put(GICD + 0x100, 4, S, 0xffffffff); /* SGIs and PPIs are not the distributor's */
    ck_assert_uint_eq(get(GICD + 0x100, 4, S), 0);
    put(sgi_base(0) + 0x10c, 4, S, 0xffffffff);
    ck_assert_uint_eq(get(sgi_base(0) + 0x10c, 4, S), 0);
}
END_TEST

START_TEST(priorities_have_five_bits_and_two_views)
{
    configure(0, 40, G1NS, 0xff, true);
    ck_assert_uint_eq(get(GICD + 0x428, 1, S), 0xf8);
    ck_assert_uint_eq(get(GICD + 0x428, 1, NS), 0xf0);
    for (unsigned value = 0; value < 256; value++) {
        put(GICD + 0x428, 1, NS, value);
        ck_assert_uint_eq(get(GICD + 0x428, 1, NS), value & 0xf0);
        ck_assert_uint_eq(get(GICD + 0x428, 1, S), 0x80 | (value >> 1 & 0x78));
        put(GICD + 0x428, 1, S, value);
        ck_assert_uint_eq(get(GICD + 0x428, 1, S), value & 0xf8);
        ck_assert_uint_eq(get(GICD + 0x428, 1, NS), (value & 0xf8) << 1 & 0xff);
    }
    configure(0, 40, G0, 0x10, true); /* another state's: reads as zero, writes ignored */
    put(GICD + 0x428, 1, NS, 0x40);
    ck_assert_uint_eq(get(GICD + 0x428, 1, NS), 0);
    ck_assert_uint_eq(get(GICD + 0x428, 1, S), 0x10);
}
END_TEST

/* NSACR 0 to 3 of the Secure SPI 50: what the normal world can do with it. */
START_TEST(nsacr_opens_spis_step_by_step)
{
    const uint64_t bit = UINT64_C(1) << 18;

    configure(0, 50, G1S, 0x10, true);
    edge_triggered(0, 50, true);
    for (unsigned access = 0; access < 4; access++) {
        put(GICD + 0xe0c, 4, S, (uint64_t)access << 4);
        put(GICD + 0x284, 4, S, bit);
        put(GICD + 0x384, 4, S, bit);
        put(GICD + 0x204, 4, NS, bit);
        ck_assert(bit_is_set(0, 50, R_ISPENDR) == (access >= 1));
        ck_assert_uint_eq(get(GICD + 0x204, 4, NS), access >= 1 ? bit : 0);
        ck_assert_uint_eq(get(GICD + 0x284, 4, NS), access >= 2 ? bit : 0);
        put(GICD + 0x204, 4, S, bit);
        put(GICD + 0x284, 4, NS, bit);
        ck_assert(bit_is_set(0, 50, R_ISPENDR) == (access < 2));
        put(GICD + 0x284, 4, S, bit);
        put(GICD + 0x40, 4, NS, 50);
        ck_assert(bit_is_set(0, 50, R_ISPENDR) == (access >= 1));
        put(GICD + 0x204, 4, S, bit);
        put(GICD + 0x48, 4, NS, 50);
        ck_assert(bit_is_set(0, 50, R_ISPENDR) == (access < 2));
        put(GICD + 0x304, 4, S, bit);
        ck_assert_uint_eq(get(GICD + 0x304, 4, NS), access >= 2 ? bit : 0);
        put(GICD + 0x384, 4, NS, bit); /* read-only at best */
        ck_assert(bit_is_set(0, 50, R_ISACTIVER));
        put(GICD + 0x6000 + 8 * 50, 8, S, 0);
        put(GICD + 0x6000 + 8 * 50, 8, NS, 1);
        ck_assert_uint_eq(get(GICD + 0x6000 + 8 * 50, 8, S), access == 3);
        put(GICD + 0x184, 4, NS, bit); /* never */
        ck_assert(bit_is_set(0, 50, R_ISENABLER));
    }
    put(GICD + 0xe0c, 4, NS, 0);
    ck_assert_uint_eq(get(GICD + 0xe0c, 4, NS), 0);
    ck_assert_uint_eq(get(GICD + 0xe0c, 4, S), 3u << 4);
}
END_TEST

START_TEST(level_follows_the_line)
{
    world_open();
    configure(0, 60, G1S, 0x20, true);
    gic_set_level(machine, NULL, 60, true);
    ck_assert_int_eq(signal_of(0, true, false), 'i');
    set_bit(0, 60, R_ICPENDR); /* clears a latch, not the line */
    ck_assert(bit_is_set(0, 60, R_ISPENDR));
    gic_set_level(machine, NULL, 60, false);
    ck_assert_int_eq(signal_of(0, true, false), '-');
    gic_pulse(machine, NULL, 60); /* nobody looked in time */
    ck_assert(!bit_is_set(0, 60, R_ISPENDR));
    /* still asserted at the end of interrupt: pending again */
    gic_set_level(machine, NULL, 60, true);
    ck_assert_uint_eq(SEC(0, ICC_IAR1), 60);
    ck_assert(bit_is_set(0, 60, R_ISPENDR) && bit_is_set(0, 60, R_ISACTIVER));
    ck_assert_int_eq(signal_of(0, true, false), '-');
    SEC_SET(0, ICC_EOIR1, 60);
    ck_assert_int_eq(signal_of(0, true, false), 'i');
    gic_set_level(machine, NULL, 60, false);
    ck_assert_int_eq(signal_of(0, true, false), '-');
    /* made pending by a write: until acknowledged */
    set_bit(0, 60, R_ISPENDR);
    ck_assert_uint_eq(SEC(0, ICC_IAR1), 60);
    SEC_SET(0, ICC_EOIR1, 60);
    ck_assert_int_eq(signal_of(0, true, false), '-');
}
END_TEST

START_TEST(edge_latches)
{
    static const unsigned edges[] = {20, 1070, 61, 4200};

    world_open();
    for (unsigned i = 0; i < 4; i++) {
        unsigned id = edges[i];
        struct sim_pe *pe = id == 20 || id == 1070 ? &machine->pe[0] : NULL;

        configure(0, id, G1S, 0x20, true);
        edge_triggered(0, id, true);
        gic_pulse(machine, pe, id);
        ck_assert_int_eq(signal_of(0, true, false), 'i');
        set_bit(0, id, R_ICPENDR);
        ck_assert_int_eq(signal_of(0, true, false), '-');
        gic_set_level(machine, pe, id, true);
        ck_assert_uint_eq(SEC(0, ICC_IAR1), id);
        gic_set_level(machine, pe, id, true); /* no new edge */
        ck_assert(!bit_is_set(0, id, R_ISPENDR));
        gic_set_level(machine, pe, id, false);
        gic_set_level(machine, pe, id, true); /* while active: active and pending */
        ck_assert(bit_is_set(0, id, R_ISPENDR));
        ck_assert_int_eq(signal_of(0, true, false), '-');
        SEC_SET(0, ICC_EOIR1, id);
        ck_assert_int_eq(signal_of(0, true, false), 'i');
        ck_assert_uint_eq(SEC(0, ICC_IAR1), id);
        SEC_SET(0, ICC_EOIR1, id);
        ck_assert_int_eq(signal_of(0, true, false), '-'); /* the line is still high */
        gic_set_level(machine, pe, id, false);
    }
    put(sgi_base(0) + 0xc00, 4, S, 0); /* SGIs stay edge-triggered */
    ck_assert_uint_eq(get(sgi_base(0) + 0xc00, 4, S), 0xaaaaaaaa);
}
END_TEST

START_TEST(ppis_are_a_pes_own)
{
    world_open();
    for (unsigned pe = 0; pe < WORLD_PES; pe++)
        configure(pe, 30, G1NS, 0x80, true);
    gic_set_level(machine, &machine->pe[2], 30, true);
    for (unsigned pe = 0; pe < WORLD_PES; pe++)
        ck_assert_int_eq(signal_of(pe, false, false), pe == 2 ? 'i' : '-');
}
END_TEST

/* Also while it is pending, in one write or in two halves; at last to nobody. */
static void check_routes(unsigned id, uint64_t router)
{
    static const uint64_t affinity[] = {0, 1, 0x100, MPIDR_PE3, 0x2, UINT64_C(0x200000012)};

    configure(0, id, G1NS, 0xa0, true);
    gic_set_level(machine, NULL, id, true);
    for (unsigned to = 0; to < 6; to++) {
        if (to % 2 == 0) {
            put(router, 8, NS, affinity[to]);
        } else {
            put(router, 4, S, affinity[to] & 0xffffffff);
            put(router + 4, 4, S, affinity[to] >> 32);
        }
        ck_assert_uint_eq(get(router, 8, S), affinity[to]);
        for (unsigned pe = 0; pe < WORLD_PES; pe++)
            ck_assert_int_eq(signal_of(pe, false, false), pe == to ? 'i' : '-');
    }
    gic_set_level(machine, NULL, id, false);
}

START_TEST(spis_go_where_they_are_routed)
{
    world_open();
    check_routes(99, GICD + 0x6000 + 8 * 99);
    check_routes(5000, GICD + 0x8000 + 8 * (5000 - 4096));
    ck_assert_uint_eq(told_of_type(&told, EVENT_WARNING), 0);
}
END_TEST

START_TEST(one_of_n_is_refused)
{
    world_open();
    configure(0, 99, G1NS, 0xa0, true);
    put(GICD + 0x6000 + 8 * 99, 8, S, 0x80000001);
    put(GICD + 0x6000 + 8 * 99, 8, S, 0x80000001);
    ck_assert_uint_eq(get(GICD + 0x6000 + 8 * 99, 8, S), 1);
    ck_assert_uint_eq(told_of_type(&told, EVENT_WARNING), 1);
    ck_assert_ptr_nonnull(strstr(told.text[0], "1 of N"));
    gic_set_level(machine, NULL, 99, true);
    ck_assert_int_eq(signal_of(1, false, false), 'i');
}
END_TEST

START_TEST(messages_set_and_clear)
{
    world_open();
    configure(0, 70, G1NS, 0xa0, true);
    put(GICD + 0x40, 4, NS, 70); /* level: until it is cleared */
    ck_assert_uint_eq(NWD(0, ICC_IAR1), 70);
    NWD_SET(0, ICC_EOIR1, 70);
    ck_assert_int_eq(signal_of(0, false, false), 'i');
    put(GICD + 0x48, 4, NS, 70);
    ck_assert_int_eq(signal_of(0, false, false), '-');
    edge_triggered(0, 70, true);
    put(GICD + 0x40, 2, NS, 70); /* edge: once */
    ck_assert_uint_eq(NWD(0, ICC_IAR1), 70);
    NWD_SET(0, ICC_EOIR1, 70);
    ck_assert_int_eq(signal_of(0, false, false), '-');
    put(GICD + 0x50, 4, NS, 70); /* the Secure registers are not the normal world's */
    ck_assert_int_eq(signal_of(0, false, false), '-');
    put(GICD + 0x50, 4, S, 70);
    ck_assert_int_eq(signal_of(0, false, false), 'i');
    put(GICD + 0x58, 4, S, 70);
    ck_assert_int_eq(signal_of(0, false, false), '-');
    configure(0, 4100, G1S, 0x10, true);
    put(GICD + 0x40, 4, NS, 4100); /* another state's */
    ck_assert_int_eq(signal_of(0, true, false), '-');
    put(GICD + 0x40, 4, S, 4100);
    ck_assert_int_eq(signal_of(0, true, false), 'i');
    put(GICD + 0x40, 4, S, 1023); /* no SPIs */
    put(GICD + 0x40, 4, S, 3);
    ck_assert_uint_eq(told_of_type(&told, EVENT_WARNING), 0);
}
END_TEST

START_TEST(groups_and_enables_of_the_distributor_act_at_once)
{
    world_open();
    configure(0, 80, G1S, 0x20, true);
    set_bit(0, 80, R_ISPENDR);
    ck_assert_int_eq(signal_of(0, true, false), 'i');
    configure(0, 80, G0, 0x20, true);
    ck_assert_int_eq(signal_of(0, true, false), 'f');
    configure(0, 80, G1NS, 0xa0, true);
    ck_assert_int_eq(signal_of(0, true, false), 'f');
    ck_assert_int_eq(signal_of(0, false, false), 'i');
    set_bit(0, 80, R_IGRPMODR); /* with IGROUPR: reserved, treated as Non-secure Group 1 */
    ck_assert_int_eq(signal_of(0, false, false), 'i');
    put(GICD, 4, NS, 0);
    ck_assert_int_eq(signal_of(0, false, false), '-');
    put(GICD, 4, NS, 2);
    ck_assert_int_eq(signal_of(0, false, false), 'i');
    put(GICD + 0x188, 4, NS, UINT64_C(1) << 16);
    ck_assert_int_eq(signal_of(0, false, false), '-');
}
END_TEST

START_TEST(unmodelled_registers_warn_once)
{
    get(rd_base(0) + 0x70, 8, NS); /* GICR_PROPBASER */
    get(rd_base(0) + 0x70, 8, NS);
    put(GICD + 0xf00, 4, NS, 1); /* GICD_SGIR */
    ck_assert_uint_eq(told_of_type(&told, EVENT_WARNING), 2);
    ck_assert_ptr_nonnull(strstr(told.text[0], "GICR register 0x70"));
    ck_assert_ptr_nonnull(strstr(told.text[1], "GICD register 0xf00"));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        identification,
        every_interrupt_has_its_own_registers,
        no_such_interrupt,
        priorities_have_five_bits_and_two_views,
        nsacr_opens_spis_step_by_step,
        level_follows_the_line,
        edge_latches,
        ppis_are_a_pes_own,
        spis_go_where_they_are_routed,
        one_of_n_is_refused,
        messages_set_and_clear,
        groups_and_enables_of_the_distributor_act_at_once,
        unmodelled_registers_warn_once,
    };

    return world_run("gic registers", tests, sizeof(tests) / sizeof(tests[0]));
}
