/* SPDX-License-Identifier: BSD-3-Clause */
#include "snapshot.h"

#include <stdlib.h>
#include <string.h>

enum what { LEAF, WORD, SHARE };

struct item {
    enum what what;
    uint32_t where; /* partition and space, or slot */
    uint64_t address;
    uint64_t value;
};

struct snapshot {
    uint64_t free_pages;
    uint32_t count;
    uint32_t room;
    struct item *item;
    size_t state_bytes;
    uint8_t *state;
};

static bool seen[POOL_BYTES / PAGE];
static uint64_t seen_count;

/* A page of the pool has one use. */
static const uint64_t *use(uint64_t pa)
{
    uint64_t index = (pa - machine.spmc->pool.base) / PAGE;

    MUST(index < POOL_BYTES / PAGE);
    MUST_MSG(!seen[index], "page 0x%lx is used twice", (unsigned long)pa);
    seen[index] = true;
    seen_count++;
    return fake_arch_at(&machine.pe, pa, PAGE, PAS_SECURE);
}

static void add(struct snapshot *s, enum what what, uint32_t where, uint64_t address,
                uint64_t value)
{
    if (s->count == s->room) {
        s->room = s->room != 0 ? 2 * s->room : 512;
        s->item = realloc(s->item, s->room * sizeof(s->item[0]));
        MUST(NULL != s->item);
    }
    s->item[s->count++] = (struct item){what, where, address, value};
}

#define VALID      1u
#define TABLE      3u
#define ADDRESS    0x0000fffffffff000ull
#define LAST_LEVEL 3u

/* Valid entries of the table. */
static uint32_t add_table(struct snapshot *s, uint32_t where, uint64_t pa, unsigned level,
                          unsigned entries, uint64_t ipa)
{
    uint64_t step = 1ull << (12 + 9 * (LAST_LEVEL - level));
    const uint64_t *slot = use(pa);
    uint32_t valid = 0;

    if (entries == 1024) {
        (void)use(pa + PAGE);
    }
    for (unsigned i = 0; i < entries; i++, ipa += step) {
        uint64_t d = slot[i];

        if ((d & VALID) == 0) {
            MUST_EQ(d, 0);
            continue;
        }
        valid++;
        if (level < LAST_LEVEL && (d & TABLE) == TABLE) {
            MUST_EQ(add_table(s, where, d & ADDRESS, level + 1, 512, ipa), (d >> 2) & 0x3ff);
            MUST_MSG(((d >> 2) & 0x3ff) != 0, "a table with nothing in it");
        } else {
            MUST(level >= 2);
            MUST_EQ(d & ADDRESS, ipa);
            add(s, LEAF, where, ipa, d);
        }
    }
    return valid;
}

static void add_tables(struct snapshot *s)
{
    for (enum ep ep = P1; ep < EP_COUNT; ep++) {
        const struct stage2 *s2 = &machine.partition[ep]->stage2;

        (void)add_table(s, ep * 2, s2->root[PAS_SECURE].pa, s2->el0 ? 0 : 1, s2->el0 ? 512 : 1024,
                        0);
        if (!s2->el0) {
            (void)add_table(s, ep * 2 + 1, s2->root[PAS_NON_SECURE].pa, 1, 1024, 0);
        }
    }
}

static uint32_t add_words(struct snapshot *s, uint64_t pa, unsigned level, uint64_t base)
{
    const uint64_t *entry = use(pa);
    unsigned entries = level == 0 ? 1024 : 512;
    uint64_t step = 1ull << (12 + 9 * (2 - level));
    uint32_t used = 0;

    if (level == 0) {
        (void)use(pa + PAGE);
    }
    for (unsigned i = 0; i < entries; i++) {
        if (entry[i] == 0) {
            continue;
        }
        used++;
        if (level == 2) {
            add(s, WORD, 0, base + i * step, entry[i]);
        } else {
            MUST_EQ(add_words(s, entry[i] & ADDRESS, level + 1, base + i * step), entry[i] & 0xfff);
            MUST((entry[i] & 0xfff) != 0);
        }
    }
    return used;
}

