/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A run of a scenario that can be come back to: checkpoints at its events, choice points and times,
 * and runs from there that go on as it did or differently. Always in processes of their own; the
 * caller's is not touched.
 *
 * Events and choice points are numbered from 1. A checkpoint "at event N" is the run right behind
 * that event (behind the first one of a machine that is there); at choice point N, right before its
 * answer; at a time, behind the first event of that time or later. What goes on unchanged comes to
 * the very hash of a run in one piece.
 */
#ifndef SIM_REPLAY_CHECKPOINT_RUN_H
#define SIM_REPLAY_CHECKPOINT_RUN_H

#include "sim/replay/checkpoint.h"
#include "sim/replay/play.h"
#include "sim/replay/sources.h"

#define CHECKPOINT_PAIRS_MOST 4096u

/* How a run goes on. All zero: as it would have, with the delays it has, and no checkpoints. */
struct checkpoint_way {
    uint64_t course; /* number for what differs, of the checkpoints that it takes */
    /* Further checkpoints, 0: none. What is over is not taken any more. */
    uint64_t every_events;
    uint64_t at_event;
    uint64_t at_choice;
    uint64_t at_ns;
    uint64_t stop_event; /* the run ends behind this event without a verdict; 0: it does not */
    bool new_limit;
    uint64_t limit_ns; /* of simulated time; the run's first event keeps what it said */
    bool new_seed;
    uint64_t seed; /* refused when something depends on the old one */
    bool new_choices;
    uint32_t pair_count; /* those of points that are over are left out */
    struct choice_pair pair[CHECKPOINT_PAIRS_MOST];
};

struct checkpoint_outcome {
    bool crashed; /* or took ATTEMPT_SECS: why[] says; nothing else is valid */
    bool refused; /* there was no run, or it can not go on that way: why[] says */
    bool stopped; /* at stop_event: no verdict, no hash */
    bool passed;
    uint64_t events;
    uint64_t points;
    uint64_t simulated_ns;
    struct trace_hash hash;
    char why[512];
    uint32_t taken;  /* checkpoints */
    uint32_t latest; /* number of the last of them; 0: none */
    uint32_t not_taken;
    char why_not[512]; /* the first of those */
};

struct checkpoint_run;

/* Options and share stay the caller's. NULL: *err says why. */
struct checkpoint_run *checkpoint_run_open(const struct play_options *play, const char *share,
                                           const struct checkpoint_limits *limits,
                                           struct sim_error *err);
void checkpoint_run_close(struct checkpoint_run *run);
struct checkpoints *checkpoint_run_set(struct checkpoint_run *run);

/* From the files on; `way->new_limit` and `new_seed` do not count. False: *err says why. */
bool checkpoint_run_begin(struct checkpoint_run *run, const struct checkpoint_way *way,
                          struct checkpoint_outcome *outcome, struct sim_error *err);
/* On from checkpoint `number`. */
bool checkpoint_run_go(struct checkpoint_run *run, uint32_t number,
                       const struct checkpoint_way *way, struct checkpoint_outcome *outcome,
                       struct sim_error *err);

#endif
