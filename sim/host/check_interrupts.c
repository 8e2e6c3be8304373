/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Interrupts after each entry into the SPMC, when no lock is held: the queue of a vCPU agrees with
 * its flags, whoever runs next sees what its queue says and the PE lets in what it may, nobody
 * waits with an interrupt that nothing will bring, and the GIC has enabled what the SPMC believes.
 */
#include <stdio.h>

#include "sim/cpu/mmu.h"
#include "sim/device/gic.h"
#include "sim/host/host.h"
#include "spmc/internal.h"
#include "spmc/interrupt.h"

/* How much is looked at after one entry beside whoever runs next; all has its turn. */
#define VCPUS_AT_A_TIME 32u
#define LINES_AT_A_TIME 1u

#define ICC_PMR        GIC_SYSREG(3, 0, 4, 6, 0)
#define PMR_NS_MASKED  0x80u
#define SRI_POLICY_ANY 0x3u
#define OTHER_S_QUEUED 0u

/* --- the queue ------------------------------------------------------------------------------- */

struct counts {
    uint32_t pending;
    uint32_t irq;
    uint32_t fiq;
    uint32_t held;
};

static struct counts count_flags(const struct vcpu *vcpu)
{
    struct counts n = {0};

    for (uint32_t i = 0; i < vcpu->partition->vint_count; i++) {
        uint32_t flags = vcpu->vint[i].flags;
        bool is_ready = (flags & (VINT_PENDING | VINT_ENABLED)) == (VINT_PENDING | VINT_ENABLED);

        n.pending += (flags & VINT_PENDING) != 0;
        n.irq += is_ready && (flags & VINT_FIQ) == 0;
        n.fiq += is_ready && (flags & VINT_FIQ) != 0;
        n.held += (flags & VINT_HELD) != 0;
    }
    return n;
}

/* As many entries as there are pending numbers, none of them twice: so it is all of them. */
static bool queue_is_whole(const struct vcpu *vcpu)
{
    for (uint32_t i = 0; i < vcpu->vint_queued; i++) {
        uint32_t at = vcpu->vint[i].queue;

        if (at >= vcpu->partition->vint_count || (vcpu->vint[at].flags & VINT_PENDING) == 0) {
            return false;
        }
        for (uint32_t k = 0; k < i; k++) {
            if (vcpu->vint[k].queue == at) {
                return false;
            }
        }
    }
    return true;
}

static const char *wrong_queue(const struct vcpu *vcpu)
{
    struct counts n = count_flags(vcpu);

    if (vcpu->vint_queued != n.pending || !queue_is_whole(vcpu)) {
        return "the queue of virtual interrupts is not what is pending";
    }
    if (vcpu->vint_irq != n.irq || vcpu->vint_fiq != n.fiq) {
        return "virtual interrupts are counted wrongly";
    }
    return vcpu->vint_held != n.held ? "held interrupts are counted wrongly" : NULL;
}

/* --- who waits ------------------------------------------------------------------------------- */

/* Ready ones that shall bring cycles with them: an IPI does not. */
static uint32_t ready_for_cycles(const struct vcpu *vcpu)
{
    bool has_ipi = vint_is_pending(vcpu, VINT_IPI) && vint_is_enabled(vcpu, VINT_IPI);

    return vint_ready(vcpu) - (has_ipi ? 1 : 0);
}

/* Some PE that may give it cycles remembers that there is somebody untold. */
static bool is_remembered(const struct spmc *spmc, const struct vcpu *vcpu)
{
    if (!vcpu->untold) {
        return false;
    }
    for (uint32_t i = 0; i < spmc->cpu_count; i++) {
        if (spmc->cpu[i].untold && (vcpu->partition->vcpu_count == 1 || vcpu->index == i)) {
            return true;
        }
    }
    return false;
}

static const char *wrong_wait(const struct run *run, const struct vcpu *vcpu)
{
    const struct partition_manifest *manifest = vcpu->partition->manifest;

    if (vcpu->state != VCPU_WAITING || vcpu->partition->state != PARTITION_RUNNING) {
        return NULL;
    }
    if ((manifest->sri_policy & SRI_POLICY_ANY) == 0 && ready_for_cycles(vcpu) != 0 &&
        !is_remembered(run->spmc, vcpu)) {
        return "a vCPU waits with an interrupt that nothing will bring";
    }
    for (uint32_t i = 0; run->inside == 0 && i < vcpu->partition->vint_count; i++) {
        if ((vcpu->vint[i].flags & (VINT_HELD | VINT_PENDING)) == VINT_HELD) {
            return "a vCPU waits and its interrupt is still held";
        }
    }
    return NULL;
}

