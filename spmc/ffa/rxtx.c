/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_RXTX_MAP, RXTX_UNMAP, RX_RELEASE and RX_ACQUIRE (FF-A v1.2, 13.6, 13.7, 13.4, 13.5). */
#include "ffa/call.h"

#define PAGE_COUNT_MASK 0x3fu

struct rxtx {
    uint64_t tx;
    uint64_t rx;
    uint32_t page_count;
};

static int32_t check_form(const struct ffa_call *call, struct rxtx *out)
{
    uint64_t size;

    out->tx = call->x[1];
    out->rx = call->x[2];
    out->page_count = (uint32_t)call->x[3] & PAGE_COUNT_MASK;
    if ((call->x[3] & ~(uint64_t)PAGE_COUNT_MASK) != 0 || out->page_count == 0 ||
        out->page_count > SPMC_RXTX_MAX_PAGES) {
        return FFA_INVALID_PARAMETERS;
    }
    size = (uint64_t)out->page_count * PAGE_SIZE_BYTES;
    if (!is_page_aligned(out->tx) || !is_page_aligned(out->rx) || out->tx > UINT64_MAX - size ||
        out->rx > UINT64_MAX - size) {
        return FFA_INVALID_PARAMETERS;
    }
    if (out->tx < out->rx + size && out->rx < out->tx + size) {
        return FFA_INVALID_PARAMETERS;
    }
    return 0;
}

/*
 * A partition's buffers are its own secure memory: Normal, readable and writable. Its tables say
 * so, since only its own memory is mapped there, at IPA = PA.
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

void ffa_rxtx_map(const struct ffa_call *call, struct ffa_result *out)
{
    struct mailbox *mailbox = &call->partition->mailbox;
    struct rxtx rxtx;
    int32_t error = check_form(call, &rxtx);

    if (error == 0) {
        error = check_memory(call, &rxtx);
    }
    if (error == 0) {
        arch_lock(call->cpu->arch, &call->spmc->mailbox_lock);
        if (mailbox->mapped) {
            error = FFA_DENIED;
        } else {
            bool is_nwd = partition_is_nwd(call->partition);

            mailbox->mapped = true;
            mailbox->state = MAILBOX_EMPTY;
            mailbox->pas = (uint8_t)(is_nwd ? PAS_NON_SECURE : PAS_SECURE);
            mailbox->page_count = rxtx.page_count;
            mailbox->rx = paddr(rxtx.rx);
            mailbox->tx = paddr(rxtx.tx);
        }
        arch_unlock(call->cpu->arch, &call->spmc->mailbox_lock);
    }
    if (error != 0) {
        ffa_return_error(out, error);
        return;
    }
    ffa_return_success(out);
}

void ffa_rxtx_unmap(const struct ffa_call *call, struct ffa_result *out)
{
    struct mailbox *mailbox = &call->partition->mailbox;
    int32_t error = 0;

    /* w1 names a VM on whose behalf a hypervisor calls; there is none but the caller. */
    if ((uint32_t)call->x[1] != 0) {
        ffa_return_error(out, FFA_INVALID_PARAMETERS);
        return;
    }
    arch_lock(call->cpu->arch, &call->spmc->mailbox_lock);
    if (!mailbox->mapped) {
        error = FFA_INVALID_PARAMETERS;
    } else {
        mailbox->mapped = false;
        mailbox->state = MAILBOX_EMPTY;
        mailbox->pas = PAS_SECURE;
        mailbox->page_count = 0;
        mailbox->rx = paddr(0);
        mailbox->tx = paddr(0);
    }
    arch_unlock(call->cpu->arch, &call->spmc->mailbox_lock);
    if (error != 0) {
        ffa_return_error(out, error);
        return;
    }
    ffa_return_success(out);
}

/* Moves the RX buffer on when it is in one of two states; DENIED when it is not. */
static void change_owner(const struct ffa_call *call, struct ffa_result *out,
                         enum mailbox_state from, enum mailbox_state or_from, enum mailbox_state to)
{
    struct mailbox *mailbox = &call->partition->mailbox;
    bool ok;

    if ((uint32_t)call->x[1] != 0) {
        ffa_return_error(out, FFA_INVALID_PARAMETERS);
        return;
    }
    arch_lock(call->cpu->arch, &call->spmc->mailbox_lock);
    ok = mailbox->mapped && (mailbox->state == from || mailbox->state == or_from);
    if (ok) {
        mailbox->state = (uint8_t)to;
    }
    arch_unlock(call->cpu->arch, &call->spmc->mailbox_lock);
    if (!ok) {
        ffa_return_error(out, FFA_DENIED);
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
