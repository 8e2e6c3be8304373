/* SPDX-License-Identifier: BSD-3-Clause */
/* From a physical interrupt to the vCPU that owns it, and to who runs next (FF-A v1.2, 9.3). */
#include "interrupt/policy.h"
#include "spmc/mem.h"

/* --- Secure interrupts ----------------------------------------------------------------------- */

/* It waits for cycles: it gets them now, or its scheduler is told, or it is remembered. */
static struct vcpu *signal_waiting(struct spmc_cpu *cpu, struct vcpu *current, struct vcpu *target)
{
    if ((target->partition->manifest->sri_policy & SRI_FOR_WAITING) != 0) {
        interrupt_delay_sri(cpu);
        return current;
    }
    if (!target->regs_available || !policy_may_preempt(cpu, current)) {
        target->untold = true;
        cpu->untold = true;
        return current;
    }
    policy_start(cpu, current, target);
    return target;
}

/*
 * It called somebody who called, directly or not, who runs here: it goes on for a moment, and all
 * between stay as they are. With FFA_RUN it goes back.
 */
static struct vcpu *signal_blocked(struct spmc_cpu *cpu, struct vcpu *current, struct vcpu *target)
{
    if (policy_is_s_el0(target) || partition_is_nwd(current->partition) ||
        !policy_may_preempt(cpu, current) || !call_chain_is_ancestor(current, target)) {
        return current;
    }
    vcpu_leave(current, VCPU_PREEMPTED);
    vcpu_enter(cpu, target);
    target->call_interrupted = true;
    interrupt_frame(target);
    return target;
}

struct vcpu *interrupt_on_the_way(struct spmc_cpu *cpu, struct vcpu *first, struct vcpu *last)
{
    if (!policy_may_preempt(cpu, last)) {
        return last;
    }
    for (struct vcpu *at = first; at != last; at = at->chain_next) {
        if (!policy_is_s_el0(at) && vint_ready(at) != 0) {
            at->call_interrupted = true;
            interrupt_frame(at);
            return at;
        }
    }
    return last;
}

/* `id` became pending for `target`. */
static struct vcpu *signal(struct spmc_cpu *cpu, struct vcpu *current, struct vcpu *target,
                           uint32_t id)
{
    if (!vint_is_enabled(target, id)) {
        return current; /* it has not asked for it yet */
    }
    switch (target->state) {
    case VCPU_STARTING:
    case VCPU_RUNNING:
        if (target != current && target->cpu != NULL) {
            interrupt_kick(cpu, target->cpu);
        }
        return current;
    case VCPU_WAITING:
        return signal_waiting(cpu, current, target);
    case VCPU_BLOCKED:
        return signal_blocked(cpu, current, target);
    default:
        return current; /* told when it runs again */
    }
}

/* Will it ever run? */
static bool is_alive(const struct vcpu *vcpu)
{
    enum partition_state state = (enum partition_state)vcpu->partition->state;

    if (state != PARTITION_CREATED && state != PARTITION_RUNNING) {
        return false;
    }
    switch (vcpu->state) {
    case VCPU_NULL:
    case VCPU_STOPPING:
    case VCPU_STOPPED:
    case VCPU_ABORTED:
        return false;
    default:
        return true;
    }
}

static struct vcpu *on_device(struct spmc_cpu *cpu, struct vcpu *current, uint32_t intid)
{
    const struct partition *owner = interrupt_owner(cpu->spmc, intid);
    struct vcpu *target = owner != NULL ? policy_target(cpu, owner) : NULL;

    if (target == NULL || !is_alive(target)) {
        interrupt_disown(cpu, intid);
        return current;
    }
    if (!vint_inject(target, intid)) {
        interrupt_hold(cpu, target, intid);
        return current;
    }
    if (interrupt_is_level(owner, intid)) { /* it asks until it is handled: once is enough */
        interrupt_hold(cpu, target, intid);
    }
    return signal(cpu, current, target, intid);
}

/*
 * Deadlines of this PE's vCPUs, until one of them takes the PE: for the others the timer fires
 * again.
 */
