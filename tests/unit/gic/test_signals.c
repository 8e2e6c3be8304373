/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is signalled and acknowledged, against an oracle that says it from the text of IHI 0069H,
 * chapter 4: groups and security states, forwarding, priority and preemption.
 */
#include "world.h"

struct row {
    unsigned intid;
    unsigned priority;
    enum world_group group;
    bool enabled;
    bool active;
    unsigned pmr;
    unsigned distributor; /* GICD_CTLR: bit 0 G0, bit 1 G1NS, bit 2 G1S */
    unsigned interface;   /* a bit for each group: G0, G1S, G1NS */
};

static bool is_on(enum world_group group, unsigned distributor, unsigned interface)
{
    switch (group) {
    case G0:
        return (distributor & 1) != 0 && (interface & 1) != 0;
    case G1S:
        return (distributor & 4) != 0 && (interface & 2) != 0;
    default:
        return (distributor & 2) != 0 && (interface & 4) != 0;
    }
}

/* Group 0: FIQ; Group 1: IRQ for its own state below EL3, else FIQ. */
static char line_of(enum world_group group, bool secure, bool el3)
{
    if (group == G0 || el3)
        return 'f';
    return (group == G1S) == secure ? 'i' : 'f';
}

struct expected {
    bool forwarded;
    bool signalled;
};

static struct expected oracle(const struct row *row)
{
    struct expected e;

    e.forwarded =
        row->enabled && !row->active && is_on(row->group, row->distributor, row->interface);
    e.signalled = e.forwarded && row->priority < (row->pmr & 0xf8);
    return e;
}

static void apply(const struct row *row)
{
    gic_reset(machine);
    put(rd_base(0) + 0x14, 4, S, 0);
    put(GICD, 4, S, row->distributor);
    configure(0, row->intid, row->group, row->priority, row->enabled);
    set_bit(0, row->intid, R_ISPENDR);
    if (row->active)
        set_bit(0, row->intid, R_ISACTIVER);
    EL3_SET(0, ICC_PMR, row->pmr);
    EL3_SET(0, ICC_IGRPEN0, row->interface & 1);
    EL3_SET(0, ICC_IGRPEN1_EL3, (row->interface >> 2 & 1) | (row->interface & 2));
}

static void check_signals(const struct row *row, bool signalled)
{
    for (unsigned state = 0; state < 4; state++) {
        bool secure = (state & 1) != 0;
        bool el3 = (state & 2) != 0;
        char expected = signalled ? line_of(row->group, secure, el3) : '-';

        ck_assert_msg(signal_of(0, secure, el3) == expected,
                      "INTID %u prio %x group %d enabled %d active %d pmr %x on %x/%x state %u: "
                      "expected %c",
                      row->intid, row->priority, (int)row->group, row->enabled, row->active,
                      row->pmr, row->distributor, row->interface, state, expected);
    }
    for (unsigned pe = 1; pe < WORLD_PES; pe++)
        ck_assert_int_eq(signal_of(pe, true, false), '-');
}

/* HPPIR looks neither at the PMR nor at the running priority. */
static void check_pending(const struct row *row, bool forwarded)
{
    unsigned id = forwarded ? row->intid : 1023;
    unsigned special = row->group == G0 ? row->intid : row->group == G1S ? 1020 : 1021;

    ck_assert_uint_eq(EL3(0, ICC_HPPIR0), forwarded ? special : 1023);
    ck_assert_uint_eq(EL3(0, ICC_HPPIR1), row->group != G0 ? id : 1023);
    ck_assert_uint_eq(SEC(0, ICC_HPPIR0), row->group == G0 ? id : 1023);
    ck_assert_uint_eq(SEC(0, ICC_HPPIR1), row->group == G1S ? id : 1023);
    ck_assert_uint_eq(NWD(0, ICC_HPPIR1), row->group == G1NS ? id : 1023);
}

