/* SPDX-License-Identifier: BSD-3-Clause */
/* Who may be stopped, who is told when, and what a PE lets in while somebody runs. */
#include "interrupt/policy.h"
#include "spmc/mem.h"

/* --- masks ----------------------------------------------------------------------------------- */

/* The strictest action in the chain counts: who asked for quiet has it for those it calls, too. */
bool policy_masks_ns(const struct spmc_cpu *cpu, const struct vcpu *vcpu)
{
    if (vcpu->sched_mode != SCHED_NWD || vcpu->runtime_model == RTM_SP_INIT ||
        cpu->interrupted != NULL) {
        return true;
    }
    for (const struct vcpu *at = vcpu; at != NULL; at = at->chain_prev) {
        if (at->managed_exit != 0 ||
            at->partition->manifest->ns_interrupts_action == NS_ACTION_QUEUED) {
            return true;
        }
    }
    return false;
}

bool policy_masks_secure(const struct spmc_cpu *cpu, const struct vcpu *vcpu)
{
    if (cpu->interrupted != NULL || vcpu->runtime_model == RTM_SEC_INTERRUPT) {
        return true;
    }
    for (const struct vcpu *at = vcpu; at != NULL; at = at->chain_prev) {
        if (at->partition->manifest->other_s_interrupts_action == OTHER_S_QUEUED) {
            return true;
        }
    }
    return false;
}

static enum interrupt_mask mask_for(const struct spmc_cpu *cpu, const struct vcpu *next)
{
    if (partition_is_nwd(next->partition)) {
        return cpu->online ? INTERRUPT_MASK_NONE : INTERRUPT_MASK_ALL;
    }
    if (policy_masks_secure(cpu, next)) {
        return INTERRUPT_MASK_ALL;
    }
    return policy_masks_ns(cpu, next) ? INTERRUPT_MASK_NS : INTERRUPT_MASK_NONE;
}

bool policy_may_preempt(const struct spmc_cpu *cpu, const struct vcpu *current)
{
    if (partition_is_nwd(current->partition)) {
        return true;
    }
    return current->sched_mode == SCHED_NWD && current->runtime_model != RTM_SP_INIT &&
           !policy_masks_secure(cpu, current);
}

/* --- handling one ---------------------------------------------------------------------------- */

void interrupt_frame(struct vcpu *vcpu)
{
    uint32_t id = policy_is_s_el0(vcpu) ? vint_take(vcpu) : vint_peek(vcpu);

    memset(vcpu->frame.x, 0, FFA_REGS * sizeof(vcpu->frame.x[0]));
    vcpu->frame.x[0] = FFA_INTERRUPT;
    vcpu->frame.x[2] = id;
    vcpu->frame.store = FFA_REGS;
}

void policy_start(struct spmc_cpu *cpu, struct vcpu *current, struct vcpu *target)
{
    if (!partition_is_nwd(current->partition)) {
        vcpu_leave(current, VCPU_PREEMPTED);
    }
    cpu->interrupted = current;
    target->runtime_model = RTM_SEC_INTERRUPT;
    target->sched_mode = SCHED_SPMC;
    vcpu_enter(cpu, target);
    interrupt_frame(target);
}

void interrupt_resume(struct vcpu *vcpu)
{
    if (!partition_is_nwd(vcpu->partition) || vcpu->frame.store != 0) {
        return;
    }
    memset(vcpu->frame.x, 0, FFA_REGS * sizeof(vcpu->frame.x[0]));
    vcpu->frame.x[0] = FFA_NORMAL_WORLD_RESUME;
    vcpu->frame.store = FFA_REGS;
}

bool interrupt_intercepts(struct spmc_cpu *cpu, struct vcpu *vcpu)
{
    if (vcpu->managed_exit != 0) {
        vint_withdraw(vcpu, VINT_MANAGED_EXIT); /* it is about to do what that asks for */
    }
    if (vint_ready(vcpu) == 0) {
        return false;
    }
    if ((vcpu->partition->manifest->sri_policy & SRI_BEFORE_WAITING) != 0) {
        interrupt_delay_sri(cpu);
        vcpu->ipi_told = true;
        return false;
    }
    return true;
}

