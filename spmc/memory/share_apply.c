/* SPDX-License-Identifier: BSD-3-Clause */
/* What a transaction does to the ledger and to translation tables, each step whole or not at all.
 */
#include "spmc/internal.h"
#include "spmc/share.h"

#define JOIN_BYTES 0x200000u

static bool is_vm(uint16_t id)
{
    return (id & FFA_ID_SECURE_BIT) == 0;
}

/* The SPMC keeps tables of partitions only; NULL for a VM. */
static struct stage2 *tables_of(struct spmc *spmc, uint16_t id)
{
    struct partition *partition = is_vm(id) ? NULL : spmc_partition_by_id(spmc, id);

    return partition != NULL ? &partition->stage2 : NULL;
}

static uint64_t bytes_of(const struct share_constituent *c)
{
    return (uint64_t)c->page_count * PAGE_SIZE_BYTES;
}

/* May a sender take pages of the pool? The last quarter is not for the normal world. */
static bool has_room(const struct spmc *spmc, uint16_t owner)
{
    return !is_vm(owner) || spmc->pool.free_count > spmc->pool.total_count / 4;
}

/* What the sender has of a page now. False: nothing. */
static bool owner_attr(struct spmc *spmc, struct arch_pe *pe, uint16_t owner,
                       const struct ledger_page *page, uint64_t pa, struct stage2_attr *attr)
{
    struct stage2 *tables = tables_of(spmc, owner);
    paddr_t out;

    if (tables == NULL) {
        attr->access = STAGE2_READ | STAGE2_WRITE;
        attr->memory = page->device ? STAGE2_DEVICE_nGnRnE : STAGE2_NORMAL;
        return true;
    }
    return stage2_lookup(pe, tables, (enum pas)page->pas, ipaddr(pa), &out, attr) && out.pa == pa;
}

/* The pages of a run that the owner has alike, from the first on: its own tables say what it has.
 */
static uint32_t alike(struct spmc *spmc, struct arch_pe *pe, uint16_t owner,
                      const struct ledger_page *page, uint64_t pa, uint32_t count)
{
    struct stage2_attr attr;
    uint32_t same = 1;

    if (tables_of(spmc, owner) == NULL) {
        return count;
    }
    while (same < count &&
           owner_attr(spmc, pe, owner, page, pa + (uint64_t)same * PAGE_SIZE_BYTES, &attr) &&
           attr.access == page->attr.access && attr.memory == page->attr.memory) {
        same++;
    }
    return same;
}

/* Claims the first of `most` pages, and those behind it that are alike; *done is how many. */
static int32_t claim_run(struct spmc *spmc, struct arch_pe *pe, struct share *share, uint64_t pa,
                         uint32_t most, uint32_t *done)
{
    struct ledger *ledger = &spmc->ledger;
    uint16_t owner = is_vm(share->owner) ? FFA_ID_NWD : share->owner;
    struct ledger_page page;
    uint32_t count = ledger_get_run(pe, ledger, pa, most, &page);

    if (count == 0) {
        return FFA_DENIED;
    }
    if (page.state == LEDGER_PENDING && page.share == share->slot) {
        return FFA_INVALID_PARAMETERS;
    }
    if (page.state != LEDGER_EXCLUSIVE || page.owner != owner ||
        !owner_attr(spmc, pe, share->owner, &page, pa, &page.attr)) {
        return FFA_DENIED;
    }
    if (share->pages_seen == 0) {
        share->pas = page.pas;
        share->device = page.device;
        share->owner_attr = page.attr;
    } else if (page.pas != share->pas || page.device != share->device ||
               page.attr.access != share->owner_attr.access ||
               page.attr.memory != share->owner_attr.memory) {
        return FFA_DENIED;
    }
    count = alike(spmc, pe, share->owner, &page, pa, count);
    page.state = LEDGER_PENDING;
    page.share = share->slot;
    if (!has_room(spmc, share->owner) || !ledger_put_run(pe, ledger, pa, count, &page)) {
        return FFA_NO_MEMORY;
    }
    share->pages_seen += count;
    *done = count;
    return 0;
}

static void unclaim_pages(struct spmc *spmc, struct arch_pe *pe, struct share *share, uint64_t base,
                          uint32_t count)
{
    ledger_settle(pe, &spmc->ledger, base, count, is_vm(share->owner) ? FFA_ID_NWD : share->owner);
    share->pages_seen -= count;
}

