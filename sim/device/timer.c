/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * arm,armv8-timer: the generic timer is system registers of each PE, so the node puts nothing onto
 * the bus; the board reader takes the counter's rate from it, and this file the interrupts.
 */
#include "sim/device/timer.h"

#include <libfdt.h>
#include <string.h>

#include "sim/device/gic.h"
#include "sim/device/wiring.h"

/* Arm BSA, PPI assignments: Secure EL2 has no place in the binding */
#define PPI_CNTHPS 20u
#define PPI_CNTHVS 19u

struct pe_timer_line {
    struct timer_state state;
    struct sim_pe *pe;
    uint32_t intid; /* 0: the board does not have this timer */
    bool is_virtual;
    bool level;
    struct machine_event due;
};

struct pe_timers {
    uint64_t offset; /* CNTVOFF_EL2 */
    struct pe_timer_line timer[PE_TIMER_COUNT];
};

struct timer_device {
    struct device device;
    struct pe_timers of_pe[]; /* [machine->pe_count] */
};

bool timer_state_is_met(const struct timer_state *timer, uint64_t counter)
{
    return (timer->ctl & TIMER_ENABLE) != 0 && counter >= timer->cval;
}

uint64_t timer_state_read(const struct timer_state *timer, enum timer_register reg,
                          uint64_t counter)
{
    switch (reg) {
    case TIMER_TVAL:
        return (uint32_t)(timer->cval - counter);
    case TIMER_CTL:
        return timer->ctl | (timer_state_is_met(timer, counter) ? TIMER_ISTATUS : 0);
    default:
        return timer->cval;
    }
}

void timer_state_write(struct timer_state *timer, enum timer_register reg, uint64_t value,
                       uint64_t counter)
{
    uint64_t low = (uint32_t)value;

    switch (reg) {
    case TIMER_TVAL:
        timer->cval = counter + ((low ^ 0x80000000u) - 0x80000000u); /* sign-extended */
        break;
    case TIMER_CTL:
        timer->ctl = (uint32_t)value & (TIMER_ENABLE | TIMER_IMASK);
        break;
    default:
        timer->cval = value;
        break;
    }
}

/* What the timer compares with. */
static uint64_t count_at(const struct pe_timer_line *timer, uint64_t now_ns)
{
    uint64_t count = machine_counter(timer->pe->machine, now_ns);

    return timer->is_virtual ? count - timer->pe->timers->offset : count;
}

static void update(struct pe_timer_line *timer, uint64_t now_ns);

static void on_due(struct machine *machine, void *arg)
{
    struct pe_timer_line *timer = arg;

    (void)machine;
    update(timer, timer->due.due_ns);
}

/*
 * Line and event, after a change or when the condition changes by itself: it begins when the count
 * reaches the compare value, and ends when the count wraps.
 */
static void update(struct pe_timer_line *timer, uint64_t now_ns)
{
    struct machine *machine = timer->pe->machine;
    bool listens = (timer->state.ctl & (TIMER_ENABLE | TIMER_IMASK)) == TIMER_ENABLE;
    uint64_t count = count_at(timer, now_ns);
    bool level = listens && count >= timer->state.cval;
    uint64_t left = (level ? 0 : timer->state.cval) - count; /* to the next change */
    uint64_t counter = machine_counter(machine, now_ns);

    if (timer->level != level) {
        timer->level = level;
        gic_set_level(machine, timer->pe, timer->intid, level);
    }
    machine_event_remove(machine, &timer->due);
    if (listens && left != 0 && left <= UINT64_MAX - counter) {
        uint64_t due_ns = device_ticks_ns(counter + left, (uint32_t)machine->board.counter_hz);

        if (due_ns != MACHINE_NEVER) {
            machine_event_add(machine, &timer->due, due_ns, on_due, timer);
        }
    }
}

/* A PE may have run a few instructions past a deadline in its slice. */
static struct pe_timer_line *at(struct sim_pe *pe, enum pe_timer which, uint64_t now_ns)
{
    struct pe_timer_line *timer;

    if (pe->timers == NULL || pe->timers->timer[which].intid == 0) {
        return NULL;
    }
    timer = &pe->timers->timer[which];
    if (timer->due.queued && timer->due.due_ns <= now_ns) {
        update(timer, now_ns);
    }
    return timer;
}

