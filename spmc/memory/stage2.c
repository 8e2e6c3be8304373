/* SPDX-License-Identifier: BSD-3-Clause */
#include "spmc/stage2.h"

#include "spmc/mem.h"
#include "stage2_descriptor.h"

/* One edit on its way down the tables. */
struct edit {
    struct arch_pe *pe;
    struct stage2 *s2;
    enum pas ipa_space;
    uint64_t ipa;
    uint64_t pa;
    struct stage2_attr attr;
    struct stage2_reserve *reserve;
};

static uint64_t *map_table(struct arch_pe *pe, uint64_t table, unsigned level)
{
    return arch_map(pe, paddr(table),
                    (level == S2_ROOT_LEVEL ? STAGE2_ROOT_PAGES : 1u) * PAGE_SIZE_BYTES);
}

static unsigned entry_index(uint64_t ipa, unsigned level)
{
    unsigned entries = level == S2_ROOT_LEVEL ? S2_ROOT_ENTRIES : S2_ENTRIES;

    return (unsigned)((ipa / s2_entry_bytes(level)) % entries);
}

bool stage2_init(struct arch_pe *pe, struct stage2 *s2, uint16_t vmid, struct page_pool *pool)
{
    s2->vmid = vmid;
    s2->pool = pool;
    if (!page_pool_take_pair(pe, pool, &s2->root[PAS_SECURE])) {
        return false;
    }
    if (!page_pool_take_pair(pe, pool, &s2->root[PAS_NON_SECURE])) {
        page_pool_give(pe, pool, paddr(s2->root[PAS_SECURE].pa + PAGE_SIZE_BYTES));
        page_pool_give(pe, pool, s2->root[PAS_SECURE]);
        s2->root[PAS_SECURE] = paddr(0);
        return false;
    }
    return true;
}

static void free_table(struct arch_pe *pe, struct stage2 *s2, uint64_t table, unsigned level)
{
    if (level < S2_LAST_LEVEL) {
        uint64_t *slot = map_table(pe, table, level);
        unsigned entries = level == S2_ROOT_LEVEL ? S2_ROOT_ENTRIES : S2_ENTRIES;

        for (unsigned i = 0; i < entries; i++) {
            uint64_t descriptor = arch_pte_read(pe, &slot[i]);

            if (s2_is_table(descriptor, level)) {
                free_table(pe, s2, descriptor & S2_ADDRESS, level + 1);
            }
        }
        arch_unmap(pe, slot, PAGE_SIZE_BYTES);
    }
    if (level == S2_ROOT_LEVEL) {
        page_pool_give(pe, s2->pool, paddr(table + PAGE_SIZE_BYTES));
    }
    page_pool_give(pe, s2->pool, paddr(table));
}

void stage2_destroy(struct arch_pe *pe, struct stage2 *s2)
{
    arch_tlbi_vmid(pe, s2->vmid);
    for (unsigned space = 0; space < 2; space++) {
        if (s2->root[space].pa != 0) {
            free_table(pe, s2, s2->root[space].pa, S2_ROOT_LEVEL);
            s2->root[space] = paddr(0);
        }
    }
}

/* How many tables a range needs that are not there yet, blocks that must be split included. */
static uint32_t tables_missing(struct arch_pe *pe, uint64_t table, unsigned level, uint64_t ipa,
                               uint64_t end)
{
    uint64_t step = s2_entry_bytes(level);
    uint64_t *slot = table != 0 ? map_table(pe, table, level) : NULL;
    uint32_t missing = 0;

    while (ipa < end) {
        uint64_t next = (ipa & ~(step - 1)) + step;
        uint64_t stop = next < end ? next : end;
        uint64_t descriptor = slot != NULL ? arch_pte_read(pe, &slot[entry_index(ipa, level)]) : 0;
        bool whole = stop - ipa == step && level > S2_ROOT_LEVEL;

        if (s2_is_table(descriptor, level)) {
            missing += level + 1 < S2_LAST_LEVEL
                           ? tables_missing(pe, descriptor & S2_ADDRESS, level + 1, ipa, stop)
                           : 0;
        } else if (!whole || level == S2_ROOT_LEVEL) {
            missing +=
                1 + (level + 1 < S2_LAST_LEVEL ? tables_missing(pe, 0, level + 1, ipa, stop) : 0);
        } else {
            /* A block may not be possible when the output is not aligned alike. */
            missing += 1;
        }
        ipa = stop;
    }
    if (slot != NULL) {
        arch_unmap(pe, slot, PAGE_SIZE_BYTES);
    }
    return missing;
}

