/* SPDX-License-Identifier: BSD-3-Clause */
/* Synchronous exceptions into S-EL1, as the architecture would take them (Arm ARM D1.4). */
#ifndef PARTITION_INJECT_H
#define PARTITION_INJECT_H

#include "spmc/spmc.h"

/*
 * Enters the vector of `vcpu` with the abort that `exit` (a stage-2 instruction or data abort)
 * tells of, as one of its own stage 1. False, and nothing changed: its vector can not be fetched,
 * so that it would fault for ever.
 */
bool inject_abort(struct spmc_cpu *cpu, struct vcpu *vcpu, const struct vcpu_exit *exit);

/* Enters the vector of `vcpu` with an exception of unknown reason (an UNDEFINED instruction). */
void inject_undefined(struct spmc_cpu *cpu, struct vcpu *vcpu);

#endif
