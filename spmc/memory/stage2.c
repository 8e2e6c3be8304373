/* SPDX-License-Identifier: BSD-3-Clause */
#include "spmc/stage2.h"

#include "spmc/mem.h"
#include "stage2_descriptor.h"

/* One edit on its way down the tables. */
struct edit {
    struct arch_pe *pe;
    struct stage2 *s2;
    enum pas space;
    uint64_t ipa;
    uint64_t pa;
    struct stage2_attr attr;
};

static uint64_t *open_table(struct arch_pe *pe, const struct stage2 *s2, uint64_t table,
                            unsigned level)
{
    uint64_t *slots = arch_map(pe, paddr(table), s2_entries(s2, level) * sizeof(uint64_t));

    if (slots == NULL) {
        arch_panic(pe, "stage 2: a descriptor points to a table that is none of ours");
    }
    return slots;
}

static void close_table(struct arch_pe *pe, const struct stage2 *s2, uint64_t *slots,
                        unsigned level)
{
    arch_unmap(pe, slots, s2_entries(s2, level) * sizeof(uint64_t));
}

static unsigned entry_index(const struct stage2 *s2, uint64_t ipa, unsigned level)
{
    return (unsigned)((ipa / s2_entry_bytes(level)) % s2_entries(s2, level));
}

/* The part of [ipa, stop) that lies in the entry of `ipa` ends here. */
static uint64_t entry_end(uint64_t ipa, uint64_t stop, unsigned level)
{
    uint64_t step = s2_entry_bytes(level);
    uint64_t next = (ipa & ~(step - 1)) + step;

    return next < stop ? next : stop;
}

static uint64_t root_of(const struct stage2 *s2, enum pas space)
{
    return s2->root[s2->el0 ? PAS_SECURE : space].pa;
}

bool stage2_init(struct arch_pe *pe, struct stage2 *s2, uint16_t vmid, struct page_pool *pool)
{
    s2->vmid = vmid;
    s2->el0 = false;
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

bool stage2_init_el0(struct arch_pe *pe, struct stage2 *s2, uint16_t asid, struct page_pool *pool)
{
    s2->vmid = asid;
    s2->el0 = true;
    s2->pool = pool;
    s2->root[PAS_NON_SECURE] = paddr(0);
    return page_pool_take(pe, pool, &s2->root[PAS_SECURE]);
}

static void free_table(struct arch_pe *pe, struct stage2 *s2, uint64_t table, unsigned level)
{
    if (level < S2_LAST_LEVEL) {
        uint64_t *slots = open_table(pe, s2, table, level);

        for (unsigned i = 0; i < s2_entries(s2, level); i++) {
            uint64_t descriptor = arch_pte_read(pe, &slots[i]);

            if (s2_is_table(descriptor, level)) {
                free_table(pe, s2, descriptor & S2_ADDRESS, level + 1);
            }
        }
        close_table(pe, s2, slots, level);
    }
    if (s2_entries(s2, level) == S2_ROOT_ENTRIES) {
        page_pool_give(pe, s2->pool, paddr(table + PAGE_SIZE_BYTES));
    }
    page_pool_give(pe, s2->pool, paddr(table));
}

static void invalidate_all(struct arch_pe *pe, const struct stage2 *s2)
{
    if (s2->el0) {
        arch_tlbi_asid(pe, s2->vmid);
    } else {
        arch_tlbi_vmid(pe, s2->vmid);
    }
}

void stage2_destroy(struct arch_pe *pe, struct stage2 *s2)
{
    invalidate_all(pe, s2);
    for (unsigned space = 0; space < 2; space++) {
        if (s2->root[space].pa != 0) {
            free_table(pe, s2, s2->root[space].pa, s2_root_level(s2));
            s2->root[space] = paddr(0);
        }
    }
}

static void invalidate(struct edit *edit, uint64_t ipa)
{
    if (edit->s2->el0) {
        arch_tlbi_va(edit->pe, edit->s2->vmid, ipa);
    } else {
        arch_tlbi_ipa(edit->pe, edit->s2->vmid, ipaddr(ipa), edit->space);
    }
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
        invalidate(edit, ipa);
    }
    if (descriptor != 0) {
        arch_pte_write(edit->pe, slot, descriptor);
    }
}

/* The same for a table whose pages say what one block does: each of them has a place in TLBs. */
static void replace_by_block(struct edit *edit, uint64_t *slot, uint64_t block)
{
    arch_pte_write(edit->pe, slot, 0);
    invalidate_all(edit->pe, edit->s2);
    arch_pte_write(edit->pe, slot, block);
}

/* What a whole entry may hold: nothing but pages under this level, or a block too? */
static bool may_be_block(const struct edit *edit, uint64_t ipa, uint64_t end, unsigned level)
{
    uint64_t step = s2_entry_bytes(level);

    return level == S2_BLOCK_LEVEL && end - ipa == step &&
           ((edit->pa + (ipa - edit->ipa)) & (step - 1)) == 0;
}

