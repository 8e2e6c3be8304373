/* SPDX-License-Identifier: BSD-3-Clause */
/* Who stands between the lines and the controller, and bits that turn over. */
#include <string.h>

#include "world.h"

#define SPI  40u
#define PPI  20u
#define NONE UINT32_MAX

static struct {
    bool let_through;
    unsigned asked;
    uint32_t intid;
    const struct sim_pe *pe;
    bool level;
    uint32_t ended;
    const struct sim_pe *ended_at;
} seen;

static bool on_line(void *user, struct sim_pe *pe, uint32_t intid, bool level)
{
    ck_assert_ptr_eq(user, &seen);
    seen.asked++;
    seen.intid = intid;
    seen.pe = pe;
    seen.level = level;
    return seen.let_through;
}

static void on_ended(void *user, struct sim_pe *pe, uint32_t intid)
{
    ck_assert_ptr_eq(user, &seen);
    seen.ended = intid;
    seen.ended_at = pe;
}

static void close_gate(bool let_through)
{
    static const struct gic_gate gate = {&seen, on_line, on_ended};

    memset(&seen, 0, sizeof(seen));
    seen.let_through = let_through;
    seen.ended = NONE;
    gic_set_gate(machine, &gate);
}

static bool is_pending(unsigned pe, uint32_t intid)
{
    struct gic_state state;

    ck_assert(gic_query(machine, &machine->pe[pe], intid, &state));
    return state.pending;
}

START_TEST(lines_pass_or_do_not)
{
    world_open();
    configure(1, SPI, G1S, 0x10, true);
    edge_triggered(1, SPI, true);
    close_gate(false);
    gic_pulse(machine, NULL, SPI);
    ck_assert_uint_eq(seen.asked, 2); /* up and down */
    ck_assert_uint_eq(seen.intid, SPI);
    ck_assert_ptr_eq(seen.pe, &machine->pe[1]);
    ck_assert(!is_pending(0, SPI));
    close_gate(true);
    gic_pulse(machine, NULL, SPI);
    ck_assert(is_pending(0, SPI));
    gic_set_gate(machine, NULL);
    ck_assert_uint_eq(SEC(1, ICC_IAR1), SPI);
    gic_pulse(machine, NULL, SPI);
    ck_assert(is_pending(0, SPI));
    ck_assert_uint_eq(seen.asked, 2);
}
END_TEST

START_TEST(a_level_that_was_stopped_stays_down)
{
    world_open();
    configure(2, PPI, G1S, 0x10, true);
    edge_triggered(2, PPI, false);
    close_gate(false);
    gic_set_level(machine, &machine->pe[2], PPI, true);
    ck_assert(seen.level);
    ck_assert_ptr_eq(seen.pe, &machine->pe[2]);
    ck_assert(!is_pending(2, PPI));
    gic_set_level_behind_gate(machine, &machine->pe[2], PPI, true);
    ck_assert_uint_eq(seen.asked, 1);
    ck_assert(is_pending(2, PPI));
    ck_assert(!gic_is_edge(machine, &machine->pe[2], PPI));
    ck_assert(gic_is_edge(machine, &machine->pe[2], 3));
}
END_TEST

START_TEST(sgis_and_ends)
{
    world_open();
    configure(2, 9, G1S, 0x10, true);
    close_gate(false);
    SEC_SET(0, ICC_SGI1R, 9u << 24 | 1u << 16 | 1u);
    ck_assert_uint_eq(seen.asked, 1);
    ck_assert_uint_eq(seen.intid, 9);
    ck_assert_ptr_eq(seen.pe, &machine->pe[2]);
    ck_assert(!is_pending(2, 9));
    close_gate(true);
    SEC_SET(0, ICC_SGI1R, 9u << 24 | 1u << 16 | 1u);
    ck_assert_uint_eq(SEC(2, ICC_IAR1), 9);
    ck_assert_uint_eq(seen.ended, NONE);
    SEC_SET(2, ICC_EOIR1, 9);
    ck_assert_uint_eq(seen.ended, 9);
    ck_assert_ptr_eq(seen.ended_at, &machine->pe[2]);
}
END_TEST

START_TEST(made_pending)
{
    world_open();
    close_gate(false);
    configure(1, SPI, G1S, 0x10, true);
    edge_triggered(1, SPI, false);
    configure(2, 9, G1S, 0x20, true);
    ck_assert(gic_pend(machine, NULL, SPI));
    ck_assert(gic_pend(machine, &machine->pe[2], 9));
    ck_assert_uint_eq(seen.asked, 0);
    ck_assert_uint_eq(SEC(1, ICC_IAR1), SPI);
    ck_assert_uint_eq(SEC(2, ICC_IAR1), 9);
    ck_assert(!is_pending(1, SPI)); /* once, although it is a level */
    ck_assert(!gic_pend(machine, NULL, 1020));
    ck_assert(!gic_pend(machine, NULL, 2000));
    ck_assert(!gic_pend(machine, NULL, 9)); /* whose? */
}
END_TEST

