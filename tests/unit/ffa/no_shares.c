/* SPDX-License-Identifier: BSD-3-Clause */
/* A world without memory transactions: none can be made, none is found (see tests/unit/share). */
#include <stdlib.h>

#include "fixture.h"
#include "spmc/share.h"

int32_t share_create(struct spmc *spmc, struct arch_pe *pe, uint16_t owner, struct share **out)
{
    (void)spmc, (void)pe, (void)owner, (void)out;
    return FFA_NO_MEMORY;
}

struct share *share_open(struct spmc *spmc, struct arch_pe *pe, uint64_t handle)
{
    (void)spmc, (void)pe, (void)handle;
    return NULL;
}

struct share *share_at(struct spmc *spmc, struct arch_pe *pe, uint32_t slot)
{
    (void)spmc, (void)pe, (void)slot;
    return NULL;
}

void share_release_partition(struct spmc *spmc, struct arch_pe *pe, uint16_t id)
{
    (void)spmc, (void)pe, (void)id;
}

int32_t share_set_own(struct spmc *spmc, struct arch_pe *pe, uint16_t owner, uint64_t base,
                      uint64_t size_bytes, struct stage2_attr attr)
{
    struct partition *partition = &spmc->partition[owner - FFA_ID_SP_FIRST];

    return stage2_map(pe, &partition->stage2, PAS_SECURE, ipaddr(base), paddr(base), size_bytes,
                      attr)
               ? 0
               : FFA_NO_MEMORY;
}

void share_join(struct spmc *spmc, struct arch_pe *pe, uint16_t owner, enum pas pas, uint64_t base,
                uint64_t size_bytes)
{
    (void)spmc, (void)pe, (void)owner, (void)pas, (void)base, (void)size_bytes;
}

void share_close(struct arch_pe *pe, struct share *share)
{
    (void)pe, (void)share;
    abort();
}

void share_free(struct spmc *spmc, struct arch_pe *pe, struct share *share)
{
    (void)spmc, (void)pe, (void)share;
    abort();
}

int32_t share_add(struct spmc *spmc, struct arch_pe *pe, struct share *share,
                  const struct share_constituent *constituent)
{
    (void)spmc, (void)pe, (void)share, (void)constituent;
    abort();
}

void share_cancel(struct spmc *spmc, struct arch_pe *pe, struct share *share, bool unborn)
{
    (void)spmc, (void)pe, (void)share, (void)unborn;
    abort();
}

int32_t share_activate(struct spmc *spmc, struct arch_pe *pe, struct share *share)
{
    (void)spmc, (void)pe, (void)share;
    abort();
}

int32_t share_grant(struct spmc *spmc, struct arch_pe *pe, const struct share *share,
                    const struct share_receiver *receiver)
{
    (void)spmc, (void)pe, (void)share, (void)receiver;
    abort();
}

void share_revoke(struct spmc *spmc, struct arch_pe *pe, const struct share *share,
                  const struct share_receiver *receiver)
{
    (void)spmc, (void)pe, (void)share, (void)receiver;
    abort();
}

void share_settle(struct spmc *spmc, struct arch_pe *pe, const struct share *share,
                  uint16_t receiver)
{
    (void)spmc, (void)pe, (void)share, (void)receiver;
    abort();
}

int32_t share_restore(struct spmc *spmc, struct arch_pe *pe, const struct share *share)
{
    (void)spmc, (void)pe, (void)share;
    abort();
}

int32_t share_zero(struct arch_pe *pe, const struct share *share)
{
    (void)pe, (void)share;
    abort();
}

void share_seek(struct share_cursor *cursor, struct arch_pe *pe, const struct share *share,
                uint32_t index)
{
    (void)cursor, (void)pe, (void)share, (void)index;
    abort();
}

bool share_next(struct share_cursor *cursor, struct share_constituent *out)
{
    (void)cursor, (void)out;
    abort();
}

struct share_receiver *share_receiver_of(struct share *share, uint16_t id)
{
    (void)share, (void)id;
    abort();
}

bool share_is_borrowed(const struct share *share)
{
    (void)share;
    abort();
}

int32_t ledger_take_buffer(struct arch_pe *pe, struct ledger *ledger, uint64_t base,
                           uint32_t page_count, uint16_t owner, enum pas pas)
{
    (void)pe, (void)ledger, (void)base, (void)page_count, (void)owner, (void)pas;
    return 0;
}

void ledger_give_buffer(struct arch_pe *pe, struct ledger *ledger, uint64_t base,
                        uint32_t page_count, uint16_t owner)
{
    (void)pe, (void)ledger, (void)base, (void)page_count, (void)owner;
}

bool ledger_next_touched(struct arch_pe *pe, const struct ledger *ledger, uint64_t from,
                         uint64_t *block)
{
    (void)pe, (void)ledger, (void)from, (void)block;
    return false;
}

bool ledger_get(struct arch_pe *pe, const struct ledger *ledger, uint64_t pa,
                struct ledger_page *out)
{
    uint64_t n = (pa - WORLD_SP_BASE) / WORLD_SP_SIZE;

    (void)pe;
    must(ledger->lock.word == 1);
    if (pa < WORLD_SP_BASE || n >= WORLD_PARTITIONS) {
        return false;
    }
    *out = (struct ledger_page){.owner = (uint16_t)(SP_A + n)};
    if (n == 0 && pa - WORLD_SP_BASE < WORLD_PAGES * PAGE_SIZE_BYTES) {
        *out = world.state.page[(pa - WORLD_SP_BASE) / PAGE_SIZE_BYTES];
    }
    return true;
}
