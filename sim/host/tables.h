/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Translation tables of partitions as the architecture lays them out (Arm ARM D8.3): stage 2 of
 * S-EL1 partitions, stage 1 of S-EL0 ones. For checkers and the ownership map: shares no code with
 * the core that writes the tables.
 */
#ifndef SIM_HOST_TABLES_H
#define SIM_HOST_TABLES_H

#include "sim/host/host.h"

#define TABLES_VALID      1u
#define TABLES_NEXT       2u /* levels 0 to 2: a table; level 3: a page */
#define TABLES_ADDRESS    0x0000fffffffff000ull
#define TABLES_ENTRIES    512u
#define TABLES_LAST_LEVEL 3u

/* Stage 1 of EL2&0: attributes of a leaf */
#define TABLES_LEAF_NS  (1ull << 5)
#define TABLES_LEAF_EL0 (1ull << 6)
#define TABLES_LEAF_RO  (1ull << 7)
#define TABLES_LEAF_NG  (1ull << 11)
#define TABLES_LEAF_PXN (1ull << 53)
#define TABLES_LEAF_UXN (1ull << 54)

static inline bool tables_is_next(uint64_t descriptor, unsigned level)
{
    return level < TABLES_LAST_LEVEL &&
           (descriptor & (TABLES_VALID | TABLES_NEXT)) == (TABLES_VALID | TABLES_NEXT);
}

static inline uint64_t tables_entry_bytes(unsigned level)
{
    return 1ull << (PAGE_BITS + 9u * (TABLES_LAST_LEVEL - level));
}

static inline bool tables_is_el0(const struct partition *partition)
{
    return partition->manifest->exception_level == MANIFEST_S_EL0;
}

struct tables_root {
    uint64_t table; /* 0: there is none */
    unsigned level;
    unsigned pages; /* concatenated */
};

/* `space` counts for S-EL1 only: an S-EL0 partition has one root, that of the secure space. */
struct tables_root tables_root_of(const struct partition *partition, enum pas space);

/* What a valid leaf says. Memory: enum stage2_memory, TABLES_OTHER_MEMORY: another type. */
#define TABLES_OTHER_MEMORY 0xffu
struct stage2_attr tables_attr(const struct partition *partition, uint64_t leaf);
enum pas tables_space(const struct partition *partition, enum pas space, uint64_t leaf);

/* The entries of one table, of `pages` pages; NULL: not there. */
typedef const uint64_t *(*tables_read_fn)(void *user, uint64_t table, unsigned pages);

struct tables_found {
    bool mapped;
    enum pas space;
    uint64_t pa;
    struct stage2_attr attr;
    uint64_t end; /* where the entry ends that said so */
};

struct tables_found tables_lookup(tables_read_fn read, void *user,
                                  const struct partition *partition, enum pas space, uint64_t at);

/* tables_read_fn over simulated RAM; the run is `user`. */
const uint64_t *tables_read_ram(void *run, uint64_t table, unsigned pages);

/* "rw-", "r-x device"; access 0: "---" */
#define TABLES_ATTR_BYTES 12
void tables_attr_text(struct stage2_attr attr, char text[TABLES_ATTR_BYTES]);

#endif