/* First those that are not to acknowledge it, at last the one that does. */
static void check_acknowledge(const struct row *row, bool signalled)
{
    unsigned special = row->group == G1S ? 1020 : 1021;
    uint64_t id = 0;

    if (row->group != G0) {
        ck_assert_uint_eq(SEC(0, ICC_IAR0), 1023);
        ck_assert_uint_eq(EL3(0, ICC_IAR0), signalled ? special : 1023);
    }
    if (row->group != G1S)
        ck_assert_uint_eq(SEC(0, ICC_IAR1), 1023);
    if (row->group != G1NS)
        ck_assert_uint_eq(NWD(0, ICC_IAR1), 1023);
    if (row->group == G0) {
        ck_assert_uint_eq(EL3(0, ICC_IAR1), 1023);
        id = SEC(0, ICC_IAR0);
    } else {
        id = row->group == G1S ? SEC(0, ICC_IAR1) : NWD(0, ICC_IAR1);
    }
    ck_assert_uint_eq(id, signalled ? row->intid : 1023);
    ck_assert(bit_is_set(0, row->intid, R_ISACTIVER) == (signalled || row->active));
    ck_assert(bit_is_set(0, row->intid, R_ISPENDR) == !signalled);
    ck_assert_uint_eq(EL3(0, ICC_RPR), signalled ? row->priority : 0xff);
    ck_assert_int_eq(signal_of(0, true, false), '-');
}

static void check_row(const struct row *row)
{
    struct expected e = oracle(row);

    apply(row);
    check_signals(row, e.signalled);
    check_pending(row, e.forwarded);
    check_acknowledge(row, e.signalled);
}

/* 360 settings of one interrupt, each with all 64 of the group enables; INTIDs take turns. */
START_TEST(one_interrupt_in_all_combinations)
{
    static const unsigned intids[] = {5, 27, 1056, 1119, 40, 1019, 4096, 5119};
    static const unsigned priorities[] = {0x00, 0x78, 0x80, 0xa8, 0xf8};
    static const unsigned masks[] = {0x00, 0x78, 0x80, 0xa8, 0xb0, 0xff};

    for (unsigned i = 0; i < 5 * 6 * 3 * 4; i++) {
        for (unsigned on = 0; on < 64; on++) {
            struct row row = {.intid = intids[(i + on) % 8],
                              .priority = priorities[i % 5],
                              .pmr = masks[i / 5 % 6],
                              .group = (enum world_group)(i / 30 % 3),
                              .enabled = (i / 90 & 1) != 0,
                              .active = (i / 180 & 1) != 0,
                              .distributor = on & 7,
                              .interface = on >> 3};

            check_row(&row);
        }
    }
}
END_TEST

/* By hand: the lines in Secure EL0-2, Non-secure EL0-2 and EL3. */
START_TEST(one_interrupt_by_hand)
{
    static const struct {
        struct row row;
        const char *lines;
    } rows[] = {
        {{40, 0x10, G1S, true, false, 0xff, 7, 7}, "iff"},
        {{40, 0x10, G0, true, false, 0xff, 7, 7}, "fff"},
        {{40, 0xa0, G1NS, true, false, 0xff, 7, 7}, "fif"},
        {{40, 0xa0, G1NS, true, false, 0x80, 7, 7}, "---"}, /* so the core masks that world */
        {{40, 0x78, G1S, true, false, 0x80, 7, 7}, "iff"},
        {{40, 0x80, G1S, true, false, 0x80, 7, 7}, "---"},
        {{40, 0x00, G0, true, false, 0x00, 7, 7}, "---"},
        {{40, 0x00, G0, true, false, 0x08, 7, 7}, "fff"},
        {{40, 0xf8, G1NS, true, false, 0xff, 7, 7}, "---"}, /* the lowest is never enough */
        {{40, 0x10, G1S, false, false, 0xff, 7, 7}, "---"},
        {{40, 0x10, G1S, true, true, 0xff, 7, 7}, "---"},
        {{40, 0x10, G1S, true, false, 0xff, 3, 7}, "---"},
        {{40, 0x10, G1S, true, false, 0xff, 4, 2}, "iff"},
        {{40, 0x90, G1NS, true, false, 0xff, 5, 7}, "---"},
        {{40, 0x90, G1NS, true, false, 0xff, 2, 4}, "fif"},
    };

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        apply(&rows[i].row);
        ck_assert_msg(signal_of(0, true, false) == rows[i].lines[0] &&
                          signal_of(0, false, false) == rows[i].lines[1] &&
                          signal_of(0, true, true) == rows[i].lines[2],
                      "row %u", i);
    }
}
END_TEST