int32_t share_add(struct spmc *spmc, struct arch_pe *pe, struct share *share,
                  const struct share_constituent *c)
{
    int32_t error = 0;
    uint32_t claimed = 0;

    while (error == 0 && claimed < c->page_count) {
        uint32_t done = 0;

        error = claim_run(spmc, pe, share, c->address + (uint64_t)claimed * PAGE_SIZE_BYTES,
                          c->page_count - claimed, &done);
        claimed += done;
    }
    if (error == 0) {
        error = share_append(spmc, pe, share, c);
    }
    if (error != 0) {
        unclaim_pages(spmc, pe, share, c->address, claimed);
    }
    return error;
}

static void join_block(struct spmc *spmc, struct arch_pe *pe, struct stage2 *tables, enum pas pas,
                       uint64_t block)
{
    if (ledger_is_untouched(pe, &spmc->ledger, block)) {
        stage2_join(pe, tables, pas, ipaddr(block), JOIN_BYTES);
    }
}

void share_join(struct spmc *spmc, struct arch_pe *pe, uint16_t owner, enum pas pas, uint64_t base,
                uint64_t size_bytes)
{
    struct stage2 *tables = tables_of(spmc, owner);
    uint64_t block = base & ~(uint64_t)(JOIN_BYTES - 1u);

    for (; tables != NULL && block < base + size_bytes; block += JOIN_BYTES) {
        join_block(spmc, pe, tables, pas, block);
    }
}

/* Blocks that a transaction has split, where nothing of it is left. */
static void join_owner(struct spmc *spmc, struct arch_pe *pe, const struct share *share)
{
    struct stage2 *tables = tables_of(spmc, share->owner);
    uint64_t last = UINT64_MAX;
    struct share_constituent c;
    struct share_cursor cursor;

    share_seek(&cursor, pe, share, 0);
    while (tables != NULL && share_next(&cursor, &c)) {
        uint64_t block = c.address & ~(uint64_t)(JOIN_BYTES - 1u);

        for (; block < c.address + bytes_of(&c); block += JOIN_BYTES) {
            if (block != last) {
                join_block(spmc, pe, tables, (enum pas)share->pas, block);
            }
            last = block;
        }
    }
}

void share_cancel(struct spmc *spmc, struct arch_pe *pe, struct share *share, bool unborn)
{
    uint16_t slot = share->slot;
    struct share_constituent c;
    struct share_cursor cursor;

    share_seek(&cursor, pe, share, 0);
    while (share_next(&cursor, &c)) {
        unclaim_pages(spmc, pe, share, c.address, c.page_count);
    }
    if (!unborn) {
        /* Another transaction may have split a block, and left it to this one. */
        join_owner(spmc, pe, share);
    }
    share_free(spmc, pe, share);
    if (unborn) {
        spmc->share_slot[slot].generation--;
    }
}

static void set_state(struct spmc *spmc, struct arch_pe *pe, const struct share *share,
                      enum ledger_state state)
{
    const struct ledger_page page = {
        .owner = share->owner,
        .share = share->slot,
        .state = (uint8_t)state,
        .pas = share->pas,
        .device = share->device,
        .attr = share->owner_attr,
    };
    struct share_constituent c;
    struct share_cursor cursor;

    share_seek(&cursor, pe, share, 0);
    while (share_next(&cursor, &c)) {
        uint64_t at = c.address;

        while (c.page_count != 0) {
            uint64_t room = (JOIN_BYTES - at % JOIN_BYTES) / PAGE_SIZE_BYTES;
            uint32_t count = c.page_count < room ? c.page_count : (uint32_t)room;

            (void)ledger_put_run(pe, &spmc->ledger, at, count, &page); /* words are there already */
            at += (uint64_t)count * PAGE_SIZE_BYTES;
            c.page_count -= count;
        }
    }
}

/*
 * Makes blocks of tables that say the same, where all is the owner's own: what is borrowed stays in
 * pages, so that it can be taken away again without one.
 */
static void join_own(struct spmc *spmc, struct arch_pe *pe, uint16_t owner, enum pas space,
                     uint64_t base, uint64_t size_bytes)
{
    struct stage2 *tables = tables_of(spmc, owner);

    for (uint64_t block = base & ~(uint64_t)(JOIN_BYTES - 1u); block < base + size_bytes;
         block += JOIN_BYTES) {
        if (ledger_block_is_of(pe, &spmc->ledger, block, owner)) {
            stage2_join(pe, tables, space, ipaddr(block), JOIN_BYTES);
        }
    }
}