bool stage2_prepare(struct arch_pe *pe, const struct stage2 *s2, enum pas ipa_space, ipaddr_t ipa,
                    uint64_t size_bytes, struct stage2_reserve *reserve)
{
    uint32_t need =
        tables_missing(pe, s2->root[ipa_space].pa, S2_ROOT_LEVEL, ipa.ipa, ipa.ipa + size_bytes);

    reserve->first = 0;
    reserve->count = 0;
    while (reserve->count < need) {
        paddr_t page;
        uint64_t *link;

        if (!page_pool_take(pe, s2->pool, &page)) {
            while (reserve->first != 0) {
                page = paddr(reserve->first);
                link = arch_map(pe, page, PAGE_SIZE_BYTES);
                reserve->first = *link;
                arch_unmap(pe, link, PAGE_SIZE_BYTES);
                page_pool_give(pe, s2->pool, page);
            }
            reserve->count = 0;
            return false;
        }
        link = arch_map(pe, page, PAGE_SIZE_BYTES);
        *link = reserve->first;
        arch_unmap(pe, link, PAGE_SIZE_BYTES);
        reserve->first = page.pa;
        reserve->count++;
    }
    return true;
}

static uint64_t take_reserved(struct edit *edit)
{
    uint64_t page = edit->reserve->first;
    uint64_t *link;

    if (page == 0) {
        arch_panic(edit->pe, "stage 2: an edit needs more tables than were prepared");
    }
    link = arch_map(edit->pe, paddr(page), PAGE_SIZE_BYTES);
    edit->reserve->first = *link;
    edit->reserve->count--;
    *link = 0;
    arch_unmap(edit->pe, link, PAGE_SIZE_BYTES);
    return page;
}

/* Break before make: a valid entry is invalidated and gone from TLBs before a new one appears. */
static void replace(struct edit *edit, uint64_t *slot, uint64_t descriptor, uint64_t ipa)
{
    uint64_t old = arch_pte_read(edit->pe, slot);

    if (old == descriptor) {
        return;
    }
    if ((old & S2_VALID) != 0) {
        arch_pte_write(edit->pe, slot, 0);
        arch_tlbi_ipa(edit->pe, edit->s2->vmid, ipaddr(ipa), edit->ipa_space);
    }
    if (descriptor != 0) {
        arch_pte_write(edit->pe, slot, descriptor);
    }
}

/* The table below an entry; a block is split into a table that says the same. */
static uint64_t descend(struct edit *edit, uint64_t *slot, unsigned level, uint64_t ipa)
{
    uint64_t descriptor = arch_pte_read(edit->pe, slot);
    uint64_t table;

    if (s2_is_table(descriptor, level)) {
        return descriptor & S2_ADDRESS;
    }
    table = take_reserved(edit);
    if ((descriptor & S2_VALID) != 0) {
        uint64_t *below = map_table(edit->pe, table, level + 1);
        uint64_t step = s2_entry_bytes(level + 1);
        struct stage2_attr attr = s2_leaf_attr(descriptor);

        for (unsigned i = 0; i < S2_ENTRIES; i++) {
            arch_pte_write(edit->pe, &below[i],
                           s2_leaf((descriptor & S2_ADDRESS) + i * step, attr, level + 1));
        }
        arch_unmap(edit->pe, below, PAGE_SIZE_BYTES);
    }
    replace(edit, slot, table | S2_TABLE | S2_VALID, ipa);
    return table;
}

