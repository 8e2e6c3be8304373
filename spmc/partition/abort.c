/* SPDX-License-Identifier: BSD-3-Clause */
#include "partition/abort.h"

#include "ffa/framework_msg.h"
#include "ffa/mailbox.h"
#include "ffa/notification.h"
#include "partition/call_chain.h"
#include "spmc/internal.h"
#include "spmc/interrupt.h"
#include "spmc/mem.h"

/* A vCPU that rests: nobody waits for it at this moment, nothing it called is running. */
static void abort_resting(struct vcpu *vcpu)
{
    switch (vcpu->state) {
    case VCPU_WAITING:
        break;
    case VCPU_BLOCKED:
    case VCPU_PREEMPTED:
        if (vcpu_is_active(vcpu) || call_chain_is_active_below(vcpu)) {
            return; /* follows when cycles come back to it and it exits again */
        }
        /* It dies as the running vCPU that it would be: the way out of these states. */
        (void)vcpu_set_state(vcpu, VCPU_RUNNING);
        call_chain_remove(vcpu);
        break;
    default:
        return;
    }
    vcpu_finish(vcpu, VCPU_ABORTED);
    vcpu->frame.store = 0;
}

/* Another PE runs it: it exits soon, and its lines are not looked at any more. */
static void kick_running(struct spmc_cpu *cpu, const struct vcpu *vcpu)
{
    if ((vcpu->state == VCPU_RUNNING || vcpu->state == VCPU_STARTING) && vcpu->cpu != NULL &&
        vcpu->cpu != cpu) {
        interrupt_kick(cpu, vcpu->cpu);
    }
}

void partition_abort_late(struct spmc_cpu *cpu, struct vcpu *vcpu)
{
    /* Whoever aborts later than this look finds the vCPU at rest. */
    if (vcpu->partition->state != PARTITION_ABORTING || vcpu->state == VCPU_ABORTED) {
        return;
    }
    arch_lock(cpu->arch, &cpu->spmc->chain_lock);
    abort_resting(vcpu);
    arch_unlock(cpu->arch, &cpu->spmc->chain_lock);
}

static void set_aborted(struct vcpu *vcpu)
{
    memset(vcpu->frame.x, 0, FFA_REGS * sizeof(vcpu->frame.x[0]));
    vcpu->frame.x[0] = FFA_ERROR;
    vcpu->frame.x[2] = (uint32_t)FFA_ABORTED;
    vcpu->frame.store = FFA_REGS;
}

struct vcpu *partition_abort(struct spmc_cpu *cpu, struct vcpu *vcpu, const char *why)
{
    struct spmc *spmc = cpu->spmc;
    struct partition *partition = vcpu->partition;
    bool in_boot = vcpu->runtime_model == RTM_SP_INIT;
    bool ends_interrupt;
    bool for_power = framework_in_cpu_off(vcpu);
    struct vcpu *next = NULL;

    spmc_log(cpu->arch, &spmc->log, SPMC_LOG_ERROR, "%s: vCPU %u aborted: %s",
             spmc_partition_name(partition), (unsigned)vcpu->index, why);

    arch_lock(cpu->arch, &spmc->chain_lock);
    partition->state = PARTITION_ABORTING;
    ends_interrupt = call_chain_ends_interrupt(cpu, vcpu);
    vcpu_finish(vcpu, VCPU_ABORTED);
    vcpu->frame.store = 0;
    if (in_boot) {
        call_chain_remove(vcpu);
    } else {
        next = call_chain_return(cpu, vcpu);
    }
    for (uint32_t i = 0; i < partition->vcpu_count; i++) {
        abort_resting(&partition->vcpu[i]);
        kick_running(cpu, &partition->vcpu[i]);
    }
    interrupt_switch_off(cpu, partition);
    cpu->timers_changed = true;
    arch_unlock(cpu->arch, &spmc->chain_lock);

    arch_lock(cpu->arch, &spmc->ledger.lock);
    share_release_partition(spmc, cpu->arch, partition->id);
    arch_lock(cpu->arch, &spmc->mailbox_lock);
    mailbox_give_pages(spmc, cpu->arch, partition->id, &partition->mailbox);
    partition->mailbox = (struct mailbox){.state = MAILBOX_EMPTY};
    arch_unlock(cpu->arch, &spmc->mailbox_lock);
    arch_unlock(cpu->arch, &spmc->ledger.lock);
    notification_forget(cpu, partition->id);

    if (in_boot) {
        return boot_start_next(cpu);
    }
    if (for_power) {
        return framework_cpu_off(cpu); /* the dead do not object */
    }
    if (ends_interrupt) {
        interrupt_resume(next);
    } else {
        set_aborted(next);
    }
    return next;
}
