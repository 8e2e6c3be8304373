/* SPDX-License-Identifier: BSD-3-Clause */
/* Registers that no call carries: whoever runs in between, they stay. */
#ifndef TALK_STATE_H
#define TALK_STATE_H

#include <stdint.h>

/*
 * Checks that system and vector registers still hold what the last call put there, gives them new
 * values derived from `number`, and returns the number of the last call (0 at first).
 */
uint64_t state_change(uint64_t number);

/* x0 to x30 into an SMC or HVC and back (registers.S). */
void state_smc(uint64_t x[31]);
void state_hvc(uint64_t x[31]);

#define STATE_VECTORS 32
/* All of the vector registers, 16 bytes each. */
void state_load_vectors(const uint64_t q[2 * STATE_VECTORS]);
void state_store_vectors(uint64_t q[2 * STATE_VECTORS]);

#endif
