/* SPDX-License-Identifier: BSD-3-Clause */
#include "rig.h"

#include <string.h>

#include "ffa/mem_descriptor.h"
#include "snapshot.h"

#define STATE_MAX 65536u
#define VCPUS_MAX 16u

/* What rig_reset() goes back to. */
static struct {
    bool ready;
    struct arch_pe pe;
    struct arch_vcpu vcpu[VCPUS_MAX];
    uint32_t vcpu_count;
    size_t arena_bytes;
    uint8_t *arena;
    uint64_t fresh; /* pages of the pool from here on have not been touched */
    uint8_t pool[POOL_BYTES];
    struct snapshot *snapshot;
} first;

/* What the last call left behind. */
static struct {
    uint8_t state[STATE_MAX];
    size_t state_bytes;
    uint64_t free_count;
    uint64_t fresh;
    uint8_t pool[POOL_BYTES];
} last;

static bool changed_hands; /* a donation was settled, or somebody died */

static uint8_t *pool_at(void)
{
    return fake_arch_at(&machine.pe, machine.spmc->pool.base, POOL_BYTES, PAS_SECURE);
}

static size_t pool_used(uint64_t fresh)
{
    return (size_t)(fresh - machine.spmc->pool.base);
}

static void remember(void)
{
    const void *state;

    spmc_mutable_state(machine.spmc, &state, &last.state_bytes);
    ck_assert_uint_le(last.state_bytes, STATE_MAX);
    memcpy(last.state, state, last.state_bytes);
    last.free_count = free_pages();
    last.fresh = machine.spmc->pool.fresh;
    memcpy(last.pool, pool_at(), pool_used(last.fresh));
}

static void boot_once(void)
{
    struct arch_vcpu *vcpu;

    machine_setup();
    first.snapshot = snapshot_take();
    first.pe = machine.pe;
    for (vcpu = machine.pe.vcpus; vcpu != NULL; vcpu = vcpu->next) {
        ck_assert_uint_lt(first.vcpu_count, VCPUS_MAX);
        first.vcpu[first.vcpu_count++] = *vcpu;
    }
    first.arena_bytes = machine.params.arena_size_bytes;
    first.arena = exact_copy(machine.params.arena, first.arena_bytes);
    first.fresh = machine.spmc->pool.fresh;
    memcpy(first.pool, pool_at(), pool_used(first.fresh));
    first.ready = true;
}

void rig_reset(void)
{
    struct arch_vcpu *vcpu;
    uint32_t n = 0;

    if (!first.ready) {
        boot_once();
    } else {
        refill_pool();
        memcpy(machine.params.arena, first.arena, first.arena_bytes);
        memcpy(pool_at(), first.pool, pool_used(first.fresh));
        machine.pe = first.pe;
        for (vcpu = machine.pe.vcpus; vcpu != NULL; vcpu = vcpu->next) {
            *vcpu = first.vcpu[n++];
        }
        for (enum ep ep = NWD; ep < EP_COUNT; ep++) {
            memset(memory_at(MAILBOX(ep)), 0, MAILBOX_MAX);
            memset(memory_at(MAILBOX(ep) + MAILBOX_MAX), 0, MAILBOX_MAX);
        }
    }
    changed_hands = false;
    remember();
}
bool rig_is_alive(enum ep ep)
{
    return machine.partition[ep]->state != PARTITION_ABORTING;
}

/* Pages of the pool that nothing is kept in. */
static const bool *free_map(void)
{
    static bool map[POOL_BYTES / PAGE];
    const struct page_pool *pool = &machine.spmc->pool;

    memset(map, 0, sizeof(map));
    for (uint64_t at = pool->first; at != 0;) {
        map[(at - pool->base) / PAGE] = true;
        memcpy(&at, fake_arch_at(&machine.pe, at, sizeof(at), PAS_SECURE), sizeof(at));
    }
    return map;
}

