/* SPDX-License-Identifier: BSD-3-Clause */
/* The ledger and the store of transactions, each alone, against plain models. */
#include "main.h"

#include <string.h>

#include "snapshot.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define PAGES    600u
#define LOCK()   arch_lock(&machine.pe, &ledger()->lock)
#define UNLOCK() arch_unlock(&machine.pe, &ledger()->lock)

static struct ledger *ledger(void)
{
    return &machine.spmc->ledger;
}

static uint64_t random_address(void)
{
    /* Near each other and far apart, over all 40 bits. */
    static const uint64_t bases[] = {0, 1ull << 39, 0x10000000, 0xfffffff000, 0x8000000000 - 4096};
    uint64_t spread = (uint64_t)rnd(1u << 14) << 26 | (uint64_t)rnd(1u << 14) << 12;

    if (rnd(3) == 0) {
        return (spread << (rnd(2) * 2)) & 0xfffffff000ull;
    }
    return (bases[rnd(COUNT(bases))] + rnd(1200) * PAGE) & 0xfffffff000ull;
}

static bool same(const struct ledger_page *a, const struct ledger_page *b)
{
    return a->owner == b->owner && a->share == b->share && a->state == b->state &&
           a->pas == b->pas && a->device == b->device && a->attr.access == b->attr.access &&
           a->attr.memory == b->attr.memory;
}

static const struct ledger_extent *extent_at(uint64_t pa)
{
    for (uint32_t i = 0; i < ledger()->extent_count; i++) {
        const struct ledger_extent *e = &ledger()->extent[i];

        if (pa >= e->base && pa - e->base < e->size_bytes) {
            return e;
        }
    }
    return NULL;
}

static struct {
    uint64_t pa;
    bool has_word;
    struct ledger_page page;
} model[PAGES];

static struct ledger_page random_word(void)
{
    return (struct ledger_page){
        .owner = (uint16_t)rnd(0x10000),
        .share = (uint16_t)rnd(0x10000),
        .state = (uint8_t)rnd(LEDGER_BUFFER + 1),
        .pas = (uint8_t)rnd(2),
        .device = rnd(2) != 0,
        .attr = {(uint8_t)rnd(8), (uint8_t)rnd(3)},
    };
}

static void check_page(unsigned i)
{
    const struct ledger_extent *extent = extent_at(model[i].pa);
    struct ledger_page page;
    bool found = ledger_get(&machine.pe, ledger(), model[i].pa, &page);

    if (model[i].has_word) {
        MUST(found && same(&page, &model[i].page));
    } else {
        MUST(found == (extent != NULL));
        MUST(!found || (page.owner == extent->owner && page.pas == extent->pas &&
                        page.state == LEDGER_EXCLUSIVE && page.device == extent->device));
    }
}

static void change(unsigned i)
{
    const struct ledger_extent *extent = extent_at(model[i].pa);
    uint16_t owner;

    switch (rnd(4)) {
    case 0:
        ledger_drop(&machine.pe, ledger(), model[i].pa);
        model[i].has_word = false;
        break;
    case 1:
        if (!model[i].has_word) {
            break;
        }
        owner = extent != NULL && rnd(2) != 0 ? extent->owner : (uint16_t)(0x8001 + rnd(3));
        ledger_settle(&machine.pe, ledger(), model[i].pa, 1, owner);
        if (extent != NULL && extent->owner == owner) {
            model[i].has_word = false;
        } else {
            model[i].page.owner = owner;
            model[i].page.share = 0;
            model[i].page.state = LEDGER_EXCLUSIVE;
            model[i].page.attr = (struct stage2_attr){0};
        }
        break;
    default: {
        struct ledger_page word = random_word();
        bool ok = ledger_put(&machine.pe, ledger(), model[i].pa, &word);

        MUST(ok || !model[i].has_word);
        if (ok) {
            model[i].has_word = true;
            model[i].page = word;
        }
        break;
    }
    }
}

static bool is_new(uint64_t pa, unsigned count)
{
    struct ledger_page page;

    for (unsigned k = 0; k < count; k++) {
        if (model[k].pa == pa) {
            return false;
        }
    }
    return !ledger_get(&machine.pe, ledger(), pa, &page) || page.state == LEDGER_EXCLUSIVE;
}

