/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FFA_MEM_PERM_GET and FFA_MEM_PERM_SET (FF-A memory management v1.3, 2.8 and 2.9): an S-EL0
 * partition has no tables of its own and sets, while it starts, what its memory is for.
 */
#include "ffa/call.h"
#include "partition/runtime_model.h"

#define IPA_END ((uint64_t)1 << STAGE2_IPA_BITS)

static const struct {
    uint32_t permission;
    uint8_t access;
} encodings[] = {
    {FFA_MEM_PERM_RX, STAGE2_READ | STAGE2_EXECUTE},
    {FFA_MEM_PERM_RW, STAGE2_READ | STAGE2_WRITE},
    {FFA_MEM_PERM_RO, STAGE2_READ},
};

/* 0: no such permission. */
static uint8_t access_of(uint32_t permission)
{
    for (unsigned i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++) {
        if (encodings[i].permission == permission) {
            return encodings[i].access;
        }
    }
    return 0;
}

static uint32_t permission_of(uint8_t access)
{
    for (unsigned i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++) {
        if (encodings[i].access == access) {
            return encodings[i].permission;
        }
    }
    return 0;
}

/*
 * A page of its own secure Normal memory that nobody else has a part in: 0 and what may be done
 * there, or the error. The ledger's lock is held.
 */
static int32_t look(const struct ffa_call *call, uint64_t at, uint8_t *access)
{
    struct arch_pe *pe = call->cpu->arch;
    struct ledger_page page;
    struct stage2_attr attr;
    paddr_t pa;

    if (!ledger_get(pe, &call->spmc->ledger, at, &page) || page.owner != call->partition->id ||
        page.pas != PAS_SECURE || page.device ||
        !stage2_lookup(pe, &call->partition->stage2, PAS_SECURE, ipaddr(at), &pa, &attr) ||
        attr.memory != STAGE2_NORMAL) {
        return FFA_INVALID_PARAMETERS;
    }
    *access = attr.access;
    return page.state == LEDGER_EXCLUSIVE ? 0 : FFA_DENIED;
}

/* What both calls check first; 0, or the error. */
static int32_t check_place(const struct ffa_call *call, uint64_t base, uint64_t page_count)
{
    int32_t error = rtm_check(call->vcpu, RTM_ABI_INIT_ONLY, NULL).error;

    if (error != 0) {
        return error;
    }
    if (!is_page_aligned(base) || base >= IPA_END || page_count == 0 ||
        page_count > (IPA_END - base) / PAGE_SIZE_BYTES) {
        return FFA_INVALID_PARAMETERS;
    }
    return 0;
}

/* DENIED is for who wants to change it. */
static bool can_read(const struct ffa_call *call, uint64_t at, uint8_t *access)
{
    return look(call, at, access) != FFA_INVALID_PARAMETERS;
}

static int32_t get(const struct ffa_call *call, uint64_t base, uint64_t more, uint8_t *access,
                   uint64_t *found)
{
    uint8_t other;

    if (!can_read(call, base, access)) {
        return FFA_INVALID_PARAMETERS;
    }
    while (*found < more && can_read(call, base + (*found + 1) * PAGE_SIZE_BYTES, &other) &&
           other == *access) {
        (*found)++;
    }
    return 0;
}

/* Before v1.3 one page; since then of how many pages it is true, at most as many as asked for. */
void ffa_mem_perm_get(const struct ffa_call *call, struct ffa_result *out)
{
    bool counts = call->partition->ffa_version >= FFA_VERSION_1_3;
    uint64_t base = ffa_arg(call, 1);
    uint64_t more = ffa_arg(call, 2); /* pages beside the first */
    int32_t error = check_place(call, base, 1);
    uint64_t found = 0;
    uint8_t access = 0;

    if (error == 0 && (more > UINT32_MAX || (more != 0 && !counts))) {
        error = FFA_INVALID_PARAMETERS;
    }
    if (error == 0) {
        arch_lock(call->cpu->arch, &call->spmc->ledger.lock);
        error = get(call, base, more, &access, &found);
        arch_unlock(call->cpu->arch, &call->spmc->ledger.lock);
    }
    if (error != 0) {
        ffa_return_error(out, error);
        return;
    }
    ffa_return_success(out);
    out->x[2] = permission_of(access);
    out->x[3] = found;
}

/*
 * What others have a part in stays as it is: the SPMC writes to an RX buffer, a borrower to what is
 * shared, and neither must become code.
 */
static int32_t set(const struct ffa_call *call, uint64_t base, uint64_t page_count, uint8_t to)
{
    const struct stage2_attr attr = {to, STAGE2_NORMAL};
    int32_t error = 0;

    for (uint64_t i = 0; i < page_count; i++) {
        uint8_t access;
        int32_t found = look(call, base + i * PAGE_SIZE_BYTES, &access);

        if (found == FFA_INVALID_PARAMETERS) {
            return found;
        }
        error = found != 0 ? found : error;
    }
    if (error == 0) {
        error = share_set_own(call->spmc, call->cpu->arch, call->partition->id, base,
                              page_count * PAGE_SIZE_BYTES, attr);
    }
    return error;
}

void ffa_mem_perm_set(const struct ffa_call *call, struct ffa_result *out)
{
    uint64_t base = ffa_arg(call, 1);
    uint64_t page_count = ffa_arg(call, 2);
    uint64_t permission = ffa_arg(call, 3);
    int32_t error = check_place(call, base, page_count);
    uint8_t to = permission <= UINT32_MAX ? access_of((uint32_t)permission) : 0;

    if (error == 0 && to == 0) {
        error = FFA_INVALID_PARAMETERS;
    }
    if (error == 0) {
        arch_lock(call->cpu->arch, &call->spmc->ledger.lock);
        error = set(call, base, page_count, to);
        arch_unlock(call->cpu->arch, &call->spmc->ledger.lock);
    }
    if (error != 0) {
        ffa_return_error(out, error);
        return;
    }
    if ((to & STAGE2_EXECUTE) != 0) {
        arch_cache_sync_code(call->cpu->arch, paddr(base), (size_t)(page_count * PAGE_SIZE_BYTES));
    }
    ffa_return_success(out);
}
