/* SPDX-License-Identifier: BSD-3-Clause */
/* Where transactions are kept: slots, handles, lists of constituents. */
#include "spmc/share.h"

#include "spmc/internal.h"
#include "spmc/mem.h"

/* Handle: slot in [15:0], generation above; bit 63 is clear, the SPMC allocated it (v1.2, 11.4) */
#define HANDLE_SLOT_BITS 16u

/* The share's own page holds the first constituents, pages of the list the others. */
#define OWN_OFFSET   1024u
#define OWN_COUNT    ((PAGE_SIZE_BYTES - OWN_OFFSET) / (uint32_t)sizeof(struct share_constituent))
#define CHUNK_OFFSET 16u
#define CHUNK_COUNT  ((PAGE_SIZE_BYTES - CHUNK_OFFSET) / (uint32_t)sizeof(struct share_constituent))

_Static_assert(sizeof(struct share) <= OWN_OFFSET, "a share and its first constituents: one page");
_Static_assert(sizeof(struct share_constituent) == 16, "constituents are kept as they come");

uint32_t share_slot_count(uint32_t partition_count)
{
    return partition_count * SHARE_QUOTA + SHARE_QUOTA_NWD;
}

/* All VMs are one sender: who they are is the hypervisor's word. */
static uint16_t quota_owner(uint16_t owner)
{
    return (owner & FFA_ID_SECURE_BIT) == 0 ? FFA_ID_NWD : owner;
}

/* Pages of constituents that a sender may have in all its transactions. */
static uint64_t chunk_quota(const struct spmc *spmc, uint16_t owner)
{
    return spmc->pool.total_count / (owner == FFA_ID_NWD ? 4 : 8);
}

int32_t share_create(struct spmc *spmc, struct arch_pe *pe, uint16_t owner, struct share **out)
{
    uint16_t sender = quota_owner(owner);
    uint32_t quota = sender == FFA_ID_NWD ? SHARE_QUOTA_NWD : SHARE_QUOTA;
    uint32_t slot = spmc->share_slot_count;
    uint32_t used = 0;
    struct share *share;
    paddr_t page;

    for (uint32_t i = 0; i < spmc->share_slot_count; i++) {
        if (spmc->share_slot[i].page == 0) {
            slot = slot == spmc->share_slot_count ? i : slot;
        } else {
            used += spmc->share_slot[i].owner == sender;
        }
    }
    if (slot == spmc->share_slot_count || used >= quota ||
        !page_pool_take(pe, &spmc->pool, &page)) {
        return FFA_NO_MEMORY;
    }
    spmc->share_slot[slot].page = page.pa;
    spmc->share_slot[slot].owner = sender;
    spmc->share_slot[slot].chunk_count = 0;
    spmc->share_slot[slot].generation++;
    share = arch_map(pe, page, PAGE_SIZE_BYTES);
    share->handle = (uint64_t)spmc->share_slot[slot].generation << HANDLE_SLOT_BITS | slot;
    share->slot = (uint16_t)slot;
    share->owner = owner;
    *out = share;
    return 0;
}

struct share *share_at(struct spmc *spmc, struct arch_pe *pe, uint32_t slot)
{
    if (slot >= spmc->share_slot_count || spmc->share_slot[slot].page == 0) {
        return NULL;
    }
    return arch_map(pe, paddr(spmc->share_slot[slot].page), PAGE_SIZE_BYTES);
}

struct share *share_open(struct spmc *spmc, struct arch_pe *pe, uint64_t handle)
{
    struct share *share = share_at(spmc, pe, (uint32_t)(handle & 0xffffu));

    if (share != NULL && share->handle != handle) {
        share_close(pe, share);
        return NULL;
    }
    return share;
}

void share_close(struct arch_pe *pe, struct share *share)
{
    arch_unmap(pe, share, PAGE_SIZE_BYTES);
}

static uint64_t next_chunk(struct arch_pe *pe, uint64_t chunk)
{
    uint64_t *page = arch_map(pe, paddr(chunk), PAGE_SIZE_BYTES);
    uint64_t next = page[0];

    arch_unmap(pe, page, PAGE_SIZE_BYTES);
    return next;
}

void share_free(struct spmc *spmc, struct arch_pe *pe, struct share *share)
{
    struct share_slot *slot = &spmc->share_slot[share->slot];
    uint64_t chunk = share->first_chunk;
    paddr_t page = paddr(slot->page);

    while (chunk != 0) {
        uint64_t next = next_chunk(pe, chunk);

        page_pool_give(pe, &spmc->pool, paddr(chunk));
        chunk = next;
    }
    share_close(pe, share);
    page_pool_give(pe, &spmc->pool, page);
    slot->page = 0;
    slot->owner = 0;
    slot->chunk_count = 0;
}

