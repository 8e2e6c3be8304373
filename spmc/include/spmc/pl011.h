/* SPDX-License-Identifier: BSD-3-Clause */
/* Arm PL011 UART (DDI0183), transmit side, for the SPMC's log. The boot loader has set it up. */
#ifndef SPMC_PL011_H
#define SPMC_PL011_H

#include "arch/arch.h"

/* Writes one byte; gives up, and loses it, when the FIFO stays full. */
void pl011_put(struct arch_pe *pe, paddr_t base, enum pas pas, char c);

#endif
