/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim/host/fault_interrupt.h"

#include <inttypes.h>
#include <stdlib.h>

#include "sim/device/gic.h"

#define FIRST_SPI  32u
#define FIRST_EPPI 1056u
#define END_EPPI   1120u

/* An edge that is late, when nobody said by how much. */
#define LATE_LEAST_NS 1000u
#define LATE_MOST_NS  100000u

struct late {
    struct run *run;
    struct sim_pe *pe;
    uint32_t intid;
    bool is_edge;
    bool level; /* that the device drives now */
    struct machine_event due;
};

struct early {
    bool is_due; /* its next edge is to be swallowed */
    struct sim_pe *pe;
    uint32_t intid;
};

/* Each strike needs one of either at most. */
struct fault_interrupts {
    struct gic_gate gate;
    struct late late[FAULT_STRIKES_MOST];
    struct early early[FAULT_STRIKES_MOST];
};

static bool is_private(uint32_t intid)
{
    return intid < FIRST_SPI || (intid >= FIRST_EPPI && intid < END_EPPI);
}

static bool is_same(uint32_t intid, const struct sim_pe *pe, uint32_t other,
                    const struct sim_pe *other_pe)
{
    return intid == other && (pe == other_pe || !is_private(intid));
}

/* --- late ------------------------------------------------------------------------------------ */

static void late_is_due(struct machine *machine, void *arg)
{
    struct late *late = arg;

    if (late->is_edge) {
        (void)gic_pend(machine, late->pe, late->intid);
    } else {
        gic_set_level_behind_gate(machine, late->pe, late->intid, late->level);
    }
}

/* A level that is held back: the device may let go of it meanwhile. */
static struct late *held_back(struct fault_interrupts *self, uint32_t intid,
                              const struct sim_pe *pe)
{
    for (unsigned i = 0; i < FAULT_STRIKES_MOST; i++) {
        struct late *late = &self->late[i];

        if (late->due.queued && !late->is_edge && is_same(late->intid, late->pe, intid, pe)) {
            return late;
        }
    }
    return NULL;
}

static void put_off(struct run *run, struct sim_pe *pe, uint32_t intid,
                    const struct fault_strike *strike)
{
    struct machine *machine = run->machine;
    uint64_t by_ns = strike->spec->duration_ns;

    if (by_ns == 0) {
        by_ns = LATE_LEAST_NS + strike->random % (LATE_MOST_NS - LATE_LEAST_NS + 1);
    }
    for (unsigned i = 0; i < FAULT_STRIKES_MOST; i++) {
        struct late *late = &run->fault_interrupts->late[i];

        if (!late->due.queued) {
            late->run = run;
            late->pe = pe;
            late->intid = intid;
            late->is_edge = intid < FIRST_SPI / 2 || gic_is_edge(machine, pe, intid);
            late->level = true;
            machine_event_add(machine, &late->due, machine_now(machine) + by_ns, late_is_due, late);
            break;
        }
    }
    faults_tell(run->faults, pe, strike, intid, "interrupt %u comes %" PRIu64 " ns later",
                (unsigned)intid, by_ns);
}

/* --- the gate -------------------------------------------------------------------------------- */

static bool is_swallowed(struct fault_interrupts *self, uint32_t intid, const struct sim_pe *pe)
{
    for (unsigned i = 0; i < FAULT_STRIKES_MOST; i++) {
        struct early *early = &self->early[i];

        if (early->is_due && is_same(early->intid, early->pe, intid, pe)) {
            early->is_due = false;
            return true;
        }
    }
    return false;
}

static bool on_line(void *user, struct sim_pe *pe, uint32_t intid, bool level)
{
    struct run *run = user;
    struct fault_interrupts *self = run->fault_interrupts;
    struct late *late = held_back(self, intid, pe);
    struct fault_strike strike;
    struct gic_state state;

    if (late != NULL) {
        late->level = level;
        return false;
    }
    if (!level || (gic_query(run->machine, pe, intid, &state) && state.level)) {
        return true; /* no edge */
    }
    if (is_swallowed(self, intid, pe)) {
        return false;
    }
    if (fault_at(run->faults, FAULT_LOSE_INTERRUPT, pe, FAULT_ANY, FAULT_ANY, intid, &strike)) {
        faults_tell(run->faults, pe, &strike, intid, "interrupt %u is lost", (unsigned)intid);
        return false;
    }
    if (fault_at(run->faults, FAULT_LATE_INTERRUPT, pe, FAULT_ANY, FAULT_ANY, intid, &strike)) {
        put_off(run, pe, intid, &strike);
        return false;
    }
    return true;
}

static void on_ended(void *user, struct sim_pe *pe, uint32_t intid)
{
    struct run *run = user;
    struct fault_strike strike;

    if (fault_at(run->faults, FAULT_DOUBLE_INTERRUPT, pe, FAULT_ANY, FAULT_ANY, intid, &strike)) {
        faults_tell(run->faults, pe, &strike, intid, "interrupt %u is pending once more",
                    (unsigned)intid);
        (void)gic_pend(run->machine, pe, intid);
    }
}

/* --- strikes of no place --------------------------------------------------------------------- */

/* Whose interrupt it is, given or drawn. False: there is none. */
static bool choose(const struct run *run, struct sim_pe *pe, const struct fault_strike *strike,
                   struct sim_pe **of, uint32_t *intid)
{
    const struct fault *spec = strike->spec;
    struct machine *machine = run->machine;
    struct gic_state state;

