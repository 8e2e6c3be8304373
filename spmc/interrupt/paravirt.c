/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Calls about virtual interrupts that are no part of FF-A, with the numbers and results that
 * partitions know from Hafnium: HVC or SMC from S-EL1, SVC from S-EL0.
 */
#include "spmc/internal.h"
#include "spmc/interrupt.h"

#define HF_INTERRUPT_ENABLE      0xff03u
#define HF_INTERRUPT_GET         0xff04u
#define HF_INTERRUPT_DEACTIVATE  0xff08u
#define HF_INTERRUPT_RECONFIGURE 0xff09u
#define HF_INTERRUPT_SEND_IPI    0xff0au

#define TYPE_IRQ 0u
#define TYPE_FIQ 1u

#define DONE    0u
#define REFUSED UINT64_MAX

static uint64_t enable(struct vcpu *vcpu)
{
    const struct partition_manifest *manifest = vcpu->partition->manifest;
    uint32_t id = (uint32_t)vcpu->frame.x[1];
    bool on = (uint32_t)vcpu->frame.x[2] != 0;
    uint32_t type = (uint32_t)vcpu->frame.x[3];

    /* S-EL0 has no exception of its own that could be an FIQ. */
    if (id >= VINT_LIMIT || type > TYPE_FIQ ||
        (type == TYPE_FIQ && manifest->exception_level == MANIFEST_S_EL0)) {
        return REFUSED;
    }
    if (id == VINT_MANAGED_EXIT) {
        type = manifest->managed_exit_virq ? TYPE_IRQ : TYPE_FIQ;
    }
    return vint_enable(vcpu, id, on, type == TYPE_FIQ) ? DONE : REFUSED;
}

static uint64_t reconfigure(struct spmc_cpu *cpu, struct vcpu *vcpu)
{
    uint32_t id = (uint32_t)vcpu->frame.x[1];
    uint32_t command = (uint32_t)vcpu->frame.x[2];
    uint32_t value = (uint32_t)vcpu->frame.x[3];

    return interrupt_reconfigure(cpu, vcpu, id, (enum interrupt_command)command, value) ? DONE
                                                                                        : REFUSED;
}

/* Has it been started, and not ended? */
static bool is_alive(const struct vcpu *vcpu)
{
    switch ((enum vcpu_state)vcpu->state) {
    case VCPU_STARTING:
    case VCPU_RUNNING:
    case VCPU_WAITING:
    case VCPU_BLOCKED:
    case VCPU_PREEMPTED:
        return true;
    default:
        return false;
    }
}

/*
 * The other PE is disturbed only when there is something new for it to do: the vCPU runs there, or
 * waits and can be given cycles. One that is blocked or preempted sees it when it runs again.
 */
static uint64_t send_ipi(struct spmc_cpu *cpu, const struct vcpu *vcpu)
{
    const struct partition *partition = vcpu->partition;
    uint32_t index = (uint32_t)vcpu->frame.x[1];
    struct vcpu *target;

    if (!vint_is_owned(partition, VINT_IPI) || index >= partition->vcpu_count) {
        return REFUSED;
    }
    target = &partition->vcpu[index];
    if (!is_alive(target)) {
        return REFUSED;
    }
    if (vint_inject(target, VINT_IPI) && vint_is_enabled(target, VINT_IPI) && target != vcpu &&
        target->state != VCPU_BLOCKED && target->state != VCPU_PREEMPTED && target->cpu != NULL) {
        interrupt_kick(cpu, target->cpu);
    }
    return DONE;
}

static uint64_t call(struct spmc_cpu *cpu, struct vcpu *vcpu, uint32_t function)
{
    switch (function) {
    case HF_INTERRUPT_ENABLE:
        return enable(vcpu);
    case HF_INTERRUPT_GET:
        vint_done(vcpu);
        return vint_take(vcpu);
    case HF_INTERRUPT_RECONFIGURE:
        return reconfigure(cpu, vcpu);
    case HF_INTERRUPT_SEND_IPI:
        return send_ipi(cpu, vcpu);
    default: /* HF_INTERRUPT_DEACTIVATE: ended when it was acknowledged */
        vint_done(vcpu);
        return DONE;
    }
}

bool paravirt_call(struct spmc_cpu *cpu, struct vcpu *vcpu)
{
    uint32_t function = (uint32_t)vcpu->frame.x[0];

    switch (function) {
    case HF_INTERRUPT_ENABLE:
    case HF_INTERRUPT_GET:
    case HF_INTERRUPT_DEACTIVATE:
    case HF_INTERRUPT_RECONFIGURE:
    case HF_INTERRUPT_SEND_IPI:
        break;
    default:
        return false;
    }
    arch_lock(cpu->arch, &cpu->spmc->chain_lock);
    vcpu->frame.x[0] = call(cpu, vcpu, function);
    arch_unlock(cpu->arch, &cpu->spmc->chain_lock);
    vcpu->frame.store = FFA_REGS;
    return true;
}
