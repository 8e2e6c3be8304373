/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a descriptor's change obliges the core to, while it is at it: break before make and TLB
 * maintenance (Arm ARM D8.16), and code that is made visible to instruction fetches.
 *
 * Every write of a descriptor comes by here with what was there before. What it took away is owed
 * to the TLBs, until maintenance of the right partition, address space and address comes; what it
 * made executable is owed to the instruction caches. A table page's place is known at once, unlike
 * in check_changes.c, which looks when the call is over.
 */
#include <stdlib.h>

#include "sim/host/check_memory.h"

/* Permissions, access flag, DBM, bits of software: a leaf may change in these while it is valid. */
#define LEAF_IN_PLACE (3ull << 6 | 1ull << 10 | 1ull << 51 | 3ull << 53 | 0xfull << 55)
/* Bits of a table's descriptor that nobody but software looks at. */
#define TABLE_IN_PLACE (0x3ffull << 2 | 0xffull << 51)

#define FIRST_OWED 64u

/* Where a page of the SPMC is in translation tables. */
struct place {
    bool is_table;
    uint8_t level;
    uint8_t space;
    uint16_t partition; /* index */
    uint64_t base;      /* address that its first entry translates */
};

struct owed {
    const struct partition *partition;
    unsigned pe; /* that wrote */
    enum pas space;
    bool many; /* entries of pages below a table, each with a place of its own in TLBs */
    uint64_t base;
    uint64_t size;
    uint64_t was;
};

struct owed_list {
    struct owed *at;
    uint32_t count;
    uint32_t capacity;
};

/* The latest break of a PE: what is made of it may say the same in another form. */
struct latest {
    const uint64_t *slot;
    bool executable;
};

struct check_maintenance {
    struct run *run;
    const uint8_t *ram;
    uint64_t base;
    uint32_t page_count;
    bool booted;
    struct place *place; /* [page_count] */
    struct owed_list tlb;
    struct owed_list code;
    struct latest latest[RUN_MAX_PES];
};

/* A write to an entry of a table that is in use. */
struct write {
    struct check_maintenance *m;
    const struct partition *partition;
    const struct place *place;
    const uint64_t *slot;
    unsigned pe;
    uint64_t at;
    uint64_t size;
    uint64_t was;
    uint64_t now;
};

bool check_maintenance_create(struct run *run)
{
    struct check_maintenance *m = calloc(1, sizeof(*m));

    if (m == NULL) {
        return false;
    }
    run->check_maintenance = m;
    m->run = run;
    m->ram = run->spmc_ram;
    m->base = run->spmc_range.base;
    m->page_count = (uint32_t)(run->spmc_range.size_bytes / PAGE_SIZE_BYTES);
    m->place = calloc(m->page_count, sizeof(*m->place));
    return m->place != NULL;
}

void check_maintenance_destroy(struct run *run)
{
    struct check_maintenance *m = run->check_maintenance;

    if (m != NULL) {
        free(m->place);
        free(m->tlb.at);
        free(m->code.at);
        free(m);
        run->check_maintenance = NULL;
    }
}

/* --- table pages and their places ------------------------------------------------------------- */

static const uint64_t *ram_of(const struct check_maintenance *m, uint64_t page)
{
    return (const uint64_t *)(const void *)(m->ram + page * PAGE_SIZE_BYTES);
}

/* NULL: none of the SPMC's pages. */
static struct place *place_at(struct check_maintenance *m, uint64_t table)
{
    uint64_t page = (table - m->base) / PAGE_SIZE_BYTES;

    return table >= m->base && page < m->page_count ? &m->place[page] : NULL;
}

/* A table and all below it have the place `as`, or with `is_table` false none any more. */
static void put(struct check_maintenance *m, uint64_t table, struct place as)
{
    struct place *place = place_at(m, table);
    const uint64_t *entry;

    if (place == NULL || (!as.is_table && !place->is_table)) {
        return;
    }
    *place = as;
    entry = ram_of(m, (uint64_t)(place - m->place));
    for (uint32_t i = 0; as.level < TABLES_LAST_LEVEL && i < TABLES_ENTRIES; i++) {
        if (tables_is_next(entry[i], as.level)) {
            struct place child = as;

            child.level++;
            child.base += i * tables_entry_bytes(as.level);
            put(m, entry[i] & TABLES_ADDRESS, child);
        }
    }
}

static void adopt_root(struct check_maintenance *m, uint32_t index, enum pas space)
{
    struct tables_root root = tables_root_of(spmc_partition_at(m->run->spmc, index), space);
    struct place as = {
        .is_table = true,
        .level = (uint8_t)root.level,
        .space = (uint8_t)space,
        .partition = (uint16_t)index,
    };

    for (unsigned i = 0; root.table != 0 && i < root.pages; i++) {
        uint64_t table = root.table + (uint64_t)i * PAGE_SIZE_BYTES;
        const struct place *place = place_at(m, table);

        as.base = i * TABLES_ENTRIES * tables_entry_bytes(root.level);
        if (place != NULL && (!place->is_table || place->partition != as.partition ||
                              place->space != as.space || place->level != as.level)) {
            put(m, table, as);
        }
    }
}

