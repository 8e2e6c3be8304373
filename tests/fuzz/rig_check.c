/* SPDX-License-Identifier: BSD-3-Clause */
/* What must hold after every call: one owner a page, and tables that say the same as the ledger. */
#include "rig.h"

#define NOBODY     0x0e100000u /* the SPMC's own */
#define SMALL_LIST 16u

static const struct {
    enum ep ep;
    uint32_t count;
    uint64_t base;
} windows[] = {
    {P1, 8, P1_BASE + BLOCK - 4 * PAGE}, /* on both sides of a block's end */
    {P1, 4, P1_DATA},
    {P1, 2, P1_READ_ONLY},
    {P1, 2, P1_NS},
    {P1, 2, P1_DEVICE},
    {P2, 4, P2_BASE + P2_BYTES - 4 * PAGE},
    {P2, 4, P2_BASE},
    {P3, 8, P3_BASE},
    {P0, 8, P0_DATA},
    {NWD, 8, NS_BASE + BLOCK - 4 * PAGE},
    {NWD, 2, NS_DEVICE},
    {EP_COUNT, 1, NOBODY},
};

#define WINDOWS (sizeof(windows) / sizeof(windows[0]))

uint64_t rig_page_of(enum ep ep, unsigned n)
{
    uint32_t count = 0;

    for (unsigned i = 0; i < WINDOWS; i++) {
        count += windows[i].ep == ep ? windows[i].count : 0;
    }
    n %= count;
    for (unsigned i = 0; i < WINDOWS; i++) {
        if (windows[i].ep != ep) {
            continue;
        }
        if (n < windows[i].count) {
            return windows[i].base + (uint64_t)n * PAGE;
        }
        n -= windows[i].count;
    }
    return 0;
}

uint64_t rig_any_page(unsigned n)
{
    return rig_page_of((enum ep)(n % (EP_COUNT + 1u)), n / (EP_COUNT + 1u));
}

static enum pas pas_of(uint64_t pa)
{
    return pa >= NS_DEVICE ? PAS_NON_SECURE : PAS_SECURE; /* nothing secure lies above */
}

/* The leaf of an address, read without the core's help; 0: there is none. */
static uint64_t leaf_of(const struct stage2 *s2, enum pas pas, uint64_t pa)
{
    unsigned level = s2->el0 ? 0 : 1;
    uint64_t entries = s2->el0 ? 512 : 1024;
    uint64_t table = s2->root[s2->el0 ? PAS_SECURE : pas].pa;

    for (;; level++, entries = 512) {
        const uint64_t *slot = fake_arch_at(&machine.pe, table, PAGE, PAS_SECURE);
        uint64_t entry = slot[(pa >> (12 + 9 * (3 - level))) % entries];

        if ((entry & 1u) == 0) {
            return 0;
        }
        if (level == 3 || (entry & 2u) == 0) {
            return entry;
        }
        table = entry & 0x0000fffffffff000ull;
    }
}

/* What the tables of a partition say of an address, in whichever of its two spaces. */
static bool lookup(enum ep ep, uint64_t pa, struct stage2_attr *attr)
{
    bool found = false;

    for (enum pas pas = PAS_SECURE; pas <= PAS_NON_SECURE; pas++) {
        const struct stage2 *s2 = &machine.partition[ep]->stage2;
        struct stage2_attr here;
        paddr_t out;

        if (leaf_of(s2, pas, pa) != 0 &&
            (stage2_lookup(&machine.pe, s2, pas, ipaddr(pa), &out, &here) || !s2->el0)) {
            ck_assert_uint_eq(out.pa, pa);
            ck_assert_int_eq(pas, pas_of(pa));
            ck_assert_msg(!found, "mapped in both worlds");
            found = true;
            *attr = here;
        }
    }
    return found;
}

static bool has_page(const struct share *share, uint64_t pa)
{
    struct share_cursor cursor;
    struct share_constituent c;

    share_seek(&cursor, &machine.pe, share, 0);
    while (share_next(&cursor, &c)) {
        if (pa >= c.address && pa - c.address < (uint64_t)c.page_count * PAGE) {
            return true;
        }
    }
    return false;
}

static void check_transaction(const struct ledger_page *page, const struct share *share,
                              uint64_t pa)
{
    ck_assert_msg(share != NULL, "0x%llx is in a transaction that is not there",
                  (unsigned long long)pa);
    ck_assert(page->state == LEDGER_PENDING
                  ? share->state == SHARE_RECEIVING
                  : share->state == SHARE_ACTIVE || share->state == SHARE_ORPHANED);
    ck_assert(page->state == LEDGER_PENDING || page->state == LEDGER_SHARED - 1u + share->kind);
    ck_assert(share->owner == page->owner || (is_vm(share->owner) && is_vm(page->owner)));
    ck_assert(share->pas == page->pas && share->device == page->device);
    ck_assert_msg(has_page(share, pa), "0x%llx is not in its transaction", (unsigned long long)pa);
}

