/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SPMD_INTERRUPT_H
#define SPMD_INTERRUPT_H

#include "spmd/spmd.h"

/* FFA_NORMAL_WORLD_RESUME of the SPMC: was the normal world of this PE interrupted? Ends that. */
bool spmd_interrupt_resumed(struct spmd_cpu *cpu);

/* FFA_EL3_INTR_HANDLE of the SPMC: the Group 0 interrupt that is pending, if it still is. */
void spmd_take_group0(struct spmd *spmd, uint32_t cpu_index);

#endif