/* They are made while the SPMC boots, and for good. */
static void adopt_roots(struct check_maintenance *m)
{
    for (uint32_t i = 0; i < spmc_partition_count(m->run->spmc); i++) {
        const struct partition *partition = spmc_partition_at(m->run->spmc, i);

        if (partition->manifest == NULL) {
            continue;
        }
        adopt_root(m, i, PAS_SECURE);
        if (!tables_is_el0(partition)) {
            adopt_root(m, i, PAS_NON_SECURE);
        }
    }
}

static bool is_in_use(struct check_maintenance *m, struct place *place)
{
    if (!m->booted) {
        /* Tables of a partition that could not be loaded go as a whole. */
        if (place->is_table && tables_root_of(spmc_partition_at(m->run->spmc, place->partition),
                                              (enum pas)place->space)
                                       .table == 0) {
            place->is_table = false;
        }
        if (!place->is_table && m->run->spmc != NULL) {
            adopt_roots(m);
        }
    }
    return place->is_table;
}

/* --- what is owed ----------------------------------------------------------------------------- */

static void owe(struct check_maintenance *m, struct owed_list *list, const struct owed *owed)
{
    if (list->count == list->capacity) {
        uint32_t capacity = list->capacity == 0 ? FIRST_OWED : list->capacity * 2;
        struct owed *grown = realloc(list->at, capacity * sizeof(*grown));

        if (grown == NULL) {
            run_fail(m->run, "out of memory for the checkers");
            return;
        }
        list->at = grown;
        list->capacity = capacity;
    }
    list->at[list->count++] = *owed;
}

static void settle(struct owed_list *list, uint32_t i)
{
    list->at[i] = list->at[--list->count];
}

static void owe_tlb(const struct write *w, bool many)
{
    const struct owed owed = {
        .partition = w->partition,
        .pe = w->pe,
        .space = (enum pas)w->place->space,
        .many = many,
        .base = w->at,
        .size = w->size,
        .was = w->was,
    };

    owe(w->m, &w->m->tlb, &owed);
}

static void owe_code(const struct write *w)
{
    struct owed_list *list = &w->m->code;
    struct owed *last = list->count != 0 ? &list->at[list->count - 1] : NULL;
    const struct owed owed = {
        .partition = w->partition, .pe = w->pe, .base = w->at, .size = w->size};

    if (last != NULL && last->pe == w->pe && last->partition == w->partition &&
        last->base + last->size == w->at) {
        last->size += w->size;
    } else {
        owe(w->m, list, &owed);
    }
}

static void broken(const struct write *w, const char *law)
{
    check_broken(w->m->run, w->partition, (enum pas)w->place->space, law, w->at);
}

/* --- a write ---------------------------------------------------------------------------------- */

static bool is_executable(const struct write *w, uint64_t leaf)
{
    return (leaf & TABLES_VALID) != 0 &&
           tables_space(w->partition, (enum pas)w->place->space, leaf) == PAS_SECURE &&
           (tables_attr(w->partition, leaf).access & STAGE2_EXECUTE) != 0;
}

/* Of the table below `descriptor`, whose entries are leaves: a valid one; one that is executable.
 */
static void look_below(const struct write *w, uint64_t descriptor, bool *valid, bool *executable)
{
    const struct place *below = place_at(w->m, descriptor & TABLES_ADDRESS);
    const uint64_t *entry;

    if (below == NULL) {
        return;
    }
    entry = ram_of(w->m, (uint64_t)(below - w->m->place));
    for (uint32_t i = 0; i < TABLES_ENTRIES; i++) {
        *valid = *valid || (entry[i] & TABLES_VALID) != 0;
        *executable = *executable ||
                      (w->place->level + 1u == TABLES_LAST_LEVEL && is_executable(w, entry[i]));
    }
}

static void look(const struct write *w, uint64_t descriptor, bool *many, bool *executable)
{
    *many = false;
    *executable = false;
    if (tables_is_next(descriptor, w->place->level)) {
        look_below(w, descriptor, many, executable);
    } else {
        *executable = is_executable(w, descriptor);
    }
}

/* An entry that becomes valid where TLBs may still hold what was there. */
static void made_too_early(const struct write *w)
{
    struct owed_list *list = &w->m->tlb;

    for (uint32_t i = 0; i < list->count; i++) {
        const struct owed *owed = &list->at[i];

        if (owed->partition != w->partition || owed->space != (enum pas)w->place->space ||
            owed->base >= w->at + w->size || w->at >= owed->base + owed->size) {
            continue;
        }
        if (owed->base != w->at || owed->size != w->size || owed->was != w->now) {
            broken(w, "break before make: an entry is made while TLBs may hold what was there");
            return;
        }
        settle(list, i); /* as if it had never been away */
        return;
    }
}

