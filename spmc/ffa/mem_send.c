/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_MEM_DONATE, LEND, SHARE and FRAG_TX (FF-A v1.2, 16.1 to 16.3, 16.9). */
#include "ffa/mem.h"

#define ALLOWED_FLAGS     (FFA_MEM_FLAG_ZERO | FFA_MEM_FLAG_TIME_SLICE)
#define CONSTITUENT_BYTES ((uint32_t)sizeof(struct share_constituent))
#define BATCH             16u

int32_t mem_source_open(const struct ffa_call *call, uint64_t length, struct mem_source *out)
{
    const struct mailbox *mailbox = &call->partition->mailbox;

    *out = (struct mem_source){.cpu = call->cpu, .mailbox = mailbox, .length = (uint32_t)length};
    return length == 0 || length > mailbox_size(mailbox) ? FFA_INVALID_PARAMETERS : 0;
}

static enum share_kind kind_of(uint32_t fid)
{
    switch (fid & ~SMCCC_64_BIT) {
    case FFA_MEM_DONATE_32:
        return SHARE_DONATE;
    case FFA_MEM_LEND_32:
        return SHARE_LEND;
    default:
        return SHARE_SHARE;
    }
}

static int32_t check_sender(const struct ffa_call *call, uint16_t sender)
{
    bool ok =
        partition_is_nwd(call->partition) ? ffa_id_is_vm(sender) : sender == call->partition->id;

    return ok ? 0 : FFA_INVALID_PARAMETERS;
}

static int32_t check_attributes(const struct mem_transaction *t, enum share_kind kind)
{
    bool sender_says = kind == SHARE_SHARE || (kind == SHARE_LEND && t->access_count > 1);

    if (!sender_says) {
        return t->attributes == FFA_MEM_NOT_SPECIFIED ? 0 : FFA_INVALID_PARAMETERS;
    }
    if (t->attributes == FFA_MEM_NORMAL_WB_ISH ||
        (kind == SHARE_LEND && t->attributes == FFA_MEM_DEVICE_nGnRnE)) {
        return 0;
    }
    return (t->attributes & FFA_MEM_TYPE_MASK) == 0x30u || t->attributes > 0x3fu
               ? FFA_INVALID_PARAMETERS
               : FFA_DENIED;
}

static int32_t check_flags(const struct mem_transaction *t, enum share_kind kind)
{
    /* Time slicing is optional (v1.2, 11.11.4), and not offered. */
    bool bad = (t->flags & ~ALLOWED_FLAGS) != 0 || (t->flags & FFA_MEM_FLAG_TIME_SLICE) != 0 ||
               (kind == SHARE_SHARE && (t->flags & FFA_MEM_FLAG_ZERO) != 0);

    return bad ? FFA_INVALID_PARAMETERS : 0;
}

static int32_t check_permissions(const struct mem_access *access, enum share_kind kind)
{
    uint8_t data = FFA_MEM_DATA(access->permissions);
    uint8_t instr = FFA_MEM_INSTR(access->permissions);
    bool data_ok = kind == SHARE_DONATE ? data == FFA_MEM_DATA_NONE
                                        : data == FFA_MEM_DATA_RO || data == FFA_MEM_DATA_RW;

    /* Instructions are the receiver's to ask for: the sender leaves that open (v1.2, 11.10.3). */
    return data_ok && instr == FFA_MEM_INSTR_NONE && (access->permissions & 0xf0u) == 0 &&
                   access->flags == 0
               ? 0
               : FFA_INVALID_PARAMETERS;
}

static int32_t check_receiver(const struct ffa_call *call, const struct mem_transaction *t,
                              uint32_t n)
{
    uint16_t id = t->access[n].receiver;
    const struct partition *partition = ffa_find_sp(call->spmc, id);

    for (uint32_t i = 0; i < n; i++) {
        if (t->access[i].receiver == id) {
            return FFA_INVALID_PARAMETERS;
        }
    }
    if (id == t->sender) {
        return FFA_INVALID_PARAMETERS;
    }
    if (ffa_id_is_vm(id)) {
        /* Secure memory never goes to the normal world; VMs beside partitions are its own affair.
         */
        return partition_is_nwd(call->partition) && t->access_count > 1 ? 0 : FFA_DENIED;
    }
    if (partition == NULL || partition->state == PARTITION_NULL) {
        return FFA_INVALID_PARAMETERS;
    }
    return partition->state == PARTITION_ABORTING ? FFA_DENIED : 0;
}

