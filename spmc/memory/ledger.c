/* SPDX-License-Identifier: BSD-3-Clause */
#include "spmc/ledger.h"

#include "spmc/mem.h"
#include "spmc/spmc.h"

/* Three levels over 40 bits of address: 1024, 512 and 512 entries, the last ones words. */
#define LEVELS       3u
#define ROOT_ENTRIES 1024u
#define ENTRIES      512u
#define ADDRESS_BITS STAGE2_IPA_BITS
#define BLOCK_BYTES  0x200000u /* what one node of words is about */

/* An entry above the last level: the page below, and how many of its entries are not 0. */
#define NODE_ADDRESS 0x0000fffffffff000ull
#define NODE_COUNT   0xfffull

/* A word; 0 says nothing. */
#define WORD_PRESENT      1u
#define WORD_STATE_SHIFT  1u
#define WORD_STATE_MASK   7u
#define WORD_ACCESS_SHIFT 4u
#define WORD_ACCESS_MASK  7u
#define WORD_MEMORY_SHIFT 7u
#define WORD_MEMORY_MASK  3u
#define WORD_PAS_SHIFT    9u
#define WORD_DEVICE_SHIFT 10u
#define WORD_OWNER_SHIFT  16u
#define WORD_SHARE_SHIFT  32u

static uint64_t pack(const struct ledger_page *page)
{
    return WORD_PRESENT | (uint64_t)page->state << WORD_STATE_SHIFT |
           (uint64_t)page->attr.access << WORD_ACCESS_SHIFT |
           (uint64_t)page->attr.memory << WORD_MEMORY_SHIFT |
           (uint64_t)page->pas << WORD_PAS_SHIFT | (uint64_t)page->device << WORD_DEVICE_SHIFT |
           (uint64_t)page->owner << WORD_OWNER_SHIFT | (uint64_t)page->share << WORD_SHARE_SHIFT;
}

static void unpack(uint64_t word, struct ledger_page *page)
{
    *page = (struct ledger_page){
        .owner = (uint16_t)(word >> WORD_OWNER_SHIFT),
        .share = (uint16_t)(word >> WORD_SHARE_SHIFT),
        .state = (word >> WORD_STATE_SHIFT) & WORD_STATE_MASK,
        .pas = (word >> WORD_PAS_SHIFT) & 1u,
        .device = ((word >> WORD_DEVICE_SHIFT) & 1u) != 0,
        .attr = {(word >> WORD_ACCESS_SHIFT) & WORD_ACCESS_MASK,
                 (word >> WORD_MEMORY_SHIFT) & WORD_MEMORY_MASK},
    };
}

bool ledger_init(struct arch_pe *pe, struct ledger *ledger, struct page_pool *pool,
                 const struct ledger_extent *extent, uint32_t extent_count)
{
    ledger->lock.rank = SPMC_RANK_MEMORY;
    ledger->pool = pool;
    ledger->extent = extent;
    ledger->extent_count = extent_count;
    return page_pool_take_pair(pe, pool, &ledger->root);
}

static size_t node_bytes(unsigned level)
{
    return (level == 0 ? ROOT_ENTRIES : ENTRIES) * sizeof(uint64_t);
}

static unsigned index_of(uint64_t pa, unsigned level)
{
    unsigned shift = PAGE_BITS + 9u * (LEVELS - 1u - level);

    return (unsigned)(pa >> shift) & (level == 0 ? ROOT_ENTRIES - 1u : ENTRIES - 1u);
}

static const struct ledger_extent *extent_of(const struct ledger *ledger, uint64_t pa)
{
    uint32_t low = 0;
    uint32_t high = ledger->extent_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct ledger_extent *extent = &ledger->extent[middle];

        if (pa < extent->base) {
            high = middle;
        } else if (pa - extent->base >= extent->size_bytes) {
            low = middle + 1;
        } else {
            return extent;
        }
    }
    return NULL;
}

static uint64_t word_of(struct arch_pe *pe, const struct ledger *ledger, uint64_t pa)
{
    uint64_t entry = ledger->root.pa;

    for (unsigned level = 0; level < LEVELS && entry != 0; level++) {
        const uint64_t *node = arch_map(pe, paddr(entry & NODE_ADDRESS), node_bytes(level));
        uint64_t next = node[index_of(pa, level)];

        arch_unmap(pe, (void *)(uintptr_t)node, node_bytes(level));
        entry = next;
    }
    return entry;
}

bool ledger_get(struct arch_pe *pe, const struct ledger *ledger, uint64_t pa,
                struct ledger_page *out)
{
    const struct ledger_extent *extent;
    uint64_t word;

