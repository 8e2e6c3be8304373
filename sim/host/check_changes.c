/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a call changed in translation tables. The copy of a table page is what it held after the
 * previous call; what differs from it says something new, or says the same in another form (a block
 * split into pages, pages joined to a block).
 */
#include <stdlib.h>
#include <string.h>

#include "sim/host/check_memory.h"

/* Entries that are compared at once */
#define CHUNK 128u
#define LINE  8u

static uint64_t *copy_of(const struct check_memory *memory, uint32_t page)
{
    return memory->copy + (size_t)page * TABLES_ENTRIES;
}

static const uint64_t *ram_of(const struct check_memory *memory, uint32_t page)
{
    return (const uint64_t *)(const void *)(memory->ram + (size_t)page * PAGE_SIZE_BYTES);
}

/* page_count: outside. */
static uint32_t page_of(const struct check_memory *memory, uint64_t pa)
{
    uint64_t page = (pa - memory->base) / PAGE_SIZE_BYTES;

    return pa >= memory->base && page < memory->page_count ? (uint32_t)page : memory->page_count;
}

const uint64_t *check_changes_read(void *user, uint64_t table, unsigned pages)
{
    const struct check_memory *memory = user;
    uint32_t page = page_of(memory, table);

    return page + pages <= memory->page_count ? copy_of(memory, page) : NULL;
}

static bool add_change(struct check_memory *memory, uint32_t page, uint32_t index, uint64_t was,
                       uint64_t now)
{
    if (memory->change_count == memory->change_capacity) {
        uint32_t capacity = memory->change_capacity == 0 ? 256 : memory->change_capacity * 2;
        struct check_change *grown = realloc(memory->change, capacity * sizeof(*memory->change));

        if (grown == NULL) {
            return false;
        }
        memory->change = grown;
        memory->change_capacity = capacity;
    }
    memory->change[memory->change_count++] = (struct check_change){page, index, was, now};
    return true;
}

/* The first entry from `i` on that is not the same in both tables; no table: all entries are 0. */
static uint32_t next_unequal(const uint64_t *a, const uint64_t *b, uint32_t i)
{
    static const uint64_t zeros[TABLES_ENTRIES];

    a = a != NULL ? a : zeros;
    b = b != NULL ? b : zeros;
    while (i < TABLES_ENTRIES) {
        if (i % CHUNK == 0 && memcmp(&a[i], &b[i], CHUNK * sizeof(*a)) == 0) {
            i += CHUNK;
        } else if (i % LINE == 0 && memcmp(&a[i], &b[i], LINE * sizeof(*a)) == 0) {
            i += LINE;
        } else if (a[i] != b[i]) {
            return i;
        } else {
            i++;
        }
    }
    return TABLES_ENTRIES;
}

static bool collect_page(struct check_memory *memory, uint32_t page)
{
    const uint64_t *was = copy_of(memory, page);
    const uint64_t *now = ram_of(memory, page);

    for (uint32_t i = memory->page[page].first; i <= memory->page[page].last; i++) {
        if (was[i] != now[i] && !add_change(memory, page, i, was[i], now[i])) {
            return false;
        }
    }
    return true;
}

/* A table that left its place, and all below it. */
static void forget(struct check_memory *memory, uint64_t table)
{
    uint32_t page = page_of(memory, table);

    if (page == memory->page_count || !memory->page[page].is_table) {
        return;
    }
    memory->page[page].is_table = false;
    if (memory->page[page].level == TABLES_LAST_LEVEL) {
        return;
    }
    for (uint32_t i = 0; (i = next_unequal(copy_of(memory, page), NULL, i)) < TABLES_ENTRIES; i++) {
        uint64_t entry = copy_of(memory, page)[i];

        if (tables_is_next(entry, memory->page[page].level)) {
            forget(memory, entry & TABLES_ADDRESS);
        }
    }
}

