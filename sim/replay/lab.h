/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside of a worker: a scenario that is ready to be run many times. */
#ifndef SIM_REPLAY_LAB_H
#define SIM_REPLAY_LAB_H

#include "sim/replay/worker.h"

/* Hash of all events without when they were: two runs with the same one took the same course. */
struct order_sink {
    struct trace_sink sink;
    uint64_t hash;
};

struct lab {
    const struct worker_plan *plan;
    uint32_t scenario_index;
    struct play_options play;
    struct scenario *scenario;
    struct trace *trace;
    struct order_sink order;
    struct run_config config;
    bool seed_in_load; /* the file's top level draws numbers: it is read again for each run */
    struct run *run;

    /* Of the job at hand */
    const struct job *job;
    int out;
    struct outcome *outcome; /* shared with the runs' processes */
    uint64_t *found;         /* shared */
    uint32_t index;
    bool is_run;               /* this process is a run */
    struct choice_source gate; /* passes on to `inner` behind the fork */
    struct choice_source *inner;
    struct strategy strategy;
    struct survey survey;
    uint64_t safe; /* last point before which no random number was drawn */
};

/* False: *err says why. What is there of it is to be closed. */
bool lab_open(struct lab *lab, const struct worker_plan *plan, uint32_t scenario,
              struct sim_error *err);
void lab_close(struct lab *lab);

/* Does a job, in a process that is good for nothing else afterwards. */
void lab_do(struct lab *lab, const struct job *job, int out) __attribute__((noreturn));

/* All of it, to a pipe. False: nobody reads any more. */
bool lab_write(int fd, const void *data, size_t size_bytes);

#endif
