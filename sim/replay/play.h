/* SPDX-License-Identifier: BSD-3-Clause */
/* What decides a run, and a run from that to its verdict. */
#ifndef SIM_REPLAY_PLAY_H
#define SIM_REPLAY_PLAY_H

#include "sim/host/run.h"
#include "sim/script/scenario.h"

#define PLAY_MAX_SETS 64

/*
 * What a command line says and a tape keeps; the rest is in files (identity.h) and choices
 * (sources.h). Texts are borrowed.
 */
struct play_options {
    const char *scenario;        /* path; NULL: made of `parts` */
    struct scenario_parts parts; /* its partitions are not looked at: see below */
    const char *partition[RUN_MAX_PARTITIONS];
    unsigned partition_count;
    uint64_t seed;
    const char *set[PLAY_MAX_SETS]; /* "key=value" */
    unsigned set_count;
    const char *fault[FAULTS_MOST]; /* lines; more than the scenario's own */
    unsigned fault_count;
    const char *board;         /* NULL: the scenario's */
    unsigned pes;              /* 0: the scenario's */
    uint64_t until_ns;         /* 0: to the end */
    uint64_t limit_ns;         /* 0: the scenario's */
    uint64_t quantum_least_ns; /* 0: the scenario's */
    uint64_t quantum_most_ns;
    bool no_check;
    bool check_full;
};

/* From file, or of parts. NULL: *err says why. */
struct scenario *play_load(const struct play_options *options, struct sim_error *err);

/* scenario_configure() and what the options say otherwise. */
bool play_configure(const struct play_options *options, struct scenario *scenario,
                    const char *share, struct trace *trace, struct run_config *config,
                    struct sim_error *err);

struct play {
    const struct play_options *options;
    const char *share;
    struct trace *trace;
    struct choice_source *choices; /* NULL: none */
    /* Optional: all files are read; the config may be changed. False, with *err: no run. */
    bool (*prepared)(void *user, const struct scenario *scenario, struct run_config *config,
                     struct sim_error *err);
    /* Optional: before the machine goes away. */
    void (*ended)(void *user, struct run *run);
    void *user;
};

/* One run. False: there was none, *err says why; a run that the SPMC refused has a result. */
bool play_run(const struct play *play, struct scenario *scenario, struct run_result *result,
              struct sim_error *err);

#endif
