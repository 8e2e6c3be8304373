/* SPDX-License-Identifier: BSD-3-Clause */
/* What a campaign has found so far: a text file with a line for each finished run. */
#ifndef SIM_REPLAY_RESULTS_H
#define SIM_REPLAY_RESULTS_H

#include <stdio.h>

#include "sim/replay/worker.h"

#define RESULTS_MAX_BYTES (2048ull << 20)

/* A finished run. */
struct result {
    uint32_t scenario;
    uint64_t run;
    bool passed;
    bool crashed;
    struct trace_hash hash;
    uint64_t order;
    uint64_t points;
    uint64_t delays;
    unsigned depth; /* exhaustive: its points */
    uint64_t point[STRATEGY_MAX_DEPTH];
    char faults[MENU_TEXT_BYTES]; /* as menu_text() has them */
    char why[512];
};

struct results {
    FILE *file;
    const char *path;
    bool is_new; /* and no run is in it yet */
};

/* The file does not exist: made, with `head` (whole lines) at its start. */
bool results_create(struct results *results, const char *path, const char *head,
                    struct sim_error *err);

/*
 * Opens it to go on, and tells of each finished run. A last line that is not whole is cut off.
 * False: another campaign's, or damaged: *err says where.
 */
bool results_resume(struct results *results, const char *path, const char *head,
                    bool (*tell)(void *user, const struct result *result), void *user,
                    struct sim_error *err);

bool results_add(struct results *results, const struct result *result, struct sim_error *err);
void results_close(struct results *results);

#endif