static void check_unchanged(enum ep caller, uint32_t fid)
{
    const struct vcpu *vcpu = &machine.partition[caller]->vcpu[0];
    const bool *is_free = free_map();
    const uint8_t *state;
    const void *start;
    size_t size;
    size_t frame;

    spmc_mutable_state(machine.spmc, &start, &size);
    state = start;
    frame = (size_t)((const uint8_t *)&vcpu->frame - state);
    memcpy(&last.state[frame], &state[frame], sizeof(vcpu->frame));
    if (memcmp(last.state, state, size) != 0) {
        for (size_t i = 0; i < size; i++) {
            ck_assert_msg(last.state[i] == state[i], "0x%x refused: byte %zu of the state changed",
                          fid, i);
        }
    }
    ck_assert_msg(last.free_count == free_pages(), "0x%x refused: %llu pages free, then %llu", fid,
                  (unsigned long long)last.free_count, (unsigned long long)free_pages());
    for (size_t i = 0; i < pool_used(machine.spmc->pool.fresh) / PAGE; i++) {
        ck_assert_msg(is_free[i] || (i < pool_used(last.fresh) / PAGE &&
                                     memcmp(&last.pool[i * PAGE], pool_at() + i * PAGE, PAGE) == 0),
                      "0x%x refused: page %zu of the pool changed", fid, i);
    }
}

static uint32_t donations(void)
{
    uint32_t count = 0;

    for (uint32_t slot = 0; slot < machine.spmc->share_slot_count; slot++) {
        struct share *share = share_at(machine.spmc, &machine.pe, slot);

        if (share != NULL) {
            count += share->kind == SHARE_DONATE;
            share_close(&machine.pe, share);
        }
    }
    return count;
}

struct regs rig_call(enum ep ep, const uint64_t x[FFA_REGS])
{
    uint32_t donated = donations();
    uint32_t fid = (uint32_t)x[0];
    struct regs regs;

    if (!rig_is_alive(ep)) {
        return (struct regs){{FFA_ERROR, 0, (uint32_t)FFA_DENIED}};
    }
    regs = machine_call(ep, x);
    if (error_of(regs) != 0 && fid != FFA_MEM_FRAG_TX) {
        check_unchanged(ep, fid);
    } else {
        if (error_of(regs) == 0 && fid != FFA_MEM_RECLAIM && donations() < donated) {
            changed_hands = true;
        }
        remember();
    }
    rig_check();
    return regs;
}

void rig_settle(void)
{
    remember();
}

void rig_kill(enum ep ep)
{
    if (ep == NWD || !rig_is_alive(ep)) {
        return;
    }
    kill_partition(ep);
    changed_hands = true;
    remember();
    rig_check();
}

uint8_t *rig_tx(enum ep ep, uint32_t *size)
{
    const struct mailbox *mailbox = &machine.partition[ep]->mailbox;

    if (!mailbox->mapped) {
        return NULL;
    }
    *size = mailbox->page_count * PAGE;
    return fake_arch_at(&machine.pe, mailbox->tx.pa, *size, (enum pas)mailbox->pas);
}

static enum ep ep_of(uint16_t id)
{
    enum ep ep = P1;

    if (is_vm(id)) {
        return NWD;
    }
    while (id_of(ep) != id) {
        ep++;
    }
    return ep;
}

/* Takes the rest of a response that has begun. */
static void take_rest(enum ep ep, uint64_t handle)
{
    struct share *share = share_open(machine.spmc, &machine.pe, handle);
    uint32_t version = machine.partition[ep]->ffa_version;

    while (share != NULL) {
        const struct share_receiver *receiver = share_receiver_of(share, id_of(ep));
        bool more = receiver->state == SHARE_RETRIEVING;
        uint32_t at = mem_head_size(version, 1) + receiver->next * 16u;

        share_close(&machine.pe, share);
        if (!more) {
            return;
        }
        (void)RIG_CALL(ep, FFA_RX_RELEASE);
        ck_assert_int_eq(
            error_of(RIG_CALL(ep, FFA_MEM_FRAG_RX, (uint32_t)handle, handle >> 32, at)), 0);
        share = share_open(machine.spmc, &machine.pe, handle);
    }
}