/* Puts a table where nothing or a block is; a block is split into pages that say the same. */
static bool make_table(struct edit *edit, uint64_t *slot, unsigned level, uint64_t ipa)
{
    uint64_t old = arch_pte_read(edit->pe, slot);
    uint64_t count = 0;
    paddr_t table;

    if (!page_pool_take(edit->pe, edit->s2->pool, &table)) {
        return false;
    }
    if ((old & S2_VALID) != 0) {
        uint64_t *below = open_table(edit->pe, edit->s2, table.pa, level + 1);

        for (unsigned i = 0; i < S2_ENTRIES; i++) {
            arch_pte_write(edit->pe, &below[i],
                           (old | S2_TABLE) + i * s2_entry_bytes(S2_LAST_LEVEL));
        }
        close_table(edit->pe, edit->s2, below, level + 1);
        count = S2_ENTRIES;
    }
    replace(edit, slot, table.pa | S2_TABLE | S2_VALID | count << S2_COUNT_SHIFT,
            ipa & ~(s2_entry_bytes(level) - 1));
    return true;
}

/* A table's own entry in the table above counts valid entries below. */
static void add_count(struct edit *edit, uint64_t *slot, int64_t delta)
{
    if (delta != 0) {
        uint64_t old = arch_pte_read(edit->pe, slot);

        arch_pte_write(edit->pe, slot, old + ((uint64_t)delta << S2_COUNT_SHIFT));
    }
}

static bool reach(struct edit *edit, uint64_t table, unsigned level, uint64_t ipa, uint64_t stop,
                  bool map, int64_t *delta)
{
    uint64_t *slots = open_table(edit->pe, edit->s2, table, level);
    bool ok = true;

    for (uint64_t end; ok && ipa < stop; ipa = end) {
        uint64_t *slot = &slots[entry_index(edit->s2, ipa, level)];
        uint64_t old = arch_pte_read(edit->pe, slot);

        end = entry_end(ipa, stop, level);
        if (!s2_is_table(old, level)) {
            if (may_be_block(edit, ipa, end, level) || (!map && (old & S2_VALID) == 0)) {
                continue;
            }
            ok = make_table(edit, slot, level, ipa);
            *delta += ok && (old & S2_VALID) == 0;
        }
        if (ok && level + 1 < S2_LAST_LEVEL) {
            int64_t below = 0;

            ok = reach(edit, arch_pte_read(edit->pe, slot) & S2_ADDRESS, level + 1, ipa, end, map,
                       &below);
            add_count(edit, slot, below);
        }
    }
    close_table(edit->pe, edit->s2, slots, level);
    return ok;
}

bool stage2_reach(struct arch_pe *pe, struct stage2 *s2, enum pas space, ipaddr_t ipa, paddr_t pa,
                  uint64_t size_bytes, bool map)
{
    struct edit edit = {.pe = pe, .s2 = s2, .space = space, .ipa = ipa.ipa, .pa = pa.pa};
    int64_t delta = 0;

    if (!reach(&edit, root_of(s2, space), s2_root_level(s2), ipa.ipa, ipa.ipa + size_bytes, map,
               &delta)) {
        stage2_fold(pe, s2, space, ipa, size_bytes);
        return false;
    }
    return true;
}

/* Returns by how much the table's number of valid entries changed. */
static int64_t set(struct edit *edit, uint64_t table, unsigned level, uint64_t stop)
{
    uint64_t *slots = open_table(edit->pe, edit->s2, table, level);
    int64_t delta = 0;

    while (edit->ipa < stop) {
        uint64_t ipa = edit->ipa;
        uint64_t end = entry_end(ipa, stop, level);
        uint64_t *slot = &slots[entry_index(edit->s2, ipa, level)];
        uint64_t old = arch_pte_read(edit->pe, slot);

        if (s2_is_table(old, level)) {
            add_count(edit, slot, set(edit, old & S2_ADDRESS, level + 1, end));
            continue;
        }
        if (level == S2_LAST_LEVEL || may_be_block(edit, ipa, end, level)) {
            uint64_t leaf = s2_leaf(edit->s2, edit->space, edit->pa, edit->attr, level);

            replace(edit, slot, leaf, ipa);
            delta += (int64_t)(leaf & S2_VALID) - (int64_t)(old & S2_VALID);
        } else if (edit->attr.access != 0 || (old & S2_VALID) != 0) {
            arch_panic(edit->pe, "stage 2: an edit goes where it has not reached");
        }
        edit->ipa = end;
        edit->pa += end - ipa;
    }
    close_table(edit->pe, edit->s2, slots, level);
    return delta;
}

void stage2_set(struct arch_pe *pe, struct stage2 *s2, enum pas space, ipaddr_t ipa, paddr_t pa,
                uint64_t size_bytes, struct stage2_attr attr)
{
    struct edit edit = {
        .pe = pe, .s2 = s2, .space = space, .ipa = ipa.ipa, .pa = pa.pa, .attr = attr};

    (void)set(&edit, root_of(s2, space), s2_root_level(s2), ipa.ipa + size_bytes);
}

