/* SPDX-License-Identifier: BSD-3-Clause */
/* What a borrower asks for against what the sender allowed (FF-A v1.2, 11.10, 11.12, 16.4). */
#include "ffa/mem_retrieve.h"

#define ALLOWED_FLAGS \
    (FFA_MEM_FLAG_ZERO | FFA_MEM_FLAG_ZERO_AFTER | FFA_MEM_FLAG_TYPE_MASK | FFA_MEM_FLAG_BYPASS)

static uint32_t type_of(uint32_t flags)
{
    return (flags & FFA_MEM_FLAG_TYPE_MASK) >> FFA_MEM_FLAG_TYPE_SHIFT;
}

static int32_t check_flags(const struct mem_transaction *t, const struct share *share)
{
    const uint32_t zero = FFA_MEM_FLAG_ZERO | FFA_MEM_FLAG_ZERO_AFTER;
    bool bypass = (t->flags & FFA_MEM_FLAG_BYPASS) != 0;

    if ((t->flags & ~ALLOWED_FLAGS) != 0 ||
        (type_of(t->flags) != 0 && type_of(t->flags) != share->kind)) {
        return FFA_INVALID_PARAMETERS;
    }
    if (bypass ? share->receiver_count == 1 || t->access_count != 1
               : t->access_count != share->receiver_count) {
        return FFA_INVALID_PARAMETERS;
    }
    if (share->kind == SHARE_SHARE && (t->flags & zero) != 0) {
        return FFA_INVALID_PARAMETERS;
    }
    if ((t->flags & FFA_MEM_FLAG_ZERO) != 0 && (share->flags & FFA_MEM_FLAG_ZERO) == 0) {
        return FFA_DENIED;
    }
    return 0;
}

uint8_t mem_data_limit(const struct share *share, const struct share_receiver *receiver)
{
    uint8_t sent = FFA_MEM_DATA(receiver->permissions);

    if (sent != FFA_MEM_DATA_NONE) {
        return sent;
    }
    return (share->owner_attr.access & STAGE2_WRITE) != 0 ? FFA_MEM_DATA_RW : FFA_MEM_DATA_RO;
}

static int32_t choose_data(const struct share *share, const struct share_receiver *receiver,
                           uint8_t asked, uint8_t *granted)
{
    uint8_t limit = mem_data_limit(share, receiver);

    if (asked > FFA_MEM_DATA_RW) {
        return FFA_INVALID_PARAMETERS;
    }
    *granted = asked == FFA_MEM_DATA_NONE ? limit : asked;
    return *granted > limit ? FFA_DENIED : 0;
}

static int32_t choose_instructions(const struct share *share, uint8_t asked, uint8_t *granted)
{
    bool receiver_says = share->kind != SHARE_SHARE && share->receiver_count == 1;

    if (asked > FFA_MEM_INSTR_X || (receiver_says && asked == FFA_MEM_INSTR_NONE)) {
        return FFA_INVALID_PARAMETERS;
    }
    *granted = asked == FFA_MEM_INSTR_NONE ? FFA_MEM_INSTR_NX : asked;
    if (*granted == FFA_MEM_INSTR_X &&
        (!receiver_says || share->pas == PAS_NON_SECURE || share->device ||
         (share->owner_attr.access & STAGE2_EXECUTE) == 0)) {
        return FFA_DENIED;
    }
    return 0;
}

static int32_t choose_memory(const struct share *share, uint16_t asked, uint8_t *memory)
{
    bool sender_says = share->attributes != FFA_MEM_NOT_SPECIFIED;
    uint16_t normal_or_device = sender_says                                 ? share->attributes
                                : share->owner_attr.memory == STAGE2_NORMAL ? FFA_MEM_NORMAL_WB_ISH
                                                                            : FFA_MEM_DEVICE_nGnRnE;
    uint16_t chosen = asked == FFA_MEM_NOT_SPECIFIED ? normal_or_device : asked;

    if (asked > 0x3fu || (asked & FFA_MEM_TYPE_MASK) == FFA_MEM_TYPE_MASK) {
        return FFA_INVALID_PARAMETERS;
    }
    if (chosen != FFA_MEM_NORMAL_WB_ISH && chosen != FFA_MEM_DEVICE_nGnRnE) {
        return FFA_DENIED;
    }
    /* Device is stricter than Normal: it may be asked for where the receiver has the choice. */
    if (chosen != normal_or_device && (sender_says || chosen == FFA_MEM_NORMAL_WB_ISH)) {
        return FFA_DENIED;
    }
    *memory = chosen == FFA_MEM_NORMAL_WB_ISH ? STAGE2_NORMAL : STAGE2_DEVICE_nGnRnE;
    return 0;
}

