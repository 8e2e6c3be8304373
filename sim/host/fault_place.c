/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim/host/fault_place.h"

#include <inttypes.h>
#include <string.h>

#include "spmc/internal.h"

/* A data abort of a lower level, 32-bit instruction, translation fault at level 1 */
#define ABORT_ESR       ((uint64_t)ESR_EC_DABT_LOWER << 26 | 1ull << 25 | 0x05u)
#define ABORT_ESR_WRITE (1ull << 6)
/* Below 2^40, the IPA space, and no board has anything there. */
#define ABORT_ADDRESS   (1ull << 39)
#define ABORT_PAGES     (1ull << 20)
#define HPFAR_PAGE_BITS 4u

static bool strikes(struct arch_pe *pe, enum fault_kind kind, const struct context *context,
                    struct fault_strike *strike)
{
    return fault_at(pe->run->faults, kind, pe->pe, context->config.endpoint,
                    context->config.vcpu_index, FAULT_ANY, strike);
}

/* --- partitions ------------------------------------------------------------------------------ */

/* A script has no vectors: it does what a handler without any better idea does. */
static void give_up(struct arch_pe *pe, struct vcpu *vcpu, struct vcpu_exit *exit)
{
    vcpu->arch->dying = false;
    memset(vcpu->frame.x, 0, FFA_REGS * sizeof(vcpu->frame.x[0]));
    vcpu->frame.x[0] = FFA_ABORT_32;
    exit->kind = VCPU_EXIT_SYNC;
    exit->esr = (uint64_t)ESR_EC_SMC64 << 26;
    report_call(pe, vcpu->arch->context, EVENT_SMC, vcpu->frame.x, FFA_REGS);
}

bool place_enter(struct arch_pe *pe, struct vcpu *vcpu, struct vcpu_exit *exit)
{
    struct context *context = vcpu->arch->context;
    struct fault_strike strike;
    uint64_t address;

    if (vcpu->arch->finished) {
        return false; /* it has no code left that could go wrong */
    }
    if (vcpu->arch->dying) {
        give_up(pe, vcpu, exit);
        return true;
    }
    if (!vcpu->arch->hung && strikes(pe, FAULT_HANG_PARTITION, context, &strike)) {
        vcpu->arch->hung = true;
        faults_tell(pe->run->faults, pe->pe, &strike, context->config.endpoint, "%s hangs",
                    context->config.name);
    }
    if (vcpu->arch->hung || !strikes(pe, FAULT_ABORT_PARTITION, context, &strike)) {
        return false;
    }
    vcpu->arch->dying = context->flat && context->config.top_el != 0;
    address = ABORT_ADDRESS + (strike.random % ABORT_PAGES) * PAGE_SIZE_BYTES;
    faults_tell(pe->run->faults, pe->pe, &strike, address, "%s aborts at 0x%" PRIx64,
                context->config.name, address);
    exit->kind = VCPU_EXIT_SYNC;
    exit->esr = ABORT_ESR | (strike.random >> 32 & 1 ? ABORT_ESR_WRITE : 0);
    exit->far = address;
    exit->hpfar = context->config.top_el != 0 ? address >> PAGE_BITS << HPFAR_PAGE_BITS : 0;
    context->pe = pe->pe;
    machine_pe_advance(pe->pe, HOST_EXIT_NS);
    report_abort(pe, context, exit);
    return true;
}

void place_hang(struct arch_pe *pe, struct context *context, struct context_exit *exit)
{
    context->pe = pe->pe;
    memset(exit, 0, sizeof(*exit));
    for (;;) {
        if (machine_pe_slice_over(pe->pe)) {
            machine_pe_yield(pe->pe);
        }
        if (context_interrupted(context, exit)) {
            machine_pe_advance(pe->pe, HOST_EXIT_NS);
            return;
        }
        if (pe->pe->now_ns < pe->pe->slice_end_ns) {
            pe->pe->now_ns = pe->pe->slice_end_ns;
        }
    }
}

/* --- registers on their way ------------------------------------------------------------------ */

static unsigned arg_of(const struct fault_strike *strike, unsigned first, unsigned end)
{
    return strike->spec->arg != FAULT_ANY ? strike->spec->arg
                                          : first + (unsigned)(strike->random % (end - first));
}

/* One bit, seldom of the upper half: many arguments have none. */
static uint64_t mask_of(const struct fault_strike *strike)
{
    unsigned bit = (unsigned)(strike->random >> 32 & 63);

    if (strike->spec->has_mask) {
        return strike->spec->mask;
    }
    return 1ull << ((strike->random >> 40 & 3) == 0 ? bit : bit & 31);
}

static void tell(struct arch_pe *pe, const struct fault_strike *strike, const char *name,
                 unsigned arg, uint64_t was, uint64_t is)
{
    faults_tell(pe->run->faults, pe->pe, strike, is, "%s: x%u 0x%" PRIx64 " becomes 0x%" PRIx64,
                name, arg, was, is);
}

/* A register that the call does not have. */
static void tell_none(struct arch_pe *pe, const struct fault_strike *strike, const char *name,
                      unsigned arg)
{
    faults_tell(pe->run->faults, pe->pe, strike, 0, "%s: there is no x%u on its way", name, arg);
}