static void check_vcpu(struct run *run, const struct vcpu *vcpu)
{
    const char *law = wrong_queue(vcpu);

    if (law == NULL) {
        law = wrong_wait(run, vcpu);
    }
    if (law != NULL) {
        check_law_broken(run, law, vcpu);
    }
}

/* --- whoever runs next ----------------------------------------------------------------------- */

/* Another PE changed its queue and has not been heard yet. */
static bool is_kicked(const struct arch_pe *pe)
{
    struct gic_state state;

    return gic_query(pe->run->machine, pe->pe, SGI_IPI, &state) && state.pending;
}

static bool lines_are_right(const struct vcpu *next)
{
    uint64_t hcr = next->arch->context->config.hcr;

    return ((hcr & HCR_VI) != 0) == (next->vint_irq != 0) &&
           ((hcr & HCR_VF) != 0) == (next->vint_fiq != 0);
}

static uint64_t pmr_of(const struct arch_pe *pe)
{
    uint64_t value = 0;

    (void)gic_icc_read(pe->pe, ICC_PMR, 2, true, &value);
    return value;
}

/* What the SPMC believes, the register has. The normal world masks no more than its own half. */
static bool pmr_is_right(const struct arch_pe *pe, enum interrupt_mask mask)
{
    uint64_t pmr = pmr_of(pe);

    switch (mask) {
    case INTERRUPT_MASK_ALL:
        return pmr == 0;
    case INTERRUPT_MASK_NS:
        return pmr == PMR_NS_MASKED;
    default:
        return pmr >= PMR_NS_MASKED;
    }
}

/* The least that has to be masked while it runs. */
static enum interrupt_mask least_mask(const struct spmc_cpu *cpu, const struct vcpu *next)
{
    enum interrupt_mask mask =
        next->sched_mode == SCHED_NWD ? INTERRUPT_MASK_NONE : INTERRUPT_MASK_NS;

    if (partition_is_nwd(next->partition)) {
        return INTERRUPT_MASK_NONE;
    }
    if (cpu->interrupted != NULL) {
        return INTERRUPT_MASK_ALL;
    }
    for (const struct vcpu *at = next; at != NULL; at = at->chain_prev) {
        const struct partition_manifest *manifest = at->partition->manifest;

        if (manifest->other_s_interrupts_action == OTHER_S_QUEUED) {
            return INTERRUPT_MASK_ALL;
        }
        if (at->managed_exit != 0 || manifest->ns_interrupts_action == NS_ACTION_QUEUED) {
            mask = INTERRUPT_MASK_NS;
        }
    }
    return mask;
}

static const char *wrong_next(const struct arch_pe *pe, const struct vcpu *next)
{
    const struct spmc_cpu *cpu = &pe->run->spmc->cpu[pe->pe->index];
    bool is_nwd = partition_is_nwd(next->partition);

    if (!is_nwd && next->partition->manifest->exception_level == MANIFEST_S_EL1 &&
        !lines_are_right(next) && !is_kicked(pe)) {
        return "HCR_EL2.VI and VF are not what the queue says";
    }
    if (!cpu->online || !pe->run->spmc->gic.present) {
        return NULL;
    }
    if (!pmr_is_right(pe, (enum interrupt_mask)cpu->interrupt_mask)) {
        return "ICC_PMR_EL1 is not what the SPMC believes";
    }
    if (cpu->interrupt_mask < least_mask(cpu, next)) {
        return "interrupts come in that have to wait";
    }
    if (is_nwd && cpu->interrupt_mask != INTERRUPT_MASK_NONE) {
        return "Secure interrupts are masked in the normal world";
    }
    return is_nwd && cpu->untold && !is_kicked(pe)
               ? "a PE returns to the normal world with somebody untold"
               : NULL;
}

/* --- the GIC --------------------------------------------------------------------------------- */

