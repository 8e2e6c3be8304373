/* SPDX-License-Identifier: BSD-3-Clause */
/* Giving cycles back: FFA_MSG_WAIT, YIELD, ERROR, ABORT, INTERRUPT (FF-A v1.2, chapter 14). */
#include "ffa/call.h"
#include "ffa/mailbox.h"
#include "partition/abort.h"
#include "partition/call_chain.h"
#include "partition/runtime_model.h"
#include "spmc/interrupt.h"
#include "spmc/mem.h"

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

/* The call is good. The caller's registers are not its own any more when the lock is free. */
static void apply_msg_wait(const struct ffa_call *call, bool in_boot, struct ffa_result *out)
{
    struct vcpu *vcpu = call->vcpu;
    bool ends_interrupt = call_chain_ends_interrupt(call->cpu, vcpu);

    if (interrupt_intercepts(call->cpu, vcpu)) {
        interrupt_frame(vcpu);
        out->count = 0;
        return;
    }
    if (((uint32_t)call->x[2] & FFA_MSG_WAIT_RETAIN_RX) == 0) {
        mailbox_give_back(call->cpu, call->partition);
    }
    vcpu_finish(vcpu, VCPU_WAITING);
    if (in_boot) {
        out->next = NULL;
        return;
    }
    out->next = call_chain_return(call->cpu, vcpu);
    if (ends_interrupt) {
        interrupt_resume(out->next);
        out->count = 0;
    } else {
        out->x[0] = FFA_MSG_WAIT;
    }
}

void ffa_msg_wait(const struct ffa_call *call, struct ffa_result *out)
{
    bool in_boot = call->vcpu->runtime_model == RTM_SP_INIT;
    int32_t error;

    arch_lock(call->cpu->arch, &call->spmc->chain_lock);
    error = check_msg_wait(call);
    if (error == 0) {
        apply_msg_wait(call, in_boot, out);
    }
    arch_unlock(call->cpu->arch, &call->spmc->chain_lock);
    if (error != 0) {
        ffa_return_error(out, error);
    } else if (out->next == NULL) {
        out->next = boot_start_next(call->cpu);
        out->count = 0;
    }
}

/* What FFA_YIELD returns to the vCPU when it is resumed. */
static void set_yield_done(struct vcpu *vcpu)
{
    memset(vcpu->frame.x, 0, FFA_REGS * sizeof(vcpu->frame.x[0]));
    vcpu->frame.x[0] = FFA_SUCCESS_32;
    vcpu->frame.store = FFA_REGS;
}

/* How cycles were given back. */
struct yielded {
    int32_t error;
    struct vcpu *next;
    bool ends_interrupt;
};

static struct yielded give_way(struct spmc_cpu *cpu, struct vcpu *vcpu, bool has_result)
{
    struct yielded out = {.next = vcpu};
    struct rtm_verdict verdict;

    arch_lock(cpu->arch, &cpu->spmc->chain_lock);
    verdict = rtm_check(vcpu, RTM_ABI_YIELD, NULL);
    out.error = verdict.error;
    if (verdict.error == 0 && verdict.next == VCPU_BLOCKED) {
        if (has_result) {
            set_yield_done(vcpu);
        }
        out.ends_interrupt = call_chain_ends_interrupt(cpu, vcpu);
        if (vcpu->managed_exit != 0) { /* that was one: the next interrupt asks for another */
            vint_withdraw(vcpu, VINT_MANAGED_EXIT);
            vcpu->managed_exit = 0;
        }
        vcpu_leave(vcpu, VCPU_BLOCKED);
        out.next = call_chain_hand_back(cpu, vcpu);
        if (out.ends_interrupt) {
            interrupt_resume(out.next);
        }
    }
    arch_unlock(cpu->arch, &cpu->spmc->chain_lock);
    return out;
}

void ffa_yield(const struct ffa_call *call, struct ffa_result *out)
{
    uint32_t timeout_low = (uint32_t)call->x[2];
    uint32_t timeout_high = (uint32_t)call->x[3];
    struct yielded yielded = give_way(call->cpu, call->vcpu, true);

    out->next = yielded.next;
    if (yielded.error != 0) {
        ffa_return_error(out, yielded.error);
    } else if (yielded.next == call->vcpu) {
        ffa_return_success(out);
    } else if (yielded.ends_interrupt) {
        out->count = 0;
    } else {
        out->x[0] = FFA_YIELD;
        out->x[1] = FFA_PAIR(call->partition->id, call->vcpu->index);
        out->x[2] = timeout_low;
        out->x[3] = timeout_high;
    }
}

struct vcpu *ffa_yield_instruction(struct spmc_cpu *cpu, struct vcpu *vcpu)
{
    struct yielded yielded = give_way(cpu, vcpu, false);
    struct vcpu *next = yielded.next;

    if (next != vcpu && !yielded.ends_interrupt) {
        memset(next->frame.x, 0, FFA_REGS * sizeof(next->frame.x[0]));
        next->frame.x[0] = FFA_YIELD;
        next->frame.x[1] = FFA_PAIR(vcpu->partition->id, vcpu->index);
        next->frame.store = FFA_REGS;
    }
    return next;
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

/* From the SPMD: a Secure interrupt while the normal world ran. */
void ffa_interrupt(const struct ffa_call *call, struct ffa_result *out)
{
    out->next = interrupt_secure(call->cpu, call->vcpu);
    if (out->next == call->vcpu) {
        out->x[0] = FFA_NORMAL_WORLD_RESUME;
    } else {
        out->count = 0;
    }
}