bool check_changes_collect(struct check_memory *memory)
{
    uint32_t kept = 0;

    memory->change_count = 0;
    for (uint32_t i = 0; i < memory->marked_count; i++) {
        uint32_t page = memory->marked[i];

        if (memory->page[page].is_table && (memory->mark[page] & CHECK_WRITTEN) != 0 &&
            !collect_page(memory, page)) {
            return false;
        }
    }
    for (uint32_t i = 0; i < memory->change_count; i++) {
        const struct check_change *c = &memory->change[i];
        unsigned level = memory->page[c->page].level;

        if (tables_is_next(c->was, level) &&
            (!tables_is_next(c->now, level) || ((c->was ^ c->now) & TABLES_ADDRESS) != 0)) {
            forget(memory, c->was & TABLES_ADDRESS);
        }
    }
    /* What happened in a page that is no table any more says nothing. */
    for (uint32_t i = 0; i < memory->change_count; i++) {
        if (memory->page[memory->change[i].page].is_table) {
            memory->change[kept++] = memory->change[i];
        }
    }
    memory->change_count = kept;
    return true;
}

/* One partition's tables, while two versions of them are compared. */
struct differ {
    struct check_memory *memory;
    const struct partition *partition;
    enum pas space;
    bool rejected;
};

/* Entry `i` below a descriptor: of its table, or of the block as if it were split. */
static uint64_t below(const uint64_t *table, uint64_t descriptor, unsigned level, uint32_t i)
{
    if (table != NULL) {
        return table[i];
    }
    if ((descriptor & TABLES_VALID) == 0) {
        return 0;
    }
    descriptor += i * tables_entry_bytes(level + 1);
    return level + 1 == TABLES_LAST_LEVEL ? descriptor | TABLES_NEXT : descriptor;
}

/* Only S-EL0 changes what it has in place; everything else is taken away first, and given anew. */
static bool may_change_in_place(const struct run *run)
{
    return (run->shadow_fid & ~SMCCC_64_BIT) == FFA_MEM_PERM_SET_32;
}

static void says_something_new(const struct differ *d, unsigned level, uint64_t at, uint64_t was,
                               uint64_t now)
{
    struct run *run = d->memory->run;

    if (d->rejected) {
        check_broken(run, d->partition, d->space,
                     "a rejected call changed what translation tables say", at);
    } else if ((was & now & TABLES_VALID) != 0 && !may_change_in_place(run)) {
        check_broken(run, d->partition, d->space, "what may be done with a page changed in place",
                     at);
    } else if ((now & TABLES_VALID) != 0) {
        check_one_leaf(run, d->partition, d->space, level, at, now);
    }
}

static void compare(const struct differ *d, unsigned level, uint64_t at, uint64_t was, uint64_t now)
{
    struct check_memory *memory = d->memory;
    bool was_table = tables_is_next(was, level);
    bool is_table = tables_is_next(now, level);
    const uint64_t *old = NULL;
    const uint64_t *new = NULL;

    if (was == now || memory->run->failed) {
        return;
    }
    if (!was_table && !is_table) {
        if (((was | now) & TABLES_VALID) != 0) {
            says_something_new(d, level, at, was, now);
        }
        return;
    }
    if (is_table) {
        if (!check_table_place(memory->run, d->partition, d->space, now)) {
            return;
        }
        new = ram_of(memory, page_of(memory, now & TABLES_ADDRESS));
    }
    if (was_table) {
        old = copy_of(memory, page_of(memory, was & TABLES_ADDRESS));
    }
    /* A block stands for entries that are all something. */
    bool plain =
        (was_table || (was & TABLES_VALID) == 0) && (is_table || (now & TABLES_VALID) == 0);

    for (uint32_t i = 0; i < TABLES_ENTRIES && !memory->run->failed; i++) {
        i = plain ? next_unequal(old, new, i) : i;
        if (i == TABLES_ENTRIES) {
            break;
        }
        compare(d, level + 1, at + i * tables_entry_bytes(level + 1), below(old, was, level, i),
                below(new, now, level, i));
    }
}

void check_changes_judge(struct check_memory *memory, bool rejected)
{
    for (uint32_t i = 0; i < memory->change_count && !memory->run->failed; i++) {
        const struct check_change *c = &memory->change[i];
        const struct check_page *page = &memory->page[c->page];
        struct differ d = {
            .memory = memory,
            .partition = spmc_partition_at(memory->run->spmc, page->partition),
            .space = (enum pas)page->space,
            .rejected = rejected,
        };

        compare(&d, page->level, page->base + c->index * tables_entry_bytes(page->level), c->was,
                c->now);
    }
}

