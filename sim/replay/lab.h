/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside of a worker: a scenario that is ready to be run many times. */
#ifndef SIM_REPLAY_LAB_H
#define SIM_REPLAY_LAB_H

#include "sim/replay/checkpoint.h"
#include "sim/replay/worker.h"

/* Hash of all events without when they were: two runs with the same one took the same course. */
struct order_sink {
    struct trace_sink sink;
    uint64_t hash;
};

/* Between a worker and its runs. */
struct lab_shared {
    struct job job;
    uint32_t index; /* of the job's runs, the present one */
    struct outcome outcome;
    uint64_t found[SURVEY_MOST];
};

struct lab {
    const struct worker_plan *plan;
    struct checkpoints *checkpoints; /* the worker's; what they share is a struct lab_shared */
    struct lab_shared *shared;
    uint32_t parked;    /* checkpoint where the runs of the scenario part; 0: none yet */
    uint64_t parked_at; /* its choice point; 0: before the first */
    uint32_t scenario_index;
    struct play_options play;
    struct scenario *scenario;
    struct trace *trace;
    struct order_sink order;
    struct menu_watch watch;
    struct fault_menu menu;
    struct run_config config;
    bool seed_in_load; /* the file's top level draws numbers: it is read again for each run */
    struct run *run;

    /* Of a run */
    bool is_run;               /* this process is one, and no more on the way to the checkpoint */
    struct choice_source gate; /* passes on to `inner` behind the checkpoint */
    struct choice_source *inner;
    struct strategy strategy;
    struct survey survey;
    uint64_t safe; /* last point before which no random number was drawn */
};

/* False: *err says why. What is there of it is to be closed. */
bool lab_open(struct lab *lab, const struct worker_plan *plan, struct checkpoints *checkpoints,
              uint32_t scenario, struct sim_error *err);
void lab_close(struct lab *lab);

/* Does a job; outcomes go to `out` as they come. False: it could not, *err says why. */
bool lab_do(struct lab *lab, const struct job *job, int out, struct sim_error *err);

/* All of it, to a pipe. False: nobody reads any more. */
bool lab_write(int fd, const void *data, size_t size_bytes);

#endif