static struct vcpu *on_timer(struct spmc_cpu *cpu, struct vcpu *current)
{
    struct vcpu *next = current;

    cpu->timers_changed = true;
    while (next == current) {
        struct vcpu *target = vtimer_expired(cpu);

        if (target == NULL) {
            break;
        }
        next = signal(cpu, current, target, VINT_TIMER);
    }
    return next;
}

/*
 * Another PE calls. A vCPU that runs here gets its interrupts on the way back to it. For one that
 * waits for cycles the normal world's scheduler is asked: nobody steals them from another PE.
 */
static void on_ipi(struct spmc_cpu *cpu)
{
    cpu->timers_changed = true;
    for (uint32_t i = 0; i < cpu->spmc->partition_count; i++) {
        struct vcpu *vcpu = policy_target(cpu, &cpu->spmc->partition[i]);

        if (vcpu != NULL && vcpu->partition->vcpu_count > 1 && vcpu->state == VCPU_WAITING &&
            !vcpu->ipi_told && vint_is_pending(vcpu, VINT_IPI) && vint_is_enabled(vcpu, VINT_IPI)) {
            vcpu->ipi_told = true;
            interrupt_delay_sri(cpu);
        }
    }
}

struct vcpu *interrupt_secure(struct spmc_cpu *cpu, struct vcpu *vcpu)
{
    struct spmc *spmc = cpu->spmc;
    uint32_t intid = interrupt_acknowledge(cpu);
    struct vcpu *next = vcpu;

    if (intid >= INTID_SPECIAL_FIRST && intid <= INTID_SPECIAL_LAST) {
        return vcpu;
    }
    arch_lock(cpu->arch, &spmc->chain_lock);
    if (intid == SGI_IPI) {
        on_ipi(cpu);
    } else if (intid == spmc->gic.timer_intid) {
        next = on_timer(cpu, vcpu);
    } else {
        next = on_device(cpu, vcpu, intid);
    }
    arch_unlock(cpu->arch, &spmc->chain_lock);
    interrupt_end(cpu, intid);
    return next;
}

/* --- Group 0 and Non-secure interrupts ------------------------------------------------------- */

/*
 * The normal world gets its cycles back at once, by way of those who called: each of them is asked
 * what to do about the interrupt, which is still pending. FFA_RUN resumes `vcpu`.
 */
static struct vcpu *preempt(struct spmc_cpu *cpu, struct vcpu *vcpu)
{
    struct vcpu *next;

    vcpu_leave(vcpu, VCPU_PREEMPTED);
    next = call_chain_hand_back(cpu, vcpu);
    memset(next->frame.x, 0, FFA_REGS * sizeof(next->frame.x[0]));
    next->frame.x[0] = FFA_INTERRUPT;
    next->frame.x[1] = FFA_PAIR(vcpu->partition->id, vcpu->index);
    next->frame.store = FFA_REGS;
    return next;
}

static struct vcpu *on_ns(struct spmc_cpu *cpu, struct vcpu *vcpu)
{
    if (policy_masks_ns(cpu, vcpu)) {
        return vcpu; /* it came before the mask was set, or needs no mask twice */
    }
    if (vcpu->partition->manifest->ns_interrupts_action == NS_ACTION_MANAGED_EXIT) {
        vcpu->managed_exit = 1;
        (void)vint_inject(vcpu, VINT_MANAGED_EXIT);
        return vcpu;
    }
    return preempt(cpu, vcpu);
}

struct vcpu *interrupt_other(struct spmc_cpu *cpu, struct vcpu *vcpu)
{
    struct vcpu *next;

    if (interrupt_group0_pending(cpu) < INTID_SPECIAL_FIRST) {
        uint64_t x[FFA_REGS_EXTENDED] = {FFA_EL3_INTR_HANDLE};

        arch_el3_call(cpu->arch, x);
        return vcpu;
    }
    arch_lock(cpu->arch, &cpu->spmc->chain_lock);
    next = on_ns(cpu, vcpu);
    arch_unlock(cpu->arch, &cpu->spmc->chain_lock);
    return next;
}
