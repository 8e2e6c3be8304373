/* SPDX-License-Identifier: BSD-3-Clause */
/* What a board adds to this port: constants, one object per board in platforms/<board>/. */
#ifndef SPMC_AARCH64_PLATFORM_H
#define SPMC_AARCH64_PLATFORM_H

#include "spmc/types.h"

struct platform {
    const char *name;
    paddr_t uart; /* PL011 of the secure world, set up by the boot firmware */
    enum pas uart_pas;
};

extern const struct platform platform;

#endif
