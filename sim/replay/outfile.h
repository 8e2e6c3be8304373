/* SPDX-License-Identifier: BSD-3-Clause */
/* A file that is there whole or not at all: written beside its place, then renamed. */
#ifndef SIM_REPLAY_OUTFILE_H
#define SIM_REPLAY_OUTFILE_H

#include <stdbool.h>
#include <stdio.h>

#include "sim/machine/error.h"

struct outfile {
    FILE *file; /* write here */
    char *path;
    char *temporary;
    const char *what;
};

/* `what` it is, for messages: "the tape". False: *err says why. */
bool outfile_open(struct outfile *out, const char *path, const char *what, struct sim_error *err);
/* Puts it in its place. False: it could not be written, and nothing is left. */
bool outfile_finish(struct outfile *out, struct sim_error *err);
void outfile_abandon(struct outfile *out);

#endif
