/* SPDX-License-Identifier: BSD-3-Clause */
/* Descriptors and controls, VMSAv8-64, 4 KiB granule (Arm ARM D8.3, D24.2). */
#ifndef SPMC_STAGE2_DESCRIPTOR_H
#define SPMC_STAGE2_DESCRIPTOR_H

#include "spmc/stage2.h"

#define S2_VALID        (1ull << 0)
#define S2_TABLE        (1ull << 1) /* levels 0 to 2: a table; level 3: a page */
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

/* Stage 1 of EL2&0 */
#define S1_ATTR_INDEX(i)   ((uint64_t)(i) << 2)
#define S1_ATTR_INDEX_MASK S1_ATTR_INDEX(7)
#define S1_NS              (1ull << 5)
#define S1_AP_EL0          (1ull << 6)
#define S1_AP_READ_ONLY    (1ull << 7)
#define S1_NG              (1ull << 11)
#define S1_PXN             (1ull << 53)
#define S1_UXN             (1ull << 54)

/* In a table descriptor bits [11:2] are ignored by the walker: entries that are valid below. */
#define S2_COUNT_SHIFT 2u
#define S2_COUNT_MASK  (0x3ffull << S2_COUNT_SHIFT)

#define S2_LAST_LEVEL   3u
#define S2_BLOCK_LEVEL  2u /* the only level where blocks are used */
#define S2_ENTRIES      512u
#define S2_ROOT_ENTRIES (S2_ENTRIES * STAGE2_ROOT_PAGES)

static inline unsigned s2_root_level(const struct stage2 *s2)
{
    return s2->el0 ? 0 : 1;
}

static inline unsigned s2_entries(const struct stage2 *s2, unsigned level)
{
    return level == 1 && !s2->el0 ? S2_ROOT_ENTRIES : S2_ENTRIES;
}

/* Bytes that one entry of a level covers. */
static inline uint64_t s2_entry_bytes(unsigned level)
{
    return 1ull << (PAGE_BITS + 9u * (S2_LAST_LEVEL - level));
}

static inline bool s2_is_table(uint64_t descriptor, unsigned level)
{
    return level < S2_LAST_LEVEL && (descriptor & (S2_VALID | S2_TABLE)) == (S2_VALID | S2_TABLE);
}

static inline unsigned s2_count(uint64_t table_descriptor)
{
    return (unsigned)((table_descriptor & S2_COUNT_MASK) >> S2_COUNT_SHIFT);
}

/* A leaf at `level`: block at level 2, page at level 3. Access 0 gives an invalid descriptor. */
uint64_t s2_leaf(const struct stage2 *s2, enum pas space, uint64_t pa, struct stage2_attr attr,
                 unsigned level);
struct stage2_attr s2_leaf_attr(const struct stage2 *s2, uint64_t descriptor);

/* Of an S-EL0 partition's leaf; for others the space is that of the root. */
static inline enum pas s2_leaf_space(uint64_t descriptor)
{
    return (descriptor & S1_NS) != 0 ? PAS_NON_SECURE : PAS_SECURE;
}

#endif