void place_answer(struct arch_pe *pe, struct vcpu *vcpu)
{
    struct context *context = vcpu->arch->context;
    uint32_t fid = (uint32_t)vcpu->frame.x[0] & ~SMCCC_SVE_HINT;
    bool is_2 = fid == FFA_MSG_SEND_DIRECT_RESP2_64;
    struct fault_strike strike;
    uint64_t was;
    uint64_t is;
    unsigned arg;

    if ((!is_2 && fid != FFA_MSG_SEND_DIRECT_RESP_32 && fid != FFA_MSG_SEND_DIRECT_RESP_64) ||
        !strikes(pe, FAULT_WRONG_ANSWER, context, &strike)) {
        return;
    }
    arg = is_2 ? arg_of(&strike, 4, FFA_REGS_EXTENDED) : arg_of(&strike, 3, FFA_REGS);
    if (arg >= (is_2 ? FFA_REGS_EXTENDED : FFA_REGS)) {
        tell_none(pe, &strike, context->config.name, arg);
        return;
    }
    context->ops->get_x(context, arg, 1, &was);
    is = was ^ mask_of(&strike);
    context->ops->set_x(context, arg, 1, &is);
    context->ops->get_x(context, 0, FFA_REGS, vcpu->frame.x);
    tell(pe, &strike, context->config.name, arg, was, is);
}

void place_call(struct arch_pe *pe, struct vcpu *vcpu, unsigned count)
{
    struct context *context = vcpu->arch->context;
    struct fault_strike strike;
    uint64_t was;
    unsigned arg;

    vcpu->arch->corrupt_mask = 0;
    if (!strikes(pe, FAULT_CORRUPT_CALL, context, &strike)) {
        return;
    }
    arg = arg_of(&strike, 0, count);
    if (arg >= count) {
        tell_none(pe, &strike, context->config.name, arg);
        return;
    }
    context->ops->get_x(context, arg, 1, &was);
    tell(pe, &strike, context->config.name, arg, was, was ^ mask_of(&strike));
    if (arg < FFA_REGS) {
        vcpu->frame.x[arg] ^= mask_of(&strike);
    } else {
        vcpu->arch->corrupt_arg = (uint8_t)arg;
        vcpu->arch->corrupt_mask = mask_of(&strike);
    }
}

void place_nwd_call(struct arch_pe *pe, uint64_t x[FFA_REGS_EXTENDED], unsigned count)
{
    struct context *context = pe->nwd;
    struct fault_strike strike;
    unsigned arg;

    if (!strikes(pe, FAULT_CORRUPT_CALL, context, &strike)) {
        return;
    }
    arg = arg_of(&strike, 0, count);
    if (arg >= count) {
        tell_none(pe, &strike, context->config.name, arg);
        return;
    }
    /* The changed function may take more of the caller's registers than the one that it called. */
    if (count < FFA_REGS_EXTENDED) {
        context->ops->get_x(context, count, FFA_REGS_EXTENDED - count, &x[count]);
    }
    tell(pe, &strike, context->config.name, arg, x[arg], x[arg] ^ mask_of(&strike));
    x[arg] ^= mask_of(&strike);
}

void place_result(struct arch_pe *pe, struct context *context, const uint64_t *x, unsigned count)
{
    struct fault_strike strike;
    uint64_t value;
    unsigned arg;

    if (!strikes(pe, FAULT_CORRUPT_RESULT, context, &strike)) {
        return;
    }
    arg = arg_of(&strike, 0, count);
    if (arg >= count) {
        tell_none(pe, &strike, context->config.name, arg);
        return;
    }
    value = x[arg] ^ mask_of(&strike);
    context->ops->set_x(context, arg, 1, &value);
    tell(pe, &strike, context->config.name, arg, x[arg], value);
}

/* --- the core -------------------------------------------------------------------------------- */

bool place_short_of_memory(struct arch_pe *pe, const struct vcpu *vcpu)
{
    struct page_pool *pool = &pe->run->spmc->pool;
    struct fault_strike strike;
    uint64_t left;

    if (!fault_at(pe->run->faults, FAULT_NO_MEMORY, pe->pe, vcpu->partition->id, vcpu->index,
                  FAULT_ANY, &strike)) {
        return false;
    }
    left = strike.spec->count != FAULT_ANY ? strike.spec->count : 0;
    left = left < pool->free_count ? left : pool->free_count;
    pe->run->short_of_memory++;
    pool->kept_count = pool->free_count - left;
    faults_tell(pe->run->faults, pe->pe, &strike, left, "%" PRIu64 " pages of %" PRIu64 " are left",
                left, pool->free_count);
    return true;
}

void place_leave(struct arch_pe *pe)
{
    if (--pe->run->short_of_memory == 0) {
        pe->run->spmc->pool.kept_count = 0;
    }
}

bool place_skip_tlb(struct arch_pe *pe, uint16_t vmid)
{
    struct run *run = pe->run;
    uint32_t endpoint = FAULT_ANY;
    struct fault_strike strike;

    for (const struct arch_vcpu *v = run->vcpus; v != NULL; v = v->next) {
        if (v->vmid == vmid) {
            endpoint = v->context->config.endpoint;
            break;
        }
    }
    if (!fault_at(run->faults, FAULT_SKIP_TLB, pe->pe, endpoint, FAULT_ANY, FAULT_ANY, &strike)) {
        return false;
    }
    faults_tell(run->faults, pe->pe, &strike, vmid, "VMID %u keeps what its TLBs have",
                (unsigned)vmid);
    return true;
}

bool place_skip_cache(struct arch_pe *pe, uint64_t pa)
{
    struct run *run = pe->run;
    struct fault_strike strike;

    if (!fault_at(run->faults, FAULT_SKIP_CACHE, pe->pe, FAULT_ANY, FAULT_ANY, FAULT_ANY,
                  &strike)) {
        return false;
    }
    faults_tell(run->faults, pe->pe, &strike, pa, "code at 0x%" PRIx64 " stays in the caches", pa);
    return true;
}
