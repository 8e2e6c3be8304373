/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_MEM_RETRIEVE_REQ and FRAG_RX (FF-A v1.2, 16.4, 16.10). */
#include "ffa/mem_retrieve.h"

#include "spmc/mem.h"

#define CONSTITUENT_BYTES ((uint32_t)sizeof(struct share_constituent))
#define BATCH             (MAILBOX_CHUNK_BYTES / CONSTITUENT_BYTES)

/* A response on its way into the caller's RX buffer. */
struct response {
    const struct ffa_call *call;
    struct mailbox *mailbox;
    const struct share *share;
    uint32_t used; /* bytes in this fragment */
    uint32_t next; /* first constituent that is not in it */
};

/* As many constituents as there is room for. */
static int32_t put_constituents(struct response *r)
{
    uint32_t room = ((uint32_t)mailbox_size(r->mailbox) - r->used) / CONSTITUENT_BYTES;
    struct share_constituent batch[BATCH];
    struct share_cursor cursor;
    uint32_t count = 0;
    bool more = true;

    share_seek(&cursor, r->call->cpu->arch, r->share, r->next);
    while (more && room != 0) {
        int32_t error;

        for (count = 0; more && count < BATCH && count < room; count += more) {
            more = share_next(&cursor, &batch[count]);
        }
        if (count == 0) {
            break;
        }
        error = mailbox_put(r->call->cpu, r->mailbox, r->used, batch, count * CONSTITUENT_BYTES);
        if (error != 0) {
            return error;
        }
        r->used += count * CONSTITUENT_BYTES;
        r->next += count;
        room -= count;
    }
    return 0;
}

/* Constituents as kept are little endian, 16 bytes, as the wire has them (see share.c). */
static int32_t put_head(struct response *r, uint32_t flags, const struct share_receiver *receiver,
                        uint32_t count, bool as_sent)
{
    uint32_t version = r->call->partition->ffa_version;
    uint16_t attributes =
        receiver->attr.memory == STAGE2_NORMAL ? FFA_MEM_NORMAL_WB_ISH : FFA_MEM_DEVICE_nGnRnE;
    uint8_t head[MEM_HEAD_MAX_BYTES];

    if (as_sent) {
        attributes = r->share->attributes;
    }
    if (r->share->pas == PAS_NON_SECURE && version >= FFA_VERSION_1_1) {
        attributes |= FFA_MEM_NON_SECURE;
    }
    r->used = mem_head_write(r->share, version, attributes, flags, receiver, count, as_sent, head);
    if (r->used > mailbox_size(r->mailbox)) {
        return FFA_NO_MEMORY;
    }
    return mailbox_put(r->call->cpu, r->mailbox, 0, head, r->used);
}

static uint32_t response_flags(const struct share *share)
{
    return (uint32_t)share->kind << FFA_MEM_FLAG_TYPE_SHIFT | (share->flags & FFA_MEM_FLAG_ZERO);
}

static void answer(const struct response *r, uint32_t total, struct ffa_result *out)
{
    out->x[0] = FFA_MEM_RETRIEVE_RESP;
    out->x[1] = total;
    out->x[2] = r->used;
}

/* The receiver has the whole response. A donation ends here: the memory is the receiver's. */
static void finish(const struct ffa_call *call, struct share *share,
                   struct share_receiver *receiver)
{
    receiver->state = SHARE_RETRIEVED;
    receiver->next = 0;
    if (share->kind == SHARE_DONATE) {
        share_settle(call->spmc, call->cpu->arch, share, receiver->id);
        share_free(call->spmc, call->cpu->arch, share);
    } else {
        share_close(call->cpu->arch, share);
    }
}

static int32_t write_first(struct response *r, const struct share_receiver *receiver)
{
    int32_t error = put_head(r, response_flags(r->share), receiver, 1, false);

    if (error == 0) {
        error = put_constituents(r);
    }
    return error == 0 ? mailbox_finish(r->call->cpu, r->mailbox, r->used) : error;
}

