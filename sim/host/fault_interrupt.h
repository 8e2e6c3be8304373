/* SPDX-License-Identifier: BSD-3-Clause */
/* Faults of interrupts (docs/faults.md): between the lines and the GIC, and in the GIC itself. */
#ifndef SIM_FAULT_INTERRUPT_H
#define SIM_FAULT_INTERRUPT_H

#include "sim/fault/fault.h"
#include "sim/host/host.h"

/* With run->faults, before the machine runs. False: the host has no memory. */
bool fault_interrupts_start(struct run *run);
/* The machine was reset: nothing of before it is still to come. */
void fault_interrupts_forget(struct run *run);
void fault_interrupts_stop(struct run *run);

/* Strikes that are not of a place. For EARLY_INTERRUPT and SPURIOUS_INTERRUPT; FLIP_GIC. */
void fault_pend(struct run *run, struct sim_pe *pe, const struct fault_strike *strike);
void fault_flip_gic(struct run *run, struct sim_pe *pe, const struct fault_strike *strike);

#endif
