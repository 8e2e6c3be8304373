/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Commands to `arch` (S-EL1) and `arch_el0`, first word of a direct request's 64-bit payload: what
 * the architecture leaves to a partition itself. All answer, unless it says otherwise.
 */
#ifndef ARCH_ARCH_H
#define ARCH_ARCH_H

#include <stdint.h>

/*
 * SCTLR_EL1.A = a1; when that is 0, reads and writes at addresses that are not aligned, which have
 * to do. r1 = what the bit was before. S-EL1 only.
 */
#define ARCH_CMD_UNALIGNED 0xa2c0u

/* Keys that follow from a1, and pointer authentication on. S-EL1 only. */
#define ARCH_CMD_KEYS 0xa2c1u

/*
 * Signs a pointer with each of the five keys, and authenticates it. r1 to r4 = signatures by the
 * keys IA, IB, DA, DB; the answer's first word is the one by GA.
 */
#define ARCH_CMD_SIGN 0xa2c2u

/*
 * Returns to an address that was signed, and with a1 = 1 tampered with before it is authenticated.
 * r1 = 1 when it arrived, r2 = ESR of the exception that it took instead. S-EL0 does not answer
 * then.
 */
#define ARCH_CMD_RETURN 0xa2c3u

struct pauth_signatures {
    uint64_t by_ia, by_ib, by_da, by_db, by_ga;
};

struct pauth_signatures pauth_sign(void);

/* True when it arrived. */
uint64_t pauth_return(uint64_t tamper);

#endif