static int32_t grant(const struct ffa_call *call, const struct mem_transaction *t,
                     struct share *share, const struct mem_grant *granted, struct ffa_result *out)
{
    struct response r = {.call = call, .mailbox = &call->partition->mailbox, .share = share};
    struct share_receiver given = *granted->receiver;
    uint32_t total = mem_head_size(call->partition->ffa_version, 1) +
                     share->constituent_count * CONSTITUENT_BYTES;
    int32_t error = mailbox_begin_write(call->cpu, r.mailbox);

    if (error != 0) {
        return error;
    }
    given.granted = granted->permissions;
    given.attr = granted->attr;
    given.zero_at_relinquish = (t->flags & FFA_MEM_FLAG_ZERO_AFTER) != 0;
    error = share_grant(call->spmc, call->cpu->arch, share, &given);
    if (error != 0) {
        mailbox_cancel(call->cpu, r.mailbox);
        return error;
    }
    error = write_first(&r, &given);
    if (error != 0) {
        share_revoke(call->spmc, call->cpu->arch, share, &given);
        mailbox_cancel(call->cpu, r.mailbox);
        return error;
    }
    given.state = SHARE_RETRIEVING;
    given.next = r.next;
    *granted->receiver = given;
    answer(&r, total, out);
    if (r.next == share->constituent_count) {
        finish(call, share, granted->receiver);
    } else {
        share_close(call->cpu->arch, share);
    }
    return 0;
}

/*
 * A hypervisor asks what a transaction is about, to follow it in its own tables (v1.2, 16.4.3): all
 * but the handle is zero, and it is told of all receivers, as the sender named them.
 */
static int32_t hypervisor_retrieve(const struct ffa_call *call, const struct mem_transaction *t,
                                   struct share *share, struct ffa_result *out)
{
    struct response r = {.call = call, .mailbox = &call->partition->mailbox, .share = share};
    uint32_t total = mem_head_size(call->partition->ffa_version, share->receiver_count) +
                     share->constituent_count * CONSTITUENT_BYTES;
    int32_t error;

    if ((t->sender | t->attributes | t->flags) != 0 || t->tag != 0 || !mem_is_owner(call, share) ||
        share->state == SHARE_RECEIVING) {
        return FFA_INVALID_PARAMETERS;
    }
    if (share->hypervisor_retrieved) {
        return FFA_DENIED;
    }
    error = mailbox_begin_write(call->cpu, r.mailbox);
    if (error != 0) {
        return error;
    }
    error = put_head(&r, response_flags(share), share->receiver, share->receiver_count, true);
    if (error == 0) {
        error = put_constituents(&r);
    }
    if (error == 0) {
        error = mailbox_finish(call->cpu, r.mailbox, r.used);
    }
    if (error != 0) {
        mailbox_cancel(call->cpu, r.mailbox);
        return error;
    }
    share->hypervisor_retrieved = true;
    share->hypervisor_next = r.next == share->constituent_count ? 0 : r.next;
    answer(&r, total, out);
    share_close(call->cpu->arch, share);
    return 0;
}

static int32_t retrieve(const struct ffa_call *call, struct ffa_result *out)
{
    bool is_nwd = partition_is_nwd(call->partition);
    uint64_t total = ffa_arg(call, 1);
    struct mem_transaction t;
    struct mem_source source;
    struct mem_grant granted = {0};
    struct share *share;
    int32_t error;

    /* A request is one fragment, in the TX buffer. */
    if (ffa_arg(call, 2) != total || (ffa_arg(call, 3) | ffa_arg(call, 4)) != 0) {
        return FFA_INVALID_PARAMETERS;
    }
    error = mem_source_open(call, total, &source);
    if (error == 0) {
        error = mem_transaction_read(&source, call->partition->ffa_version, &t);
    }
    if (error != 0 || (t.access_count == 0) != is_nwd) {
        /* VMs borrow from their own hypervisor only. */
        return error != 0 ? error : FFA_INVALID_PARAMETERS;
    }
    share = share_open(call->spmc, call->cpu->arch, t.handle);
    if (share == NULL) {
        return FFA_INVALID_PARAMETERS;
    }
    if (is_nwd) {
        error = hypervisor_retrieve(call, &t, share, out);
    } else {
        error = mem_retrieve_check(&t, share, call->partition, &granted);
        if (error == 0) {
            error = grant(call, &t, share, &granted, out);
        }
    }
    if (error != 0) {
        share_close(call->cpu->arch, share);
    }
    return error;
}

