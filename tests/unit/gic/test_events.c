/* SPDX-License-Identifier: BSD-3-Clause */
/* What the rest of the machine notices: boot and reset, wake-ups, slices, events, odd lines. */
#include <string.h>

#include "world.h"

START_TEST(boot_gives_all_to_the_normal_world)
{
    static const unsigned ids[] = {0, 15, 16, 31, 1056, 1119, 32, 1019, 4096, 5119};
    struct gic_state state;

    gic_boot(machine);
    for (unsigned pe = 0; pe < WORLD_PES; pe++) {
        for (unsigned i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
            ck_assert(gic_query(machine, &machine->pe[pe], ids[i], &state));
            ck_assert_uint_eq(state.group, 2);
            ck_assert_uint_eq(state.priority, 0x80);
            ck_assert(!state.enabled && !state.pending);
        }
        ck_assert_uint_eq(get(rd_base(pe) + 0x14, 4, S), 0);
        ck_assert_uint_eq(EL3(pe, ICC_PMR), 0xf8);
        ck_assert_uint_eq(EL3(pe, ICC_IGRPEN1_EL3), 3);
        ck_assert_uint_eq(EL3(pe, ICC_IGRPEN0), 1);
        /* a PPI that the normal world enables reaches it without more */
        put(sgi_base(pe) + 0x100, 4, NS, 1u << 30);
        gic_set_level(machine, &machine->pe[pe], 30, true);
        ck_assert_int_eq(signal_of(pe, false, false), 'i');
    }
    ck_assert_uint_eq(get(GICD, 4, S) & 7, 7);
    put(GICD + 0x104, 4, NS, 1);
    gic_set_level(machine, NULL, 32, true);
    ck_assert_uint_eq(NWD(0, ICC_HPPIR1), 30);
    gic_set_level(machine, &machine->pe[0], 30, false);
    ck_assert_uint_eq(NWD(0, ICC_IAR1), 32);
}
END_TEST

START_TEST(reset_puts_everything_back)
{
    struct gic_state state;

    gic_boot(machine);
    configure(1, 50, G1S, 0x10, true);
    gic_set_level(machine, NULL, 50, true);
    ck_assert_uint_eq(SEC(1, ICC_IAR1), 50);
    gic_reset(machine);
    for (unsigned pe = 0; pe < WORLD_PES; pe++) {
        ck_assert_int_eq(signal_of(pe, true, false), '-');
        ck_assert_uint_eq(get(rd_base(pe) + 0x14, 4, S), 6);
        ck_assert_uint_eq(EL3(pe, ICC_RPR), 0xff);
        ck_assert_uint_eq(EL3(pe, ICC_PMR), 0);
        ck_assert_uint_eq(EL3(pe, ICC_IGRPEN1_EL3), 0);
    }
    ck_assert_uint_eq(get(GICD, 4, S) & 7, 0);
    ck_assert_uint_eq(get(GICD + 0x6000 + 8 * 50, 8, S), 0);
    ck_assert(gic_query(machine, NULL, 50, &state));
    ck_assert(!state.enabled && !state.active && state.pending); /* its device still drives it */
    ck_assert_uint_eq(state.group, 0);
    gic_set_level(machine, NULL, 50, false);
    ck_assert(gic_query(machine, NULL, 50, &state) && !state.pending);
}
END_TEST

/* Pending, acknowledged, ended, and pending again since the line is still up. */
START_TEST(events_tell_of_an_interrupts_life)
{
    world_open();
    gic_set_level(machine, NULL, 40, true); /* nobody enabled it */
    ck_assert_uint_eq(told.count, 0);
    configure(1, 40, G1S, 0x10, false);
    set_bit(1, 40, R_ISENABLER);
    ck_assert_uint_eq(told.count, 1);
    ck_assert_uint_eq(SEC(1, ICC_IAR1), 40);
    ck_assert_uint_eq(told.count, 2);
    SEC_SET(1, ICC_EOIR1, 40);
    ck_assert_uint_eq(told.count, 4);
    for (unsigned i = 0; i < 4; i++) {
        ck_assert_uint_eq(told.header[i].type, EVENT_INTERRUPT);
        ck_assert_uint_eq(told.arg0[i], 40);
        ck_assert_uint_eq(told.header[i].pe, 1);
        ck_assert_uint_eq(told.header[i].arg_count, 2);
    }
}
END_TEST