/* What a bit is about, and that what follows from it is worked out anew. */
START_TEST(bits_turn_over)
{
    struct sim_pe *pe = &machine->pe[1];

    world_open();
    configure(1, SPI, G1S, 0x10, true);
    edge_triggered(1, SPI, true);
    ck_assert(gic_flip(machine, NULL, SPI, GIC_FIELD_PENDING, 0));
    ck_assert_int_eq(signal_of(1, true, false), 'i');
    ck_assert(gic_flip(machine, NULL, SPI, GIC_FIELD_ENABLE, 0));
    ck_assert_int_eq(signal_of(1, true, false), '-');
    ck_assert(gic_flip(machine, NULL, SPI, GIC_FIELD_ENABLE, 0));
    ck_assert(gic_flip(machine, NULL, SPI, GIC_FIELD_ACTIVE, 0));
    ck_assert_int_eq(signal_of(1, true, false), '-');
    ck_assert(gic_flip(machine, NULL, SPI, GIC_FIELD_ACTIVE, 0));
    ck_assert(gic_flip(machine, NULL, SPI, GIC_FIELD_GROUP, 0));
    ck_assert_int_eq(signal_of(1, true, false), 'f');
    ck_assert(gic_flip(machine, NULL, SPI, GIC_FIELD_GROUP, 0));
    ck_assert(gic_flip(machine, NULL, SPI, GIC_FIELD_GROUP, 1)); /* Group 0 */
    ck_assert_uint_eq(EL3(1, ICC_HPPIR0), SPI);
    ck_assert(gic_flip(machine, NULL, SPI, GIC_FIELD_GROUP, 1));
    ck_assert(gic_flip(machine, NULL, SPI, GIC_FIELD_PRIORITY, 7));
    ck_assert_uint_eq(get(priority_register(0, SPI), 1, S), 0x90);
    ck_assert(gic_flip(machine, NULL, SPI, GIC_FIELD_ROUTE, 0)); /* 0.0.0.1 to 0.0.0.0 */
    ck_assert_int_eq(signal_of(1, true, false), '-');
    ck_assert_int_eq(signal_of(0, true, false), 'i');
    ck_assert(gic_flip(machine, NULL, SPI, GIC_FIELD_ROUTE, 39)); /* to nobody */
    ck_assert_int_eq(signal_of(0, true, false), '-');
    ck_assert(gic_flip(machine, pe, PPI, GIC_FIELD_CONFIG, 0));
    ck_assert(gic_is_edge(machine, pe, PPI) != gic_is_edge(machine, &machine->pe[0], PPI));
}
END_TEST

START_TEST(bits_that_are_not_there)
{
    struct sim_pe *pe = &machine->pe[1];

    world_open();
    ck_assert(!gic_flip(machine, NULL, SPI, GIC_FIELD_ENABLE, 1));
    ck_assert(!gic_flip(machine, NULL, SPI, GIC_FIELD_GROUP, 2));
    ck_assert(!gic_flip(machine, NULL, SPI, GIC_FIELD_PRIORITY, 2));
    ck_assert(!gic_flip(machine, NULL, SPI, GIC_FIELD_PRIORITY, 8));
    ck_assert(!gic_flip(machine, NULL, SPI, GIC_FIELD_ROUTE, 31));
    ck_assert(!gic_flip(machine, NULL, SPI, GIC_FIELD_ROUTE, 64));
    ck_assert(!gic_flip(machine, pe, PPI, GIC_FIELD_ROUTE, 0));
    ck_assert(!gic_flip(machine, pe, 9, GIC_FIELD_CONFIG, 0)); /* an SGI */
    ck_assert(!gic_flip(machine, NULL, 1023, GIC_FIELD_ENABLE, 0));
    ck_assert(!gic_flip(machine, NULL, 5120, GIC_FIELD_ENABLE, 0));
}
END_TEST

START_TEST(enabled_ones_are_found)
{
    struct sim_pe *pe = NULL;
    uint32_t intid = NONE;

    ck_assert(!gic_nth_enabled(machine, 0, &pe, &intid));
    configure(2, PPI, G1S, 0x10, true);
    configure(1, SPI, G1S, 0x10, true);
    configure(1, 4100, G1S, 0x10, true);
    ck_assert(gic_nth_enabled(machine, 0, &pe, &intid));
    ck_assert_uint_eq(intid, PPI);
    ck_assert_ptr_eq(pe, &machine->pe[2]);
    ck_assert(gic_nth_enabled(machine, 4, &pe, &intid));
    ck_assert_uint_eq(intid, SPI);
    ck_assert_ptr_null(pe);
    ck_assert(gic_nth_enabled(machine, UINT64_MAX, &pe, &intid)); /* a multiple of 3 */
    ck_assert_uint_eq(intid, PPI);
    ck_assert(gic_nth_enabled(machine, 2, &pe, &intid));
    ck_assert_uint_eq(intid, 4100);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {lines_pass_or_do_not,  a_level_that_was_stopped_stays_down,
                                  sgis_and_ends,         made_pending,
                                  bits_turn_over,        bits_that_are_not_there,
                                  enabled_ones_are_found};

    return world_run("gic gate", tests, sizeof(tests) / sizeof(tests[0]));
}