    if (pa >> ADDRESS_BITS != 0) {
        return false;
    }
    word = word_of(pe, ledger, pa);
    if (word != 0) {
        unpack(word, out);
        return true;
    }
    extent = extent_of(ledger, pa);
    if (extent == NULL) {
        return false;
    }
    *out = (struct ledger_page){.owner = extent->owner,
                                .state = LEDGER_EXCLUSIVE,
                                .pas = extent->pas,
                                .device = extent->device};
    return true;
}

/* How many of `most` words from `word` on are equal to it. */
static uint32_t equal_words(const uint64_t *word, uint32_t most)
{
    uint32_t count = 1;

    while (count < most && word[count] == word[0]) {
        count++;
    }
    return count;
}

uint32_t ledger_get_run(struct arch_pe *pe, const struct ledger *ledger, uint64_t pa, uint32_t most,
                        struct ledger_page *out)
{
    uint32_t room = ENTRIES - index_of(pa, LEVELS - 1u);
    uint64_t entry = ledger->root.pa;
    const struct ledger_extent *extent;
    uint64_t left;
    uint32_t count;

    if (!ledger_get(pe, ledger, pa, out)) {
        return 0;
    }
    count = most < room ? most : room;
    for (unsigned level = 0; level < LEVELS && entry != 0; level++) {
        const uint64_t *node = arch_map(pe, paddr(entry & NODE_ADDRESS), node_bytes(level));
        const uint64_t *at = &node[index_of(pa, level)];
        uint64_t next = *at;

        if (level == LEVELS - 1u) {
            count = equal_words(at, count);
        }
        arch_unmap(pe, (void *)(uintptr_t)node, node_bytes(level));
        entry = next;
    }
    if (entry != 0) {
        return count;
    }
    extent = extent_of(ledger, pa);
    left = (extent->base + extent->size_bytes - pa) / PAGE_SIZE_BYTES;
    return left < count ? (uint32_t)left : count;
}

bool ledger_is_untouched(struct arch_pe *pe, const struct ledger *ledger, uint64_t pa)
{
    uint64_t entry = ledger->root.pa;

    for (unsigned level = 0; level < LEVELS - 1u && entry != 0; level++) {
        const uint64_t *node = arch_map(pe, paddr(entry & NODE_ADDRESS), node_bytes(level));
        uint64_t next = node[index_of(pa, level)];

        arch_unmap(pe, (void *)(uintptr_t)node, node_bytes(level));
        entry = next;
    }
    return entry == 0;
}

/* The first entry from `index` on that is not 0, and its number; 0: there is none. */
static uint64_t next_entry(struct arch_pe *pe, uint64_t node_pa, unsigned level, unsigned *index)
{
    unsigned end = level == 0 ? ROOT_ENTRIES : ENTRIES;
    const uint64_t *node = arch_map(pe, paddr(node_pa & NODE_ADDRESS), node_bytes(level));
    uint64_t entry = 0;

    while (*index < end && (entry = node[*index]) == 0) {
        ++*index;
    }
    arch_unmap(pe, (void *)(uintptr_t)node, node_bytes(level));
    return entry;
}

bool ledger_next_touched(struct arch_pe *pe, const struct ledger *ledger, uint64_t from,
                         uint64_t *block)
{
    uint64_t at = (from + BLOCK_BYTES - 1u) & ~(uint64_t)(BLOCK_BYTES - 1u);

    while (at >> ADDRESS_BITS == 0) {
        unsigned high = index_of(at, 0);
        unsigned low = index_of(at, 1);
        uint64_t entry = next_entry(pe, ledger->root.pa, 0, &high);

        if (entry == 0) {
            return false;
        }
        if (high != index_of(at, 0)) {
            low = 0;
        }
        at = (uint64_t)high * ENTRIES * BLOCK_BYTES;
        if (next_entry(pe, entry, 1, &low) != 0) {
            *block = at + (uint64_t)low * BLOCK_BYTES;
            return true;
        }
        at += (uint64_t)ENTRIES * BLOCK_BYTES;
    }
    return false;
}

bool ledger_block_is_of(struct arch_pe *pe, const struct ledger *ledger, uint64_t pa,
                        uint16_t owner)
{
    uint64_t base = pa & ~((uint64_t)ENTRIES * PAGE_SIZE_BYTES - 1u);
    struct ledger_page page;
    bool all = true;

    for (uint32_t i = 0; all && i < ENTRIES; i++) {
        all = ledger_get(pe, ledger, base + (uint64_t)i * PAGE_SIZE_BYTES, &page) &&
              page.owner == owner;
    }
    return all;
}

/*
 * Writes a word to `count` pages below `node`, all of one leaf; *delta is by how much the node's
 * number of entries changed. False: no page for a node on the way; what was made on the way is gone
 * again.
 */
