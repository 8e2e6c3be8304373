/* SPDX-License-Identifier: BSD-3-Clause */
/* What a run is made of: the contents of every file that it reads, each as a hash. */
#ifndef SIM_REPLAY_IDENTITY_H
#define SIM_REPLAY_IDENTITY_H

#include "sim/replay/play.h"

#define IDENTITY_MAX_INPUTS  (3 * RUN_MAX_PARTITIONS + 4)
#define IDENTITY_LABEL_BYTES 64

struct identity_input {
    char label[IDENTITY_LABEL_BYTES]; /* "scenario", "board", "image of crypto" */
    struct trace_hash hash;
};

struct identity {
    unsigned count;
    struct identity_input input[IDENTITY_MAX_INPUTS];
};

/* Of a configured scenario. */
void identity_of(const struct scenario *scenario, const struct run_config *config,
                 struct identity *identity);

/* False: *err names the first input that is not what it was. */
bool identity_check(const struct identity *was, const struct identity *now, struct sim_error *err);

#endif
