/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_RXTX_MAP, RXTX_UNMAP, RX_RELEASE and RX_ACQUIRE (FF-A v1.2, 13.6, 13.7, 13.4, 13.5). */
#include "ffa/mailbox.h"
#include "ffa/notification.h"

#define PAGE_COUNT_MASK 0x3fu

struct rxtx {
    uint64_t tx;
    uint64_t rx;
    uint32_t page_count;
};

static int32_t check_form(const struct rxtx *rxtx)
{
    uint64_t size = (uint64_t)rxtx->page_count * PAGE_SIZE_BYTES;

    if (rxtx->page_count == 0 || rxtx->page_count > SPMC_RXTX_MAX_PAGES) {
        return FFA_INVALID_PARAMETERS;
    }
    if (!is_page_aligned(rxtx->tx) || !is_page_aligned(rxtx->rx) || rxtx->tx > UINT64_MAX - size ||
        rxtx->rx > UINT64_MAX - size) {
        return FFA_INVALID_PARAMETERS;
    }
    if (rxtx->tx < rxtx->rx + size && rxtx->rx < rxtx->tx + size) {
        return FFA_INVALID_PARAMETERS;
    }
    return 0;
}

/*
 * A partition's buffers are secure memory that it reaches: Normal, readable and writable. That it
 * is its own, and not borrowed or sent, is the ledger's word (mailbox_take_pages()).
 */
static bool is_own_memory(const struct ffa_call *call, uint64_t base, uint64_t size)
{
    const uint64_t ipa_size = (uint64_t)1 << STAGE2_IPA_BITS;
    const uint8_t read_write = STAGE2_READ | STAGE2_WRITE;

    if (base >= ipa_size || size > ipa_size - base) {
        return false;
    }
    for (uint64_t at = base; at < base + size; at += PAGE_SIZE_BYTES) {
        struct stage2_attr attr;
        paddr_t pa;

        if (!stage2_lookup(call->cpu->arch, &call->partition->stage2, PAS_SECURE, ipaddr(at), &pa,
                           &attr) ||
            pa.pa != at || attr.memory != STAGE2_NORMAL ||
            (attr.access & read_write) != read_write) {
            return false;
        }
    }
    return true;
}

static int32_t check_memory(const struct ffa_call *call, const struct rxtx *rxtx)
{
    uint64_t size = (uint64_t)rxtx->page_count * PAGE_SIZE_BYTES;
    bool ok;

    if (partition_is_nwd(call->partition)) {
        const struct spmc_manifest *manifest = call->spmc->manifest;
        const struct manifest_range tx = {rxtx->tx, size};
        const struct manifest_range rx = {rxtx->rx, size};

        ok = manifest_is_ns_memory(manifest, call->spmc->spmc_range, tx) &&
             manifest_is_ns_memory(manifest, call->spmc->spmc_range, rx);
    } else {
        ok = is_own_memory(call, rxtx->tx, size) && is_own_memory(call, rxtx->rx, size);
    }
    return ok ? 0 : FFA_DENIED;
}

static void take(struct mailbox *mailbox, enum pas pas, const struct rxtx *rxtx)
{
    mailbox->mapped = true;
    mailbox->state = MAILBOX_EMPTY;
    mailbox->pas = (uint8_t)pas;
    mailbox->page_count = rxtx->page_count;
    mailbox->rx = paddr(rxtx->rx);
    mailbox->tx = paddr(rxtx->tx);
}

/* The ledger's lock is held: the pages are taken first, and go back when there is no mailbox. */
static int32_t map_own(const struct ffa_call *call, const struct rxtx *rxtx)
{
    struct mailbox *mailbox = &call->partition->mailbox;
    int32_t error = 0;

    arch_lock(call->cpu->arch, &call->spmc->mailbox_lock);
    if (mailbox->mapped) {
        error = FFA_DENIED;
    } else {
        take(mailbox, partition_is_nwd(call->partition) ? PAS_NON_SECURE : PAS_SECURE, rxtx);
    }
    arch_unlock(call->cpu->arch, &call->spmc->mailbox_lock);
    return error;
}

static struct vm_slot *free_slot(struct spmc *spmc)
{
    for (uint32_t i = 0; i < spmc->vm_slot_count; i++) {
        if (spmc->vm_slot[i].id == 0) {
            return &spmc->vm_slot[i];
        }
    }
    return NULL;
}

static int32_t map_of_vm(const struct ffa_call *call, uint16_t vm_id, const struct rxtx *rxtx)
{
    struct spmc *spmc = call->spmc;
    struct vm_slot *slot;
    int32_t error = 0;

    arch_lock(call->cpu->arch, &spmc->mailbox_lock);
    slot = free_slot(spmc);
    if (mailbox_vm_slot(spmc, vm_id) != NULL) {
        error = FFA_DENIED;
    } else if (slot == NULL) {
        error = FFA_NO_MEMORY;
    } else {
        slot->id = vm_id;
        slot->ffa_version = call->partition->ffa_version;
        take(&slot->mailbox, PAS_NON_SECURE, rxtx);
    }
    arch_unlock(call->cpu->arch, &spmc->mailbox_lock);
    return error;
}

