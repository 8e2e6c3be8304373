/* SPDX-License-Identifier: BSD-3-Clause */
/* PSCI calls of a normal-world kernel (DEN0022), by SMC. */
#ifndef GUEST_PSCI_H
#define GUEST_PSCI_H

#include <stdint.h>

_Noreturn void psci_system_off(void);
_Noreturn void psci_system_reset2(uint32_t type, uint64_t cookie);

#endif