int32_t share_set_own(struct spmc *spmc, struct arch_pe *pe, uint16_t owner, uint64_t base,
                      uint64_t size_bytes, struct stage2_attr attr)
{
    struct stage2 *tables = tables_of(spmc, owner);
    bool ok = stage2_reach(pe, tables, PAS_SECURE, ipaddr(base), paddr(base), size_bytes, true);

    if (ok) {
        stage2_set(pe, tables, PAS_SECURE, ipaddr(base), paddr(base), size_bytes, attr);
    }
    join_own(spmc, pe, owner, PAS_SECURE, base, size_bytes);
    return ok ? 0 : FFA_NO_MEMORY;
}

/* Tables that a failed edit has made for the first `count` constituents go, and what it split. */
static void unreach(struct spmc *spmc, struct arch_pe *pe, struct stage2 *tables,
                    const struct share *share, uint32_t count)
{
    enum pas space = (enum pas)share->pas;
    struct share_constituent c;
    struct share_cursor cursor;

    share_seek(&cursor, pe, share, 0);
    for (uint32_t n = 0; n < count && share_next(&cursor, &c); n++) {
        stage2_fold(pe, tables, space, ipaddr(c.address), bytes_of(&c));
        if (tables == tables_of(spmc, share->owner)) {
            join_own(spmc, pe, share->owner, space, c.address, bytes_of(&c));
        }
    }
}

/* Maps all of it in these tables (access 0: takes it out), or fails before anything changed. */
static int32_t edit_tables(struct spmc *spmc, struct arch_pe *pe, struct stage2 *tables,
                           const struct share *share, struct stage2_attr attr)
{
    enum pas space = (enum pas)share->pas;
    struct share_constituent c;
    struct share_cursor cursor;
    uint32_t reached = 0;

    share_seek(&cursor, pe, share, 0);
    while (share_next(&cursor, &c)) {
        if (!stage2_reach(pe, tables, space, ipaddr(c.address), paddr(c.address), bytes_of(&c),
                          attr.access != 0)) {
            break;
        }
        reached++;
    }
    if (reached == share->constituents_seen) {
        share_seek(&cursor, pe, share, 0);
        while (share_next(&cursor, &c)) {
            stage2_set(pe, tables, space, ipaddr(c.address), paddr(c.address), bytes_of(&c), attr);
        }
    }
    if (reached != share->constituents_seen) {
        unreach(spmc, pe, tables, share, reached + 1);
    } else if (attr.access == 0) {
        share_seek(&cursor, pe, share, 0);
        while (share_next(&cursor, &c)) {
            stage2_fold(pe, tables, space, ipaddr(c.address), bytes_of(&c));
        }
    }
    return reached == share->constituents_seen ? 0 : FFA_NO_MEMORY;
}

int32_t share_zero(struct arch_pe *pe, const struct share *share)
{
    struct share_constituent c;
    struct share_cursor cursor;

    share_seek(&cursor, pe, share, 0);
    while (share_next(&cursor, &c)) {
        if (!arch_zero(pe, paddr(c.address), (size_t)bytes_of(&c), (enum pas)share->pas)) {
            return FFA_ABORTED;
        }
    }
    return 0;
}

int32_t share_activate(struct spmc *spmc, struct arch_pe *pe, struct share *share)
{
    static const enum ledger_state states[] = {
        [SHARE_SHARE] = LEDGER_SHARED, [SHARE_LEND] = LEDGER_LENT, [SHARE_DONATE] = LEDGER_DONATED};
    const struct stage2_attr none = {0, STAGE2_NORMAL};
    struct stage2 *tables = tables_of(spmc, share->owner);
    bool zero = (share->flags & FFA_MEM_FLAG_ZERO) != 0;
    int32_t error = 0;

    if (tables == NULL && zero) {
        error = share_zero(pe, share);
    } else if (tables != NULL && share->kind != SHARE_SHARE) {
        error = edit_tables(spmc, pe, tables, share, none);
    }
    if (error != 0) {
        return error;
    }
    if (tables != NULL && zero) {
        (void)share_zero(pe, share); /* a partition's memory that is not there holds nothing */
    }
    set_state(spmc, pe, share, states[share->kind]);
    share->state = SHARE_ACTIVE;
    return 0;
}

