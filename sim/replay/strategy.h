/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where schedules come from when one looks for failures: each run has a number, and the number says
 * all about its delays (docs/exploration.md).
 */
#ifndef SIM_REPLAY_STRATEGY_H
#define SIM_REPLAY_STRATEGY_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/machine/choice.h"

#define STRATEGY_MAX_DEPTH 8u
#define STRATEGY_MOST      64u /* delays of a random run, on average */
#define STRATEGY_LEAST_GAP 4u  /* from one to the next, on average */
/* A run that waits for what is put off gets longer with each delay: it is to end. */
#define STRATEGY_MOST_DELAYS 10000u

enum strategy_kind {
    STRATEGY_RANDOM,      /* some delays of any length, anywhere */
    STRATEGY_PCT,         /* `depth` long ones, at points drawn evenly */
    STRATEGY_ROUND_ROBIN, /* short ones, one every few points */
    STRATEGY_EXHAUSTIVE,  /* long ones, at every set of up to `depth` points */
    STRATEGY_KIND_COUNT,
};

/* "random", "pct", "round-robin", "exhaustive" */
const char *strategy_name(enum strategy_kind kind);
bool strategy_parse(const char *text, enum strategy_kind *kind);

/* What a run without delays has shown of a scenario. */
struct strategy_span {
    uint64_t points; /* choice points of the run */
    uint64_t first;  /* numbers of the first and the last one where a delay matters; 0: nowhere */
    uint64_t last;
    uint64_t long_ns; /* a delay that others can do all they have to do in: as long as the run */
};

struct strategy {
    struct choice_source base;
    enum strategy_kind kind;
    struct strategy_span span;
    unsigned depth;                     /* pct, exhaustive: points in all */
    unsigned next;                      /* of them */
    uint64_t point[STRATEGY_MAX_DEPTH]; /* ascending */
    uint64_t random;
    uint64_t gap; /* random: mean; round-robin: exact */
    uint64_t delay_ns;
    uint64_t put_off; /* a bit for each PE whose latest turn was put off */
    uint64_t given;   /* delays so far */
};

/* The schedule of run number `run`. Not for exhaustive. */
void strategy_init(struct strategy *strategy, enum strategy_kind kind, unsigned depth,
                   const struct strategy_span *span, uint64_t run);
/* A delay at each of these points, which ascend; at most STRATEGY_MAX_DEPTH. */
void strategy_init_points(struct strategy *strategy, const uint64_t *point, unsigned count,
                          uint64_t delay_ns);

/*
 * Can a delay here change the order of anything? Not when no other PE can run, and no event is due
 * within the time: then the same happens, in the same order, only later.
 */
bool strategy_matters(const struct sim_pe *pe, uint64_t delay_ns);

/* Looks at every point from `from` on, and keeps those where a delay of `long_ns` matters. */
struct survey {
    struct choice_source base;
    struct choice_source *inner; /* answers; NULL: nobody is put off */
    uint64_t from;
    uint64_t long_ns;
    uint64_t *found; /* room for `room`; further ones are counted only */
    uint64_t room;
    uint64_t found_count;
    uint64_t first; /* 0: none */
    uint64_t last;
    uint64_t kinds[CHOICE_KIND_COUNT]; /* how many of each were looked at */
    /* Optional: told of every point. */
    void (*each)(void *user, uint64_t number);
    void *user;
};

void survey_init(struct survey *survey, struct choice_source *inner, uint64_t from,
                 uint64_t long_ns, uint64_t *found, uint64_t room);

#endif
