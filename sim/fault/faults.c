/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What makes faults strike. Times are machine events; choice points come by the source of answers,
 * which the engine stands before; events come by a sink of the trace, which must not change the run
 * while it listens: such a strike is queued for now, and happens before any PE goes on.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sim/fault/fault.h"
#include "sim/trace/event.h"
#include "sim/trace/trace.h"

#define GOLDEN 0x9e3779b97f4a7c15u

enum draw_of { DRAW_STRIKE, DRAW_CHANCE };

/* One fault of the plan. */
struct armed {
    struct faults *faults;
    unsigned index;
    struct fault spec;
    bool has_endpoint; /* else anybody's */
    bool has_of_endpoint;
    uint16_t endpoint;
    uint16_t of_endpoint;
    uint64_t seen;    /* occurrences */
    unsigned strikes; /* so far, also those that the plan does not have any more */
    unsigned owed;    /* triggered; strikes at the next place, or when `event` runs */
    bool time_is_due; /* FAULT_AT_TIME: still to come */
    struct machine_event event;
};

struct faults {
    struct choice_source base;
    struct choice_source *inner; /* NULL: nobody is put off */
    struct trace_sink sink;
    bool listens;
    struct machine *machine;
    uint64_t seed;
    unsigned most_strikes;
    unsigned strikes;
    bool drew;
    uint32_t kinds; /* a bit for each that has a place */
    bool (*endpoint_id)(void *user, const char *name, uint16_t *id);
    fault_strike_fn strike;
    void *user;
    unsigned count;
    struct armed *armed[FAULTS_MOST]; /* they stay where they are: the machine's queue holds them */
};