/* With a full pool, and with one that runs dry all the time. */
START_TEST(the_ledger_is_what_was_put_into_it)
{
    struct snapshot *before = snapshot_take();

    seed(11 + (uint64_t)_i);
    LOCK();
    for (unsigned i = 0; i < PAGES; i++) {
        do {
            model[i].pa = random_address();
        } while (!is_new(model[i].pa, i));
        model[i].has_word = false;
    }
    drain_pool(_i == 0 ? machine.pages_after_boot : 40);
    for (unsigned round = 0; round < 60000; round++) {
        unsigned i = rnd(PAGES);

        change(i);
        check_page(i);
        check_page(rnd(PAGES));
    }
    for (unsigned i = 0; i < PAGES; i++) {
        bool untouched = ledger_is_untouched(&machine.pe, ledger(), model[i].pa);

        check_page(i);
        MUST(!untouched || !model[i].has_word);
        ledger_drop(&machine.pe, ledger(), model[i].pa);
    }
    UNLOCK();
    refill_pool();
    snapshot_check(before, "everything dropped");
    snapshot_free(before);
}
END_TEST

START_TEST(nothing_lies_beyond_forty_bits)
{
    struct ledger_page page;

    ck_assert(!ledger_get(&machine.pe, ledger(), 1ull << 40, &page));
    ck_assert(!ledger_get(&machine.pe, ledger(), (1ull << 40) + P1_BASE, &page));
    ck_assert(!ledger_get(&machine.pe, ledger(), ~0xfffull, &page));
}
END_TEST

/* Who has what when nobody has done anything: "NULL" is nobody. */
START_TEST(memory_at_boot)
{
    static const struct {
        uint64_t base;
        uint64_t bytes;
        int owner; /* -1: nobody */
        bool device;
    } map[] = {
        {0, 0x10000000, -1, false}, /* with the SPMC's own */
        {P1_BASE, P1_BYTES, P1, false},
        {P2_BASE, P2_BYTES, P2, false},
        {P3_BASE, P3_BYTES, P3, false},
        {P0_BASE, P0_BYTES + PAGE, P0, false},
        {P0_BASE + P0_BYTES + PAGE, P1_READ_ONLY - P0_BASE - P0_BYTES - PAGE, -1, false},
        {P1_READ_ONLY, 4 * PAGE, P1, false},
        {P1_DATA, 16 * PAGE, P1, false},
        {MAILBOX(P2), 2 * MAILBOX_MAX, P2, false},
        {P0_DATA, 16 * PAGE, P0, false},
        {0x11000000, P1_DEVICE - 0x11000000, -1, false},
        {P1_DEVICE, 2 * PAGE, P1, true},
        {P1_DEVICE + 2 * PAGE, 14 * PAGE, -1, false}, /* secure, and nobody's */
        {NS_DEVICE, 16 * PAGE, NWD, true},
        {NS_DEVICE + 16 * PAGE, 16 * PAGE, -1, false},
        {NS_BASE - PAGE, PAGE, -1, false},
        {NS_BASE, PAGE, NWD, false},
        {P1_NS, P1_NS_PAGES * PAGE, P1, false},
        {P1_NS + P1_NS_PAGES * PAGE, 0x100000, NWD, false},
        {NS_BASE + NS_BYTES - PAGE, PAGE, NWD, false},
        {NS_BASE + NS_BYTES, 0x100000, -1, false},
    };

    for (unsigned i = 0; i < COUNT(map); i++) {
        for (uint64_t at = map[i].base; at < map[i].base + map[i].bytes; at += PAGE) {
            struct ledger_page page;
            bool found = ledger_get(&machine.pe, ledger(), at, &page);

            MUST_MSG(found == (map[i].owner >= 0), "0x%lx", (unsigned long)at);
            if (found) {
                MUST_EQ(page.owner, id_of((enum ep)map[i].owner));
                MUST_EQ(page.device, map[i].device);
                MUST_EQ(page.pas, at >= NS_DEVICE ? PAS_NON_SECURE : PAS_SECURE);
            }
        }
    }
    for (uint32_t i = 0; i < ledger()->extent_count; i++) {
        const struct ledger_extent *e = &ledger()->extent[i];

        ck_assert_uint_ne(e->size_bytes, 0);
        ck_assert(i == 0 || e[-1].base + e[-1].size_bytes <= e->base);
    }
}
END_TEST

static struct share_constituent constituent(uint32_t n)
{
    return (struct share_constituent){(uint64_t)n * 0x12345000, n + 1, ~n};
}

