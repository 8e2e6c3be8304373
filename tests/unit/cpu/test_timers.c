/* SPDX-License-Identifier: BSD-3-Clause */
/* The generic timers of a PE: when they fire, to the nanosecond, and what guests see of them. */
#include "guest.h"

#include "sim/device/gic.h"
#include "sim/device/timer.h"

#define SECOND 1000000000ull
#define YEAR   (365ull * 24 * 3600 * SECOND)

#define PPI_CNTP 30u
#define EL1H     0x5u

static bool line(unsigned intid)
{
    struct gic_state state;

    ck_assert(gic_query(machine, pe, intid, &state));
    return state.level;
}

static uint64_t get(enum timer_register reg, uint64_t now_ns)
{
    return timer_read(pe, PE_TIMER_CNTP, reg, now_ns);
}

static void put(enum timer_register reg, uint64_t value, uint64_t now_ns)
{
    timer_write(pe, PE_TIMER_CNTP, reg, value, now_ns);
}

static void on_pe(void (*body)(struct sim_pe *self, void *arg), void *arg, enum machine_end end)
{
    ck_assert(machine_pe_start(pe, body, arg, 0));
    ck_assert_int_eq(machine_run(machine), end);
    machine->end = MACHINE_END_NONE;
}

/* Waits for CNTP at a count; the line rises when the count has it, and no nanosecond earlier. */
static void wait_for(struct sim_pe *self, void *arg)
{
    const uint64_t *cval = arg;

    put(TIMER_CVAL, *cval, self->now_ns);
    put(TIMER_CTL, TIMER_ENABLE, self->now_ns);
    ck_assert(!line(PPI_CNTP));
    ck_assert_uint_eq(get(TIMER_CTL, self->now_ns), TIMER_ENABLE);
    self->wake = false;
    machine_pe_wait(self);
    ck_assert(line(PPI_CNTP));
    ck_assert_uint_ge(machine_counter(machine, self->now_ns), *cval);
    ck_assert_uint_lt(machine_counter(machine, self->now_ns - 1), *cval);
    ck_assert_uint_eq(get(TIMER_CTL, self->now_ns), TIMER_ENABLE | TIMER_ISTATUS);
    put(TIMER_CTL, 0, self->now_ns);
    ck_assert(!line(PPI_CNTP));
}

/* For counters of any rate, over years: no product may leave 64 bits, no rounding be early. */
START_TEST(it_fires_at_the_count_and_not_before)
{
    const uint64_t rates[] = {1, 1000, 19200000, 24000000, 62500000, 999999999, SECOND, 4294967295};
    const uint64_t ages[] = {SECOND,    60 * SECOND + 1, YEAR / 365 + 12345, YEAR,
                             10 * YEAR, 100 * YEAR + 7,  400 * YEAR + 1};

    configure(PPI_CNTP, GROUP1_NON_SECURE);
    for (unsigned i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
        machine->board.counter_hz = rates[i];
        pe->now_ns = 0;
        machine->now_ns = 0;
        for (unsigned j = 0; j < sizeof(ages) / sizeof(ages[0]); j++) {
            uint64_t cval = machine_counter(machine, ages[j]);

            cval += machine_counter(machine, pe->now_ns) >= cval;
            on_pe(wait_for, &cval, MACHINE_END_DONE);
            /* and the very next tick */
            cval = machine_counter(machine, pe->now_ns) + 1;
            on_pe(wait_for, &cval, MACHINE_END_DONE);
        }
    }
}
END_TEST

static void wait_in_vain(struct sim_pe *self, void *arg)
{
    const uint64_t *cval = arg;

    put(TIMER_CVAL, *cval, self->now_ns);
    put(TIMER_CTL, TIMER_ENABLE, self->now_ns);
    machine_pe_wait(self);
    ck_abort_msg("something woke it");
}

START_TEST(what_is_beyond_time_never_fires)
{
    uint64_t cval = UINT64_MAX;

    configure(PPI_CNTP, GROUP1_NON_SECURE);
    on_pe(wait_in_vain, &cval, MACHINE_END_DEADLOCK);
    ck_assert(!line(PPI_CNTP));
}
END_TEST