static int32_t add_chunk(struct spmc *spmc, struct arch_pe *pe, struct share *share)
{
    struct share_slot *slot = &spmc->share_slot[share->slot];
    uint64_t used = 0;
    paddr_t page;

    for (uint32_t i = 0; i < spmc->share_slot_count; i++) {
        if (spmc->share_slot[i].page != 0 && spmc->share_slot[i].owner == slot->owner) {
            used += spmc->share_slot[i].chunk_count;
        }
    }
    if (used >= chunk_quota(spmc, slot->owner) || !page_pool_take(pe, &spmc->pool, &page)) {
        return FFA_NO_MEMORY;
    }
    if (share->last_chunk == 0) {
        share->first_chunk = page.pa;
    } else {
        uint64_t *last = arch_map(pe, paddr(share->last_chunk), PAGE_SIZE_BYTES);

        last[0] = page.pa;
        arch_unmap(pe, last, PAGE_SIZE_BYTES);
    }
    share->last_chunk = page.pa;
    share->chunk_count++;
    slot->chunk_count++;
    return 0;
}

/* Constituent `within` of a page of the list; 0: of the share's own. */
static struct share_constituent *constituent_at(uint8_t *page, bool own, uint32_t within)
{
    return (struct share_constituent *)(void *)(page + (own ? OWN_OFFSET : CHUNK_OFFSET)) + within;
}

int32_t share_append(struct spmc *spmc, struct arch_pe *pe, struct share *share,
                     const struct share_constituent *constituent)
{
    uint32_t index = share->constituents_seen;
    uint8_t *page;

    if (index < OWN_COUNT) {
        *constituent_at((uint8_t *)share, true, index) = *constituent;
        share->constituents_seen++;
        return 0;
    }
    index -= OWN_COUNT;
    if (index % CHUNK_COUNT == 0 && index / CHUNK_COUNT == share->chunk_count) {
        int32_t error = add_chunk(spmc, pe, share);

        if (error != 0) {
            return error;
        }
    }
    page = arch_map(pe, paddr(share->last_chunk), PAGE_SIZE_BYTES);
    *constituent_at(page, false, index % CHUNK_COUNT) = *constituent;
    arch_unmap(pe, page, PAGE_SIZE_BYTES);
    share->constituents_seen++;
    return 0;
}

void share_seek(struct share_cursor *cursor, struct arch_pe *pe, const struct share *share,
                uint32_t index)
{
    *cursor = (struct share_cursor){.pe = pe, .share = share, .index = index, .within = index};
    if (index >= OWN_COUNT && index < share->constituents_seen) {
        cursor->within = (index - OWN_COUNT) % CHUNK_COUNT;
        cursor->chunk = share->first_chunk;
        for (uint32_t n = (index - OWN_COUNT) / CHUNK_COUNT; n != 0; n--) {
            cursor->chunk = next_chunk(pe, cursor->chunk);
        }
    }
}

bool share_next(struct share_cursor *cursor, struct share_constituent *out)
{
    const struct share *share = cursor->share;

    if (cursor->index >= share->constituents_seen) {
        return false;
    }
    if (cursor->chunk == 0) {
        *out = *constituent_at((uint8_t *)(uintptr_t)share, true, cursor->within);
    } else {
        uint8_t *page = arch_map(cursor->pe, paddr(cursor->chunk), PAGE_SIZE_BYTES);

        *out = *constituent_at(page, false, cursor->within);
        arch_unmap(cursor->pe, page, PAGE_SIZE_BYTES);
    }
    cursor->index++;
    cursor->within++;
    if (cursor->within == (cursor->chunk == 0 ? OWN_COUNT : CHUNK_COUNT)) {
        cursor->chunk =
            cursor->chunk == 0 ? share->first_chunk : next_chunk(cursor->pe, cursor->chunk);
        cursor->within = 0;
    }
    return true;
}

struct share_receiver *share_receiver_of(struct share *share, uint16_t id)
{
    for (uint32_t i = 0; i < share->receiver_count; i++) {
        if (share->receiver[i].id == id) {
            return &share->receiver[i];
        }
    }
    return NULL;
}

bool share_is_borrowed(const struct share *share)
{
    for (uint32_t i = 0; i < share->receiver_count; i++) {
        if (share->receiver[i].state != SHARE_NOT_RETRIEVED) {
            return true;
        }
    }
    return false;
}
