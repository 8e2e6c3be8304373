/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_RUN (FF-A v1.2, 14.4). */
#include "ffa/call.h"
#include "partition/call_chain.h"
#include "partition/runtime_model.h"
#include "spmc/interrupt.h"

/* Everything that can be said without a look at states: no lock is taken for it. */
static int32_t find_target(const struct ffa_call *call, struct vcpu **target)
{
    uint16_t id = FFA_SENDER((uint32_t)call->x[1]);
    uint16_t index = FFA_RECEIVER((uint32_t)call->x[1]);
    const struct partition *partition;

    if (ffa_id_is_vm(id) && !partition_is_nwd(call->partition)) {
        return FFA_DENIED; /* the normal world schedules itself */
    }
    partition = ffa_find_sp(call->spmc, id);
    if (partition == NULL || partition == call->partition || index >= partition->vcpu_count) {
        return FFA_INVALID_PARAMETERS;
    }
    if (partition->vcpu_count > 1 && index != call->cpu->index) {
        return FFA_INVALID_PARAMETERS; /* it is bound to another PE */
    }
    *target = &partition->vcpu[index];
    return 0;
}

static int32_t check_partition(const struct partition *partition)
{
    switch (partition->state) {
    case PARTITION_NULL:
        return FFA_INVALID_PARAMETERS;
    case PARTITION_CREATED:
        return FFA_BUSY;
    case PARTITION_ABORTING:
        return partition->manifest->lifecycle_support ? FFA_BUSY : FFA_ABORTED;
    default:
        return 0;
    }
}

/* Did it call `target`, by way of others that all still wait for it? */
static bool waits_for(const struct vcpu *caller, const struct vcpu *target)
{
    const struct vcpu *at = target->chain_prev;

    while (at != NULL && at != caller && at->in_call) {
        at = at->chain_prev;
    }
    return at != NULL && at == caller;
}

/* A Secure interrupt gave the caller its cycles, and `target` is whom it took them from. */
static bool ends_interrupt(const struct ffa_call *call, const struct vcpu *target)
{
    return call->cpu->interrupted == target && call_chain_ends_interrupt(call->cpu, call->vcpu);
}

/* A partition gives its cycles to one that yielded to it, was preempted, or rests on its own. */
static int32_t check_as_partition(const struct ffa_call *call, const struct vcpu *target)
{
    const struct vcpu *caller = call->vcpu;
    struct rtm_verdict verdict = rtm_check(caller, RTM_ABI_RUN, target);

    if (verdict.error != 0) {
        return verdict.error;
    }
    if ((caller->runtime_model == RTM_SEC_INTERRUPT || caller->call_interrupted) &&
        vint_ready(caller) != 0) {
        return FFA_DENIED; /* it has not handled what it was resumed for */
    }
    if (target->state != VCPU_PREEMPTED && target->state != VCPU_BLOCKED) {
        return FFA_DENIED;
    }
    if (waits_for(caller, target)) {
        return 0;
    }
    if (ends_interrupt(call, target)) {
        return caller->chain_next == NULL ? 0 : FFA_DENIED;
    }
    /* The response to a request goes to its sender: nobody else may step in between. */
    if (caller->chain_next != NULL || target->chain_prev != NULL || target->processing_request) {
        return FFA_DENIED;
    }
    return 0;
}

static int32_t check(const struct ffa_call *call, const struct vcpu *target)
{
    bool is_linked = target->chain_prev != NULL || target->chain_next != NULL;
    int32_t error = check_partition(target->partition);

    if (error != 0) {
        return error;
    }
    if (!partition_is_nwd(call->partition)) {
        error = check_as_partition(call, target);
    } else if (target->chain_prev != NULL) {
        error = FFA_DENIED; /* the partition that called it goes on first */
    }
    if (error != 0) {
        return error;
    }
    if (is_linked && target->cpu != call->cpu) {
        return FFA_DENIED; /* a chain stays on its PE */
    }
    switch (target->state) {
    case VCPU_WAITING:
    case VCPU_BLOCKED:
    case VCPU_PREEMPTED:
        break;
    case VCPU_NULL:
        return FFA_INVALID_PARAMETERS;
    case VCPU_ABORTED:
        return FFA_ABORTED;
    default:
        return FFA_BUSY;
    }
    if (vcpu_is_active(target) && !ends_interrupt(call, target)) {
        return FFA_BUSY; /* it goes on when the interrupt has been handled */
    }
    return target->regs_available && !call_chain_is_active_below(target) ? 0 : FFA_BUSY;
}

static void start_waiting(struct vcpu *target, struct ffa_result *out)
{
    target->runtime_model = RTM_FFA_RUN;
    target->sched_mode = SCHED_NWD;
    if (target->partition->manifest->exception_level == MANIFEST_S_EL0 && vint_ready(target) != 0) {
        interrupt_frame(target);
        out->count = 0;
        return;
    }
    out->x[0] = FFA_RUN;
    out->x[1] = FFA_PAIR(target->partition->id, target->index);
}

/*
 * `target`, or whom it waits for, if an interrupt preempted that one: goes on with the registers
 * that it left, unless one of those who wait for it has been sent an interrupt meanwhile.
 */
static struct vcpu *resume(struct spmc_cpu *cpu, struct vcpu *target, struct ffa_result *out)
{
    struct vcpu *last = target;

    while (last->state == VCPU_BLOCKED && last->in_call && last->chain_next != NULL) {
        last = last->chain_next;
    }
    if (last->state == VCPU_BLOCKED && last->in_call) {
        ffa_return_error(out, FFA_ABORTED); /* whom it called is gone */
        return last;
    }
    out->count = 0;
    return interrupt_on_the_way(cpu, target, last);
}

static void apply(const struct ffa_call *call, struct vcpu *target, struct ffa_result *out)
{
    struct vcpu *caller = call->vcpu;

    if (ends_interrupt(call, target)) {
        /* Nobody would ever resume it from this call: it waits, as after FFA_MSG_WAIT. */
        vcpu_finish(caller, VCPU_WAITING);
        out->next = call_chain_return(call->cpu, caller);
        out->count = 0;
        return;
    }
    if (target->state == VCPU_WAITING) {
        start_waiting(target, out);
        out->next = target;
    } else {
        out->next = resume(call->cpu, target, out);
    }
    if (partition_is_nwd(call->partition)) {
        out->next->sched_mode = SCHED_NWD;
    } else {
        caller->call_interrupted = false;
        caller->in_call = true;
        vcpu_leave(caller, VCPU_BLOCKED);
        if (target->chain_prev == NULL) {
            call_chain_extend(caller, target);
        }
    }
    vcpu_enter(call->cpu, out->next);
}

void ffa_run(const struct ffa_call *call, struct ffa_result *out)
{
    struct vcpu *target = NULL;
    int32_t error = find_target(call, &target);

    if (error == 0) {
        arch_lock(call->cpu->arch, &call->spmc->chain_lock);
        error = check(call, target);
        if (error == 0) {
            apply(call, target, out);
        }
        arch_unlock(call->cpu->arch, &call->spmc->chain_lock);
    }
    if (error != 0) {
        ffa_return_error(out, error);
    }
}
