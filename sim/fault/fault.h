/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Faults, on purpose (docs/faults.md): what goes wrong in a run, and when. A fault is a line of
 * text, the same on the command line, in a scenario and on a tape:
 *
 *   KIND [KEY=VALUE]... [WHEN]
 *
 *   skip_tlb nth=2                                 the second maintenance of a TLB is left out
 *   flip_ram address=0x6000040 bit=3 at=12us
 *   stall_pe pe=1 for=40us nth=3 of=call of_endpoint=echo
 *   corrupt_call endpoint=nwd arg=3 mask=0xff chance=20000
 *   power_cut point=1207
 *
 * WHEN is one of at=TIME, point=N (choice point N of the run), nth=N and chance=N (in a million);
 * the last two count occurrences: of events (`of=TYPE`, a name of the catalogue in
 * sim/trace/event.h, with of_endpoint=E and of_pe=P to look at some only), or without `of`, of the
 * place where a fault of this kind can strike. `of` alone is nth=1. A fault with `chance` may
 * strike often: most=N bounds it (default 1). Without WHEN it strikes at the first occurrence; one
 * that is not of a place, at once. A kind that has a place and another WHEN than occurrences of it
 * strikes at the first place from then on.
 *
 * A plan with its seed decides all strikes: the same run has the same ones. Each emits EVENT_FAULT
 * at the moment it strikes.
 */
#ifndef SIM_FAULT_H
#define SIM_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/machine/choice.h"
#include "sim/machine/error.h"
#include "sim/machine/machine.h"

#define FAULTS_MOST        32u  /* in a plan */
#define FAULT_STRIKES_MOST 256u /* in a run; later ones do not happen, and a warning says so */
#define FAULT_LINE_BYTES   256u
#define FAULT_NAME_BYTES   32u
#define FAULT_CHANCE_ONE   1000000u
#define FAULT_ANY          UINT32_MAX /* a number that was not given */

/*
 * X(NAME, "name", place, "what it does")
 * place: the core, a partition or a device comes by where it strikes (fault_at() is asked there);
 * the others strike by themselves.
 */
#define FAULT_CATALOGUE(X)                                                                       \
    X(FLIP_RAM, "flip_ram", false, "a bit of RAM: address, or partition and offset; bit 0-7")    \
    X(FLIP_TABLE, "flip_table", false, "a bit of a stage-2 descriptor: partition, address; bit") \
    X(FLIP_REGISTER, "flip_register", false,                                                     \
      "a saved register of a vCPU: partition, vcpu; reg x0-x30, pc or pstate; bit")              \
    X(FLIP_GIC, "flip_gic", false, "a bit of the GIC: intid, pe; field; bit")                    \
    X(SPURIOUS_INTERRUPT, "spurious_interrupt", false, "pends although nobody raised it: intid") \
    X(EARLY_INTERRUPT, "early_interrupt", false, "pends now; its next edge is swallowed: intid") \
    X(LOSE_INTERRUPT, "lose_interrupt", true, "an edge is lost: intid, pe")                      \
    X(DOUBLE_INTERRUPT, "double_interrupt", true, "pends again once it was ended: intid, pe")    \
    X(LATE_INTERRUPT, "late_interrupt", true, "an edge comes late: intid, pe; by")               \
    X(CORRUPT_CALL, "corrupt_call", true, "an argument on its way: endpoint; arg, mask")         \
    X(CORRUPT_RESULT, "corrupt_result", true, "a result on its way: endpoint; arg, mask")        \
    X(WRONG_ANSWER, "wrong_answer", true, "of a direct response: partition; arg, mask")          \
    X(ABORT_PARTITION, "abort_partition", true, "takes a stage-2 abort: partition, vcpu")        \
    X(HANG_PARTITION, "hang_partition", true, "never calls again: partition, vcpu")              \
    X(STALL_PE, "stall_pe", false, "does nothing for a while: pe; for")                          \
    X(KILL_PE, "kill_pe", false, "does nothing any more: pe")                                    \
    X(NO_MEMORY, "no_memory", true, "the page pool of the SPMC is empty for this call; count")   \
    X(SKIP_TLB, "skip_tlb", true, "maintenance of a TLB is left out")                            \
    X(SKIP_CACHE, "skip_cache", true, "maintenance of an instruction cache is left out")         \
    X(POWER_CUT, "power_cut", false, "and a cold boot: ram=kept or ram=lost")

enum fault_kind {
#define X(name, printed, place, doc) FAULT_##name,
    FAULT_CATALOGUE(X)
#undef X
        FAULT_KIND_COUNT
};

enum fault_when {
    FAULT_NOW, /* nothing was said */
    FAULT_AT_TIME,
    FAULT_AT_POINT,
    FAULT_AT_NTH,
    FAULT_BY_CHANCE,
};

#define FAULT_OF_PLACE UINT32_MAX /* of: occurrences of the kind's own place */

struct fault {
    enum fault_kind kind;
    enum fault_when when;
    uint64_t when_value; /* ns, number of the point, n, or chances in FAULT_CHANCE_ONE */
    uint32_t of;         /* enum event_type, or FAULT_OF_PLACE */
    char of_endpoint[FAULT_NAME_BYTES]; /* whose events; empty: anybody's */
    uint32_t of_pe;
    uint32_t most; /* strikes; 1 but for `chance` */

