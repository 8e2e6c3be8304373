/* SPDX-License-Identifier: BSD-3-Clause */
#include "partition/abort.h"

#include "ffa/mailbox.h"
#include "partition/call_chain.h"
#include "spmc/internal.h"
#include "spmc/mem.h"

/* A vCPU that rests: nobody waits for it at this moment, nothing it called is running. */
static void abort_resting(struct vcpu *vcpu)
{
    switch (vcpu->state) {
    case VCPU_WAITING:
        break;
    case VCPU_BLOCKED:
    case VCPU_PREEMPTED:
        if (call_chain_is_active_below(vcpu)) {
            return; /* follows when its callee comes back and it exits again */
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

static void set_result(struct vcpu *vcpu, uint64_t fid, uint64_t x2)
{
    memset(vcpu->frame.x, 0, FFA_REGS * sizeof(vcpu->frame.x[0]));
    vcpu->frame.x[0] = fid;
    vcpu->frame.x[2] = x2;
    vcpu->frame.store = FFA_REGS;
}

struct vcpu *partition_abort(struct spmc_cpu *cpu, struct vcpu *vcpu, const char *why)
{
    struct spmc *spmc = cpu->spmc;
    struct partition *partition = vcpu->partition;
    bool in_boot = vcpu->runtime_model == RTM_SP_INIT;
    bool for_interrupt = vcpu->runtime_model == RTM_SEC_INTERRUPT;
    struct vcpu *next = NULL;

    spmc_log(cpu->arch, &spmc->log, SPMC_LOG_ERROR, "%s: vCPU %u aborted: %s",
             spmc_partition_name(partition), (unsigned)vcpu->index, why);

    arch_lock(cpu->arch, &spmc->chain_lock);
    partition->state = PARTITION_ABORTING;
    vcpu_finish(vcpu, VCPU_ABORTED);
    vcpu->frame.store = 0;
    if (in_boot) {
        call_chain_remove(vcpu);
    } else {
        next = call_chain_return(cpu, vcpu);
    }
    for (uint32_t i = 0; i < partition->vcpu_count; i++) {
        abort_resting(&partition->vcpu[i]);
    }
    arch_unlock(cpu->arch, &spmc->chain_lock);

    arch_lock(cpu->arch, &spmc->ledger.lock);
    share_release_partition(spmc, cpu->arch, partition->id);
    arch_lock(cpu->arch, &spmc->mailbox_lock);
    mailbox_give_pages(spmc, cpu->arch, partition->id, &partition->mailbox);
    partition->mailbox = (struct mailbox){.state = MAILBOX_EMPTY};
    arch_unlock(cpu->arch, &spmc->mailbox_lock);
    arch_unlock(cpu->arch, &spmc->ledger.lock);

    if (in_boot) {
        return boot_start_next(cpu);
    }
    if (for_interrupt && partition_is_nwd(next->partition)) {
        /* The normal world did not call: the interrupt took it away. */
        set_result(next, FFA_NORMAL_WORLD_RESUME, 0);
    } else {
        set_result(next, FFA_ERROR, (uint32_t)FFA_ABORTED);
    }
    return next;
}
