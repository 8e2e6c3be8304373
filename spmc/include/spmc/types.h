/* SPDX-License-Identifier: BSD-3-Clause */
/* Small types that everything in the core shares. Freestanding: no libc beyond mem* and strlen. */
#ifndef SPMC_TYPES_H
#define SPMC_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ffa/abi.h"

/* Address kinds are different types: a physical address can not be passed for an intermediate one.
 */
typedef struct {
    uint64_t pa;
} paddr_t;

typedef struct {
    uint64_t ipa;
} ipaddr_t;

static inline paddr_t paddr(uint64_t pa)
{
    return (paddr_t){.pa = pa};
}

static inline ipaddr_t ipaddr(uint64_t ipa)
{
    return (ipaddr_t){.ipa = ipa};
}

/* Physical address space of an access (Arm ARM D8; without FEAT_RME there are two). */
enum pas {
    PAS_SECURE,
    PAS_NON_SECURE,
};

#define PAGE_SIZE_BYTES 4096u
#define PAGE_BITS       12u

static inline bool is_page_aligned(uint64_t address)
{
    return (address & (PAGE_SIZE_BYTES - 1u)) == 0;
}

/* An UUID as FF-A registers and descriptors carry it: 16 bytes, in the order of its text form. */
struct uuid {
    uint8_t byte[16];
};

#endif