/* A table page in its place, and all below it. */
static void adopt(struct check_memory *memory, const struct check_page *as, uint64_t table)
{
    uint32_t page = page_of(memory, table);
    const struct partition *partition = spmc_partition_at(memory->run->spmc, as->partition);

    if (page == memory->page_count || memory->run->failed) {
        return;
    }
    if (memory->page[page].is_table) {
        check_broken(memory->run, partition, (enum pas)as->space,
                     "a table page has two places in translation tables", table);
        return;
    }
    memory->page[page] = *as;
    memory->page[page].is_table = true;
    memcpy(copy_of(memory, page), ram_of(memory, page), PAGE_SIZE_BYTES);
    if (as->level == TABLES_LAST_LEVEL) {
        return;
    }
    for (uint32_t i = 0; (i = next_unequal(copy_of(memory, page), NULL, i)) < TABLES_ENTRIES; i++) {
        uint64_t entry = copy_of(memory, page)[i];

        if (tables_is_next(entry, as->level)) {
            struct check_page child = *as;

            child.level++;
            child.base += i * tables_entry_bytes(as->level);
            adopt(memory, &child, entry & TABLES_ADDRESS);
        }
    }
}

/* The same table as before, but what it holds did not come through the door: made anew. */
static bool is_remade(const struct check_memory *memory, uint64_t table)
{
    uint32_t page = page_of(memory, table);

    return page != memory->page_count && memory->mark[page] == 0 &&
           memcmp(copy_of(memory, page), ram_of(memory, page), PAGE_SIZE_BYTES) != 0;
}

static void take(struct check_memory *memory, const struct check_change *c)
{
    struct check_page child = memory->page[c->page];
    uint64_t table = c->now & TABLES_ADDRESS;
    bool is_same = tables_is_next(c->was, child.level) && ((c->was ^ c->now) & TABLES_ADDRESS) == 0;

    copy_of(memory, c->page)[c->index] = c->now;
    if (!tables_is_next(c->now, child.level) || (is_same && !is_remade(memory, table))) {
        return;
    }
    if (is_same) {
        forget(memory, table);
    }
    child.base += c->index * tables_entry_bytes(child.level);
    child.level++;
    adopt(memory, &child, table);
}

void check_changes_take(struct check_memory *memory)
{
    for (uint32_t i = 0; i < memory->change_count; i++) {
        take(memory, &memory->change[i]);
    }
}

void check_changes_rebuild(struct check_memory *memory)
{
    struct run *run = memory->run;

    for (uint32_t i = 0; i < memory->page_count; i++) {
        memory->page[i].is_table = false;
    }
    for (uint32_t i = 0; i < spmc_partition_count(run->spmc); i++) {
        const struct partition *partition = spmc_partition_at(run->spmc, i);
        unsigned spaces = tables_is_el0(partition) ? 1 : 2;

        for (unsigned space = 0; space < spaces; space++) {
            struct tables_root root = tables_root_of(partition, (enum pas)space);
            struct check_page as = {
                .level = (uint8_t)root.level, .space = (uint8_t)space, .partition = (uint16_t)i};

            for (unsigned n = 0; root.table != 0 && n < root.pages; n++) {
                adopt(memory, &as, root.table + (uint64_t)n * PAGE_SIZE_BYTES);
                as.base += TABLES_ENTRIES * tables_entry_bytes(root.level);
            }
        }
    }
}

static bool is_empty(const uint64_t *table)
{
    uint64_t any = 0;

    for (uint32_t i = 0; i < TABLES_ENTRIES; i++) {
        any |= table[i];
    }
    return (any & TABLES_VALID) == 0;
}

void check_changes_compare(struct check_memory *memory)
{
    for (uint32_t i = 0; i < memory->page_count && !memory->run->failed; i++) {
        const struct check_page *page = &memory->page[i];
        const struct partition *partition;
        uint64_t pa = memory->base + (uint64_t)i * PAGE_SIZE_BYTES;

        if (!page->is_table) {
            continue;
        }
        partition = spmc_partition_at(memory->run->spmc, page->partition);
        if (memcmp(copy_of(memory, i), ram_of(memory, i), PAGE_SIZE_BYTES) != 0) {
            check_broken(memory->run, partition, (enum pas)page->space,
                         "a translation table was written around the door", pa);
        } else if (page->level != tables_root_of(partition, PAS_SECURE).level &&
                   is_empty(copy_of(memory, i))) {
            check_broken(memory->run, partition, (enum pas)page->space,
                         "an empty translation table keeps its page", pa);
        }
    }
}