static void give_back(enum ep ep, uint64_t handle)
{
    uint32_t size;
    uint8_t *tx = rig_tx(ep, &size);

    memset(tx, 0, 18);
    put_bytes(&tx[0], 8, handle);
    put_bytes(&tx[12], 4, 1);
    put_bytes(&tx[16], 2, id_of(ep));
    ck_assert_int_eq(error_of(RIG_CALL(ep, FFA_MEM_RELINQUISH)), 0);
}

/* One fragment that can not be right ends it. */
static void end_sending(enum ep ep, uint64_t handle, uint16_t owner)
{
    uint32_t size;
    uint8_t *tx = rig_tx(ep, &size);

    memset(tx, 0xff, 16);
    ck_assert_int_ne(error_of(RIG_CALL(ep, FFA_MEM_FRAG_TX, (uint32_t)handle, handle >> 32, 16,
                                       ep == NWD ? (uint64_t)owner << 16 : 0)),
                     0);
    ck_assert_ptr_null(share_open(machine.spmc, &machine.pe, handle));
}

static void end_transaction(const struct share *copy)
{
    uint64_t handle = copy->handle;
    enum ep owner = ep_of(copy->owner);

    if (copy->state == SHARE_RECEIVING) {
        end_sending(owner, handle, copy->owner);
        return;
    }
    for (uint32_t n = 0; n < copy->receiver_count; n++) {
        if (copy->receiver[n].state == SHARE_NOT_RETRIEVED) {
            continue;
        }
        if (copy->kind == SHARE_DONATE) {
            take_rest(ep_of(copy->receiver[n].id), handle);
        } else {
            give_back(ep_of(copy->receiver[n].id), handle);
        }
    }
    if (copy->state != SHARE_ORPHANED &&
        !(copy->kind == SHARE_DONATE && copy->receiver[0].state != SHARE_NOT_RETRIEVED)) {
        ck_assert_int_eq(
            error_of(RIG_CALL(owner, FFA_MEM_RECLAIM, (uint32_t)handle, handle >> 32, 0)), 0);
    }
    ck_assert_ptr_null(share_open(machine.spmc, &machine.pe, handle));
}

/* Everybody alive has the buffers of the beginning; false: its pages are not its own any more. */
static bool usual_mailboxes(void)
{
    for (enum ep ep = NWD; ep < EP_COUNT; ep++) {
        const struct mailbox *mailbox = &machine.partition[ep]->mailbox;

        if (!rig_is_alive(ep)) {
            continue;
        }
        if (mailbox->mapped && mailbox->rx.pa == MAILBOX(ep) && mailbox->page_count == 1) {
            (void)RIG_CALL(ep, FFA_RX_RELEASE);
            continue;
        }
        (void)RIG_CALL(ep, FFA_RXTX_UNMAP);
        if (error_of(RIG_CALL(ep, FFA_RXTX_MAP_64, MAILBOX(ep) + MAILBOX_MAX, MAILBOX(ep), 1)) !=
            0) {
            return false;
        }
    }
    return true;
}

void rig_finish(void)
{
    struct snapshot *now;

    refill_pool();
    remember();
    if (usual_mailboxes()) {
        for (uint32_t slot = 0; slot < machine.spmc->share_slot_count; slot++) {
            struct share *share = share_at(machine.spmc, &machine.pe, slot);

            if (share != NULL) {
                struct share copy = *share;

                share_close(&machine.pe, share);
                end_transaction(&copy);
            }
        }
        now = snapshot_take();
        if (!changed_hands) {
            snapshot_same(first.snapshot, now, "when everything is back");
        }
    } else {
        now = snapshot_take();
    }
    snapshot_free(now);
}
