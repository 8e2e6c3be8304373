/* SPDX-License-Identifier: BSD-3-Clause */
#include "spmc/page_pool.h"

#include "spmc/mem.h"
#include "spmc/spmc.h"

static bool is_there(struct arch_pe *pe, uint64_t page)
{
    void *memory = arch_map(pe, paddr(page), PAGE_SIZE_BYTES);

    if (memory != NULL) {
        arch_unmap(pe, memory, PAGE_SIZE_BYTES);
    }
    return memory != NULL;
}

bool page_pool_init(struct arch_pe *pe, struct page_pool *pool, paddr_t base, uint64_t size_bytes)
{
    memset(pool, 0, sizeof(*pool));
    pool->lock.rank = SPMC_RANK_POOL;
    if (base.pa == 0 || size_bytes == 0 || !is_page_aligned(base.pa) ||
        !is_page_aligned(size_bytes) || base.pa + size_bytes < base.pa || !is_there(pe, base.pa) ||
        !is_there(pe, base.pa + size_bytes - PAGE_SIZE_BYTES)) {
        return false;
    }
    pool->base = base.pa;
    pool->total_count = size_bytes / PAGE_SIZE_BYTES;
    pool->free_count = pool->total_count;
    pool->fresh = base.pa;
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

static uint64_t end_of(const struct page_pool *pool)
{
    return pool->base + pool->total_count * PAGE_SIZE_BYTES;
}

/* Pages that were never handed out have no link: the next one, zeroed. The pool is locked. */
static uint64_t take_fresh(struct arch_pe *pe, struct page_pool *pool)
{
    uint64_t page = pool->fresh;
    void *memory = arch_map(pe, paddr(page), PAGE_SIZE_BYTES);

    memset(memory, 0, PAGE_SIZE_BYTES);
    arch_unmap(pe, memory, PAGE_SIZE_BYTES);
    pool->fresh += PAGE_SIZE_BYTES;
    pool->free_count--;
    return page;
}

/* The pool is locked. */
static bool has(const struct page_pool *pool, uint64_t pages)
{
    return pool->free_count >= pool->kept_count && pool->free_count - pool->kept_count >= pages;
}

bool page_pool_take(struct arch_pe *pe, struct page_pool *pool, paddr_t *page)
{
    bool taken = true;

    arch_lock(pe, &pool->lock);
    if (!has(pool, 1)) {
        taken = false;
    } else if (pool->first != 0) {
        page->pa = pool->first;
        unlink_page(pe, pool, &pool->first);
    } else if (pool->fresh < end_of(pool)) {
        page->pa = take_fresh(pe, pool);
    } else {
        taken = false;
    }
    arch_unlock(pe, &pool->lock);
    return taken;
}

/* Puts a page in front of the list. The pool is locked. */
static void link_page(struct arch_pe *pe, struct page_pool *pool, uint64_t page)
{
    uint64_t *link = arch_map(pe, paddr(page), PAGE_SIZE_BYTES);

    *link = pool->first;
    arch_unmap(pe, link, PAGE_SIZE_BYTES);
    pool->first = page;
    pool->free_count++;
}

static bool take_fresh_pair(struct arch_pe *pe, struct page_pool *pool, paddr_t *pair)
{
    uint64_t first = (pool->fresh + 2 * PAGE_SIZE_BYTES - 1) & ~(uint64_t)(2 * PAGE_SIZE_BYTES - 1);

    if (first + 2 * PAGE_SIZE_BYTES > end_of(pool)) {
        return false;
    }
    if (first != pool->fresh) {
        link_page(pe, pool, take_fresh(pe, pool));
    }
    pair->pa = take_fresh(pe, pool);
    (void)take_fresh(pe, pool);
    return true;
}

bool page_pool_take_pair(struct arch_pe *pe, struct page_pool *pool, paddr_t *pair)
{
    uint64_t before = 0; /* free page that links to `at`; 0: the head does */
    bool taken = false;

    arch_lock(pe, &pool->lock);
    for (uint64_t at = has(pool, 2) ? pool->first : 0; at != 0;) {
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
    taken = taken || (has(pool, 2) && take_fresh_pair(pe, pool, pair));
    arch_unlock(pe, &pool->lock);
    return taken;
}

void page_pool_give(struct arch_pe *pe, struct page_pool *pool, paddr_t page)
{
    arch_lock(pe, &pool->lock);
    link_page(pe, pool, page.pa);
    arch_unlock(pe, &pool->lock);
}