/* Endpoint RX/TX descriptor (FF-A v1.1 and later), and what its offsets lead to */
struct rxtx_descriptor {
    uint16_t id;
    uint16_t reserved;
    uint32_t rx_offset;
    uint32_t tx_offset;
};

#define DESCRIPTOR_ALIGN 8u

/* A composite memory region of one range: a buffer is one piece. */
struct rxtx_region {
    uint32_t total_page_count;
    uint32_t range_count;
    uint64_t reserved;
    uint64_t address;
    uint32_t page_count;
    uint32_t range_reserved;
};

_Static_assert(sizeof(struct rxtx_descriptor) == 12 && sizeof(struct rxtx_region) == 32,
               "layout of the ABI");

static int32_t read_region(const struct ffa_call *call, uint32_t offset, struct rxtx_region *out)
{
    int32_t error;

    if (offset < sizeof(struct rxtx_descriptor) || offset % DESCRIPTOR_ALIGN != 0) {
        return FFA_INVALID_PARAMETERS;
    }
    error = mailbox_read_tx(call->cpu, &call->partition->mailbox, offset, out, sizeof(*out));
    if (error != 0) {
        return error;
    }
    if (out->range_count != 1 || out->total_page_count != out->page_count || out->reserved != 0 ||
        out->range_reserved != 0) {
        return FFA_INVALID_PARAMETERS;
    }
    return 0;
}

/* What a hypervisor put into its TX buffer: whose buffers lie where. */
static int32_t read_forwarded(const struct ffa_call *call, uint16_t *vm_id, struct rxtx *out)
{
    struct rxtx_descriptor descriptor;
    struct rxtx_region rx;
    struct rxtx_region tx;
    int32_t error;

    if (call->partition->ffa_version < FFA_VERSION_1_1) {
        return FFA_INVALID_PARAMETERS; /* its descriptor was another one */
    }
    error =
        mailbox_read_tx(call->cpu, &call->partition->mailbox, 0, &descriptor, sizeof(descriptor));
    if (error == 0) {
        error = read_region(call, descriptor.rx_offset, &rx);
    }
    if (error == 0) {
        error = read_region(call, descriptor.tx_offset, &tx);
    }
    if (error != 0) {
        return error;
    }
    if (descriptor.id == FFA_ID_NWD || !ffa_id_is_vm(descriptor.id) || descriptor.reserved != 0 ||
        rx.page_count != tx.page_count) {
        return FFA_INVALID_PARAMETERS;
    }
    *vm_id = descriptor.id;
    *out = (struct rxtx){.tx = tx.address, .rx = rx.address, .page_count = rx.page_count};
    return 0;
}

static int32_t map_checked(const struct ffa_call *call, uint16_t vm_id, const struct rxtx *rxtx)
{
    struct spmc *spmc = call->spmc;
    uint16_t owner = call->partition->id; /* a VM's memory is the normal world's */
    int32_t error =
        mailbox_take_pages(spmc, call->cpu->arch, owner, rxtx->rx, rxtx->tx, rxtx->page_count);

    if (error != 0) {
        return error;
    }
    error = vm_id != 0 ? map_of_vm(call, vm_id, rxtx) : map_own(call, rxtx);
    if (error != 0) {
        const struct mailbox refused = {.mapped = true,
                                        .page_count = rxtx->page_count,
                                        .rx = paddr(rxtx->rx),
                                        .tx = paddr(rxtx->tx)};

        mailbox_give_pages(spmc, call->cpu->arch, owner, &refused);
    }
    return error;
}

/* Its own buffers, or with all arguments zero those of a VM whose call the hypervisor forwards. */
void ffa_rxtx_map(const struct ffa_call *call, struct ffa_result *out)
{
    struct rxtx rxtx = {.tx = call->x[1], .rx = call->x[2]};
    uint16_t vm_id = 0;
    int32_t error = 0;

    if (partition_is_nwd(call->partition) && (call->x[1] | call->x[2] | call->x[3]) == 0) {
        error = read_forwarded(call, &vm_id, &rxtx);
    } else if ((call->x[3] & ~(uint64_t)PAGE_COUNT_MASK) != 0) {
        error = FFA_INVALID_PARAMETERS;
    } else {
        rxtx.page_count = (uint32_t)call->x[3];
    }
    if (error == 0) {
        error = check_form(&rxtx);
    }
    if (error == 0) {
        /* Another vCPU of the caller may change the tables that say what memory it has. */
        arch_lock(call->cpu->arch, &call->spmc->ledger.lock);
        error = check_memory(call, &rxtx);
        if (error == 0) {
            error = map_checked(call, vm_id, &rxtx);
        }
        arch_unlock(call->cpu->arch, &call->spmc->ledger.lock);
    }
    if (error != 0) {
        ffa_return_error(out, error);
        return;
    }
    ffa_return_success(out);
}

