/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Told is what a partition can have without anybody in the normal world doing anything: its own
 * memory also while it has lent it, and what it may still retrieve, with the most that it could
 * get. The order: what partitions own, by address; transactions by slot, receiver and constituent;
 * buffers of the normal world and of its VMs.
 */
#include "ffa/ns_regions.h"

#include "ffa/mem_retrieve.h"

#define BLOCK_BYTES 0x200000u
#define ADDRESS_END ((uint64_t)1 << STAGE2_IPA_BITS)

_Static_assert(FFA_AMD_READ == STAGE2_READ && FFA_AMD_WRITE == STAGE2_WRITE &&
                   FFA_AMD_EXECUTE == STAGE2_EXECUTE,
               "access bits of tables are those of descriptors");

struct walk {
    struct spmc *spmc;
    struct arch_pe *pe;
    uint16_t target;
    ns_region_visit *visit;
    void *context;
    struct ns_region run; /* of what partitions own, may still grow; page_count 0: none */
};

/* The partition with this id if it is asked about, NULL when it is not, or was never made. */
static const struct partition *wanted(const struct walk *walk, uint16_t id)
{
    const struct partition *partition = ffa_find_sp(walk->spmc, id);

    if (partition == NULL || partition->state == PARTITION_NULL) {
        return NULL;
    }
    return walk->target == 0 || walk->target == id ? partition : NULL;
}

/* Tables 13.65, 13.66, 13.68 and 13.69: what S-EL0 has is unprivileged only. */
static uint8_t rap_of(const struct partition *partition, uint8_t access)
{
    return (uint8_t)(partition->stage2.el0 ? access : access | access << FFA_AMD_PRIVILEGED_SHIFT);
}

static void end_run(struct walk *walk)
{
    if (walk->run.page_count != 0) {
        walk->visit(walk->context, &walk->run);
        walk->run.page_count = 0;
    }
}

static void put_own(struct walk *walk, const struct partition *partition, uint64_t base,
                    uint64_t size_bytes, uint8_t access)
{
    struct ns_region *run = &walk->run;
    uint32_t page_count = (uint32_t)(size_bytes / PAGE_SIZE_BYTES);
    uint8_t rap = rap_of(partition, access);

    if (access == 0) {
        return;
    }
    if (run->page_count != 0 && run->component == partition->id && run->rap == rap &&
        run->base + (uint64_t)run->page_count * PAGE_SIZE_BYTES == base) {
        run->page_count += page_count;
        return;
    }
    end_run(walk);
    *run = (struct ns_region){
        .base = base, .page_count = page_count, .component = partition->id, .rap = rap};
}

static uint8_t table_access(const struct walk *walk, const struct partition *partition, uint64_t at)
{
    struct stage2_attr attr;
    paddr_t pa;

    return stage2_lookup(walk->pe, &partition->stage2, PAS_NON_SECURE, ipaddr(at), &pa, &attr)
               ? attr.access
               : 0;
}

/* No transaction speaks of [at, end): each extent is mapped as its manifest says, all of it alike.
 */
static void visit_untouched(struct walk *walk, uint64_t at, uint64_t end)
{
    const struct ledger *ledger = &walk->spmc->ledger;

    for (uint32_t i = 0; i < ledger->extent_count; i++) {
        const struct ledger_extent *extent = &ledger->extent[i];
        const struct partition *owner = wanted(walk, extent->owner);
        uint64_t base = extent->base > at ? extent->base : at;
        uint64_t stop = extent->base + extent->size_bytes;

        stop = stop < end ? stop : end;
        if (owner != NULL && extent->pas == PAS_NON_SECURE && base < stop) {
            put_own(walk, owner, base, stop - base, table_access(walk, owner, base));
        }
    }
}

static void visit_touched(struct walk *walk, uint64_t block)
{
    for (uint64_t at = block; at < block + BLOCK_BYTES; at += PAGE_SIZE_BYTES) {
        const struct partition *owner;
        struct ledger_page page;

        if (!ledger_get(walk->pe, &walk->spmc->ledger, at, &page) || page.pas != PAS_NON_SECURE) {
            continue;
        }
        owner = wanted(walk, page.owner);
        if (owner == NULL) {
            continue;
        }
        if (page.state == LEDGER_EXCLUSIVE || page.state == LEDGER_BUFFER) {
            page.attr.access = table_access(walk, owner, at);
        }
        put_own(walk, owner, at, PAGE_SIZE_BYTES, page.attr.access);
    }
}

