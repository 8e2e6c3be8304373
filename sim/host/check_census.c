/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Counts over all of memory: the ledger and the transactions agree on how many pages each has, and
 * every page of the pool is free, a translation table, a transaction's or the ledger's.
 */
#include <inttypes.h>

#include "sim/host/check_memory.h"

/* What one page of the ledger's last level speaks of, and one of the level above. */
#define CHUNK_BYTES  0x200000ull
#define MIDDLE_BYTES (512u * CHUNK_BYTES)
#define LEDGER_ROOTS 2u

/* Pages of the ledger's tree, as they are met in ascending order. */
struct tree {
    uint64_t pages;
    uint64_t last_chunk; /* + 1; 0: none yet */
    uint64_t last_middle;
};

static void count_node(struct tree *tree, uint64_t pa)
{
    if (tree->last_chunk != pa / CHUNK_BYTES + 1) {
        tree->last_chunk = pa / CHUNK_BYTES + 1;
        tree->pages++;
    }
    if (tree->last_middle != pa / MIDDLE_BYTES + 1) {
        tree->last_middle = pa / MIDDLE_BYTES + 1;
        tree->pages++;
    }
}

/* A page that the ledger gives to a transaction counts for it. */
static void count_page(struct check_memory *memory, uint64_t pa)
{
    struct run *run = memory->run;
    struct ledger_page page;

    if (!ledger_get(&run->arch_pe[0], &run->spmc->ledger, pa, &page) ||
        page.state == LEDGER_EXCLUSIVE || page.state == LEDGER_BUFFER) {
        return;
    }
    if (page.share >= memory->share_count || run->spmc->share_slot[page.share].page == 0) {
        run_fail(run, "invariant: the ledger leaves 0x%" PRIx64 " in a transaction that is over",
                 pa);
        return;
    }
    memory->census[page.share]++;
}

static void count_extent(struct check_memory *memory, const struct ledger_extent *extent,
                         struct tree *tree)
{
    struct run *run = memory->run;
    uint64_t stop = extent->base + extent->size_bytes;

    for (uint64_t pa = extent->base, end; pa < stop && !run->failed; pa = end) {
        end = (pa & ~(CHUNK_BYTES - 1)) + CHUNK_BYTES;
        end = end < stop ? end : stop;
        if (ledger_is_untouched(&run->arch_pe[0], &run->spmc->ledger, pa)) {
            continue;
        }
        count_node(tree, pa);
        for (uint64_t at = pa; at < end && !run->failed; at += PAGE_SIZE_BYTES) {
            count_page(memory, at);
        }
    }
}

/* Pages of the pool that transactions have. */
static uint64_t count_shares(struct check_memory *memory)
{
    struct run *run = memory->run;
    uint64_t pages = 0;

    for (uint32_t i = 0; i < memory->share_count && !run->failed; i++) {
        const struct share *share = share_at(run->spmc, &run->arch_pe[0], i);

        if (share == NULL) {
            continue;
        }
        pages += 1u + share->chunk_count;
        if (share->pages_seen != memory->census[i]) {
            run_fail(run,
                     "invariant: transaction 0x%" PRIx64 " has %u pages, the ledger gives it %u",
                     share->handle, (unsigned)share->pages_seen, (unsigned)memory->census[i]);
        }
    }
    return pages;
}

static void check_pool(struct check_memory *memory, uint64_t ledger_pages, uint64_t share_pages)
{
    const struct page_pool *pool = spmc_page_pool(memory->run->spmc);
    uint64_t taken = pool->total_count - pool->free_count;
    uint64_t table_pages = 0;

    for (uint32_t i = 0; i < memory->page_count; i++) {
        table_pages += memory->page[i].is_table;
    }
    if (taken != ledger_pages + share_pages + table_pages) {
        run_fail(memory->run,
                 "invariant: %" PRIu64 " pages of the pool are taken; %" PRIu64
                 " are tables, %" PRIu64 " the ledger's, %" PRIu64 " of transactions",
                 taken, table_pages, ledger_pages, share_pages);
    }
}

void check_census(struct check_memory *memory)
{
    struct run *run = memory->run;
    const struct ledger *ledger = &run->spmc->ledger;
    struct tree tree = {.pages = LEDGER_ROOTS};
    uint64_t share_pages;

    for (uint32_t i = 0; i < memory->share_count; i++) {
        memory->census[i] = 0;
    }
    for (uint32_t i = 0; i < ledger->extent_count && !run->failed; i++) {
        count_extent(memory, &ledger->extent[i], &tree);
    }
    share_pages = count_shares(memory);
    if (!run->failed) {
        check_pool(memory, tree.pages, share_pages);
    }
}