START_TEST(tval_is_signed_and_wraps)
{
    const uint64_t now_ns = 50 * YEAR;
    uint64_t count;

    machine->board.counter_hz = SECOND;
    count = machine_counter(machine, now_ns);
    put(TIMER_TVAL, 1000, now_ns);
    ck_assert_uint_eq(get(TIMER_CVAL, now_ns), count + 1000);
    ck_assert_uint_eq(get(TIMER_TVAL, now_ns), 1000);
    ck_assert_uint_eq(get(TIMER_TVAL, now_ns + 1001), 0xffffffff);
    put(TIMER_TVAL, 0xffffffff, now_ns); /* a tick ago */
    ck_assert_uint_eq(get(TIMER_CVAL, now_ns), count - 1);
    put(TIMER_TVAL, 0x7fffffff, now_ns);
    ck_assert_uint_eq(get(TIMER_CVAL, now_ns), count + 0x7fffffff);
    put(TIMER_TVAL, 0xffffffff80000000, now_ns); /* upper half: RES0 */
    ck_assert_uint_eq(get(TIMER_CVAL, now_ns), count - 0x80000000);
    put(TIMER_CVAL, count + 0x500000007, now_ns);
    ck_assert_uint_eq(get(TIMER_TVAL, now_ns), 7);
    put(TIMER_CTL, TIMER_ENABLE, now_ns);
    ck_assert_uint_eq(get(TIMER_CTL, now_ns), TIMER_ENABLE); /* by 64 bits, not by TVAL */
}
END_TEST

START_TEST(the_line_follows_the_condition)
{
    const uint64_t now_ns = 1000000; /* count 62500 */

    put(TIMER_CVAL, 62500, now_ns);
    ck_assert(!line(PPI_CNTP));
    ck_assert_uint_eq(get(TIMER_CTL, now_ns), 0);
    put(TIMER_CTL, TIMER_ENABLE, now_ns);
    ck_assert(line(PPI_CNTP));
    put(TIMER_CTL, TIMER_ENABLE | TIMER_IMASK, now_ns);
    ck_assert(!line(PPI_CNTP));
    ck_assert_uint_eq(get(TIMER_CTL, now_ns), TIMER_ENABLE | TIMER_IMASK | TIMER_ISTATUS);
    put(TIMER_CTL, TIMER_ENABLE, now_ns);
    ck_assert(line(PPI_CNTP));
    put(TIMER_CVAL, 62501, now_ns);
    ck_assert(!line(PPI_CNTP));
    ck_assert_ptr_nonnull(machine->events);
    ck_assert_uint_eq(machine->events->due_ns, 1000016);
    /* asked late, it has come: an access is behind all that was due */
    ck_assert_uint_eq(get(TIMER_CTL, 1000016), TIMER_ENABLE | TIMER_ISTATUS);
    ck_assert(line(PPI_CNTP));
    timer_reset(pe);
    ck_assert(!line(PPI_CNTP));
    ck_assert_uint_eq(get(TIMER_CVAL, now_ns), 0);
    ck_assert_ptr_null(machine->events);
}
END_TEST

START_TEST(each_has_its_interrupt)
{
    static const uint32_t intid[PE_TIMER_COUNT] = {
        [PE_TIMER_CNTPS] = 29,  [PE_TIMER_CNTP] = 30,  [PE_TIMER_CNTV] = 27,
        [PE_TIMER_CNTHP] = 26,  [PE_TIMER_CNTHV] = 28, [PE_TIMER_CNTHPS] = 20,
        [PE_TIMER_CNTHVS] = 19,
    };

    for (unsigned i = 0; i < PE_TIMER_COUNT; i++) {
        timer_write(pe, (enum pe_timer)i, TIMER_CTL, TIMER_ENABLE, 0);
        for (unsigned j = 0; j < PE_TIMER_COUNT; j++) {
            ck_assert(line(intid[j]) == (i == j));
        }
        timer_write(pe, (enum pe_timer)i, TIMER_CTL, 0, 0);
    }
}
END_TEST

/* The virtual count is behind the physical one; where it wraps, the condition ends. */
START_TEST(the_virtual_timer_has_an_offset)
{
    machine->board.counter_hz = SECOND;
    timer_set_offset(pe, 500, 1000);
    timer_write(pe, PE_TIMER_CNTV, TIMER_CVAL, 600, 1000);
    timer_write(pe, PE_TIMER_CNTV, TIMER_CTL, TIMER_ENABLE, 1000);
    ck_assert(!line(27));
    ck_assert_uint_eq(machine->events->due_ns, 1100);
    timer_set_offset(pe, 400, 1000);
    ck_assert(line(27));
    ck_assert_ptr_null(machine->events);
    /* a count of -100: 98 until it reaches the compare value, 2 more until it is 0 */
    timer_write(pe, PE_TIMER_CNTV, TIMER_CVAL, UINT64_MAX - 1, 1000);
    timer_set_offset(pe, 1100, 1000);
    ck_assert(!line(27));
    ck_assert_uint_eq(machine->events->due_ns, 1098);
    ck_assert_uint_eq(timer_read(pe, PE_TIMER_CNTV, TIMER_CTL, 1098), TIMER_ENABLE | TIMER_ISTATUS);
    ck_assert(line(27));
    ck_assert_uint_eq(machine->events->due_ns, 1100);
    ck_assert_uint_eq(timer_read(pe, PE_TIMER_CNTV, TIMER_CTL, 1100), TIMER_ENABLE);
    ck_assert(!line(27));
}
END_TEST