/* Two pending interrupts, and perhaps one that is active in Secure Group 1. */
struct pair {
    struct row one;
    struct row two;
    int running; /* its priority; -1: nothing is active */
    unsigned bpr;
};

/* Subpriority bits do not preempt. Secure BPR n: bits [7:n+1] count; Non-secure: [7:n]. */
static unsigned group_priority(unsigned priority, enum world_group group, unsigned bpr)
{
    unsigned low = group == G1NS ? bpr : bpr + 1;

    return priority >> low;
}

static const struct row *first_of(const struct pair *pair)
{
    bool one = oracle(&pair->one).forwarded;
    bool two = oracle(&pair->two).forwarded;

    if (!one || !two)
        return one ? &pair->one : two ? &pair->two : NULL;
    if (pair->one.priority != pair->two.priority)
        return pair->one.priority < pair->two.priority ? &pair->one : &pair->two;
    return pair->one.intid < pair->two.intid ? &pair->one : &pair->two;
}

static void check_pair(const struct pair *pair)
{
    const struct row *first = first_of(pair);
    bool signalled = first != NULL && first->priority < (first->pmr & 0xf8);
    uint64_t id;

    if (signalled && pair->running >= 0)
        signalled = group_priority(first->priority, first->group, pair->bpr) <
                    group_priority((unsigned)pair->running, first->group, pair->bpr);
    apply(&pair->one);
    configure(0, pair->two.intid, pair->two.group, pair->two.priority, true);
    set_bit(0, pair->two.intid, R_ISPENDR);
    EL3_SET(0, ICC_BPR0, pair->bpr);
    icc_set(0, ICC_BPR1, 3, true, pair->bpr);
    icc_set(0, ICC_BPR1, 3, false, pair->bpr);
    icc_set(0, ICC_AP1R0, 3, true, pair->running >= 0 ? UINT64_C(1) << (pair->running >> 3) : 0);
    ck_assert_int_eq(signal_of(0, false, false),
                     signalled ? line_of(first->group, false, false) : '-');
    id = first != NULL && first->group == G0 ? EL3(0, ICC_IAR0) : EL3(0, ICC_IAR1);
    ck_assert_msg(id == (signalled ? first->intid : 1023),
                  "%u/%x/%d and %u/%x/%d, running %x, bpr %u: got %u", pair->one.intid,
                  pair->one.priority, (int)pair->one.group, pair->two.intid, pair->two.priority,
                  (int)pair->two.group, (unsigned)pair->running, pair->bpr, (unsigned)id);
}

START_TEST(two_interrupts_in_all_combinations)
{
    static const unsigned priorities[] = {0x08, 0x70, 0x80, 0xa0, 0xa8};
    static const int running[] = {-1, 0x10, 0x78, 0xa8, 0xf8};

    for (unsigned i = 0; i < 25 * 9 * 5; i++) {
        for (unsigned on = 0; on < 8; on++) {
            struct row row = {300, 0, G0, true, false, 0xff, 7, on};
            struct pair pair = {row, row, running[i / 225], 3 + (i + on) % 5};

            pair.one.priority = priorities[i % 5];
            pair.one.group = (enum world_group)(i / 25 % 3);
            pair.two.intid = 20;
            pair.two.priority = priorities[i / 5 % 5];
            pair.two.group = (enum world_group)(i / 75 % 3);
            check_pair(&pair);
        }
    }
}
END_TEST

START_TEST(a_sleeping_redistributor_signals_nothing)
{
    struct row row = {27, 0x10, G1S, true, false, 0xff, 7, 7};

    apply(&row);
    ck_assert_int_eq(signal_of(0, true, false), 'i');
    put(rd_base(0) + 0x14, 4, S, 2);
    ck_assert_int_eq(signal_of(0, true, false), '-');
    ck_assert_uint_eq(SEC(0, ICC_IAR1), 1023);
    ck_assert_uint_eq(SEC(0, ICC_HPPIR1), 1023);
    put(rd_base(0) + 0x14, 4, S, 0);
    ck_assert_int_eq(signal_of(0, true, false), 'i');
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        one_interrupt_in_all_combinations,
        one_interrupt_by_hand,
        two_interrupts_in_all_combinations,
        a_sleeping_redistributor_signals_nothing,
    };

    return world_run("gic signals", tests, sizeof(tests) / sizeof(tests[0]));
}
