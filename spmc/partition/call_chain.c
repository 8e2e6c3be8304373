/* SPDX-License-Identifier: BSD-3-Clause */
#include "partition/call_chain.h"

#include "spmc/interrupt.h"

bool call_chain_is_ancestor(const struct vcpu *vcpu, const struct vcpu *candidate)
{
    for (const struct vcpu *at = vcpu; at != NULL; at = at->chain_prev) {
        if (at == candidate) {
            return true;
        }
    }
    return false;
}

bool vcpu_is_active(const struct vcpu *vcpu)
{
    return vcpu->state == VCPU_RUNNING || (vcpu->cpu != NULL && vcpu->cpu->interrupted == vcpu);
}

bool call_chain_is_active_below(const struct vcpu *vcpu)
{
    for (const struct vcpu *at = vcpu->chain_next; at != NULL; at = at->chain_next) {
        if (vcpu_is_active(at)) {
            return true;
        }
    }
    return false;
}

void call_chain_extend(struct vcpu *caller, struct vcpu *callee)
{
    caller->chain_next = callee;
    callee->chain_prev = caller;
}

static void leave_caller(struct vcpu *vcpu)
{
    if (vcpu->chain_prev != NULL) {
        vcpu->chain_prev->chain_next = NULL;
        vcpu->chain_prev = NULL;
    }
}

void call_chain_remove(struct vcpu *vcpu)
{
    leave_caller(vcpu);
    if (vcpu->chain_next != NULL) {
        vcpu->chain_next->chain_prev = NULL;
        vcpu->chain_next = NULL;
    }
}

void vcpu_leave(struct vcpu *vcpu, enum vcpu_state to)
{
    (void)vcpu_set_state(vcpu, to);
    vcpu->regs_available = true;
}

void vcpu_enter(struct spmc_cpu *cpu, struct vcpu *vcpu)
{
    cpu->current = vcpu;
    if (partition_is_nwd(vcpu->partition)) {
        return;
    }
    (void)vcpu_set_state(vcpu, VCPU_RUNNING);
    if (vcpu->cpu != cpu) {
        vcpu->cpu = cpu;
        cpu->timers_changed = true; /* its timer comes along */
    }
    vcpu->regs_available = false;
    vcpu->in_call = false;
    vcpu->untold = false;
    vcpu->ipi_told = false;
}

void vcpu_finish(struct vcpu *vcpu, enum vcpu_state to)
{
    vcpu_leave(vcpu, to);
    vcpu->runtime_model = RTM_NONE;
    vcpu->sched_mode = SCHED_NONE;
    vcpu->processing_request = false;
    vcpu->request_is_framework = false;
    vcpu->request_origin = 0;
    vcpu->request_fid = 0;
    vcpu->request_function = 0;
    vcpu->in_call = false;
    vcpu->call_interrupted = false;
    vcpu->managed_exit = 0;
    if (vcpu->vint_held != 0) {
        vint_done(vcpu);
    }
}

bool call_chain_ends_interrupt(const struct spmc_cpu *cpu, const struct vcpu *vcpu)
{
    return cpu->interrupted != NULL && vcpu->chain_prev == NULL;
}

struct vcpu *call_chain_hand_back(struct spmc_cpu *cpu, struct vcpu *vcpu)
{
    struct vcpu *to = vcpu->chain_prev;

    if (to == NULL) {
        to = cpu->interrupted != NULL ? cpu->interrupted : cpu->nwd;
        cpu->interrupted = NULL;
    }
    vcpu_enter(cpu, to);
    if (!vcpu->processing_request) {
        leave_caller(vcpu); /* whom it called itself still owes it an answer */
    }
    return to;
}

struct vcpu *call_chain_return(struct spmc_cpu *cpu, struct vcpu *vcpu)
{
    struct vcpu *to = call_chain_hand_back(cpu, vcpu);

    call_chain_remove(vcpu);
    return to;
}