/* Sleeps until the count is 1000; the handler reads the count first of all. */
START_TEST(a_guest_wakes_at_the_count)
{
    start_nwd(1);
    configure(PPI_CNTP, GROUP1_NON_SECURE);
    CODE_AT(NS_RAM, MSR(3, 3, 14, 2, 2, 1), MOVZ(2, 1), MSR(3, 3, 14, 2, 1, 2), UNMASK_I, WFI,
            SMC(0x77));
    CODE_AT(NS_RAM + VECTORS1 + 0x280, MRS(3, 3, 14, 0, 1, 5), MRS(3, 0, 12, 12, 0, 6), SMC(1));
    set_x(1, 1000);
    run_scheduled();
    ck_assert_uint_eq(out.esr & 0xffff, 1);
    ck_assert_uint_eq(sys(CONTEXT_ELR_EL1), NS_RAM + 20);
    ck_assert_uint_eq(x(5), 1000);
    ck_assert_uint_eq(x(6), PPI_CNTP);
    for (unsigned i = 0; i < told.count; i++) {
        if (told.header[i].type == EVENT_INTERRUPT) {
            ck_assert_uint_eq(told.header[i].time_ns, 16000); /* 1000 ticks at 62.5 MHz */
            ck_assert_uint_eq(told.arg0[i], PPI_CNTP);
            return;
        }
    }
    ck_abort_msg("the GIC told nothing");
}
END_TEST

/*
 * A program that counts, and a timer that ticks into it: where it was interrupted is the same in
 * slices of any size, watched or not.
 */
#define TICKS 20u
static uint64_t most_ns; /* of a slice; 0: as the scheduler gives it */

static void in_slices(struct sim_pe *self, void *arg)
{
    (void)arg;
    do {
        machine_pe_yield(self);
        if (most_ns != 0 && self->slice_end_ns > self->now_ns + most_ns) {
            self->slice_end_ns = self->now_ns + most_ns;
        }
        run();
    } while (out.kind == CONTEXT_EXIT_SLICE);
}

static void tick(uint64_t slice_ns, uint64_t log[TICKS], uint64_t *retired)
{
    most_ns = slice_ns;
    start_nwd(1);
    /* x1 counts; x2 points into the log; x3 is how long until the next tick */
    CODE_AT(NS_RAM, MSR(3, 3, 14, 2, 0, 3), MSR(3, 3, 14, 2, 1, 4), UNMASK_I, ADD(1, 1), ADD(1, 1),
            ADD(1, 1), 0xf100187fu /* cmp x3, #6 */, 0x54000041u /* b.ne .+8 */, ADD(1, 1), B(-6));
    CODE_AT(NS_RAM + VECTORS1 + 0x280, MRS(3, 0, 12, 12, 0, 6), 0xf8008441u /* str x1, [x2], #8 */,
            ADD(3, 1), MSR(3, 3, 14, 2, 0, 3), MSR(3, 0, 12, 12, 1, 6),
            0xf1008c7fu /* cmp x3, #35 */, 0x54000041u /* b.ne .+8 */, SMC(1), ERET);
    set_x(2, NS_RAM + 0x8000);
    set_x(3, 35 - TICKS);
    set_x(4, TIMER_ENABLE);
    pe->now_ns = 0;
    machine->now_ns = 0;
    on_pe(in_slices, NULL, MACHINE_END_DONE);
    ck_assert_int_eq(out.kind, CONTEXT_EXIT_SYNC);
    ck_assert_uint_eq(out.esr & 0xffff, 1);
    ck_assert(bus_copy_from(&machine->bus, log, NS_RAM + 0x8000, TICKS * 8, BUS_NON_SECURE));
    *retired = context->retired;
    timer_reset(pe);
    /* The interrupt was ended, and its line is down: nothing is left for the next run. */
    ck_assert(!line(PPI_CNTP));
}