/* Zeroing, or the code of whoever had it, must not be missed by a fetch of who has it now. */
static void sync_code(struct arch_pe *pe, const struct share *share)
{
    struct share_constituent c;
    struct share_cursor cursor;

    share_seek(&cursor, pe, share, 0);
    while (share_next(&cursor, &c)) {
        arch_cache_sync_code(pe, paddr(c.address), (size_t)bytes_of(&c));
    }
}

int32_t share_grant(struct spmc *spmc, struct arch_pe *pe, const struct share *share,
                    const struct share_receiver *receiver)
{
    struct stage2 *tables = tables_of(spmc, receiver->id);
    int32_t error;

    if (!has_room(spmc, share->owner)) {
        return FFA_NO_MEMORY;
    }
    error = edit_tables(spmc, pe, tables, share, receiver->attr);
    if (error == 0 && (receiver->attr.access & STAGE2_EXECUTE) != 0) {
        sync_code(pe, share);
    }
    return error;
}

void share_revoke(struct spmc *spmc, struct arch_pe *pe, const struct share *share,
                  const struct share_receiver *receiver)
{
    const struct stage2_attr none = {0, STAGE2_NORMAL};

    /* What was granted was reached, and is never joined: no page is needed to take it away. */
    (void)edit_tables(spmc, pe, tables_of(spmc, receiver->id), share, none);
}

void share_settle(struct spmc *spmc, struct arch_pe *pe, const struct share *share,
                  uint16_t receiver)
{
    struct share_constituent c;
    struct share_cursor cursor;

    share_seek(&cursor, pe, share, 0);
    while (share_next(&cursor, &c)) {
        ledger_settle(pe, &spmc->ledger, c.address, c.page_count, receiver);
    }
}

int32_t share_restore(struct spmc *spmc, struct arch_pe *pe, const struct share *share)
{
    uint16_t owner = is_vm(share->owner) ? FFA_ID_NWD : share->owner;
    struct stage2 *tables = tables_of(spmc, share->owner);
    int32_t error = 0;

    if (tables != NULL && share->kind != SHARE_SHARE) {
        error = edit_tables(spmc, pe, tables, share, share->owner_attr);
    }
    if (error != 0) {
        return error;
    }
    if (tables != NULL && share->kind != SHARE_SHARE && share->pas == PAS_SECURE &&
        (share->owner_attr.access & STAGE2_EXECUTE) != 0) {
        sync_code(pe, share);
    }
    share_settle(spmc, pe, share, owner);
    join_owner(spmc, pe, share);
    return 0;
}

/* The dead one's part of a transaction; true: nobody needs it any more. */
static bool release_part(struct spmc *spmc, struct arch_pe *pe, struct share *share, uint16_t id)
{
    struct share_receiver *receiver = share_receiver_of(share, id);

    if (receiver != NULL && receiver->state != SHARE_NOT_RETRIEVED) {
        share_revoke(spmc, pe, share, receiver);
        share->zero_wanted = share->zero_wanted || receiver->zero_at_relinquish;
        receiver->state = SHARE_NOT_RETRIEVED;
    }
    if (share->owner == id) {
        share->state = share->state == SHARE_RECEIVING ? share->state : SHARE_ORPHANED;
        return share->state == SHARE_RECEIVING || !share_is_borrowed(share);
    }
    if (receiver != NULL && share->zero_wanted && !share_is_borrowed(share)) {
        (void)share_zero(pe, share); /* memory that is gone holds nothing */
        share->zero_wanted = false;
    }
    return share->state == SHARE_ORPHANED && !share_is_borrowed(share);
}

void share_release_partition(struct spmc *spmc, struct arch_pe *pe, uint16_t id)
{
    for (uint32_t slot = 0; slot < spmc->share_slot_count; slot++) {
        struct share *share = share_at(spmc, pe, slot);

        if (share == NULL) {
            continue;
        }
        if (release_part(spmc, pe, share, id)) {
            /* Back to an owner that is dead: its tables stay as they are. */
            share_settle(spmc, pe, share, share->owner);
            share_free(spmc, pe, share);
        } else {
            share_close(pe, share);
        }
    }
}
