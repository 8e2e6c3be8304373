/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef ORRERY_OPTIONS_H
#define ORRERY_OPTIONS_H

#include <getopt.h>

/* Complains of what getopt_long() did not know, with the nearest name; the status for bad usage. */
int options_unknown(const char *command, const struct option *options, const char *given);

#endif
