/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The share ledger: for each page, whose it is, and which transaction speaks of it. It owns the
 * truth; translation tables follow it.
 *
 * What no transaction has touched belongs to whom the manifests say (extents, made at boot).
 * Everything else has a word in a tree of pages of the pool, indexed by physical address, so that
 * asking and noting cost the same however many pages are out.
 *
 * Every function but ledger_init() needs `lock` held.
 */
#ifndef SPMC_LEDGER_H
#define SPMC_LEDGER_H

#include "spmc/page_pool.h"
#include "spmc/stage2.h"
#include "spmc/types.h"

enum ledger_state {
    LEDGER_EXCLUSIVE, /* the owner's alone */
    LEDGER_PENDING,   /* named by a transaction that is not complete: still the owner's alone */
    LEDGER_SHARED,    /* the owner's and its borrowers' */
    LEDGER_LENT,      /* owned without access, the borrowers' */
    LEDGER_DONATED,   /* given away, until the receiver has taken it */
    LEDGER_BUFFER,    /* an RX or TX buffer: the owner's and the SPMC's */
};

struct ledger_page {
    uint16_t owner;          /* endpoint id; a VM's for memory that it sent, else FFA_ID_NWD */
    uint16_t share;          /* PENDING to DONATED: slot of the transaction */
    uint8_t state;           /* enum ledger_state */
    uint8_t pas;             /* enum pas */
    bool device;             /* device memory, whoever has it */
    struct stage2_attr attr; /* PENDING to DONATED: what the owner had and gets back (partitions) */
};

/* Memory with one owner from boot on, in ascending order, without overlap. */
struct ledger_extent {
    uint64_t base;
    uint64_t size_bytes;
    uint16_t owner;
    uint8_t pas;
    bool device;
};

struct ledger {
    struct arch_lock lock; /* SPMC_RANK_MEMORY */
    struct page_pool *pool;
    paddr_t root; /* two pages, 1024 entries */
    const struct ledger_extent *extent;
    uint32_t extent_count;
};

/* False: no pages. */
bool ledger_init(struct arch_pe *pe, struct ledger *ledger, struct page_pool *pool,
                 const struct ledger_extent *extent, uint32_t extent_count);

/* False: nobody's memory (the SPMC's, EL3's, nothing there). */
bool ledger_get(struct arch_pe *pe, const struct ledger *ledger, uint64_t pa,
                struct ledger_page *out);

/* False: no pages; nothing changed. Never false for a page that has a word already. */
bool ledger_put(struct arch_pe *pe, struct ledger *ledger, uint64_t pa,
                const struct ledger_page *page);

/* The same of 1 to `most` pages in one 2 MiB: how many have the same answer; 0: nobody's. */
uint32_t ledger_get_run(struct arch_pe *pe, const struct ledger *ledger, uint64_t pa, uint32_t most,
                        struct ledger_page *out);

/* ledger_put() of `count` pages that lie in one 2 MiB. */
bool ledger_put_run(struct arch_pe *pe, struct ledger *ledger, uint64_t pa, uint32_t count,
                    const struct ledger_page *page);

/* Back to what the extents say. */
void ledger_drop(struct arch_pe *pe, struct ledger *ledger, uint64_t pa);

/* No transaction speaks of any page in the 2 MiB around `pa`, and none has moved. */
bool ledger_is_untouched(struct arch_pe *pe, const struct ledger *ledger, uint64_t pa);

/*
 * The first 2 MiB at or above `from` that are not untouched in that sense; false: there are none.
 */
bool ledger_next_touched(struct arch_pe *pe, const struct ledger *ledger, uint64_t from,
                         uint64_t *block);

/* All of the 2 MiB around `pa` belongs to `owner`, whoever may reach it now. */
bool ledger_block_is_of(struct arch_pe *pe, const struct ledger *ledger, uint64_t pa,
                        uint16_t owner);

/*
 * `count` pages belong to `owner` alone from now on; takes no pages of the pool where they have
 * words already.
 */
void ledger_settle(struct arch_pe *pe, struct ledger *ledger, uint64_t pa, uint32_t count,
                   uint16_t owner);

/*
 * Pages of `owner` alone, of this world, become a buffer that the SPMC uses too, and go back.
 * DENIED: not all are; NO_MEMORY; then nothing changed.
 */
int32_t ledger_take_buffer(struct arch_pe *pe, struct ledger *ledger, uint64_t base,
                           uint32_t page_count, uint16_t owner, enum pas pas);
void ledger_give_buffer(struct arch_pe *pe, struct ledger *ledger, uint64_t base,
                        uint32_t page_count, uint16_t owner);

#endif