static uint64_t hash(uint64_t from, const void *bytes, size_t count)
{
    const uint8_t *at = bytes;

    for (size_t i = 0; i < count; i++) {
        from = (from ^ at[i]) * 0x100000001b3ull;
    }
    return from;
}

static void add_shares(struct snapshot *s)
{
    for (uint32_t i = 0; i < machine.spmc->share_slot_count; i++) {
        const struct share_slot *slot = &machine.spmc->share_slot[i];
        const struct share *share;
        uint64_t value;
        uint32_t chunks = 0;

        if (slot->page == 0) {
            continue;
        }
        share = (const struct share *)(const void *)use(slot->page);
        value = hash(0xcbf29ce484222325ull, share, PAGE);
        for (uint64_t at = share->first_chunk; at != 0; chunks++) {
            const uint64_t *chunk = use(at);

            value = hash(value, chunk, PAGE);
            at = chunk[0];
        }
        MUST_EQ(chunks, slot->chunk_count);
        MUST_EQ(chunks, share->chunk_count);
        add(s, SHARE, i, share->handle, value);
    }
}

static void add_free(void)
{
    for (uint64_t at = machine.spmc->pool.first; at != 0;) {
        at = *use(at);
    }
    for (uint64_t at = machine.spmc->pool.fresh;
         at < machine.spmc->pool.base + machine.spmc->pool.total_count * PAGE; at += PAGE) {
        (void)use(at);
    }
}

struct snapshot *snapshot_take(void)
{
    struct snapshot *s = calloc(1, sizeof(*s));
    const void *state;

    MUST(NULL != s);
    memset(seen, 0, sizeof(seen));
    seen_count = 0;
    s->free_pages = free_pages();
    add_free();
    MUST_EQ(seen_count, s->free_pages);
    add_tables(s);
    (void)add_words(s, machine.spmc->ledger.root.pa, 0, 0);
    add_shares(s);
    MUST_MSG(seen_count == machine.spmc->pool.total_count, "%lu pages have leaked",
             (unsigned long)(machine.spmc->pool.total_count - seen_count));
    spmc_mutable_state(machine.spmc, &state, &s->state_bytes);
    s->state = malloc(s->state_bytes);
    MUST(NULL != s->state);
    memcpy(s->state, state, s->state_bytes);
    return s;
}

void snapshot_free(struct snapshot *snapshot)
{
    free(snapshot->state);
    free(snapshot->item);
    free(snapshot);
}

void snapshot_same(const struct snapshot *before, const struct snapshot *after, const char *when)
{
    for (uint32_t i = 0; i < before->count && i < after->count; i++) {
        const struct item *a = &before->item[i];
        const struct item *b = &after->item[i];

        MUST_MSG(a->what == b->what && a->where == b->where && a->address == b->address &&
                     a->value == b->value,
                 "%s: %d/%u 0x%lx: 0x%lx, then %d/%u 0x%lx: 0x%lx", when, (int)a->what, a->where,
                 (unsigned long)a->address, (unsigned long)a->value, (int)b->what, b->where,
                 (unsigned long)b->address, (unsigned long)b->value);
    }
    MUST_MSG(before->count == after->count, "%s: %u items, then %u", when, before->count,
             after->count);
    MUST_MSG(before->free_pages == after->free_pages, "%s: %lu pages free, then %lu", when,
             (unsigned long)before->free_pages, (unsigned long)after->free_pages);
}

void snapshot_same_state(const struct snapshot *before, const struct snapshot *after,
                         enum ep caller, const char *when)
{
    const struct vcpu *vcpu = &machine.partition[caller]->vcpu[0];
    const void *state;
    size_t size;
    size_t frame;

    snapshot_same(before, after, when);
    spmc_mutable_state(machine.spmc, &state, &size);
    frame = (size_t)((const uint8_t *)&vcpu->frame - (const uint8_t *)state);
    memcpy(&before->state[frame], &after->state[frame], sizeof(vcpu->frame));
    for (size_t i = 0; i < size; i++) {
        MUST_MSG(before->state[i] == after->state[i], "%s: byte %zu of the state", when, i);
    }
}

void snapshot_check(const struct snapshot *before, const char *when)
{
    struct snapshot *after = snapshot_take();

    snapshot_same(before, after, when);
    snapshot_free(after);
}
