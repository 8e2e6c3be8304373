/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Transactions, when they come, change and go: the ledger's word for each page, what its owner and
 * its borrowers reach, and that an owner gets back what it had.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/host/check_memory.h"

static bool is_vm(uint16_t id)
{
    return (id & FFA_ID_SECURE_BIT) == 0;
}

static const struct partition *partition_of(const struct check_memory *memory, uint16_t id)
{
    return is_vm(id) ? NULL : spmc_partition_by_id(memory->run->spmc, id);
}

static struct tables_found look(const struct check_memory *memory,
                                const struct partition *partition, enum pas space, uint64_t pa)
{
    return tables_lookup(tables_read_ram, memory->run, partition, space, pa);
}

/* Pages of a transaction that lie together. */
struct span {
    enum pas space;
    uint64_t base;
    uint64_t end;
};

static struct span span_of(const struct share *share, const struct share_constituent *c)
{
    return (struct span){(enum pas)share->pas, c->address,
                         c->address + (uint64_t)c->page_count * PAGE_SIZE_BYTES};
}

/*
 * What somebody reaches must be lawful; `needed`: and must be there, like this. The ledger says the
 * same of all pages of the span, so that one of each table entry stands for the others.
 */
static void check_reach(struct check_memory *memory, uint16_t id, const struct span *span,
                        const struct stage2_attr *needed, const char *missing)
{
    const struct partition *partition = partition_of(memory, id);
    uint64_t at = span->base;

    while (partition != NULL && at < span->end && !memory->run->failed) {
        struct tables_found found = look(memory, partition, span->space, at);
        const char *law = NULL;

        if (found.mapped) {
            law = check_owner_law(memory->run, partition, span->space, at, found.attr);
        }
        if (law == NULL && needed != NULL &&
            (!found.mapped || found.attr.access != needed->access ||
             found.attr.memory != needed->memory)) {
            law = missing;
        }
        if (law != NULL) {
            check_broken(memory->run, partition, span->space, law, at);
        }
        at = found.end;
    }
}

static void bad_word(struct check_memory *memory, const struct share *head, uint64_t pa)
{
    run_fail(memory->run,
             "invariant: the ledger and transaction 0x%" PRIx64 " disagree about 0x%" PRIx64,
             head->handle, pa);
}

/* The ledger's word of the pages from `at` on, and where those with another one begin. */
static bool read_words(const struct check_memory *memory, uint64_t at, uint64_t end,
                       struct ledger_page *page, uint64_t *next)
{
    struct run *run = memory->run;
    uint32_t count = ledger_get_run(&run->arch_pe[0], &run->spmc->ledger, at,
                                    (uint32_t)((end - at) / PAGE_SIZE_BYTES), page);

    *next = at + (uint64_t)count * PAGE_SIZE_BYTES;
    return count != 0;
}

static void check_words(struct check_memory *memory, const struct share *share,
                        const struct span *span)
{
    static const uint8_t states[] = {
        [SHARE_SHARE] = LEDGER_SHARED, [SHARE_LEND] = LEDGER_LENT, [SHARE_DONATE] = LEDGER_DONATED};
    uint8_t state = share->state == SHARE_RECEIVING ? LEDGER_PENDING : states[share->kind];
    struct ledger_page page;
    uint64_t next;

    for (uint64_t at = span->base; at < span->end && !memory->run->failed; at = next) {
        if (!read_words(memory, at, span->end, &page, &next) || page.state != state ||
            page.share != share->slot || page.pas != share->pas ||
            (is_vm(share->owner) ? !is_vm(page.owner) : page.owner != share->owner)) {
            bad_word(memory, share, at);
            return;
        }
    }
}

static void check_live_span(struct check_memory *memory, const struct check_share *known,
                            const struct share *share, const struct span *span)
{
    bool keeps = share->state == SHARE_RECEIVING || share->kind == SHARE_SHARE;

    check_words(memory, share, span);
    check_reach(memory, share->owner, span, keeps ? &known->owner_attr : NULL,
                "an owner lost its access to what it shares");
    for (uint32_t i = 0; i < share->receiver_count && !memory->run->failed; i++) {
        const struct share_receiver *receiver = &share->receiver[i];

        check_reach(memory, receiver->id, span,
                    receiver->state != SHARE_NOT_RETRIEVED ? &receiver->attr : NULL,
                    "a borrower does not have what it retrieved");
    }
}