/* Every other borrower is listed once, with what the sender could have given it. */
static int32_t check_list(const struct mem_transaction *t, struct share *share)
{
    for (uint32_t n = 0; n < t->access_count; n++) {
        const struct mem_access *access = &t->access[n];
        const struct share_receiver *receiver = share_receiver_of(share, access->receiver);
        uint8_t granted;
        int32_t error;

        if (receiver == NULL || access->composite_offset != 0 ||
            (access->permissions & 0xf0u) != 0 || access->flags != 0) {
            return FFA_INVALID_PARAMETERS;
        }
        for (uint32_t i = 0; i < n; i++) {
            if (t->access[i].receiver == access->receiver) {
                return FFA_INVALID_PARAMETERS;
            }
        }
        error = choose_data(share, receiver, FFA_MEM_DATA(access->permissions), &granted);
        if (error == 0) {
            error = choose_instructions(share, FFA_MEM_INSTR(access->permissions), &granted);
        }
        if (error != 0) {
            return error;
        }
    }
    return 0;
}

/* Before FF-A 1.2 a borrower has no such field: it can not repeat what the sender put there. */
static bool is_impdef_equal(const struct mem_access *own, const struct share_receiver *receiver,
                            const struct partition *partition)
{
    return partition->ffa_version < FFA_VERSION_1_2 ||
           (own->impdef[0] == receiver->impdef[0] && own->impdef[1] == receiver->impdef[1]);
}

static int32_t check_own(const struct mem_transaction *t, struct share *share,
                         const struct partition *partition, struct mem_grant *out)
{
    const struct mem_access *own = NULL;
    bool zero = (t->flags & (FFA_MEM_FLAG_ZERO | FFA_MEM_FLAG_ZERO_AFTER)) != 0;
    uint8_t data = 0;
    uint8_t instr = 0;
    int32_t error = FFA_INVALID_PARAMETERS;

    for (uint32_t n = 0; n < t->access_count; n++) {
        own = t->access[n].receiver == partition->id ? &t->access[n] : own;
    }
    out->receiver = share_receiver_of(share, partition->id);
    if (own == NULL || out->receiver == NULL || !is_impdef_equal(own, out->receiver, partition)) {
        return error;
    }
    error = choose_data(share, out->receiver, FFA_MEM_DATA(own->permissions), &data);
    if (error == 0) {
        error = choose_instructions(share, FFA_MEM_INSTR(own->permissions), &instr);
    }
    if (error == 0) {
        error = choose_memory(share, t->attributes, &out->attr.memory);
    }
    if (error != 0) {
        return error;
    }
    out->permissions = FFA_MEM_PERMISSIONS(data, instr);
    out->attr.access = (uint8_t)(STAGE2_READ | (data == FFA_MEM_DATA_RW ? STAGE2_WRITE : 0) |
                                 (instr == FFA_MEM_INSTR_X ? STAGE2_EXECUTE : 0));
    if ((zero && data != FFA_MEM_DATA_RW) ||
        (instr == FFA_MEM_INSTR_X && out->attr.memory != STAGE2_NORMAL) ||
        (instr == FFA_MEM_INSTR_X && data == FFA_MEM_DATA_RW && partition->stage2.el0)) {
        return FFA_DENIED;
    }
    return out->receiver->state == SHARE_NOT_RETRIEVED ? 0 : FFA_DENIED;
}

int32_t mem_retrieve_check(const struct mem_transaction *t, struct share *share,
                           const struct partition *partition, struct mem_grant *out)
{
    int32_t error;

    if (share->state == SHARE_RECEIVING || share_receiver_of(share, partition->id) == NULL ||
        t->sender != share->owner || t->tag != share->tag) {
        return FFA_INVALID_PARAMETERS;
    }
    if (share->state == SHARE_ORPHANED) {
        return FFA_DENIED;
    }
    error = check_flags(t, share);
    if (error == 0) {
        error = check_list(t, share);
    }
    if (error == 0) {
        error = check_own(t, share, partition, out);
    }
    return error;
}
