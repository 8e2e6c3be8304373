/* SPDX-License-Identifier: BSD-3-Clause */
/* Commands to `tick`, first word of a direct request's 64-bit payload. All answer. */
#ifndef TICK_TICK_H
#define TICK_TICK_H

/* Its timer fires a1 us from now. r1 = how often it has fired. */
#define TICK_CMD_ARM 0x71c0u

/* Arms it as above and stays until it has fired. r1 = how often it has. */
#define TICK_CMD_STAY 0x71c1u

/* Stays for a1 us. r1 = how often the timer has fired. */
#define TICK_CMD_SPIN 0x71c2u

#endif
