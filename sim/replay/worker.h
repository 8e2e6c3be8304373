/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Many runs of scenarios, in a process of its own: it takes jobs from one pipe and writes outcomes
 * to another. Each run is a process again, forked off one that has read the files, booted, and come
 * to the point up to which all runs of the scenario are the same.
 */
#ifndef SIM_REPLAY_WORKER_H
#define SIM_REPLAY_WORKER_H

#include <stdatomic.h>
#include <sys/types.h>

#include "sim/replay/menu.h"
#include "sim/replay/play.h"
#include "sim/replay/strategy.h"

#define RUNS_PER_JOB 128u
#define SURVEY_MOST  (1u << 20) /* points of one run that an exhaustive search can look at */

/* What a run without delays shows; the same for all seeds. */
struct probe {
    struct strategy_span span;
    uint64_t fork_at; /* choice point up to which all runs are the same; 0: none */
    struct fault_menu menu;
};

enum job_kind {
    JOB_PROBE,  /* one run without delays: a struct probe */
    JOB_RUNS,   /* runs `first`, `first + step`, ... */
    JOB_SURVEY, /* the same, and for each run the points behind its last delay that matter */
    JOB_STOP,
};

struct job {
    enum job_kind kind;
    uint32_t scenario;
    uint64_t first;
    uint64_t step;
    uint32_t count; /* at most RUNS_PER_JOB */
    uint32_t depth; /* exhaustive: points of each run */
    struct probe probe;
    uint64_t charged_ms;                              /* the campaign's */
    uint64_t point[RUNS_PER_JOB][STRATEGY_MAX_DEPTH]; /* exhaustive */
};

enum outcome_kind {
    OUTCOME_PROBE,
    OUTCOME_RUN,
    OUTCOME_BAD, /* the scenario can not be run: `why`; bad input, or `internal` */
    OUTCOME_END, /* of the job */
};

struct outcome {
    enum outcome_kind kind;
    uint32_t scenario;
    uint64_t run;
    uint64_t seed;
    bool passed;
    bool crashed;
    bool internal;
    uint64_t points;
    uint64_t delays;
    struct trace_hash hash;
    uint64_t order; /* hash of the events without their times */
    struct probe probe;
    uint64_t kinds[CHOICE_KIND_COUNT]; /* of a probe */
    uint64_t found; /* as many numbers of points follow in the pipe; more than SURVEY_MOST: none */
    char why[512];
};

struct worker_plan {
    const char *share;
    const char *const *scenario;
    unsigned scenario_count;
    struct play_options play; /* but for scenario and seed */
    enum strategy_kind strategy;
    unsigned depth;
    uint64_t seed_base;
    bool core_only;    /* a run that fails by what a script expects counts as passed */
    unsigned faults;   /* at most so many of a run; 0: none */
    atomic_bool *stop; /* shared between the processes: start no further runs */
};

/* The seed of a run, and the number that its schedule comes from. */
uint64_t worker_seed(const struct worker_plan *plan, uint64_t run);

struct worker {
    pid_t pid;
    int jobs;     /* write here */
    int outcomes; /* read here */
};

/* `worker[index]`; those before it have been started. */
bool worker_start(const struct worker_plan *plan, struct worker *worker, unsigned index,
                  struct sim_error *err);
bool worker_send(const struct worker *worker, const struct job *job);
/* Waits for the next. False: the worker has died. */
bool worker_receive(const struct worker *worker, struct outcome *outcome);
bool worker_receive_points(const struct worker *worker, uint64_t *point, uint64_t count);
void worker_stop(struct worker *worker);

/* The faults of a run. */
void worker_faults(const struct worker_plan *plan, const struct probe *probe, uint64_t run,
                   struct fault_draw *draw);

/* A source for one run from scratch: the same delays as the worker's. `point` of an exhaustive. */
void worker_strategy(const struct worker_plan *plan, const struct probe *probe, uint64_t run,
                     const uint64_t *point, unsigned depth, struct strategy *strategy);

#endif
