/* SPDX-License-Identifier: BSD-3-Clause */
/* What a board adds to this port: constants, one object per board in platforms/<board>/. */
#ifndef SPMC_AARCH64_PLATFORM_H
#define SPMC_AARCH64_PLATFORM_H

#include "spmc/spmc.h"

struct platform {
    const char *name;
    paddr_t uart; /* PL011 of the secure world, set up by the boot firmware */
    enum pas uart_pas;
    struct spmc_gic gic;
    /*
     * HPFAR_EL2.NS says the wrong thing (QEMU up to 10.0: inverted; before 9: always 0): stage 1 of
     * the partition is asked for the address space of its output instead.
     */
    bool hpfar_ns_is_wrong;
};

extern const struct platform platform;

#endif