static void edit_table(struct edit *edit, uint64_t table, unsigned level, uint64_t stop)
{
    uint64_t step = s2_entry_bytes(level);
    uint64_t *slots = map_table(edit->pe, table, level);

    while (edit->ipa < stop) {
        uint64_t ipa = edit->ipa;
        uint64_t next = (ipa & ~(step - 1)) + step;
        uint64_t end = next < stop ? next : stop;
        uint64_t *slot = &slots[entry_index(ipa, level)];
        bool whole = end - ipa == step;
        uint64_t old = arch_pte_read(edit->pe, slot);

        if (level == S2_LAST_LEVEL || (level > S2_ROOT_LEVEL && whole && !s2_is_table(old, level) &&
                                       ((edit->pa & (step - 1)) == 0 || edit->attr.access == 0))) {
            replace(edit, slot, s2_leaf(edit->pa, edit->attr, level), ipa);
            edit->ipa = end;
            edit->pa += end - ipa;
        } else if (edit->attr.access == 0 && (old & S2_VALID) == 0) {
            edit->ipa = end;
            edit->pa += end - ipa;
        } else {
            edit_table(edit, descend(edit, slot, level, ipa), level + 1, end);
        }
    }
    arch_unmap(edit->pe, slots, PAGE_SIZE_BYTES);
}

void stage2_commit(struct arch_pe *pe, struct stage2 *s2, enum pas ipa_space, ipaddr_t ipa,
                   paddr_t pa, uint64_t size_bytes, struct stage2_attr attr,
                   struct stage2_reserve *reserve)
{
    struct edit edit = {
        .pe = pe,
        .s2 = s2,
        .ipa_space = ipa_space,
        .ipa = ipa.ipa,
        .pa = pa.pa,
        .attr = attr,
        .reserve = reserve,
    };

    edit_table(&edit, s2->root[ipa_space].pa, S2_ROOT_LEVEL, ipa.ipa + size_bytes);
}

void stage2_abandon(struct arch_pe *pe, struct stage2 *s2, struct stage2_reserve *reserve)
{
    while (reserve->first != 0) {
        paddr_t page = paddr(reserve->first);
        uint64_t *link = arch_map(pe, page, PAGE_SIZE_BYTES);

        reserve->first = *link;
        arch_unmap(pe, link, PAGE_SIZE_BYTES);
        page_pool_give(pe, s2->pool, page);
    }
    reserve->count = 0;
}

bool stage2_map(struct arch_pe *pe, struct stage2 *s2, enum pas ipa_space, ipaddr_t ipa, paddr_t pa,
                uint64_t size_bytes, struct stage2_attr attr)
{
    struct stage2_reserve reserve;

    if (size_bytes == 0 || !is_page_aligned(ipa.ipa | pa.pa | size_bytes) ||
        ipa.ipa >= (1ull << STAGE2_IPA_BITS) || size_bytes > (1ull << STAGE2_IPA_BITS) - ipa.ipa ||
        !stage2_prepare(pe, s2, ipa_space, ipa, size_bytes, &reserve)) {
        return false;
    }
    stage2_commit(pe, s2, ipa_space, ipa, pa, size_bytes, attr, &reserve);
    stage2_abandon(pe, s2, &reserve);
    return true;
}

bool stage2_lookup(struct arch_pe *pe, const struct stage2 *s2, enum pas ipa_space, ipaddr_t ipa,
                   paddr_t *pa, struct stage2_attr *attr)
{
    uint64_t table = s2->root[ipa_space].pa;

    if (ipa.ipa >= (1ull << STAGE2_IPA_BITS)) {
        return false;
    }
    for (unsigned level = S2_ROOT_LEVEL; level <= S2_LAST_LEVEL; level++) {
        uint64_t *slots = map_table(pe, table, level);
        uint64_t descriptor = arch_pte_read(pe, &slots[entry_index(ipa.ipa, level)]);

        arch_unmap(pe, slots, PAGE_SIZE_BYTES);
        if ((descriptor & S2_VALID) == 0) {
            return false;
        }
        if (!s2_is_table(descriptor, level)) {
            pa->pa = (descriptor & S2_ADDRESS) + (ipa.ipa & (s2_entry_bytes(level) - 1));
            *attr = s2_leaf_attr(descriptor);
            return true;
        }
        table = descriptor & S2_ADDRESS;
    }
    return false;
}
