/* SPDX-License-Identifier: BSD-3-Clause */
/* Giving cycles back: FFA_MSG_WAIT, YIELD, ERROR, ABORT, INTERRUPT (FF-A v1.2, chapter 14). */
#include "ffa/call.h"
#include "ffa/mailbox.h"
#include "partition/abort.h"
#include "partition/call_chain.h"
#include "partition/runtime_model.h"

static int32_t check_msg_wait(const struct ffa_call *call)
{
    uint32_t known = call->partition->ffa_version >= FFA_VERSION_1_2 ? FFA_MSG_WAIT_RETAIN_RX : 0;
    struct rtm_verdict verdict;

    if (((uint32_t)call->x[2] & ~known) != 0) {
        return FFA_INVALID_PARAMETERS;
    }
    verdict = rtm_check(call->vcpu, RTM_ABI_MSG_WAIT, NULL);
    if (verdict.error != 0) {
        return verdict.error;
    }
    /* A callee that yielded or was preempted still belongs to this vCPU. */
    return call->vcpu->chain_next == NULL ? 0 : FFA_DENIED;
}

void ffa_msg_wait(const struct ffa_call *call, struct ffa_result *out)
{
    struct spmc *spmc = call->spmc;
    struct arch_pe *pe = call->cpu->arch;
    struct vcpu *vcpu = call->vcpu;
    bool in_boot = vcpu->runtime_model == RTM_SP_INIT;
    bool for_interrupt = vcpu->runtime_model == RTM_SEC_INTERRUPT;
    int32_t error;

    arch_lock(pe, &spmc->chain_lock);
    error = check_msg_wait(call);
    if (error == 0) {
        vcpu_finish(vcpu, VCPU_WAITING);
        if (!in_boot) {
            out->next = call_chain_return(call->cpu, vcpu);
        }
    }
    arch_unlock(pe, &spmc->chain_lock);
    if (error != 0) {
        ffa_return_error(out, error);
        return;
    }
    if (((uint32_t)call->x[2] & FFA_MSG_WAIT_RETAIN_RX) == 0) {
        mailbox_give_back(call->cpu, call->partition);
    }
    if (in_boot) {
        out->next = boot_start_next(call->cpu);
        out->count = 0;
        return;
    }
    out->x[0] = for_interrupt && partition_is_nwd(out->next->partition) ? FFA_NORMAL_WORLD_RESUME
                                                                        : FFA_MSG_WAIT;
}

/* What FFA_YIELD returns to the vCPU when it is resumed. */
static void set_yield_done(struct vcpu *vcpu)
{
    for (unsigned n = 1; n < FFA_REGS; n++) {
        vcpu->frame.x[n] = 0;
    }
    vcpu->frame.x[0] = FFA_SUCCESS_32;
    vcpu->frame.store = FFA_REGS;
}

void ffa_yield(const struct ffa_call *call, struct ffa_result *out)
{
    struct vcpu *vcpu = call->vcpu;
    uint32_t timeout_low = (uint32_t)call->x[2];
    uint32_t timeout_high = (uint32_t)call->x[3];
    struct rtm_verdict verdict;

    arch_lock(call->cpu->arch, &call->spmc->chain_lock);
    verdict = rtm_check(vcpu, RTM_ABI_YIELD, NULL);
    if (verdict.error == 0 && verdict.next == VCPU_BLOCKED) {
        vcpu_leave(vcpu, VCPU_BLOCKED);
        out->next = call_chain_hand_back(call->cpu, vcpu);
    }
    arch_unlock(call->cpu->arch, &call->spmc->chain_lock);
    if (verdict.error != 0) {
        ffa_return_error(out, verdict.error);
        return;
    }
    if (out->next == vcpu) {
        ffa_return_success(out);
        return;
    }
    set_yield_done(vcpu);
    out->x[0] = FFA_YIELD;
    out->x[1] = FFA_PAIR(call->partition->id, vcpu->index);
    out->x[2] = timeout_low;
    out->x[3] = timeout_high;
}

void ffa_error_call(const struct ffa_call *call, struct ffa_result *out)
{
    /* From v1.3 on, FFA_ABORT says it. */
    bool is_abort = (int32_t)(uint32_t)call->x[2] == FFA_ABORTED &&
                    call->partition->ffa_version < FFA_VERSION_1_3;
    struct rtm_verdict verdict = rtm_check(call->vcpu, RTM_ABI_ERROR, NULL);

    if (!is_abort || verdict.error != 0) {
        ffa_return_error(out, FFA_NOT_SUPPORTED);
        return;
    }
    out->next = partition_abort(call->cpu, call->vcpu, "FFA_ERROR(ABORTED) at initialisation");
    out->count = 0;
}

void ffa_abort(const struct ffa_call *call, struct ffa_result *out)
{
    struct rtm_verdict verdict = rtm_check(call->vcpu, RTM_ABI_ABORT, NULL);

    if (verdict.error != 0) {
        ffa_return_error(out, verdict.error);
        return;
    }
    out->next = partition_abort(call->cpu, call->vcpu, "FFA_ABORT");
    out->count = 0;
}

/* From the SPMD: a secure interrupt while the normal world ran. No driver claims it yet. */
void ffa_interrupt(const struct ffa_call *call, struct ffa_result *out)
{
    (void)call;
    out->x[0] = FFA_NORMAL_WORLD_RESUME;
}
