/* SPDX-License-Identifier: BSD-3-Clause */
/* When two failures are the same one. */
#ifndef SIM_REPLAY_CAUSE_H
#define SIM_REPLAY_CAUSE_H

#include <stdint.h>

#define CAUSE_BYTES 512u

/* The reason of a failure with every number as #, but for the lines of scripts. */
void cause_of(const char *why, char cause[CAUSE_BYTES]);

/* The same cause, the same number: for names of files. */
uint32_t cause_hash(const char *cause);

#endif
