/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_RUN (FF-A v1.2, 14.4). */
#include "ffa/call.h"
#include "partition/call_chain.h"
#include "partition/runtime_model.h"

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

/* A partition gives its cycles to one that yielded to it, was preempted, or rests on its own. */
static int32_t check_as_partition(const struct ffa_call *call, const struct vcpu *target)
{
    const struct vcpu *caller = call->vcpu;
    struct rtm_verdict verdict = rtm_check(caller, RTM_ABI_RUN, target);

    if (verdict.error != 0) {
        return verdict.error;
    }
    if (target->state != VCPU_PREEMPTED && target->state != VCPU_BLOCKED) {
        return FFA_DENIED;
    }
    if (target->chain_prev == caller) {
        return 0;
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
    return target->regs_available && !call_chain_is_active_below(target) ? 0 : FFA_BUSY;
}

static void apply(const struct ffa_call *call, struct vcpu *target, struct ffa_result *out)
{
    if (target->state == VCPU_WAITING) {
        target->runtime_model = RTM_FFA_RUN;
        target->sched_mode = SCHED_NWD;
        out->x[0] = FFA_RUN;
        out->x[1] = FFA_PAIR(target->partition->id, target->index);
    } else {
        out->count = 0; /* it goes on with the registers that it left */
    }
    if (!partition_is_nwd(call->partition)) {
        vcpu_leave(call->vcpu, VCPU_BLOCKED);
        call_chain_extend(call->vcpu, target);
    }
    vcpu_enter(call->cpu, target);
    out->next = target;
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