static void visit_owned(struct walk *walk)
{
    uint64_t at = 0;
    uint64_t block;

    while (ledger_next_touched(walk->pe, &walk->spmc->ledger, at, &block)) {
        visit_untouched(walk, at, block);
        visit_touched(walk, block);
        at = block + BLOCK_BYTES;
    }
    visit_untouched(walk, at, ADDRESS_END);
    end_run(walk);
}

static void visit_borrowed(struct walk *walk, const struct share *share,
                           const struct share_receiver *receiver)
{
    const struct partition *partition = wanted(walk, receiver->id);
    uint8_t access = STAGE2_READ;
    struct share_constituent c;
    struct share_cursor cursor;

    /* Nobody can retrieve what a dead owner sent. */
    if (partition == NULL ||
        (share->state == SHARE_ORPHANED && receiver->state == SHARE_NOT_RETRIEVED)) {
        return;
    }
    if (mem_data_limit(share, receiver) == FFA_MEM_DATA_RW) {
        access |= STAGE2_WRITE;
    }
    if (receiver->state != SHARE_NOT_RETRIEVED) {
        access |= receiver->attr.access;
    }
    share_seek(&cursor, walk->pe, share, 0);
    while (share_next(&cursor, &c)) {
        const struct ns_region region = {.base = c.address,
                                         .page_count = c.page_count,
                                         .component = partition->id,
                                         .rap = rap_of(partition, access)};

        walk->visit(walk->context, &region);
    }
}

static void visit_transactions(struct walk *walk)
{
    for (uint32_t slot = 0; slot < walk->spmc->share_slot_count; slot++) {
        struct share *share = share_at(walk->spmc, walk->pe, slot);

        if (share == NULL) {
            continue;
        }
        /* What has not come whole can not be retrieved, and its list is not complete. */
        if (share->pas == PAS_NON_SECURE && share->state != SHARE_RECEIVING) {
            for (uint32_t n = 0; n < share->receiver_count; n++) {
                visit_borrowed(walk, share, &share->receiver[n]);
            }
        }
        share_close(walk->pe, share);
    }
}

/* Buffers come and go under the ledger's lock only. */
static void visit_mailbox(const struct walk *walk, const struct mailbox *mailbox)
{
    const uint8_t read = FFA_AMD_READ | FFA_AMD_READ << FFA_AMD_PRIVILEGED_SHIFT;
    const uint8_t write = FFA_AMD_WRITE | FFA_AMD_WRITE << FFA_AMD_PRIVILEGED_SHIFT;
    struct ns_region region = {.base = mailbox->rx.pa,
                               .page_count = mailbox->page_count,
                               .component = FFA_ID_SPMC,
                               .rap = read | write,
                               .indirect = true};

    if (mailbox->mapped) {
        walk->visit(walk->context, &region);
        region.base = mailbox->tx.pa;
        region.rap = read;
        walk->visit(walk->context, &region);
    }
}

/* Is anybody asked about who can send and take indirect messages? */
static bool has_messenger(const struct walk *walk)
{
    for (uint32_t i = 0; i < walk->spmc->partition_count; i++) {
        const struct partition *partition = wanted(walk, walk->spmc->partition[i].id);

        if (partition != NULL && partition->ffa_version >= FFA_VERSION_1_1 &&
            ffa_has_method(partition, FFA_PROP_INDIRECT_MSG, NULL)) {
            return true;
        }
    }
    return false;
}

void ns_regions_visit(struct spmc *spmc, struct arch_pe *pe, uint16_t target,
                      ns_region_visit *visit, void *context)
{
    struct walk walk = {
        .spmc = spmc, .pe = pe, .target = target, .visit = visit, .context = context};

    visit_owned(&walk);
    visit_transactions(&walk);
    if (has_messenger(&walk)) {
        visit_mailbox(&walk, &spmc->nwd->mailbox);
        for (uint32_t i = 0; i < spmc->vm_slot_count; i++) {
            visit_mailbox(&walk, &spmc->vm_slot[i].mailbox);
        }
    }
}