/* Do all pages of a full table say the same as one block would? Then that block, else 0. */
static uint64_t block_of(struct edit *edit, uint64_t table)
{
    uint64_t *slots = open_table(edit->pe, edit->s2, table, S2_LAST_LEVEL);
    uint64_t first = arch_pte_read(edit->pe, &slots[0]);
    uint64_t block = first & ~S2_TABLE;

    if ((first & S2_ADDRESS & (s2_entry_bytes(S2_BLOCK_LEVEL) - 1)) != 0) {
        block = 0;
    }
    for (unsigned i = 1; block != 0 && i < S2_ENTRIES; i++) {
        if (arch_pte_read(edit->pe, &slots[i]) != first + i * s2_entry_bytes(S2_LAST_LEVEL)) {
            block = 0;
        }
    }
    close_table(edit->pe, edit->s2, slots, S2_LAST_LEVEL);
    return block;
}

static int64_t fold(struct edit *edit, uint64_t table, unsigned level, uint64_t ipa, uint64_t stop,
                    bool join)
{
    uint64_t *slots = open_table(edit->pe, edit->s2, table, level);
    int64_t delta = 0;

    for (uint64_t end; ipa < stop; ipa = end) {
        uint64_t *slot = &slots[entry_index(edit->s2, ipa, level)];
        uint64_t old = arch_pte_read(edit->pe, slot);
        uint64_t below = old & S2_ADDRESS;
        uint64_t block = 0;

        end = entry_end(ipa, stop, level);
        if (!s2_is_table(old, level)) {
            continue;
        }
        if (level + 1 < S2_LAST_LEVEL) {
            add_count(edit, slot, fold(edit, below, level + 1, ipa, end, join));
            old = arch_pte_read(edit->pe, slot);
        }
        if (join && s2_count(old) == S2_ENTRIES && level == S2_BLOCK_LEVEL) {
            block = block_of(edit, below);
        }
        if (block != 0) {
            replace_by_block(edit, slot, block);
        } else if (s2_count(old) == 0) {
            replace(edit, slot, 0, ipa & ~(s2_entry_bytes(level) - 1));
            delta--;
        }
        if (block != 0 || s2_count(old) == 0) {
            page_pool_give(edit->pe, edit->s2->pool, paddr(below));
        }
    }
    close_table(edit->pe, edit->s2, slots, level);
    return delta;
}

void stage2_fold(struct arch_pe *pe, struct stage2 *s2, enum pas space, ipaddr_t ipa,
                 uint64_t size_bytes)
{
    struct edit edit = {.pe = pe, .s2 = s2, .space = space};

    (void)fold(&edit, root_of(s2, space), s2_root_level(s2), ipa.ipa, ipa.ipa + size_bytes, false);
}

void stage2_join(struct arch_pe *pe, struct stage2 *s2, enum pas space, ipaddr_t ipa,
                 uint64_t size_bytes)
{
    struct edit edit = {.pe = pe, .s2 = s2, .space = space};

    (void)fold(&edit, root_of(s2, space), s2_root_level(s2), ipa.ipa, ipa.ipa + size_bytes, true);
}

bool stage2_map(struct arch_pe *pe, struct stage2 *s2, enum pas space, ipaddr_t ipa, paddr_t pa,
                uint64_t size_bytes, struct stage2_attr attr)
{
    if (size_bytes == 0 || !is_page_aligned(ipa.ipa | pa.pa | size_bytes) ||
        ipa.ipa >= (1ull << STAGE2_IPA_BITS) || size_bytes > (1ull << STAGE2_IPA_BITS) - ipa.ipa ||
        !stage2_reach(pe, s2, space, ipa, pa, size_bytes, attr.access != 0)) {
        return false;
    }
    stage2_set(pe, s2, space, ipa, pa, size_bytes, attr);
    stage2_join(pe, s2, space, ipa, size_bytes);
    return true;
}

bool stage2_lookup(struct arch_pe *pe, const struct stage2 *s2, enum pas space, ipaddr_t ipa,
                   paddr_t *pa, struct stage2_attr *attr)
{
    uint64_t table = root_of(s2, space);

    if (ipa.ipa >= (1ull << STAGE2_IPA_BITS)) {
        return false;
    }
    for (unsigned level = s2_root_level(s2); level <= S2_LAST_LEVEL; level++) {
        uint64_t *slots = open_table(pe, s2, table, level);
        uint64_t descriptor = arch_pte_read(pe, &slots[entry_index(s2, ipa.ipa, level)]);

        close_table(pe, s2, slots, level);
        if ((descriptor & S2_VALID) == 0) {
            return false;
        }
        if (!s2_is_table(descriptor, level)) {
            pa->pa = (descriptor & S2_ADDRESS) + (ipa.ipa & (s2_entry_bytes(level) - 1));
            *attr = s2_leaf_attr(s2, descriptor);
            return !s2->el0 || s2_leaf_space(descriptor) == space;
        }
        table = descriptor & S2_ADDRESS;
    }
    return false;
}
