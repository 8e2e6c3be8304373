/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef PARTITION_STALE_FAULT_H
#define PARTITION_STALE_FAULT_H

#include "spmc/internal.h"

/*
 * Is the abort explained by a moment that has passed? Another PE that splits or joins a block takes
 * it away for as long as break before make needs; what the tables allow now is tried again. False
 * after so many tries at one place that the tables can not be the reason.
 */
bool fault_is_stale(struct spmc_cpu *cpu, struct vcpu *vcpu, const struct vcpu_exit *exit);

#endif