static bool write_words(struct arch_pe *pe, struct ledger *ledger, uint64_t node_pa, unsigned level,
                        uint64_t pa, uint32_t words, uint64_t word, int *delta)
{
    uint64_t *node = arch_map(pe, paddr(node_pa), node_bytes(level));
    uint64_t *entry = &node[index_of(pa, level)];
    uint64_t old = *entry;
    int below = 0;
    bool ok = true;

    *delta = 0;
    if (level == LEVELS - 1u) {
        for (uint32_t i = 0; i < words; i++) {
            *delta += (word != 0) - (entry[i] != 0);
            entry[i] = word;
        }
    } else if (old != 0 || word != 0) {
        paddr_t page = paddr(old & NODE_ADDRESS);

        ok = old != 0 || page_pool_take(pe, ledger->pool, &page);
        if (ok) {
            ok = write_words(pe, ledger, page.pa, level + 1, pa, words, word, &below);
            uint64_t count = (old & NODE_COUNT) + (uint64_t)(int64_t)below;

            *entry = count != 0 ? page.pa | count : 0;
            *delta = (*entry != 0) - (old != 0);
            if (count == 0) {
                page_pool_give(pe, ledger->pool, page);
            }
        }
    }
    arch_unmap(pe, node, node_bytes(level));
    return ok;
}

bool ledger_put_run(struct arch_pe *pe, struct ledger *ledger, uint64_t pa, uint32_t count,
                    const struct ledger_page *page)
{
    int delta;

    return write_words(pe, ledger, ledger->root.pa, 0, pa, count, pack(page), &delta);
}

bool ledger_put(struct arch_pe *pe, struct ledger *ledger, uint64_t pa,
                const struct ledger_page *page)
{
    return ledger_put_run(pe, ledger, pa, 1, page);
}

static void drop_run(struct arch_pe *pe, struct ledger *ledger, uint64_t pa, uint32_t count)
{
    int delta;

    (void)write_words(pe, ledger, ledger->root.pa, 0, pa, count, 0, &delta);
}

void ledger_drop(struct arch_pe *pe, struct ledger *ledger, uint64_t pa)
{
    drop_run(pe, ledger, pa, 1);
}

/* A run of pages with one answer. Returns how many they were; 0: nobody's. */
static uint32_t settle_run(struct arch_pe *pe, struct ledger *ledger, uint64_t pa, uint32_t most,
                           uint16_t owner)
{
    const struct ledger_extent *extent = extent_of(ledger, pa);
    /* without an extent, the next page may have one */
    uint64_t left = extent != NULL ? (extent->base + extent->size_bytes - pa) / PAGE_SIZE_BYTES : 1;
    struct ledger_page page;
    uint32_t count = ledger_get_run(pe, ledger, pa, left < most ? (uint32_t)left : most, &page);

    if (count != 0 && extent != NULL && extent->owner == owner) {
        drop_run(pe, ledger, pa, count);
    } else if (count != 0) {
        page.owner = owner;
        page.state = LEDGER_EXCLUSIVE;
        page.share = 0;
        page.attr = (struct stage2_attr){0};
        (void)ledger_put_run(pe, ledger, pa, count, &page);
    }
    return count;
}

void ledger_settle(struct arch_pe *pe, struct ledger *ledger, uint64_t pa, uint32_t count,
                   uint16_t owner)
{
    while (count != 0) {
        uint32_t done = settle_run(pe, ledger, pa, count, owner);

        done = done == 0 ? 1 : done;
        pa += (uint64_t)done * PAGE_SIZE_BYTES;
        count -= done;
    }
}

static int32_t take_page(struct arch_pe *pe, struct ledger *ledger, uint64_t pa, uint16_t owner,
                         enum pas pas)
{
    struct ledger_page page;

    if (!ledger_get(pe, ledger, pa, &page) || page.state != LEDGER_EXCLUSIVE ||
        page.owner != owner || page.pas != pas || page.device) {
        return FFA_DENIED;
    }
    page.state = LEDGER_BUFFER;
    return ledger_put(pe, ledger, pa, &page) ? 0 : FFA_NO_MEMORY;
}

int32_t ledger_take_buffer(struct arch_pe *pe, struct ledger *ledger, uint64_t base,
                           uint32_t page_count, uint16_t owner, enum pas pas)
{
    for (uint32_t i = 0; i < page_count; i++) {
        int32_t error = take_page(pe, ledger, base + (uint64_t)i * PAGE_SIZE_BYTES, owner, pas);

        if (error != 0) {
            ledger_give_buffer(pe, ledger, base, i, owner);
            return error;
        }
    }
    return 0;
}

void ledger_give_buffer(struct arch_pe *pe, struct ledger *ledger, uint64_t base,
                        uint32_t page_count, uint16_t owner)
{
    ledger_settle(pe, ledger, base, page_count, owner);
}