/* Has it still something to be told, and is it free to be? */
static bool is_due(const struct vcpu *vcpu)
{
    return vcpu->state == VCPU_WAITING && vcpu->partition->state == PARTITION_RUNNING &&
           vint_ready(vcpu) != 0;
}

/* The first untold vCPU of this PE that is due; forgets about those that are not any more. */
static struct vcpu *find_untold(struct spmc_cpu *cpu)
{
    for (uint32_t i = 0; i < cpu->spmc->partition_count; i++) {
        struct vcpu *vcpu = policy_target(cpu, &cpu->spmc->partition[i]);

        if (vcpu == NULL || !vcpu->untold) {
            continue;
        }
        if (is_due(vcpu)) {
            return vcpu;
        }
        vcpu->untold = false;
    }
    cpu->untold = false;
    return NULL;
}

struct vcpu *interrupt_tell(struct spmc_cpu *cpu, struct vcpu *next)
{
    struct vcpu *target;

    if (!cpu->online || !policy_may_preempt(cpu, next)) {
        return next;
    }
    arch_lock(cpu->arch, &cpu->spmc->chain_lock);
    target = find_untold(cpu);
    if (target != NULL && target->regs_available) {
        policy_start(cpu, next, target);
        next = target;
    }
    arch_unlock(cpu->arch, &cpu->spmc->chain_lock);
    return next;
}

void interrupt_leave_to(struct spmc_cpu *cpu, struct spmc_cpu *heir)
{
    heir->untold = heir->untold || cpu->untold;
    cpu->untold = false;
    interrupt_kick(cpu, heir);
}

void interrupt_take_over(struct spmc_cpu *cpu)
{
    bool untold = false;

    for (uint32_t i = 0; i < cpu->spmc->partition_count; i++) {
        struct partition *partition = &cpu->spmc->partition[i];
        struct vcpu *vcpu = &partition->vcpu[0];

        if (partition->vcpu_count == 1 && vcpu->cpu != NULL && !vcpu->cpu->online) {
            vcpu->cpu = cpu;
            untold = untold || vcpu->untold;
        }
    }
    cpu->timers_changed = true;
    if (untold) {
        cpu->untold = true;
        interrupt_kick(cpu, cpu);
    }
}

/* --- on the way out -------------------------------------------------------------------------- */

static uint8_t lines_of(const struct vcpu *vcpu)
{
    return (uint8_t)((vcpu->vint_irq != 0 ? VINT_SHOWN_IRQ : 0) |
                     (vcpu->vint_fiq != 0 ? VINT_SHOWN_FIQ : 0));
}

static void show(struct spmc_cpu *cpu, struct vcpu *next)
{
    arch_lock(cpu->arch, &cpu->spmc->chain_lock);
    if (next->vint_held != 0) {
        interrupt_release(cpu, next);
    }
    next->vint_shown = lines_of(next);
    vint_show(cpu, next);
    arch_unlock(cpu->arch, &cpu->spmc->chain_lock);
}

/*
 * What is read here without the lock is this PE's own, or is changed by others only with a kick to
 * follow: then this PE comes here again.
 */
void interrupt_before_run(struct spmc_cpu *cpu, struct vcpu *next)
{
    enum interrupt_mask mask = mask_for(cpu, next);

    if (cpu->timers_changed) {
        cpu->timers_changed = false;
        arch_lock(cpu->arch, &cpu->spmc->chain_lock);
        vtimer_program(cpu);
        arch_unlock(cpu->arch, &cpu->spmc->chain_lock);
    }
    if (lines_of(next) != next->vint_shown || next->vint_held != 0) {
        show(cpu, next);
    }
    if (mask != cpu->interrupt_mask) {
        interrupt_set_mask(cpu, mask);
    }
    if (cpu->sri_is_delayed && partition_is_nwd(next->partition)) {
        interrupt_raise_sri(cpu);
    }
}
