/* SPDX-License-Identifier: BSD-3-Clause */
#include "spmc/page_pool.h"

#include "spmc/mem.h"
#include "spmc/spmc.h"

bool page_pool_init(struct arch_pe *pe, struct page_pool *pool, paddr_t base, uint64_t size_bytes)
{
    memset(pool, 0, sizeof(*pool));
    pool->lock.rank = SPMC_RANK_POOL;
    if (base.pa == 0 || size_bytes == 0 || !is_page_aligned(base.pa) ||
        !is_page_aligned(size_bytes) || base.pa + size_bytes < base.pa) {
        return false;
    }
    pool->base = base.pa;
    pool->total_count = size_bytes / PAGE_SIZE_BYTES;
    /* From the top down, so that pages are handed out in ascending order. */
    for (uint64_t i = pool->total_count; i != 0; i--) {
        uint64_t page = base.pa + (i - 1) * PAGE_SIZE_BYTES;
        uint64_t *link = arch_map(pe, paddr(page), PAGE_SIZE_BYTES);

        if (link == NULL) {
            return false;
        }
        *link = pool->first;
        arch_unmap(pe, link, PAGE_SIZE_BYTES);
        pool->first = page;
    }
    pool->free_count = pool->total_count;
    return true;
}

/* Unlinks the page that `*from` names and returns it zeroed. The pool is locked. */
static void unlink_page(struct arch_pe *pe, struct page_pool *pool, uint64_t *from)
{
    uint64_t *link = arch_map(pe, paddr(*from), PAGE_SIZE_BYTES);
    uint64_t next = *link;

    memset(link, 0, PAGE_SIZE_BYTES);
    arch_unmap(pe, link, PAGE_SIZE_BYTES);
    *from = next;
    pool->free_count--;
}

bool page_pool_take(struct arch_pe *pe, struct page_pool *pool, paddr_t *page)
{
    bool taken = false;

    arch_lock(pe, &pool->lock);
    if (pool->first != 0) {
        page->pa = pool->first;
        unlink_page(pe, pool, &pool->first);
        taken = true;
    }
    arch_unlock(pe, &pool->lock);
    return taken;
}

bool page_pool_take_pair(struct arch_pe *pe, struct page_pool *pool, paddr_t *pair)
{
    uint64_t before = 0; /* free page that links to `at`; 0: the head does */
    bool taken = false;

    arch_lock(pe, &pool->lock);
    for (uint64_t at = pool->first; at != 0;) {
        uint64_t *link = arch_map(pe, paddr(at), PAGE_SIZE_BYTES);
        uint64_t next = *link;

        arch_unmap(pe, link, PAGE_SIZE_BYTES);
        if ((at & (2 * PAGE_SIZE_BYTES - 1)) == 0 && next == at + PAGE_SIZE_BYTES) {
            uint64_t *from = &pool->first;

            if (before != 0) {
                from = arch_map(pe, paddr(before), PAGE_SIZE_BYTES);
            }
            pair->pa = at;
            unlink_page(pe, pool, from);
            unlink_page(pe, pool, from);
            if (before != 0) {
                arch_unmap(pe, from, PAGE_SIZE_BYTES);
            }
            taken = true;
            break;
        }
        before = at;
        at = next;
    }
    arch_unlock(pe, &pool->lock);
    return taken;
}

void page_pool_give(struct arch_pe *pe, struct page_pool *pool, paddr_t page)
{
    uint64_t *link = arch_map(pe, page, PAGE_SIZE_BYTES);

    arch_lock(pe, &pool->lock);
    *link = pool->first;
    pool->first = page.pa;
    pool->free_count++;
    arch_unlock(pe, &pool->lock);
    arch_unmap(pe, link, PAGE_SIZE_BYTES);
}
