/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_MEM_RELINQUISH and FFA_MEM_RECLAIM (FF-A v1.2, 16.6, 16.7). */
#include "ffa/mem.h"

#define RELINQUISH_HEAD_BYTES 16u
#define ENDPOINT_BYTES        2u

static int32_t check_relinquish(const struct ffa_call *call, const struct mem_relinquish *r,
                                struct share *share, struct share_receiver **out)
{
    struct share_receiver *receiver = share_receiver_of(share, call->partition->id);
    bool zero = (r->flags & FFA_MEM_FLAG_ZERO) != 0;

    if (receiver == NULL || (r->flags & ~FFA_MEM_FLAG_ZERO) != 0 ||
        (zero && share->kind == SHARE_SHARE)) {
        return FFA_INVALID_PARAMETERS;
    }
    if (receiver->state == SHARE_NOT_RETRIEVED || share->kind == SHARE_DONATE ||
        (zero && FFA_MEM_DATA(receiver->granted) != FFA_MEM_DATA_RW)) {
        return FFA_DENIED;
    }
    *out = receiver;
    return 0;
}

static void give_back(const struct ffa_call *call, const struct mem_relinquish *r,
                      struct share *share, struct share_receiver *receiver)
{
    struct arch_pe *pe = call->cpu->arch;

    share_revoke(call->spmc, pe, share, receiver);
    share->zero_wanted =
        share->zero_wanted || receiver->zero_at_relinquish || (r->flags & FFA_MEM_FLAG_ZERO) != 0;
    receiver->state = SHARE_NOT_RETRIEVED;
    receiver->zero_at_relinquish = false;
    receiver->granted = 0;
    receiver->next = 0;
    if (share_is_borrowed(share)) {
        share_close(pe, share);
        return;
    }
    if (share->zero_wanted) {
        (void)share_zero(pe, share); /* memory that is not there any more holds nothing */
        share->zero_wanted = false;
    }
    if (share->state == SHARE_ORPHANED) {
        share_settle(call->spmc, pe, share, share->owner);
        share_free(call->spmc, pe, share);
    } else {
        share_close(pe, share);
    }
}

static int32_t relinquish(const struct ffa_call *call)
{
    struct share_receiver *receiver;
    struct mem_relinquish r;
    struct mem_source source;
    struct share *share;
    int32_t error = mem_source_open(call, RELINQUISH_HEAD_BYTES + ENDPOINT_BYTES, &source);

    if (error == 0) {
        error = mem_relinquish_read(&source, &r);
    }
    if (error != 0) {
        return error;
    }
    if (r.endpoint_count != 1 || r.endpoint != call->partition->id) {
        return FFA_INVALID_PARAMETERS;
    }
    share = share_open(call->spmc, call->cpu->arch, r.handle);
    if (share == NULL) {
        return FFA_INVALID_PARAMETERS;
    }
    error = check_relinquish(call, &r, share, &receiver);
    if (error != 0) {
        share_close(call->cpu->arch, share);
        return error;
    }
    give_back(call, &r, share, receiver);
    return 0;
}

static int32_t reclaim(const struct ffa_call *call)
{
    struct arch_pe *pe = call->cpu->arch;
    uint32_t flags = (uint32_t)call->x[3];
    struct share *share = share_open(call->spmc, pe, mem_handle(call->x[1], call->x[2]));
    int32_t error = 0;

    if (share == NULL) {
        return FFA_INVALID_PARAMETERS;
    }
    if (!mem_is_owner(call, share)) {
        error = FFA_DENIED;
    } else if ((flags & ~FFA_MEM_FLAG_ZERO) != 0 || share->state != SHARE_ACTIVE) {
        error = FFA_INVALID_PARAMETERS;
    } else if (share_is_borrowed(share) ||
               (flags != 0 && (share->owner_attr.access & STAGE2_WRITE) == 0)) {
        error = FFA_DENIED;
    } else if (flags != 0 && share->device) {
        error = FFA_DENIED;
    }
    if (error == 0) {
        error = share_restore(call->spmc, pe, share);
    }
    if (error != 0) {
        share_close(pe, share);
        return error;
    }
    if (flags != 0) {
        (void)share_zero(pe, share);
    }
    share_free(call->spmc, pe, share);
    return 0;
}

void ffa_mem_relinquish(const struct ffa_call *call, struct ffa_result *out)
{
    int32_t error;

    arch_lock(call->cpu->arch, &call->spmc->ledger.lock);
    error = relinquish(call);
    arch_unlock(call->cpu->arch, &call->spmc->ledger.lock);
    if (error != 0) {
        ffa_return_error(out, error);
        return;
    }
    ffa_return_success(out);
}

void ffa_mem_reclaim(const struct ffa_call *call, struct ffa_result *out)
{
    int32_t error;

    arch_lock(call->cpu->arch, &call->spmc->ledger.lock);
    error = reclaim(call);
    arch_unlock(call->cpu->arch, &call->spmc->ledger.lock);
    if (error != 0) {
        ffa_return_error(out, error);
        return;
    }
    ffa_return_success(out);
}
