/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A failure made smaller: fewer faults, smaller ones, fewer delays, shorter ones, smaller
 * parameters, fewer PEs, an earlier end, as long as the run fails for the same cause, until nothing
 * more can go.
 */
#ifndef SIM_REPLAY_SHRINK_H
#define SIM_REPLAY_SHRINK_H

#include "sim/replay/cause.h"
#include "sim/replay/judge.h"
#include "sim/replay/tape.h"

#define SHRINK_MAX_SETS 512u

struct shrink {
    const char *share;
    uint64_t most_runs; /* 0: no end */
    /* Optional: now and then. */
    void (*tick)(void *user);
    void *user;

    struct play_options play;
    struct choice_list list; /* what is left */
    char cause[CAUSE_BYTES];
    char why[512];
    uint64_t simulated_ns;
    uint64_t runs;                 /* so far */
    bool cut_short;                /* by most_runs */
    char set[SHRINK_MAX_SETS][96]; /* parameters that were made smaller */
    unsigned set_count;
    char fault[FAULTS_MOST][FAULT_LINE_BYTES]; /* lines of those that are left */
    unsigned own_faults; /* of the scenario: they come first in a run's plan */
    unsigned strikes;    /* of the latest run that failed */
    struct judge_strike strike[JUDGE_MOST_STRIKES];
};

/* A run that went wrong in itself: no answer. */
enum shrink_answer { ANSWER_NO, ANSWER_SAME, ANSWER_STOP };

/* From what a tape says, whose options are borrowed. False: its run does not fail, or there is
 * none.
 */
bool shrink_begin(struct shrink *shrink, const struct tape *tape, const char *share,
                  struct sim_error *err);
/* Until nothing can go. */
bool shrink_run(struct shrink *shrink, struct sim_error *err);
/* The result's run once more, onto a tape (NULL: none), and told to `story` (NULL: nowhere). */
bool shrink_finish(struct shrink *shrink, const char *tape, FILE *story, struct sim_error *err);
void shrink_free(struct shrink *shrink);

/* For the parts of it. */
/* Does the run still fail for the same cause? One that can not be made does not. */
enum shrink_answer shrink_try(struct shrink *shrink, const struct play_options *play,
                              const struct choice_list *list);
/* shrink_faults.c: false: stop. */
bool shrink_faults(struct shrink *shrink, bool *changed);

#endif
