/* SPDX-License-Identifier: BSD-3-Clause */
/* Standard calls that the dispatcher answers itself: PSCI (DEN0022) and SMCCC discovery. */
#ifndef SPMD_PSCI_H
#define SPMD_PSCI_H

#include "spmd/spmd.h"

/* A call that is none of FF-A, from `from` on PE `cpu_index`. */
enum spmd_next psci_call(struct spmd *spmd, uint32_t cpu_index, enum spmd_world from, uint32_t fid,
                         uint64_t *x);

/* The SPMC answers what it was asked about power: CPU_OFF, CPU_SUSPEND, warm boot. */
enum spmd_next psci_answered(struct spmd *spmd, uint32_t cpu_index, uint64_t *x);

#endif
