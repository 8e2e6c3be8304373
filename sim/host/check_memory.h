/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whose memory is whose: translation tables against the share ledger.
 *
 * After each call only what changed is looked at. The door notes which pages of the SPMC the core
 * opened and in which of them it wrote descriptors; a copy of all tables and transactions from
 * after the previous call says what is new. A full walk at the end of the run (and with
 * --check=full after every call) looks at everything and trusts no copy.
 */
#ifndef SIM_CHECK_MEMORY_H
#define SIM_CHECK_MEMORY_H

#include "sim/host/tables.h"
#include "spmc/internal.h"

/* A page of the SPMC's range, as the checkers know it. */
struct check_page {
    bool is_table;
    uint8_t level;
    uint8_t space;
    uint16_t partition; /* index */
    uint64_t base;      /* address that its first entry translates */
    uint16_t first;     /* with CHECK_WRITTEN: the first and the last entry that were */
    uint16_t last;
};

/* What the door noted of a page: mapped for the core; a descriptor was written. */
#define CHECK_OPENED  1u
#define CHECK_WRITTEN 2u

/* Over all addresses: blocks of pages, made when needed. */
#define CHECK_CLAIM_PAGES  16384u
#define CHECK_CLAIM_BLOCKS ((uint32_t)((1ull << (STAGE2_IPA_BITS - PAGE_BITS)) / CHECK_CLAIM_PAGES))

/* A transaction as it was after the latest call. */
struct check_share {
    bool used;
    struct share head;
    struct stage2_attr owner_attr; /* what the owner's tables said before */
    struct share_constituent *list;
    uint32_t count;
    uint32_t capacity;
};

struct check_change {
    uint32_t page;
    uint32_t index;
    uint64_t was;
    uint64_t now;
};

struct check_memory {
    struct run *run;
    bool busy; /* the checker itself opens pages */
    uint8_t *ram;
    uint64_t base;
    uint32_t page_count;
    struct check_page *page; /* [page_count] */
    uint64_t *copy;          /* [page_count][TABLES_ENTRIES]: tables after the latest call */
    uint8_t *mark;           /* [page_count] */
    uint32_t *marked;        /* [page_count] */
    uint32_t marked_count;
    struct check_change *change;
    uint32_t change_count;
    uint32_t change_capacity;
    uint32_t share_count;
    struct check_share *share; /* [share_count] */
    uint32_t share_top;        /* the first slot that was never used: slots are taken in order */
    uint32_t *census;          /* [share_count] */
    uint16_t **claim;          /* [CHECK_CLAIM_BLOCKS] of [CHECK_CLAIM_PAGES]: slot + 1, by page */
};

/* check_memory.c: False: no memory. */
bool check_memory_create(struct run *run);
void check_memory_destroy(struct run *run);

/*
 * After a call. `rejected`: it must not have changed anything. `census`: it may have claimed pages,
 * and has to have let go of them.
 */
void check_memory_after(struct run *run, bool rejected, bool census);
/* Everything; `anew`: what is written in tables now is where the next comparison starts. */
void check_memory_full(struct run *run, bool anew);

/* check_changes.c: descriptors */
bool check_changes_collect(struct check_memory *memory); /* false: no host memory */
void check_changes_judge(struct check_memory *memory, bool rejected);
void check_changes_take(struct check_memory *memory); /* the copy is up to date afterwards */
void check_changes_rebuild(struct check_memory *memory);
/* Does the copy say what RAM says? Else somebody wrote around the door. No table is empty. */
void check_changes_compare(struct check_memory *memory);
/* tables_read_fn over the copy; struct check_memory is `user`. */
const uint64_t *check_changes_read(void *memory, uint64_t table, unsigned pages);

/* check_shares.c: transactions */
void check_shares_after(struct check_memory *memory, bool rejected);
void check_shares_full(struct check_memory *memory);

/* check_census.c: counts over all of memory and of the pool; needs check_changes_take() first */
void check_census(struct check_memory *memory);

/* check_owners.c: NULL when this partition may reach the page like that, else the law it breaks. */
const char *check_owner_law(struct run *run, const struct partition *partition, enum pas space,
                            uint64_t pa, struct stage2_attr attr);
/* A leaf over [pa, pa + size) against ledger and manifests. */
void check_owned(struct run *run, const struct partition *partition, enum pas space, uint64_t pa,
                 uint64_t size, struct stage2_attr attr);
/* Fails the run. */
void check_broken(struct run *run, const struct partition *partition, enum pas space,
                  const char *law, uint64_t pa);

/* check_tables.c: the rules for one valid leaf, and for the place of a table. */
void check_one_leaf(struct run *run, const struct partition *partition, enum pas space,
                    unsigned level, uint64_t at, uint64_t leaf);
bool check_table_place(struct run *run, const struct partition *partition, enum pas space,
                       uint64_t descriptor);

#endif
