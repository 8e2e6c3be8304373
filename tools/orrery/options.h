/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef ORRERY_OPTIONS_H
#define ORRERY_OPTIONS_H

#include <getopt.h>

#include "sim/replay/play.h"

/* Complains of what getopt_long() did not know, with the nearest name; the status for bad usage. */
int options_unknown(const char *command, const struct option *options, const char *given);

/* --fault LINE; complains of a bad one before anything runs. */
bool options_add_fault(struct play_options *play, const char *line, struct sim_error *err);

#endif