static uint64_t mix(uint64_t x)
{
    x += GOLDEN;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* A number of its own for each fault, purpose and turn: no draw moves another one. */
static uint64_t draw(struct armed *a, enum draw_of of, uint64_t turn)
{
    a->faults->drew = true;
    return mix(mix(mix(a->faults->seed) ^ ((uint64_t)a->index << 8 | of)) ^ turn);
}

/* May this one strike once more, now? */
static bool may_strike(const struct armed *a)
{
    return a->strikes < a->spec.most && a->faults->machine->end == MACHINE_END_NONE;
}

/*
 * False: the run has had its strikes. Whatever leads to this one happens all the same, so that two
 * runs differ by what the strike does, and by nothing else.
 */
static bool begin_strike(struct armed *a, struct fault_strike *strike)
{
    struct faults *faults = a->faults;

    a->strikes++;
    if (faults->strikes >= faults->most_strikes) {
        return false;
    }
    faults->strikes++;
    *strike = (struct fault_strike){
        .fault = a->index,
        .spec = &a->spec,
        .number = faults->strikes,
        .random = draw(a, DRAW_STRIKE, a->strikes),
    };
    if (faults->strikes == FAULT_STRIKES_MOST) {
        machine_warn(faults->machine, "%u faults have struck: no more do", faults->strikes);
    }
    return true;
}

static void strike_now(struct armed *a, struct sim_pe *pe)
{
    struct fault_strike strike;

    if (may_strike(a) && begin_strike(a, &strike)) {
        a->faults->strike(a->faults->user, pe, &strike);
    }
}

static bool has_place(const struct armed *a)
{
    return fault_kind_has_place(a->spec.kind);
}

static void on_event(struct machine *machine, void *arg)
{
    struct armed *a = arg;

    (void)machine;
    if (a->time_is_due) {
        a->time_is_due = false;
        a->owed++;
    }
    while (!has_place(a) && a->owed != 0 && a->faults->machine->end == MACHINE_END_NONE) {
        a->owed--;
        strike_now(a, NULL);
    }
}

static void queue_at(struct armed *a, uint64_t due_ns)
{
    machine_event_add(a->faults->machine, &a->event, due_ns, on_event, a);
}

/* It strikes at the next place, or as soon as no code of the machine runs. */
static void owe(struct armed *a)
{
    if (a->strikes + a->owed >= a->spec.most) {
        return;
    }
    a->owed++;
    if (!has_place(a)) {
        queue_at(a, machine_now(a->faults->machine));
    }
}

/* One more occurrence of what the fault counts: does it strike? */
static bool occurs(struct armed *a)
{
    a->seen++;
    switch (a->spec.when) {
    case FAULT_NOW:
        return a->seen == 1;
    case FAULT_AT_NTH:
        return a->seen == a->spec.when_value;
    case FAULT_BY_CHANCE:
        return a->strikes + a->owed < a->spec.most &&
               draw(a, DRAW_CHANCE, a->seen) % FAULT_CHANCE_ONE < a->spec.when_value;
    default:
        return false;
    }
}

/* --- choice points --------------------------------------------------------------------------- */

static void find_due(struct faults *faults)
{
    uint64_t due = faults->inner != NULL ? faults->inner->due : UINT64_MAX;

    for (unsigned i = 0; i < faults->count; i++) {
        const struct armed *a = faults->armed[i];

        if (a->spec.when == FAULT_AT_POINT && a->spec.when_value < due &&
            a->spec.when_value > faults->machine->choices.number) {
            due = a->spec.when_value;
        }
    }
    faults->base.due = due;
    if (faults->machine->choices.source == &faults->base) {
        faults->machine->choices.due = due;
    }
}

static uint64_t answer(struct choice_source *source, uint64_t number, enum choice_kind kind,
                       const struct sim_pe *pe)
{
    struct faults *faults = (struct faults *)(void *)source;
    uint64_t delay_ns = 0;

    if (faults->inner != NULL && faults->inner->due == number) {
        delay_ns = faults->inner->answer(faults->inner, number, kind, pe);
    }
    find_due(faults);
    for (unsigned i = 0; i < faults->count; i++) {
        struct armed *a = faults->armed[i];

        if (a->spec.when != FAULT_AT_POINT || a->spec.when_value != number) {
            continue;
        }
        if (has_place(a)) {
            owe(a);
        } else {
            strike_now(a, faults->machine->current);
        }
    }
    return delay_ns;
}

/* --- events ---------------------------------------------------------------------------------- */

static void listen(struct trace_sink *sink, const struct trace_event *event)
{
    struct faults *faults = (struct faults *)(void *)((char *)sink - offsetof(struct faults, sink));
    const struct event_header *header = &event->header;

    for (unsigned i = 0; i < faults->count; i++) {
        struct armed *a = faults->armed[i];

        if (a->spec.of == header->type &&
            (!a->has_of_endpoint || a->of_endpoint == header->endpoint) &&
            (a->spec.of_pe == FAULT_ANY || a->spec.of_pe == header->pe) && occurs(a)) {
            owe(a);
        }
    }
}

/* --- places ---------------------------------------------------------------------------------- */

static bool is_there(const struct armed *a, const struct sim_pe *pe, uint32_t endpoint,
                     uint32_t vcpu, uint32_t intid)
{
    const struct fault *spec = &a->spec;

    return (!a->has_endpoint || a->endpoint == endpoint) &&
           (spec->vcpu == FAULT_ANY || spec->vcpu == vcpu) &&
           (spec->intid == FAULT_ANY || spec->intid == intid) &&
           (spec->pe == FAULT_ANY || (pe != NULL && spec->pe == pe->index));
}

bool fault_at(struct faults *faults, enum fault_kind kind, const struct sim_pe *pe,
              uint32_t endpoint, uint32_t vcpu, uint32_t intid, struct fault_strike *strike)
{
    bool taken = false; /* one strikes at a place; others wait for the next */
    bool struck = false;

    if (faults == NULL || (faults->kinds >> kind & 1) == 0) {
        return false;
    }
    for (unsigned i = 0; i < faults->count; i++) {
        struct armed *a = faults->armed[i];
        bool own = a->spec.of == FAULT_OF_PLACE && a->spec.when != FAULT_AT_TIME &&
                   a->spec.when != FAULT_AT_POINT;

        if (a->spec.kind != kind || !is_there(a, pe, endpoint, vcpu, intid)) {
            continue;
        }
        if (own && occurs(a)) {
            owe(a);
        }
        if (!taken && a->owed != 0 && may_strike(a)) {
            a->owed--;
            taken = true;
            struck = begin_strike(a, strike);
        }
    }
    return struck;
}

void faults_tell(struct faults *faults, const struct sim_pe *pe, const struct fault_strike *strike,
                 uint64_t detail, const char *format, ...)
{
    const uint64_t arg[] = {strike->fault, strike->number, strike->spec->kind, detail};
    struct event_header header = {
        .time_ns = machine_now(faults->machine),
        .type = EVENT_FAULT,
        .endpoint = EVENT_NOBODY,
        .from = EVENT_NOBODY,
        .pe = (uint8_t)(pe != NULL ? pe->index : 0),
        .arg_count = 4,
    };
    char text[EVENT_MAX_TEXT + 1];
    int named;
    va_list args;

    named = snprintf(text, sizeof(text), "%s: ", fault_kind_name(strike->spec->kind));
    va_start(args, format);
    vsnprintf(text + named, sizeof(text) - (size_t)named, format, args);
    va_end(args);
    header.text_bytes = (uint16_t)strlen(text);
    if (faults->machine->trace != NULL) {
        trace_emit(faults->machine->trace, &header, arg, text);
    }
}

/* --- life ------------------------------------------------------------------------------------ */

static bool resolve(const struct faults *faults, const char *name, const char *what, bool *has,
                    uint16_t *id, struct sim_error *err)
{
    *has = name[0] != '\0';
    return !*has || faults->endpoint_id(faults->user, name, id) ||
           sim_fail(err, SIM_BAD_INPUT,
                    "%.100s: there is no endpoint '%s'; want nwd or the name of a partition", what,
                    name);
}

/* What makes it strike, when that is nothing that the run comes by. */
static void arm(struct armed *a)
{
    const struct machine *machine = a->faults->machine;

    /* Past the limit nothing happens; there it would only keep the machine from seeing a deadlock.
     */
    if (a->time_is_due && a->spec.when_value < machine->limit_ns) {
        queue_at(a, a->spec.when_value);
    } else if (a->owed != 0 && !has_place(a)) {
        queue_at(a, machine_now(machine));
    }
}

bool faults_add(struct faults *faults, const struct fault *fault, const char *what,
                struct sim_error *err)
{
    struct armed *a;

    if (faults->count == FAULTS_MOST) {
        return sim_fail(err, SIM_BAD_INPUT, "%.100s: a run has at most %u faults", what,
                        FAULTS_MOST);
    }
    a = calloc(1, sizeof(*a));
    if (a == NULL) {
        return sim_fail(err, SIM_INTERNAL, "out of memory for faults");
    }
    a->faults = faults;
    a->index = faults->count;
    a->spec = *fault;
    if (!resolve(faults, fault->endpoint, what, &a->has_endpoint, &a->endpoint, err) ||
        !resolve(faults, fault->of_endpoint, what, &a->has_of_endpoint, &a->of_endpoint, err)) {
        free(a);
        return false;
    }
    faults->armed[faults->count++] = a;
    faults->kinds |= has_place(a) ? 1u << fault->kind : 0;
    if (fault->of != FAULT_OF_PLACE && !faults->listens && faults->machine->trace != NULL) {
        faults->sink.event = listen;
        trace_add_sink(faults->machine->trace, &faults->sink);
        faults->listens = true;
    }
    a->time_is_due = fault->when == FAULT_AT_TIME;
    if (fault->when == FAULT_NOW && !has_place(a) && faults->machine->current != NULL) {
        strike_now(a, faults->machine->current);
    } else {
        a->owed = fault->when == FAULT_NOW && !has_place(a) ? 1 : 0;
        arm(a);
    }
    find_due(faults);
    return true;
}

struct faults *faults_create(const struct fault_plan *plan, struct machine *machine,
                             struct choice_source *choices,
                             bool (*endpoint_id)(void *user, const char *name, uint16_t *id),
                             fault_strike_fn strike, void *user, struct sim_error *err)
{
    struct faults *faults = calloc(1, sizeof(*faults));

    if (faults == NULL) {
        sim_fail(err, SIM_INTERNAL, "out of memory for faults");
        return NULL;
    }
    faults->base.answer = answer;
    faults->inner = choices;
    faults->machine = machine;
    faults->seed = plan->seed;
    faults->most_strikes =
        plan->most_strikes < FAULT_STRIKES_MOST ? plan->most_strikes : FAULT_STRIKES_MOST;
    faults->endpoint_id = endpoint_id;
    faults->strike = strike;
    faults->user = user;
    find_due(faults);
    for (unsigned i = 0; i < plan->count; i++) {
        char line[FAULT_LINE_BYTES];

        fault_print(&plan->fault[i], line);
        if (!faults_add(faults, &plan->fault[i], line, err)) {
            faults_destroy(faults);
            return NULL;
        }
    }
    return faults;
}

void faults_destroy(struct faults *faults)
{
    if (faults == NULL) {
        return;
    }
    for (unsigned i = 0; i < faults->count; i++) {
        machine_event_remove(faults->machine, &faults->armed[i]->event);
    }
    if (faults->listens) {
        trace_remove_sink(faults->machine->trace, &faults->sink);
    }
    for (unsigned i = 0; i < faults->count; i++) {
        free(faults->armed[i]);
    }
    free(faults);
}

struct choice_source *faults_choices(struct faults *faults)
{
    return &faults->base;
}

void faults_restart(struct faults *faults)
{
    for (unsigned i = 0; i < faults->count; i++) {
        arm(faults->armed[i]);
    }
}

bool faults_reseed(struct faults *faults, uint64_t seed)
{
    if (faults != NULL && faults->drew && faults->seed != seed) {
        return false;
    }
    if (faults != NULL) {
        faults->seed = seed;
    }
    return true;
}

unsigned faults_strike_count(const struct faults *faults)
{
    return faults != NULL ? faults->strikes : 0;
}