/* The transaction is over; the ledger says the same of the whole span. */
static void check_past_span(struct check_memory *memory, const struct check_share *known,
                            const struct ledger_page *page, const struct span *span)
{
    const struct share *share = &known->head;
    const struct partition *owner = partition_of(memory, share->owner);
    bool is_back = is_vm(share->owner) ? is_vm(page->owner) : page->owner == share->owner;

    if (page->state != LEDGER_EXCLUSIVE || page->pas != share->pas ||
        (!is_back && (share->kind != SHARE_DONATE || page->owner != share->receiver[0].id))) {
        bad_word(memory, share, span->base);
        return;
    }
    check_reach(memory, share->owner, span,
                is_back && owner != NULL && owner->state != PARTITION_ABORTING ? &known->owner_attr
                                                                               : NULL,
                "an owner did not get back the access that it had");
    for (uint32_t i = 0; i < share->receiver_count && !memory->run->failed; i++) {
        check_reach(memory, share->receiver[i].id, span, NULL, NULL);
    }
}

static void check_live(struct check_memory *memory, const struct check_share *known,
                       const struct share *share, uint32_t from)
{
    for (uint32_t i = from; i < known->count && !memory->run->failed; i++) {
        const struct span span = span_of(share, &known->list[i]);

        check_live_span(memory, known, share, &span);
    }
}

static void check_past(struct check_memory *memory, const struct check_share *known)
{
    for (uint32_t i = 0; i < known->count; i++) {
        struct span span = span_of(&known->head, &known->list[i]);
        uint64_t end = span.end;
        struct ledger_page page;

        for (; span.base < end && !memory->run->failed; span.base = span.end) {
            if (!read_words(memory, span.base, end, &page, &span.end)) {
                bad_word(memory, &known->head, span.base);
                return;
            }
            check_past_span(memory, known, &page, &span);
        }
    }
}

/* What the owner had before this call, from the copy of its tables. */
static void note_owner_attr(struct check_memory *memory, struct check_share *known,
                            const struct share *share)
{
    const struct partition *owner = partition_of(memory, share->owner);

    if (owner != NULL && known->count != 0) {
        known->owner_attr = tables_lookup(check_changes_read, memory, owner, (enum pas)share->pas,
                                          known->list[0].address)
                                .attr;
    }
}

/* NULL: no memory. */
static uint16_t *claim_of(struct check_memory *memory, uint64_t pa)
{
    uint64_t page = pa / PAGE_SIZE_BYTES;
    uint16_t **block = &memory->claim[page / CHECK_CLAIM_PAGES];

    if (*block == NULL) {
        *block = calloc(CHECK_CLAIM_PAGES, sizeof(**block));
    }
    return *block == NULL ? NULL : &(*block)[page % CHECK_CLAIM_PAGES];
}

/* A page is in one transaction at a time. */
static bool claim(struct check_memory *memory, const struct share *share,
                  const struct share_constituent *c)
{
    for (uint32_t n = 0; n < c->page_count && !memory->run->failed; n++) {
        uint64_t pa = c->address + (uint64_t)n * PAGE_SIZE_BYTES;
        uint16_t *slot = pa >> STAGE2_IPA_BITS == 0 ? claim_of(memory, pa) : NULL;

        if (slot == NULL) {
            return false;
        }
        if (*slot != 0) {
            run_fail(memory->run,
                     "invariant: 0x%" PRIx64 " is in two transactions, 0x%" PRIx64
                     " and 0x%" PRIx64,
                     pa, memory->share[*slot - 1].head.handle, share->handle);
        }
        *slot = (uint16_t)(share->slot + 1);
    }
    return true;
}

/* Pages that come to a transaction are reached by nobody who has no part in it. */
static void check_others(struct check_memory *memory, struct share *share,
                         const struct share_constituent *c)
{
    struct run *run = memory->run;
    uint64_t end = c->address + (uint64_t)c->page_count * PAGE_SIZE_BYTES;

    for (uint32_t i = 0; i < spmc_partition_count(run->spmc); i++) {
        const struct partition *partition = spmc_partition_at(run->spmc, i);

        if (partition->id == share->owner || share_receiver_of(share, partition->id) != NULL) {
            continue;
        }
        for (uint64_t at = c->address; at < end && !run->failed;) {
            struct tables_found found = look(memory, partition, (enum pas)share->pas, at);

            if (found.mapped) {
                check_broken(run, partition, found.space,
                             "a partition reaches a page of a transaction in which it has no part",
                             at);
            }
            at = found.end;
        }
    }
}