START_TEST(lines_that_lead_nowhere)
{
    gic_set_level(machine, NULL, 2000, true);
    gic_pulse(machine, NULL, 2000);
    gic_set_level(machine, NULL, 3, true);  /* SGIs have no line */
    gic_set_level(machine, NULL, 27, true); /* whose? */
    ck_assert_uint_eq(told_of_type(&told, EVENT_WARNING), 3);
    ck_assert_ptr_nonnull(strstr(told.text[0], "interrupt 2000"));
    for (unsigned id = 6000; id < 7000; id++)
        gic_set_level(machine, NULL, id, true);
    ck_assert_uint_le(told.count, 32); /* not for ever */
}
END_TEST

static uint64_t woke_ns;
static unsigned turns;

static void sleeper(struct sim_pe *pe, void *arg)
{
    (void)arg;
    while (!gic_has_signal(pe))
        machine_pe_wait(pe);
    woke_ns = pe->now_ns;
}

static void ring(struct machine *from, void *arg)
{
    (void)arg;
    gic_set_level(from, NULL, 40, true);
}

START_TEST(a_signal_wakes_an_idle_pe)
{
    struct machine_event event = {0};

    gic_boot(machine);
    configure(1, 40, G1S, 0x10, true);
    ck_assert(machine_pe_start(&machine->pe[1], sleeper, NULL, 0));
    machine_event_add(machine, &event, 5000, ring, NULL);
    ck_assert_int_eq(machine_run(machine), MACHINE_END_DONE);
    ck_assert_uint_eq(woke_ns, 5000);
}
END_TEST

START_TEST(a_masked_interrupt_wakes_nobody)
{
    struct machine_event event = {0};

    gic_boot(machine);
    configure(1, 40, G1S, 0x10, true);
    EL3_SET(1, ICC_PMR, 0x10);
    ck_assert(machine_pe_start(&machine->pe[1], sleeper, NULL, 0));
    machine_event_add(machine, &event, 5000, ring, NULL);
    ck_assert_int_eq(machine_run(machine), MACHINE_END_DEADLOCK);
}
END_TEST

/* It interrupts itself in the middle of a slice: the slice is over at once. */
static void self(struct sim_pe *pe, void *arg)
{
    (void)arg;
    machine_pe_advance(pe, 100);
    ck_assert(!machine_pe_slice_over(pe));
    icc_set(pe->index, ICC_SGI1R, 1, true, 9u << 24 | 1);
    ck_assert(machine_pe_slice_over(pe));
    machine_pe_yield(pe);
    turns++;
    ck_assert(gic_has_signal(pe));
    ck_assert_uint_eq(SEC(pe->index, ICC_IAR1), 9);
}

START_TEST(a_signal_ends_the_slice)
{
    gic_boot(machine);
    configure(0, 9, G1S, 0x10, true);
    ck_assert(machine_pe_start(&machine->pe[0], self, NULL, 0));
    ck_assert_int_eq(machine_run(machine), MACHINE_END_DONE);
    ck_assert_uint_eq(turns, 1);
}
END_TEST

START_TEST(a_board_without_a_gic)
{
    struct machine *bare = make_machine(1, 1000, NULL, NULL);
    struct gic_state state;
    uint64_t value;

    gic_boot(bare);
    gic_reset(bare);
    gic_set_level(bare, NULL, 40, true);
    ck_assert(!gic_has_signal(&bare->pe[0]));
    ck_assert(!gic_signals(&bare->pe[0], true, true).fiq);
    ck_assert(!gic_query(bare, NULL, 40, &state));
    ck_assert(!gic_icc_read(&bare->pe[0], ICC_PMR, 3, true, &value));
    ck_assert(!gic_icc_write(&bare->pe[0], ICC_PMR, 3, true, 0));
    machine_destroy(bare);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        boot_gives_all_to_the_normal_world,
        reset_puts_everything_back,
        events_tell_of_an_interrupts_life,
        lines_that_lead_nowhere,
        a_signal_wakes_an_idle_pe,
        a_masked_interrupt_wakes_nobody,
        a_signal_ends_the_slice,
        a_board_without_a_gic,
    };

    return world_run("gic events", tests, sizeof(tests) / sizeof(tests[0]));
}
