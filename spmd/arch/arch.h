/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The dispatcher's door: what it asks of the EL3 side that hosts it. A lock is a word, free when
 * zero, that only these two touch; it is held for a few instructions and never twice by one PE.
 */
#ifndef SPMD_ARCH_H
#define SPMD_ARCH_H

#include <stdint.h>

void spmd_arch_lock(uint32_t *lock);
void spmd_arch_unlock(uint32_t *lock);

struct spmd;

/*
 * Group 0 interrupts on the PE that runs this: acknowledges the one with the highest priority
 * (INTID; 1020 and up: there is none), and ends it.
 */
uint32_t spmd_arch_group0_take(struct spmd *spmd, uint32_t cpu_index);
void spmd_arch_group0_end(struct spmd *spmd, uint32_t cpu_index, uint32_t intid);

#endif
