/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Pages for translation tables, the ledger and transactions, in memory of the SPMC. A free page
 * carries the link to the next one in its own first bytes, so the pool needs no room beside itself;
 * memory that was never used is not touched before it is. Pages are handed out zeroed.
 *
 * Lock order: the caller holds the lock of what it builds; the pool's own lock is the innermost.
 */
#ifndef SPMC_PAGE_POOL_H
#define SPMC_PAGE_POOL_H

#include "arch/arch.h"
#include "spmc/types.h"

struct page_pool {
    struct arch_lock lock;
    uint64_t first; /* PA of the first free page that was out before, 0: none */
    uint64_t fresh; /* from here to the end of the pool no page was ever out */
    uint64_t free_count;
    uint64_t total_count;
    uint64_t kept_count; /* free pages that are not handed out: 0, unless it shall run short */
    uint64_t base;
};

/* Takes [base, base + size) (page aligned, secure memory of the SPMC, base not 0) as free pages. */
bool page_pool_init(struct arch_pe *pe, struct page_pool *pool, paddr_t base, uint64_t size_bytes);

/* A zeroed page; false when none is left beside those that are kept. */
bool page_pool_take(struct arch_pe *pe, struct page_pool *pool, paddr_t *page);

/*
 * Two contiguous zeroed pages, the first 8 KiB aligned: a concatenated root table. Searches the
 * free list, so it is meant for boot, when the list is still in order. The pages go back one by
 * one.
 */
bool page_pool_take_pair(struct arch_pe *pe, struct page_pool *pool, paddr_t *pair);

/* Gives back a page taken from this pool. */
void page_pool_give(struct arch_pe *pe, struct page_pool *pool, paddr_t page);

#endif