static const struct manifest_interrupt *find(const struct partition *partition, uint32_t intid)
{
    for (uint32_t d = 0; d < partition->manifest->dev_region_count; d++) {
        const struct manifest_dev_region *region = &partition->manifest->dev_region[d];

        for (uint32_t k = 0; k < region->interrupt_count; k++) {
            if (region->interrupt[k].id == intid) {
                return &region->interrupt[k];
            }
        }
    }
    return NULL;
}

/* An SPI that is neither switched off nor held by any vCPU is enabled; a PPI on its vCPU's PE. */
static void check_line(struct run *run, const struct vcpu *vcpu, uint32_t i)
{
    const struct partition *partition = vcpu->partition;
    uint32_t intid = partition->vint_id[i];
    bool is_ppi = intid < 32 || (intid >= 1056 && intid < 1120);
    uint32_t flags = vcpu->vint[i].flags;
    struct gic_state state;

    if (find(partition, intid) == NULL || partition->state != PARTITION_RUNNING ||
        (is_ppi && (partition->vcpu_count == 1 || vcpu->cpu == NULL || !vcpu->cpu->online))) {
        return;
    }
    for (uint32_t v = 0; !is_ppi && v < partition->vcpu_count; v++) {
        flags |= partition->vcpu[v].vint[i].flags;
    }
    if (gic_query(run->machine, is_ppi ? &run->machine->pe[vcpu->index] : NULL, intid, &state) &&
        (flags & VINT_NON_SECURE) == 0 &&
        state.enabled != ((flags & (VINT_SWITCHED_OFF | VINT_HELD)) == 0)) {
        check_law_broken(run, "the GIC has not enabled what the SPMC believes", vcpu);
    }
}

/* --- taking turns ---------------------------------------------------------------------------- */

static struct vcpu *nth_vcpu(const struct spmc *spmc, uint32_t n)
{
    for (uint32_t i = 0; i < spmc->partition_count; i++) {
        if (n < spmc->partition[i].vcpu_count) {
            return &spmc->partition[i].vcpu[n];
        }
        n -= spmc->partition[i].vcpu_count;
    }
    return NULL;
}

/* Looks at `vcpus` of them from where the last time ended, but not at `seen`. True: the last one
 * has been looked at.
 */
static bool check_some(struct run *run, const struct vcpu *seen, uint32_t vcpus, uint32_t lines)
{
    for (uint32_t n = 0; n < vcpus && !run->failed; n++) {
        const struct vcpu *vcpu = nth_vcpu(run->spmc, run->check_vcpu);

        if (vcpu == NULL) {
            run->check_vcpu = 0;
            return true;
        }
        run->check_vcpu++;
        if (vcpu != seen) {
            check_vcpu(run, vcpu);
        }
    }
    for (uint32_t n = 0; n < lines && run->inside == 0 && run->spmc->gic.present; n++) {
        const struct vcpu *vcpu = nth_vcpu(run->spmc, run->check_line_vcpu);

        if (vcpu == NULL || run->check_line >= vcpu->partition->vint_count) {
            run->check_line_vcpu = vcpu == NULL ? 0 : run->check_line_vcpu + 1;
            run->check_line = 0;
        } else if (!run->failed) {
            check_line(run, vcpu, run->check_line++);
        }
    }
    return false;
}

void check_interrupts(struct arch_pe *pe, const struct vcpu *next)
{
    struct run *run = pe->run;
    const char *law = wrong_next(pe, next);

    if (law != NULL) {
        check_law_broken(run, law, next);
        return;
    }
    if (!partition_is_nwd(next->partition)) {
        check_vcpu(run, next);
    }
    (void)check_some(run, next, VCPUS_AT_A_TIME, LINES_AT_A_TIME);
}

void check_interrupts_end(struct run *run)
{
    run->check_vcpu = 0;
    while (!run->failed && !check_some(run, NULL, VCPUS_AT_A_TIME, 0)) {
    }
    for (uint32_t n = 0; run->inside == 0 && run->spmc->gic.present; n++) {
        const struct vcpu *vcpu = nth_vcpu(run->spmc, n);

        if (vcpu == NULL) {
            break;
        }
        for (uint32_t i = 0; i < vcpu->partition->vint_count && !run->failed; i++) {
            check_line(run, vcpu, i);
        }
    }
}