static int32_t check_receivers(const struct ffa_call *call, const struct mem_transaction *t,
                               enum share_kind kind)
{
    if (t->access_count == 0 || (kind == SHARE_DONATE && t->access_count != 1)) {
        return FFA_INVALID_PARAMETERS;
    }
    for (uint32_t n = 0; n < t->access_count; n++) {
        int32_t error = check_receiver(call, t, n);

        if (error == 0) {
            error = check_permissions(&t->access[n], kind);
        }
        if (error != 0) {
            return error;
        }
    }
    return 0;
}

/* The head of the descriptor against the rules; nothing is claimed yet. */
static int32_t check_head(const struct ffa_call *call, const struct mem_transaction *t,
                          enum share_kind kind, uint32_t total, uint32_t length)
{
    int32_t error = check_sender(call, t->sender);
    uint64_t want = t->constituents_offset + (uint64_t)t->constituent_count * CONSTITUENT_BYTES;

    if (error == 0) {
        error = check_receivers(call, t, kind);
    }
    if (error == 0) {
        error = check_attributes(t, kind);
    }
    if (error == 0) {
        error = check_flags(t, kind);
    }
    if (error == 0 &&
        (t->handle != 0 || t->constituent_count == 0 || t->page_count == 0 || total != want ||
         (length - t->constituents_offset) % CONSTITUENT_BYTES != 0)) {
        error = FFA_INVALID_PARAMETERS;
    }
    return error;
}

static int32_t add_constituent(const struct ffa_call *call, struct share *share,
                               const struct share_constituent *c)
{
    const uint64_t end = (uint64_t)1 << STAGE2_IPA_BITS;
    uint64_t size = (uint64_t)c->page_count * PAGE_SIZE_BYTES;

    if (!is_page_aligned(c->address) || c->page_count == 0 || c->reserved != 0 ||
        c->address >= end || size > end - c->address ||
        c->page_count > share->page_count - share->pages_seen) {
        return FFA_INVALID_PARAMETERS;
    }
    return share_add(call->spmc, call->cpu->arch, share, c);
}

/* All constituents of a fragment, from `offset` of the TX buffer to the end of it. */
static int32_t add_fragment(const struct ffa_call *call, struct share *share,
                            struct mem_source *source, uint32_t offset)
{
    struct share_constituent batch[BATCH];
    uint32_t left = (source->length - offset) / CONSTITUENT_BYTES;

    while (left != 0) {
        uint32_t now = left < BATCH ? left : BATCH;
        int32_t error = mem_constituents_read(source, offset, now, batch);

        for (uint32_t n = 0; error == 0 && n < now; n++) {
            error = add_constituent(call, share, &batch[n]);
        }
        if (error != 0) {
            return error;
        }
        offset += now * CONSTITUENT_BYTES;
        left -= now;
    }
    return 0;
}

/* What depends on the memory itself, when all of it is known. */
static int32_t check_memory(const struct share *share)
{
    bool writable = (share->owner_attr.access & STAGE2_WRITE) != 0;

    if (share->pages_seen != share->page_count) {
        return FFA_INVALID_PARAMETERS;
    }
    if (share->device && (share->kind != SHARE_LEND || share->receiver_count != 1 ||
                          (share->flags & FFA_MEM_FLAG_ZERO) != 0)) {
        return FFA_DENIED;
    }
    if ((share->flags & FFA_MEM_FLAG_ZERO) != 0 && !writable) {
        return FFA_DENIED;
    }
    if (share->attributes == FFA_MEM_NORMAL_WB_ISH && share->owner_attr.memory != STAGE2_NORMAL) {
        return FFA_DENIED; /* less strict than what the sender itself has */
    }
    for (uint32_t n = 0; n < share->receiver_count; n++) {
        if (FFA_MEM_DATA(share->receiver[n].permissions) == FFA_MEM_DATA_RW && !writable) {
            return FFA_DENIED;
        }
    }
    return 0;
}

/* After a fragment: asks for the next one, or makes the transaction valid. */
static int32_t go_on(const struct ffa_call *call, struct share *share, struct ffa_result *out)
{
    int32_t error;

    if (share->received_bytes != share->total_bytes) {
        out->x[0] = FFA_MEM_FRAG_RX;
        mem_put_handle(&out->x[1], share->handle);
        out->x[3] = share->received_bytes;
        out->x[4] = partition_is_nwd(call->partition) ? (uint32_t)share->owner << 16 : 0;
        return 0;
    }
    error = check_memory(share);
    if (error == 0) {
        error = share_activate(call->spmc, call->cpu->arch, share);
    }
    if (error == 0) {
        ffa_return_success(out);
        mem_put_handle(&out->x[2], share->handle);
    }
    return error;
}