void ffa_mem_retrieve_req(const struct ffa_call *call, struct ffa_result *out)
{
    int32_t error;

    arch_lock(call->cpu->arch, &call->spmc->ledger.lock);
    error = retrieve(call, out);
    arch_unlock(call->cpu->arch, &call->spmc->ledger.lock);
    if (error != 0) {
        ffa_return_error(out, error);
    }
}

/* The next fragment of a response; *next is where it starts, then where it ends. */
static int32_t write_next(const struct ffa_call *call, const struct share *share, uint32_t *next,
                          uint32_t *used)
{
    struct response r = {
        .call = call, .mailbox = &call->partition->mailbox, .share = share, .next = *next};
    int32_t error = mailbox_begin_write(call->cpu, r.mailbox);

    if (error != 0) {
        return error;
    }
    error = put_constituents(&r);
    if (error == 0) {
        error = mailbox_finish(call->cpu, r.mailbox, r.used);
    }
    if (error != 0) {
        mailbox_cancel(call->cpu, r.mailbox);
        return error;
    }
    *next = r.next;
    *used = r.used;
    return 0;
}

static int32_t frag_rx(const struct ffa_call *call, struct ffa_result *out)
{
    bool is_nwd = partition_is_nwd(call->partition);
    uint64_t handle = mem_handle(call->x[1], call->x[2]);
    struct share *share = share_open(call->spmc, call->cpu->arch, handle);
    struct share_receiver *receiver;
    uint32_t next;
    uint32_t used = 0;
    uint32_t head;
    int32_t error = FFA_INVALID_PARAMETERS;

    if (share == NULL) {
        return error;
    }
    receiver = is_nwd ? NULL : share_receiver_of(share, call->partition->id);
    next = is_nwd ? share->hypervisor_next : receiver != NULL ? receiver->next : 0;
    head = mem_head_size(call->partition->ffa_version, is_nwd ? share->receiver_count : 1);
    if ((is_nwd ? mem_is_owner(call, share) : receiver != NULL) && next != 0 &&
        (uint32_t)call->x[3] == head + next * CONSTITUENT_BYTES &&
        mem_endpoint_is(call, FFA_ID_NWD)) {
        error = write_next(call, share, &next, &used);
    }
    if (error != 0) {
        share_close(call->cpu->arch, share);
        return error;
    }
    out->x[0] = FFA_MEM_FRAG_TX;
    mem_put_handle(&out->x[1], handle);
    out->x[3] = used;
    out->x[4] = is_nwd ? (uint32_t)share->owner << 16 : 0;
    if (is_nwd) {
        share->hypervisor_next = next == share->constituent_count ? 0 : next;
        share_close(call->cpu->arch, share);
    } else if (next == share->constituent_count) {
        finish(call, share, receiver);
    } else {
        receiver->next = next;
        share_close(call->cpu->arch, share);
    }
    return 0;
}

void ffa_mem_frag_rx(const struct ffa_call *call, struct ffa_result *out)
{
    int32_t error;

    arch_lock(call->cpu->arch, &call->spmc->ledger.lock);
    error = frag_rx(call, out);
    arch_unlock(call->cpu->arch, &call->spmc->ledger.lock);
    if (error != 0) {
        ffa_return_error(out, error);
    }
}