/* Whom the call is about: the caller, or the VM that a hypervisor names. 0, or the error. */
static int32_t subject(const struct ffa_call *call, uint16_t vm_id, struct mailbox **mailbox)
{
    if (vm_id == 0) {
        *mailbox = &call->partition->mailbox;
        return 0;
    }
    if (!partition_is_nwd(call->partition) || !ffa_id_is_vm(vm_id)) {
        return FFA_INVALID_PARAMETERS;
    }
    *mailbox = mailbox_of(call->spmc, vm_id);
    return *mailbox != NULL ? 0 : FFA_INVALID_PARAMETERS;
}

static int32_t unmap(const struct ffa_call *call, uint16_t vm_id)
{
    struct mailbox *mailbox;
    int32_t error = subject(call, vm_id, &mailbox);

    if (error != 0 || !mailbox->mapped) {
        return FFA_INVALID_PARAMETERS;
    }
    mailbox_give_pages(call->spmc, call->cpu->arch, call->partition->id, mailbox);
    share_join(call->spmc, call->cpu->arch, call->partition->id, (enum pas)mailbox->pas,
               mailbox->rx.pa, mailbox_size(mailbox));
    share_join(call->spmc, call->cpu->arch, call->partition->id, (enum pas)mailbox->pas,
               mailbox->tx.pa, mailbox_size(mailbox));
    notification_forget_rx_full(call->cpu, vm_id != 0 ? vm_id : call->partition->id);
    if (vm_id != 0) {
        /* Only its buffers made the VM known. */
        *mailbox_vm_slot(call->spmc, vm_id) = (struct vm_slot){.id = 0};
    } else {
        *mailbox = (struct mailbox){.state = MAILBOX_EMPTY};
    }
    return 0;
}

void ffa_rxtx_unmap(const struct ffa_call *call, struct ffa_result *out)
{
    uint32_t w1 = (uint32_t)call->x[1];
    int32_t error = FFA_INVALID_PARAMETERS;

    if ((w1 & 0xffffu) == 0) {
        arch_lock(call->cpu->arch, &call->spmc->ledger.lock);
        arch_lock(call->cpu->arch, &call->spmc->mailbox_lock);
        error = unmap(call, (uint16_t)(w1 >> 16));
        arch_unlock(call->cpu->arch, &call->spmc->mailbox_lock);
        arch_unlock(call->cpu->arch, &call->spmc->ledger.lock);
    }
    if (error != 0) {
        ffa_return_error(out, error);
        return;
    }
    ffa_return_success(out);
}

/* Moves the RX buffer on when it is in one of two states; DENIED when it is not. */
static int32_t change_state(const struct ffa_call *call, uint16_t vm_id, enum mailbox_state from,
                            enum mailbox_state or_from, enum mailbox_state to)
{
    struct mailbox *mailbox;
    int32_t error = subject(call, vm_id, &mailbox);

    if (error != 0) {
        return error;
    }
    if (!mailbox->mapped || (mailbox->state != from && mailbox->state != or_from)) {
        return FFA_DENIED;
    }
    /* Not before it was told of the message. */
    if (notification_rx_full_is_pending(call->cpu, vm_id != 0 ? vm_id : call->partition->id)) {
        return FFA_DENIED;
    }
    mailbox->state = (uint8_t)to;
    return 0;
}

static void change_owner(const struct ffa_call *call, struct ffa_result *out,
                         enum mailbox_state from, enum mailbox_state or_from, enum mailbox_state to)
{
    uint32_t w1 = (uint32_t)call->x[1];
    int32_t error = FFA_INVALID_PARAMETERS;

    if (w1 <= UINT16_MAX) {
        arch_lock(call->cpu->arch, &call->spmc->mailbox_lock);
        error = change_state(call, (uint16_t)w1, from, or_from, to);
        arch_unlock(call->cpu->arch, &call->spmc->mailbox_lock);
    }
    if (error != 0) {
        ffa_return_error(out, error);
        return;
    }
    ffa_return_success(out);
}

void ffa_rx_release(const struct ffa_call *call, struct ffa_result *out)
{
    change_owner(call, out, MAILBOX_FULL, MAILBOX_OTHER_WORLD_OWNED, MAILBOX_EMPTY);
}

void ffa_rx_acquire(const struct ffa_call *call, struct ffa_result *out)
{
    change_owner(call, out, MAILBOX_EMPTY, MAILBOX_EMPTY, MAILBOX_OTHER_WORLD_OWNED);
}