static void fill_share(struct share *share, const struct mem_transaction *t, enum share_kind kind)
{
    share->tag = t->tag;
    share->kind = (uint8_t)kind;
    share->state = SHARE_RECEIVING;
    share->attributes = t->attributes;
    share->flags = t->flags;
    share->page_count = t->page_count;
    share->constituent_count = t->constituent_count;
    share->receiver_count = t->access_count;
    for (uint32_t n = 0; n < t->access_count; n++) {
        share->receiver[n] = (struct share_receiver){
            .id = t->access[n].receiver,
            .permissions = t->access[n].permissions,
            .impdef = {t->access[n].impdef[0], t->access[n].impdef[1]},
        };
    }
}

/* May the first fragment be longer than a page? */
static bool may_exceed_page(const struct partition *partition)
{
    return !partition_is_nwd(partition) && partition->ffa_version >= FFA_VERSION_1_1;
}

static int32_t send(const struct ffa_call *call, struct ffa_result *out)
{
    enum share_kind kind = kind_of(call->fid);
    uint64_t total = ffa_arg(call, 1);
    uint64_t length = ffa_arg(call, 2);
    struct mem_transaction t;
    struct mem_source source;
    struct share *share;
    int32_t error;

    /* No buffer but TX (v1.2, FFA_FEATURES: dynamically allocated buffers are optional). */
    if ((ffa_arg(call, 3) | ffa_arg(call, 4)) != 0 || length > total || total > UINT32_MAX ||
        (length > PAGE_SIZE_BYTES && !may_exceed_page(call->partition))) {
        return FFA_INVALID_PARAMETERS;
    }
    error = mem_source_open(call, length, &source);
    if (error == 0) {
        error = mem_transaction_read(&source, call->partition->ffa_version, &t);
    }
    if (error == 0) {
        error = t.access_count == 0 ? FFA_INVALID_PARAMETERS : mem_composite_read(&source, &t);
    }
    if (error == 0) {
        error = check_head(call, &t, kind, (uint32_t)total, (uint32_t)length);
    }
    if (error == 0) {
        error = share_create(call->spmc, call->cpu->arch, t.sender, &share);
    }
    if (error != 0) {
        return error;
    }
    fill_share(share, &t, kind);
    share->total_bytes = (uint32_t)total;
    share->received_bytes = (uint32_t)length;
    error = add_fragment(call, share, &source, t.constituents_offset);
    if (error == 0) {
        error = go_on(call, share, out);
    }
    if (error != 0) {
        share_cancel(call->spmc, call->cpu->arch, share, true);
    } else {
        share_close(call->cpu->arch, share);
    }
    return error;
}

void ffa_mem_send(const struct ffa_call *call, struct ffa_result *out)
{
    int32_t error;

    arch_lock(call->cpu->arch, &call->spmc->ledger.lock);
    error = send(call, out);
    arch_unlock(call->cpu->arch, &call->spmc->ledger.lock);
    if (error != 0) {
        ffa_return_error(out, error);
    }
}

static int32_t frag_tx(const struct ffa_call *call, struct ffa_result *out)
{
    struct share *share =
        share_open(call->spmc, call->cpu->arch, mem_handle(call->x[1], call->x[2]));
    uint32_t length = (uint32_t)call->x[3];
    struct mem_source source;
    int32_t error;

    if (share == NULL) {
        return FFA_INVALID_PARAMETERS;
    }
    error = mem_source_open(call, length, &source);
    if (!mem_is_owner(call, share) || share->state != SHARE_RECEIVING ||
        !mem_endpoint_is(call, share->owner) || length % CONSTITUENT_BYTES != 0 ||
        length > share->total_bytes - share->received_bytes) {
        error = FFA_INVALID_PARAMETERS;
    }
    if (error != 0) {
        share_close(call->cpu->arch, share);
        return error;
    }
    error = add_fragment(call, share, &source, 0);
    if (error == 0) {
        share->received_bytes += length;
        error = go_on(call, share, out);
    }
    /* A fragment that can not be taken ends the transaction (v1.2, 16.9). */
    if (error != 0) {
        share_cancel(call->spmc, call->cpu->arch, share, false);
    } else {
        share_close(call->cpu->arch, share);
    }
    return error;
}

void ffa_mem_frag_tx(const struct ffa_call *call, struct ffa_result *out)
{
    int32_t error;

    arch_lock(call->cpu->arch, &call->spmc->ledger.lock);
    error = frag_tx(call, out);
    arch_unlock(call->cpu->arch, &call->spmc->ledger.lock);
    if (error != 0) {
        ffa_return_error(out, error);
    }
}