static void changed_in_place(const struct write *w)
{
    bool was_table = tables_is_next(w->was, w->place->level);
    bool is_table = tables_is_next(w->now, w->place->level);
    uint64_t changed = w->was ^ w->now;
    bool executable;
    bool many;

    if (was_table != is_table ||
        (changed & ~(is_table ? TABLE_IN_PLACE | 0x1full << 59 : LEAF_IN_PLACE)) != 0) {
        broken(w, "break before make: a valid entry is replaced by another one");
    } else if (!is_table || (changed & ~TABLE_IN_PLACE) != 0) {
        look(w, w->was, &many, &executable);
        owe_tlb(w, many);
    }
    if (!is_table && is_executable(w, w->now) && !is_executable(w, w->was)) {
        owe_code(w);
    }
}

static void broke(const struct write *w)
{
    struct latest *latest = &w->m->latest[w->pe];
    bool many;

    latest->slot = w->slot;
    look(w, w->was, &many, &latest->executable);
    owe_tlb(w, many);
    if (tables_is_next(w->was, w->place->level)) {
        put(w->m, w->was & TABLES_ADDRESS,
            (struct place){.is_table = false, .level = (uint8_t)(w->place->level + 1u)});
    }
}

static void made(const struct write *w)
{
    const struct latest *latest = &w->m->latest[w->pe];
    bool executable;
    bool many;

    made_too_early(w);
    look(w, w->now, &many, &executable);
    if (w->m->booted && executable && !(latest->slot == w->slot && latest->executable)) {
        owe_code(w);
    }
    if (tables_is_next(w->now, w->place->level)) {
        struct place child = *w->place;

        child.level++;
        child.base = w->at;
        put(w->m, w->now & TABLES_ADDRESS, child);
    }
}

void check_maintenance_write(struct arch_pe *pe, const uint64_t *slot, uint64_t was, uint64_t now)
{
    struct check_maintenance *m = pe->run->check_maintenance;
    uint64_t offset = (uintptr_t)slot - (uintptr_t)m->ram;
    uint64_t page = offset / PAGE_SIZE_BYTES;
    struct write w = {.m = m, .slot = slot, .pe = pe->pe->index, .was = was, .now = now};

    if (((was | now) & TABLES_VALID) == 0 || was == now || page >= m->page_count ||
        !is_in_use(m, &m->place[page])) {
        return;
    }
    w.place = &m->place[page];
    w.partition = spmc_partition_at(m->run->spmc, w.place->partition);
    w.size = tables_entry_bytes(w.place->level);
    w.at = w.place->base + offset % PAGE_SIZE_BYTES / sizeof(*slot) * w.size;
    if ((was & now & TABLES_VALID) != 0) {
        changed_in_place(&w);
    } else if ((now & TABLES_VALID) != 0) {
        made(&w);
    } else {
        broke(&w);
    }
}

/* --- maintenance ------------------------------------------------------------------------------ */

void check_maintenance_tlb(struct run *run, const struct check_tlbi *tlbi)
{
    struct owed_list *list = &run->check_maintenance->tlb;

    for (uint32_t i = 0; i < list->count;) {
        const struct owed *owed = &list->at[i];
        bool covers = tlbi->all || (!owed->many && owed->space == tlbi->space &&
                                    tlbi->at >= owed->base && tlbi->at - owed->base < owed->size);

        if (covers && owed->partition->vmid == tlbi->vmid &&
            tables_is_el0(owed->partition) == tlbi->el0) {
            settle(list, i);
        } else {
            i++;
        }
    }
}

void check_maintenance_code(struct run *run, uint64_t pa, uint64_t size)
{
    struct owed_list *list = &run->check_maintenance->code;
    uint64_t end = pa + size;

    for (uint32_t i = 0; i < list->count;) {
        struct owed *owed = &list->at[i];
        struct owed behind = *owed;
        uint64_t owed_end = owed->base + owed->size;

        if (pa >= owed_end || owed->base >= end) {
            i++;
            continue;
        }
        behind.base = end;
        behind.size = end < owed_end ? owed_end - end : 0;
        owed->size = pa > owed->base ? pa - owed->base : 0;
        if (owed->size == 0) {
            settle(list, i);
        } else {
            i++;
        }
        if (behind.size != 0) {
            owe(run->check_maintenance, list, &behind); /* looked at again: it does not overlap */
        }
    }
}

static void all_met(const struct arch_pe *pe, const struct owed_list *list, const char *law)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (list->at[i].pe == pe->pe->index) {
            check_broken(pe->run, list->at[i].partition, list->at[i].space, law, list->at[i].base);
            return;
        }
    }
}

void check_maintenance_unlocked(struct arch_pe *pe)
{
    struct check_maintenance *m = pe->run->check_maintenance;

    m->latest[pe->pe->index] = (struct latest){0};
    all_met(pe, &m->tlb, "TLB maintenance: TLBs may still hold what was taken away or changed");
}

void check_maintenance_left(struct arch_pe *pe)
{
    struct check_maintenance *m = pe->run->check_maintenance;

    if (!m->booted) {
        m->booted = true;
        adopt_roots(m); /* those, too, that nothing is mapped in */
    }
    check_maintenance_unlocked(pe);
    all_met(pe, &m->code, "code: what became executable is not made visible to fetches");
}