    /* Who; FAULT_ANY or an empty name: anybody. */
    char endpoint[FAULT_NAME_BYTES]; /* name of a partition, or "nwd" */
    uint32_t vcpu;
    uint32_t pe;
    uint32_t intid;

    /* What. Not given: FAULT_ANY, and drawn from the plan's seed when it strikes. */
    bool has_address;
    uint64_t address; /* PA of RAM, or IPA of a table's descriptor; an offset with `endpoint` */
    uint32_t bit;
    uint32_t reg; /* 0-30: x0-x30; 31: pc; 32: pstate */
    uint32_t arg; /* register of a call or result, 0-17 */
    bool has_mask;
    uint64_t mask;        /* is XORed */
    uint64_t duration_ns; /* for=, by=; 0: not given */
    uint32_t count;       /* of no_memory: pages that are left; 0 */
    uint32_t field;       /* of flip_gic: enum fault_gic_field */
    bool lose_ram;
};

enum fault_gic_field {
    FAULT_GIC_ENABLE,
    FAULT_GIC_PENDING,
    FAULT_GIC_ACTIVE,
    FAULT_GIC_GROUP,
    FAULT_GIC_CONFIG,
    FAULT_GIC_PRIORITY, /* bit 0-7 */
    FAULT_GIC_ROUTE,    /* bit 0-39 */
    FAULT_GIC_FIELD_COUNT,
};

struct fault_plan {
    unsigned count;
    struct fault fault[FAULTS_MOST];
    uint64_t seed;         /* chances, and what was not given; a run takes its own instead */
    unsigned most_strikes; /* further ones do nothing and tell nothing: for judging (judge.h) */
};

/* No faults, FAULT_STRIKES_MOST strikes. */
void fault_plan_init(struct fault_plan *plan, uint64_t seed);

/* Of this kind, and nothing else is said. */
void fault_init(struct fault *fault, enum fault_kind kind);
/* A line into a fault. `what` ("--fault", "faults[2]") begins the one line of *err. */
bool fault_parse(const char *line, const char *what, struct fault *fault, struct sim_error *err);
/* The line again, canonical: fault_parse() gives the same fault. */
void fault_print(const struct fault *fault, char line[FAULT_LINE_BYTES]);
bool fault_plan_add(struct fault_plan *plan, const struct fault *fault, const char *what,
                    struct sim_error *err);

const char *fault_kind_name(enum fault_kind kind);
bool fault_kind_has_place(enum fault_kind kind);
const char *fault_gic_field_name(enum fault_gic_field field);
/* The catalogue, a line for each kind: for `orrery run --list-faults`. */
void fault_list_kinds(FILE *out);

/* At run time. */

/* What a fault did, for its event. */
struct fault_strike {
    unsigned fault; /* index in the plan */
    const struct fault *spec;
    unsigned number; /* of the strike in the run, from 1 */
    uint64_t random; /* drawn for this strike: choose what was not given */
};

/*
 * Strikes that are not of a place; belongs to sim/host. On a PE's coroutine (`pe`) or the
 * scheduler's (NULL). It does what it does, comes back, and emits the event by faults_tell().
 */
typedef void (*fault_strike_fn)(void *user, struct sim_pe *pe, const struct fault_strike *strike);

struct faults;

/*
 * Arms a plan for a machine and its trace. `choices` (may be NULL) is the run's own source of
 * answers at choice points; faults_choices() is the one to give the machine instead, which passes
 * all on. The number of an endpoint by its name comes from `endpoint_id` (false: nobody has it, and
 * *err says so). NULL: *err.
 */
struct faults *faults_create(const struct fault_plan *plan, struct machine *machine,
                             struct choice_source *choices,
                             bool (*endpoint_id)(void *user, const char *name, uint16_t *id),
                             fault_strike_fn strike, void *user, struct sim_error *err);
void faults_destroy(struct faults *faults);
struct choice_source *faults_choices(struct faults *faults);

/*
 * One more, of a script that runs (machine.fault): FAULT_NOW is now, and occurrences count from now
 * on. `what` begins the one line of *err.
 */
bool faults_add(struct faults *faults, const struct fault *fault, const char *what,
                struct sim_error *err);

/* Everything that was to come is queued again, after machine_restart(). */
void faults_restart(struct faults *faults);

/* As if the plan had had this seed. False: it is too late, something was drawn. Null-safe. */
bool faults_reseed(struct faults *faults, uint64_t seed);

/*
 * At a place of `kind`: does a fault strike? `endpoint` and `vcpu` (FAULT_ANY: none), INTID
 * (FAULT_ANY: none) say whose place it is. Null-safe and cheap when there is none of the kind.
 * True: *strike says which; the caller does it and calls faults_tell().
 */
bool fault_at(struct faults *faults, enum fault_kind kind, const struct sim_pe *pe,
              uint32_t endpoint, uint32_t vcpu, uint32_t intid, struct fault_strike *strike);

/* Emits EVENT_FAULT: fault's index, strike's number, kind and `detail`; text: "KIND: what was
 * done". */
void faults_tell(struct faults *faults, const struct sim_pe *pe, const struct fault_strike *strike,
                 uint64_t detail, const char *format, ...) __attribute__((format(printf, 5, 6)));

unsigned faults_strike_count(const struct faults *faults);

#endif