static void unclaim(struct check_memory *memory, struct check_share *known)
{
    for (uint32_t i = 0; i < known->count; i++) {
        for (uint32_t n = 0; n < known->list[i].page_count; n++) {
            uint16_t *slot =
                claim_of(memory, known->list[i].address + (uint64_t)n * PAGE_SIZE_BYTES);

            if (slot != NULL) {
                *slot = 0;
            }
        }
    }
    known->count = 0;
}

static bool learn(struct check_memory *memory, struct check_share *known, struct share *share)
{
    struct arch_pe *pe = &memory->run->arch_pe[0];
    uint32_t had = known->count;
    struct share_cursor cursor;

    if (share->constituents_seen > known->capacity) {
        struct share_constituent *grown =
            realloc(known->list, share->constituents_seen * sizeof(*known->list));

        if (grown == NULL) {
            return false;
        }
        known->list = grown;
        known->capacity = share->constituents_seen;
    }
    share_seek(&cursor, pe, share, known->count);
    while (known->count < known->capacity && share_next(&cursor, &known->list[known->count])) {
        if (!claim(memory, share, &known->list[known->count])) {
            return false;
        }
        check_others(memory, share, &known->list[known->count]);
        known->count++;
    }
    if (had == 0) {
        note_owner_attr(memory, known, share);
    }
    return true;
}

/* Only more constituents came: what was known of the others stays. */
static bool only_grew(const struct check_share *known, const struct share *share)
{
    return known->used && known->head.handle == share->handle &&
           known->head.state == SHARE_RECEIVING && share->state == SHARE_RECEIVING;
}

/* Only how far responses in fragments have come: nobody reaches anything else. */
static bool only_moved_on(const struct check_share *known, const struct share *share)
{
    struct share was = known->head;
    struct share now = *share;

    was.hypervisor_next = now.hypervisor_next = 0;
    for (uint32_t i = 0; i < SHARE_MAX_RECEIVERS; i++) {
        was.receiver[i].next = now.receiver[i].next = 0;
    }
    return known->used && memcmp(&was, &now, sizeof(was)) == 0;
}

static bool is_over(const struct check_share *known, const struct share *share)
{
    return known->used && (share == NULL || known->head.handle != share->handle);
}

static void update(struct check_memory *memory, struct check_share *known, struct share *share)
{
    uint32_t from = 0;

    if (is_over(known, share)) {
        check_past(memory, known);
        unclaim(memory, known);
    }
    known->used = share != NULL;
    if (share == NULL) {
        return;
    }
    if (only_moved_on(known, share)) {
        memcpy(&known->head, share, sizeof(*share));
        return;
    }
    from = only_grew(known, share) ? known->count : 0;
    if (!learn(memory, known, share)) {
        run_fail(memory->run, "out of memory for the checkers");
        return;
    }
    check_live(memory, known, share, from);
    memcpy(&known->head, share, sizeof(*share));
}

void check_shares_after(struct check_memory *memory, bool rejected)
{
    struct run *run = memory->run;

    while (memory->share_top < memory->share_count &&
           run->spmc->share_slot[memory->share_top].page != 0) {
        memory->share_top++;
    }
    for (uint32_t i = 0; i < memory->share_top && !run->failed; i++) {
        struct check_share *known = &memory->share[i];
        struct share *share;

        if (run->spmc->share_slot[i].page == 0 && !known->used) {
            continue;
        }
        share = share_at(run->spmc, &run->arch_pe[0], i);
        if (known->used != (share != NULL) ||
            (share != NULL && memcmp(&known->head, share, sizeof(*share)) != 0)) {
            if (rejected) {
                run_fail(run, "invariant: a rejected call changed transaction 0x%" PRIx64,
                         share != NULL ? share->handle : known->head.handle);
                return;
            }
            update(memory, known, share);
        }
    }
}

void check_shares_full(struct check_memory *memory)
{
    struct run *run = memory->run;

    for (uint32_t i = 0; i < memory->share_count && !run->failed; i++) {
        const struct share *share = share_at(run->spmc, &run->arch_pe[0], i);

        if (share != NULL) {
            check_live(memory, &memory->share[i], share, 0);
        }
    }
}