START_TEST(it_interrupts_at_the_same_instruction)
{
    uint64_t first[TICKS];
    uint64_t first_retired;

    configure(PPI_CNTP, GROUP1_NON_SECURE);
    tick(0, first, &first_retired);
    for (unsigned i = 1; i < TICKS; i++) {
        ck_assert_uint_gt(first[i], first[i - 1]);
    }
    for (uint64_t slice_ns = 1; slice_ns < 400; slice_ns = slice_ns * 3 / 2 + 1) {
        uint64_t log[TICKS];
        uint64_t retired;

        tick(slice_ns, log, &retired);
        ck_assert_uint_eq(retired, first_retired);
        ck_assert_mem_eq(log, first, sizeof(first));
    }
    /* without anybody who listens */
    {
        struct trace *other = trace_create();
        uint64_t log[TICKS];
        uint64_t retired;

        machine->trace = other;
        tick(0, log, &retired);
        machine->trace = told.trace;
        trace_destroy(other);
        ck_assert_uint_eq(retired, first_retired);
        ck_assert_mem_eq(log, first, sizeof(first));
    }
}
END_TEST

START_TEST(a_host_at_el2_has_its_own_by_the_same_names)
{
    start_nwd(2);
    CODE_AT(NS_RAM, MSR(3, 4, 1, 1, 0, 0), MSR(3, 3, 14, 2, 2, 1), MSR(3, 5, 14, 2, 2, 2),
            MSR(3, 3, 14, 3, 2, 3), MRS(3, 4, 14, 2, 2, 4), MRS(3, 5, 14, 2, 2, 5),
            MRS(3, 4, 14, 3, 2, 6), SMC(0));
    set_x(0, 1ull << 34 | 1u << 31); /* E2H */
    set_x(1, 111);
    set_x(2, 222);
    set_x(3, 333);
    run();
    ck_assert_uint_eq(out.esr >> 26, 0x17);
    ck_assert_uint_eq(x(4), 111);
    ck_assert_uint_eq(x(5), 222);
    ck_assert_uint_eq(x(6), 333);
    ck_assert_uint_eq(timer_read(pe, PE_TIMER_CNTHP, TIMER_CVAL, 0), 111);
    ck_assert_uint_eq(timer_read(pe, PE_TIMER_CNTP, TIMER_CVAL, 0), 222);
    ck_assert_uint_eq(timer_read(pe, PE_TIMER_CNTHV, TIMER_CVAL, 0), 333);
    ck_assert_uint_eq(timer_read(pe, PE_TIMER_CNTV, TIMER_CVAL, 0), 0);
}
END_TEST

/* A partition's virtual timer counts and tells, but it is not the PE's and interrupts nobody. */
START_TEST(a_partition_has_a_virtual_timer_for_itself)
{
    start_partition();
    CODE_AT(SECURE_RAM, MOVZ(1, 1), MSR(3, 3, 14, 3, 1, 1), MRS(3, 3, 14, 3, 1, 2), SMC(0));
    run();
    ck_assert_uint_eq(x(2), TIMER_ENABLE | TIMER_ISTATUS);
    ck_assert(!line(27));
    ck_assert_uint_eq(timer_read(pe, PE_TIMER_CNTV, TIMER_CTL, 0), 0);
}
END_TEST

START_TEST(el0_has_the_timers_that_el1_leaves_it)
{
    start_nwd(1);
    CODE_AT(NS_RAM, MSR(3, 0, 14, 1, 0, 1), MSR(3, 0, 4, 0, 0, 31), MSR(3, 0, 4, 0, 1, 3), ERET);
    CODE_AT(NS_RAM + 0x100, MRS(3, 3, 14, 3, 2, 4), MRS(3, 3, 14, 2, 2, 5));
    set_x(1, 1u << 8); /* CNTKCTL_EL1.EL0VTEN */
    set_x(3, NS_RAM + 0x100);
    timer_write(pe, PE_TIMER_CNTV, TIMER_CVAL, 444, 0);
    ck_assert_uint_eq(vector_taken(), 0x400);
    ck_assert_uint_eq(sys(CONTEXT_ELR_EL1), NS_RAM + 0x104);
    ck_assert_uint_eq(sys(CONTEXT_ESR_EL1) >> 26, 0x18);
    ck_assert_uint_eq(x(4), 444);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        it_fires_at_the_count_and_not_before,
        what_is_beyond_time_never_fires,
        tval_is_signed_and_wraps,
        the_line_follows_the_condition,
        each_has_its_interrupt,
        the_virtual_timer_has_an_offset,
        a_guest_wakes_at_the_count,
        it_interrupts_at_the_same_instruction,
        a_host_at_el2_has_its_own_by_the_same_names,
        a_partition_has_a_virtual_timer_for_itself,
        el0_has_the_timers_that_el1_leaves_it,
    };

    return guest_run("timers", tests, sizeof(tests) / sizeof(tests[0]));
}
