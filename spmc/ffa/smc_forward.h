/* SPDX-License-Identifier: BSD-3-Clause */
/* SMCs of partitions that are not FF-A: EL3 gets those that the SPMC manifest allows. */
#ifndef FFA_SMC_FORWARD_H
#define FFA_SMC_FORWARD_H

#include "spmc/spmc.h"

/* Fills the frame with the result of EL3, or with SMCCC "unknown" (-1 in x0). */
void smc_forward(struct spmc_cpu *cpu, struct vcpu *vcpu);

/* SMCCC "unknown": x0 = -1, everything else as the caller left it. */
void smc_unknown(struct vcpu *vcpu);

#endif
