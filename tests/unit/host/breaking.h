/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A run to be broken: its normal world asks the partition, then reaches behind the SPMC's back,
 * makes one more call and ends.
 */
#ifndef TEST_BREAKING_H
#define TEST_BREAKING_H

#include "sim/host/host.h"
#include "spmc/internal.h"

extern struct run_config config;
extern struct run_result result;
extern uint32_t last_call; /* after the breakage: by default FFA_RX_RELEASE, which is refused */
extern uint32_t last_w1;

/* Fixture of each test: board sim, partition echo. */
void set_up(void);
void tear_down(void);

/* Another one: image and manifest of the built guests. */
void use_partition(const char *image, const char *manifest);

/* Runs it; `fn` breaks something, NULL: nothing. */
void run_with(void (*fn)(struct run *run));

/* So that an invariant with these words finds it. */
void ck_broken(void (*fn)(struct run *run), const char *words);

#endif
