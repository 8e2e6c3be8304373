/* SPDX-License-Identifier: BSD-3-Clause */
/* Stage-2 descriptors and controls, VMSAv8-64, 4 KiB granule (Arm ARM D8.3, D24.2). */
#ifndef SPMC_STAGE2_DESCRIPTOR_H
#define SPMC_STAGE2_DESCRIPTOR_H

#include "spmc/stage2.h"

#define S2_VALID        (1ull << 0)
#define S2_TABLE        (1ull << 1) /* levels 1, 2: a table; level 3: a page */
#define S2_MEMATTR(a)   ((uint64_t)(a) << 2)
#define S2_MEMATTR_MASK S2_MEMATTR(0xf)
#define S2_AP_READ      (1ull << 6)
#define S2_AP_WRITE     (1ull << 7)
#define S2_SH_INNER     (3ull << 8)
#define S2_AF           (1ull << 10)
#define S2_XN           (1ull << 54)
#define S2_ADDRESS      0x0000fffffffff000ull

#define S2_ATTR_DEVICE_nGnRnE 0x0u
#define S2_ATTR_NORMAL_NC     0x5u
#define S2_ATTR_NORMAL_WB     0xfu

#define S2_LAST_LEVEL   3u
#define S2_ENTRIES      512u
#define S2_ROOT_LEVEL   1u
#define S2_ROOT_ENTRIES (S2_ENTRIES * STAGE2_ROOT_PAGES)

/* Bytes that one entry of a level covers. */
static inline uint64_t s2_entry_bytes(unsigned level)
{
    return 1ull << (PAGE_BITS + 9u * (S2_LAST_LEVEL - level));
}

static inline bool s2_is_table(uint64_t descriptor, unsigned level)
{
    return level < S2_LAST_LEVEL && (descriptor & (S2_VALID | S2_TABLE)) == (S2_VALID | S2_TABLE);
}

/* A leaf at `level`: block at level 2, page at level 3. Access 0 gives an invalid descriptor. */
uint64_t s2_leaf(uint64_t pa, struct stage2_attr attr, unsigned level);
struct stage2_attr s2_leaf_attr(uint64_t descriptor);

#endif
