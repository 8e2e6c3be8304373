/* SPDX-License-Identifier: BSD-3-Clause */
/* PSCI calls of a normal-world kernel (DEN0022), by SMC. */
#ifndef GUEST_PSCI_H
#define GUEST_PSCI_H

#include <stdint.h>

#include "ffa/abi.h"

_Noreturn void psci_system_off(void);
_Noreturn void psci_system_reset2(uint32_t type, uint64_t cookie);

/*
 * Starts the PE with this affinity at guest_secondary_entry, which gets `pe` as its index.
 * PSCI_SUCCESS or an error.
 */
int32_t psci_cpu_on(uint64_t mpidr, unsigned pe);

/* Switches this PE off. Returns only when it is refused. */
int32_t psci_cpu_off(void);

/* PSCI_AFFINITY_ON, _OFF, _ON_PENDING, or an error. */
int32_t psci_affinity_info(uint64_t mpidr);

#endif