/* What the tables of one partition must say of a page. */
static void check_tables(enum ep ep, const struct ledger_page *page, struct share *share,
                         uint64_t pa)
{
    struct share_receiver *receiver = share != NULL ? share_receiver_of(share, id_of(ep)) : NULL;
    struct stage2_attr attr = {0};
    bool mapped = lookup(ep, pa, &attr);

    if (page == NULL) {
        ck_assert_msg(!mapped, "endpoint %d has what is nobody's", (int)ep);
    } else if (page->owner == id_of(ep)) {
        bool gone = page->state == LEDGER_LENT || page->state == LEDGER_DONATED;

        /* A dead owner's tables stay as they are. */
        ck_assert_msg(mapped != gone || !rig_is_alive(ep), "endpoint %d, owner of 0x%llx: %d",
                      (int)ep, (unsigned long long)pa, mapped);
    } else if (receiver != NULL && receiver->state != SHARE_NOT_RETRIEVED) {
        ck_assert(rig_is_alive(ep) && page->state != LEDGER_PENDING);
        ck_assert_msg(mapped && attr.access == receiver->attr.access &&
                          attr.memory == receiver->attr.memory,
                      "endpoint %d, borrower of 0x%llx: access %u", (int)ep, (unsigned long long)pa,
                      attr.access);
        ck_assert_uint_eq(attr.access & ~share->owner_attr.access & ~STAGE2_EXECUTE, 0);
    } else {
        ck_assert_msg(!mapped, "endpoint %d has 0x%llx of 0x%x", (int)ep, (unsigned long long)pa,
                      page->owner);
    }
}

static bool is_in(const struct mailbox *mailbox, uint64_t pa)
{
    uint64_t size = (uint64_t)mailbox->page_count * PAGE;

    return mailbox->mapped && (pa - mailbox->rx.pa < size || pa - mailbox->tx.pa < size);
}

/* A page that the ledger calls a buffer is in its owner's, or one of a VM's. */
static bool is_buffer(const struct ledger_page *page, uint64_t pa)
{
    for (uint32_t i = 0; is_vm(page->owner) && i < machine.spmc->vm_slot_count; i++) {
        if (is_in(&machine.spmc->vm_slot[i].mailbox, pa)) {
            return true;
        }
    }
    return is_in(&spmc_partition_by_id(machine.spmc, page->owner)->mailbox, pa);
}

static void check_mailbox(enum ep ep)
{
    const struct mailbox *mailbox = &machine.partition[ep]->mailbox;

    for (uint32_t i = 0; mailbox->mapped && i < 2 * mailbox->page_count; i++) {
        uint64_t base = i % 2 != 0 ? mailbox->rx.pa : mailbox->tx.pa;
        struct ledger_page page = {0};

        ck_assert(
            ledger_get(&machine.pe, &machine.spmc->ledger, base + (uint64_t)(i / 2) * PAGE, &page));
        ck_assert(page.state == LEDGER_BUFFER && page.owner == id_of(ep));
    }
}

static void check_page(uint64_t pa)
{
    struct ledger_page page;
    struct share *share = NULL;
    bool owned = ledger_get(&machine.pe, &machine.spmc->ledger, pa, &page);

    if (owned) {
        /* Memory keeps its world, and what is secure stays with partitions. */
        ck_assert_int_eq(page.pas, pas_of(pa));
        ck_assert(page.pas == PAS_NON_SECURE || !is_vm(page.owner));
        ck_assert(is_vm(page.owner) || spmc_partition_by_id(machine.spmc, page.owner) != NULL);
        ck_assert_msg(page.state != LEDGER_BUFFER || is_buffer(&page, pa), "0x%llx is no buffer",
                      (unsigned long long)pa);
        if (page.state >= LEDGER_PENDING && page.state <= LEDGER_DONATED) {
            share = share_at(machine.spmc, &machine.pe, page.share);
            check_transaction(&page, share, pa);
        }
    }
    for (enum ep ep = P1; ep < EP_COUNT; ep++) {
        check_tables(ep, owned ? &page : NULL, share, pa);
    }
    if (share != NULL) {
        share_close(&machine.pe, share);
    }
}

/* Both ends of every constituent, and all when there are few. */
static void check_share(const struct share *share)
{
    struct share_cursor cursor;
    struct share_constituent c;
    uint32_t pages = 0;

    ck_assert_uint_eq(share->slot, share->handle & 0xffffu);
    ck_assert_uint_le(share->constituents_seen, share->constituent_count);
    ck_assert_uint_le(share->receiver_count, SHARE_MAX_RECEIVERS);
    share_seek(&cursor, &machine.pe, share, 0);
    for (uint32_t n = 0; share_next(&cursor, &c); n++) {
        pages += c.page_count;
        if (n < SMALL_LIST) {
            check_page(c.address);
            check_page(c.address + (uint64_t)(c.page_count - 1u) * PAGE);
        }
    }
    ck_assert_uint_eq(pages, share->pages_seen);
    ck_assert(share->state == SHARE_RECEIVING || pages == share->page_count);
}

void rig_check(void)
{
    for (enum ep ep = NWD; ep < EP_COUNT; ep++) {
        check_mailbox(ep);
    }
    for (unsigned i = 0; i < WINDOWS; i++) {
        for (uint32_t n = 0; n < windows[i].count; n++) {
            check_page(windows[i].base + (uint64_t)n * PAGE);
        }
    }
    for (uint32_t slot = 0; slot < machine.spmc->share_slot_count; slot++) {
        struct share *share = share_at(machine.spmc, &machine.pe, slot);

        if (share != NULL) {
            check_share(share);
            share_close(&machine.pe, share);
        }
    }
}
