/* SPDX-License-Identifier: BSD-3-Clause */
/* One run from its files to its verdict, in a process of its own: it may crash. */
#ifndef SIM_REPLAY_ATTEMPT_H
#define SIM_REPLAY_ATTEMPT_H

#include "sim/replay/judge.h"
#include "sim/replay/play.h"
#include "sim/replay/sources.h"

struct attempt {
    const struct play_options *play;
    const char *share;
    struct choice_source *choices; /* NULL: none. This process's copy is not used up. */
    const char *tape;              /* file to write; NULL: none */
    FILE *story;                   /* where to tell it, with calls; NULL: nowhere */
};

struct attempt_result {
    bool crashed; /* why[] says how; nothing else is valid */
    bool passed;
    uint64_t points;
    uint64_t delays;
    uint64_t simulated_ns;
    struct trace_hash hash;
    unsigned strikes; /* of faults */
    struct judge_strike strike[JUDGE_MOST_STRIKES];
    char why[512];
};

/* False: there was no run, or no tape could be written: *err says why. */
bool attempt_run(const struct attempt *attempt, struct attempt_result *result,
                 struct sim_error *err);

/* How a process that was to end with status 0 has ended, as a reason. */
void attempt_crash(int status, char why[512]);

/* Host seconds that a run may take. */
#define ATTEMPT_SECS 120u

#endif
