/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A failure made smaller: fewer delays, shorter ones, smaller parameters, fewer PEs, an earlier
 * end, as long as the run fails for the same cause, until nothing more can go.
 */
#ifndef SIM_REPLAY_SHRINK_H
#define SIM_REPLAY_SHRINK_H

#include "sim/replay/cause.h"
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
};

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

#endif