/* From every kind of place to start at. */
static void check_list(const struct share *share, uint32_t from)
{
    struct share_cursor cursor;
    struct share_constituent c;

    share_seek(&cursor, &machine.pe, share, from);
    for (uint32_t n = from; n < share->constituents_seen; n++) {
        struct share_constituent want = constituent(n);

        MUST(share_next(&cursor, &c));
        MUST(memcmp(&c, &want, sizeof(c)) == 0);
    }
    MUST(!share_next(&cursor, &c));
    MUST(!share_next(&cursor, &c));
}

START_TEST(thousands_of_constituents)
{
    struct snapshot *before = snapshot_take();
    uint64_t most = machine.spmc->pool.total_count / 8;
    struct share *share;
    uint32_t n = 0;

    LOCK();
    ck_assert_int_eq(share_create(machine.spmc, &machine.pe, id_of(P1), &share), 0);
    check_list(share, 0);
    check_list(share, 5);
    for (;; n++) {
        struct share_constituent c = constituent(n);
        int32_t error = share_append(machine.spmc, &machine.pe, share, &c);

        if (error != 0) {
            MUST_EQ(error, FFA_NO_MEMORY);
            break;
        }
        MUST_EQ(share->constituents_seen, n + 1);
        if (n < 600 || n % 255 < 3) {
            check_list(share, n / 2);
            check_list(share, n);
        }
    }
    ck_assert_uint_eq(share->chunk_count, most);
    ck_assert_uint_gt(n, most * 255);
    for (uint32_t from = 0; from <= n; from += 61) {
        check_list(share, from);
    }
    share_free(machine.spmc, &machine.pe, share);
    UNLOCK();
    snapshot_check(before, "freed");
    snapshot_free(before);
}
END_TEST

START_TEST(a_handle_names_one_transaction_only)
{
    static uint64_t old[200];
    struct share *share;

    LOCK();
    for (uint32_t i = 0; i < COUNT(old); i++) {
        ck_assert_int_eq(share_create(machine.spmc, &machine.pe, id_of(P1), &share), 0);
        old[i] = share->handle;
        ck_assert_uint_eq(old[i] >> 63, 0);
        ck_assert_uint_ne(old[i], 0);
        share_close(&machine.pe, share);
        for (uint32_t k = 0; k < i; k++) {
            MUST(share_open(machine.spmc, &machine.pe, old[k]) == NULL);
        }
        for (unsigned bit = 0; bit < 64; bit++) {
            MUST(share_open(machine.spmc, &machine.pe, old[i] ^ 1ull << bit) == NULL);
        }
        share = share_open(machine.spmc, &machine.pe, old[i]);
        ck_assert_ptr_nonnull(share);
        ck_assert_uint_eq(share->handle, old[i]);
        share_free(machine.spmc, &machine.pe, share);
    }
    ck_assert_ptr_null(share_open(machine.spmc, &machine.pe, 0));
    ck_assert_ptr_null(share_open(machine.spmc, &machine.pe, UINT64_MAX));
    UNLOCK();
    ck_assert_uint_eq(machine.pe.count.map, machine.pe.count.unmap);
}
END_TEST

START_TEST(slots_are_for_everybody)
{
    static struct share *shares[SHARE_QUOTA * (EP_COUNT - 1) + SHARE_QUOTA_NWD];
    struct snapshot *before = snapshot_take();
    struct share *refused;
    unsigned count = 0;

    LOCK();
    for (enum ep ep = NWD; ep < EP_COUNT; ep++) {
        for (uint32_t i = 0; i < (ep == NWD ? SHARE_QUOTA_NWD : SHARE_QUOTA); i++) {
            uint16_t owner = (uint16_t)(ep == NWD ? i : id_of(ep));

            ck_assert_int_eq(share_create(machine.spmc, &machine.pe, owner, &shares[count]), 0);
            count++;
        }
        ck_assert_int_eq(share_create(machine.spmc, &machine.pe, id_of(ep), &refused),
                         FFA_NO_MEMORY);
    }
    ck_assert_uint_eq(count, machine.spmc->share_slot_count);
    while (count-- != 0) {
        share_free(machine.spmc, &machine.pe, shares[count]);
    }
    UNLOCK();
    snapshot_check(before, "freed");
    snapshot_free(before);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, the_ledger_is_what_was_put_into_it, 0, 2);
    tcase_add_test(tcase, nothing_lies_beyond_forty_bits);
    tcase_add_test(tcase, memory_at_boot);
    tcase_add_test(tcase, thousands_of_constituents);
    tcase_add_test(tcase, a_handle_names_one_transaction_only);
    tcase_add_test(tcase, slots_are_for_everybody);
}

int main(void)
{
    return run_case("store", add);
}