uint64_t timer_read(struct sim_pe *pe, enum pe_timer which, enum timer_register reg,
                    uint64_t now_ns)
{
    const struct pe_timer_line *timer = at(pe, which, now_ns);

    return timer != NULL ? timer_state_read(&timer->state, reg, count_at(timer, now_ns)) : 0;
}

void timer_write(struct sim_pe *pe, enum pe_timer which, enum timer_register reg, uint64_t value,
                 uint64_t now_ns)
{
    struct pe_timer_line *timer = at(pe, which, now_ns);

    if (timer != NULL) {
        timer_state_write(&timer->state, reg, value, count_at(timer, now_ns));
        update(timer, now_ns);
    }
}

uint64_t timer_offset(const struct sim_pe *pe)
{
    return pe->timers != NULL ? pe->timers->offset : 0;
}

void timer_set_offset(struct sim_pe *pe, uint64_t offset, uint64_t now_ns)
{
    struct pe_timer_line *timer = at(pe, PE_TIMER_CNTV, now_ns);

    if (pe->timers != NULL) {
        pe->timers->offset = offset;
    }
    if (timer != NULL) {
        update(timer, now_ns);
    }
}

void timer_reset(struct sim_pe *pe)
{
    if (pe->timers == NULL) {
        return;
    }
    pe->timers->offset = 0;
    for (unsigned i = 0; i < PE_TIMER_COUNT; i++) {
        struct pe_timer_line *timer = &pe->timers->timer[i];

        timer->state = (struct timer_state){0};
        if (timer->intid != 0) {
            update(timer, machine_now(pe->machine));
        }
    }
}

/* Entries of `interrupts`: in this order, or as `interrupt-names` says. */
static const struct {
    enum pe_timer which;
    const char *name;
} bindings[] = {
    {PE_TIMER_CNTPS, "sec-phys"}, {PE_TIMER_CNTP, "phys"},      {PE_TIMER_CNTV, "virt"},
    {PE_TIMER_CNTHP, "hyp-phys"}, {PE_TIMER_CNTHV, "hyp-virt"},
};

/* INTIDs of a node's timers. */
static bool read_intids(struct device *device, uint32_t intid[PE_TIMER_COUNT],
                        struct sim_error *err)
{
    const struct board *board = &device->machine->board;
    int node = device->node->node;
    bool named = fdt_getprop(board->fdt, node, "interrupt-names", NULL) != NULL;

    for (unsigned i = 0; i < sizeof(bindings) / sizeof(bindings[0]); i++) {
        struct device_line line = {0};
        int index =
            named ? fdt_stringlist_search(board->fdt, node, "interrupt-names", bindings[i].name)
                  : (int)i;

        if (index >= 0 && !device_line_read(device, (unsigned)index, &line, err)) {
            return false;
        }
        if (line.intid != 0 && !line.private) {
            return sim_fail(err, SIM_BAD_INPUT,
                            "%s: %s: interrupts: entry %d is no PPI (type 1 or 3), but the timers "
                            "are of each PE",
                            board->name, device->node->path, index);
        }
        intid[bindings[i].which] = line.intid;
    }
    intid[PE_TIMER_CNTHPS] = PPI_CNTHPS;
    intid[PE_TIMER_CNTHVS] = PPI_CNTHVS;
    return true;
}

static bool create_timer(struct machine *machine, const struct board_device *node,
                         struct device **out, struct sim_error *err)
{
    uint32_t intid[PE_TIMER_COUNT] = {0};
    struct timer_device *self = device_alloc(
        machine, node, sizeof(*self) + machine->pe_count * sizeof(self->of_pe[0]), err);

    if (self == NULL) {
        return false;
    }
    *out = &self->device;
    if (!read_intids(&self->device, intid, err)) {
        return false;
    }
    for (unsigned i = 0; i < machine->pe_count; i++) {
        for (unsigned which = 0; which < PE_TIMER_COUNT; which++) {
            struct pe_timer_line *timer = &self->of_pe[i].timer[which];

            timer->pe = &machine->pe[i];
            timer->intid = intid[which];
            timer->is_virtual = which == PE_TIMER_CNTV;
        }
        machine->pe[i].timers = &self->of_pe[i];
    }
    return true;
}

static const char *const timer_compatible[] = {"arm,armv8-timer", NULL};

const struct device_model device_timer = {timer_compatible, create_timer};