    if (spec->pe != FAULT_ANY && spec->pe >= machine->pe_count) {
        return false;
    }
    *of = spec->pe != FAULT_ANY ? &machine->pe[spec->pe] : pe != NULL ? pe : &machine->pe[0];
    *intid = spec->intid;
    if (spec->intid == FAULT_ANY) {
        struct sim_pe *drawn;

        if (!gic_nth_enabled(machine, strike->random >> 8, &drawn, intid)) {
            return false;
        }
        if (drawn != NULL) {
            *of = drawn;
        }
    }
    return gic_query(machine, *of, *intid, &state);
}

static void swallow_next(struct run *run, struct sim_pe *pe, uint32_t intid)
{
    for (unsigned i = 0; i < FAULT_STRIKES_MOST; i++) {
        struct early *early = &run->fault_interrupts->early[i];

        if (!early->is_due) {
            *early = (struct early){true, pe, intid};
            return;
        }
    }
}

void fault_pend(struct run *run, struct sim_pe *pe, const struct fault_strike *strike)
{
    struct sim_pe *of;
    uint32_t intid;

    if (!choose(run, pe, strike, &of, &intid)) {
        faults_tell(run->faults, pe, strike, strike->spec->intid, "there is no such interrupt");
        return;
    }
    faults_tell(run->faults, of, strike, intid, "interrupt %u is pending", (unsigned)intid);
    if (strike->spec->kind == FAULT_EARLY_INTERRUPT) {
        swallow_next(run, of, intid);
    }
    (void)gic_pend(run->machine, of, intid);
}

static const enum gic_field gic_field_of[] = {
    [FAULT_GIC_ENABLE] = GIC_FIELD_ENABLE, [FAULT_GIC_PENDING] = GIC_FIELD_PENDING,
    [FAULT_GIC_ACTIVE] = GIC_FIELD_ACTIVE, [FAULT_GIC_GROUP] = GIC_FIELD_GROUP,
    [FAULT_GIC_CONFIG] = GIC_FIELD_CONFIG, [FAULT_GIC_PRIORITY] = GIC_FIELD_PRIORITY,
    [FAULT_GIC_ROUTE] = GIC_FIELD_ROUTE,
};

/* Some bit that the field has: Aff3 of a route is at 32. */
static unsigned drawn_bit(enum fault_gic_field field, uint64_t random)
{
    unsigned affinity = (unsigned)(random % 32);

    switch (field) {
    case FAULT_GIC_GROUP:
        return (unsigned)(random % 2);
    case FAULT_GIC_PRIORITY:
        return 3 + (unsigned)(random % 5);
    case FAULT_GIC_ROUTE:
        return affinity < 24 ? affinity : affinity + 8;
    default:
        return 0;
    }
}

void fault_flip_gic(struct run *run, struct sim_pe *pe, const struct fault_strike *strike)
{
    const struct fault *spec = strike->spec;
    uint32_t field = spec->field < FAULT_GIC_FIELD_COUNT
                         ? spec->field
                         : (uint32_t)(strike->random >> 40) % FAULT_GIC_FIELD_COUNT;
    struct sim_pe *of;
    uint32_t intid;
    unsigned bit;

    if (!choose(run, pe, strike, &of, &intid)) {
        faults_tell(run->faults, pe, strike, spec->intid, "there is no such interrupt");
        return;
    }
    if (spec->field >= FAULT_GIC_FIELD_COUNT && field == FAULT_GIC_ROUTE && is_private(intid)) {
        field = FAULT_GIC_PRIORITY;
    }
    bit = spec->bit != FAULT_ANY ? spec->bit
                                 : drawn_bit((enum fault_gic_field)field, strike->random >> 48);
    faults_tell(run->faults, of, strike, intid, "interrupt %u: %s bit %u turns over",
                (unsigned)intid, fault_gic_field_name((enum fault_gic_field)field), bit);
    if (!gic_flip(run->machine, of, intid, gic_field_of[field], bit)) {
        machine_warn(run->machine, "flip_gic: interrupt %u has no %s bit %u: nothing changed",
                     (unsigned)intid, fault_gic_field_name((enum fault_gic_field)field), bit);
    }
}

/* --- life ------------------------------------------------------------------------------------ */

bool fault_interrupts_start(struct run *run)
{
    struct fault_interrupts *self = calloc(1, sizeof(*self));

    if (self == NULL) {
        return false;
    }
    self->gate = (struct gic_gate){run, on_line, on_ended};
    run->fault_interrupts = self;
    gic_set_gate(run->machine, &self->gate);
    return true;
}

void fault_interrupts_forget(struct run *run)
{
    struct fault_interrupts *self = run->fault_interrupts;

    for (unsigned i = 0; self != NULL && i < FAULT_STRIKES_MOST; i++) {
        machine_event_remove(run->machine, &self->late[i].due);
        self->early[i].is_due = false;
    }
}

void fault_interrupts_stop(struct run *run)
{
    if (run->fault_interrupts != NULL) {
        fault_interrupts_forget(run);
        gic_set_gate(run->machine, NULL);
        free(run->fault_interrupts);
        run->fault_interrupts = NULL;
    }
}
