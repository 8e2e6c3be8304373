/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_MSG_SEND_DIRECT_REQ and RESP (FF-A v1.2, 15.2, 15.3), and the core of REQ2 and RESP2. */
#include "ffa/direct_msg.h"

#include "ffa/framework_msg.h"
#include "partition/call_chain.h"
#include "partition/runtime_model.h"
#include "spmc/interrupt.h"
#include "spmc/mem.h"

int32_t direct_request_pair(const struct ffa_call *call, struct direct_pair *pair)
{
    uint32_t w1 = (uint32_t)call->x[1];

    pair->sender = FFA_SENDER(w1);
    pair->receiver_id = FFA_RECEIVER(w1);
    if (partition_is_nwd(call->partition)) {
        if (!ffa_id_is_vm(pair->sender) && !ffa_id_is_lsp(pair->sender)) {
            return FFA_INVALID_PARAMETERS;
        }
    } else if (pair->sender != call->partition->id || pair->receiver_id == pair->sender) {
        return FFA_INVALID_PARAMETERS;
    }
    pair->receiver = ffa_find_sp(call->spmc, pair->receiver_id);
    return pair->receiver != NULL ? 0 : FFA_INVALID_PARAMETERS;
}

bool ffa_has_method(const struct partition *partition, uint32_t bit, const struct uuid *uuid)
{
    const struct partition_manifest *manifest = partition->manifest;

    for (uint32_t i = 0; i < manifest->service_count; i++) {
        const struct manifest_service *service = &manifest->service[i];

        if ((service->messaging_method & bit) != 0 &&
            (uuid == NULL || memcmp(&service->uuid, uuid, sizeof(*uuid)) == 0)) {
            return true;
        }
    }
    return false;
}

bool ffa_has_service(const struct partition *partition, const struct uuid *uuid)
{
    for (uint32_t i = 0; i < partition->manifest->service_count; i++) {
        if (memcmp(&partition->manifest->service[i].uuid, uuid, sizeof(*uuid)) == 0) {
            return true;
        }
    }
    return false;
}

int32_t direct_request_capability(const struct ffa_call *call, const struct direct_pair *pair,
                                  uint32_t send_bit, uint32_t recv_bit, const struct uuid *uuid)
{
    if (!partition_is_nwd(call->partition) && !ffa_has_method(call->partition, send_bit, NULL)) {
        return FFA_DENIED;
    }
    return ffa_has_method(pair->receiver, recv_bit, uuid) ? 0 : FFA_DENIED;
}

static int32_t check_states(const struct ffa_call *call, const struct partition *receiver,
                            const struct vcpu *target)
{
    switch (receiver->state) {
    case PARTITION_NULL:
        return FFA_INVALID_PARAMETERS;
    case PARTITION_CREATED:
        return FFA_BUSY;
    case PARTITION_ABORTING:
        return receiver->manifest->lifecycle_support ? FFA_BUSY : FFA_ABORTED;
    default:
        break;
    }
    if (target->processing_request || target->state == VCPU_RUNNING || !target->regs_available) {
        return FFA_BUSY;
    }
    if (!partition_is_nwd(call->partition)) {
        struct rtm_verdict verdict = rtm_check(call->vcpu, RTM_ABI_DIRECT_REQ, target);

        if (verdict.error != 0) {
            return verdict.error;
        }
        if (call->vcpu->chain_next != NULL) {
            return FFA_DENIED; /* it must finish with the callee that it has */
        }
    }
    switch (target->state) {
    case VCPU_WAITING:
        return 0;
    case VCPU_NULL:
        return FFA_INVALID_PARAMETERS;
    case VCPU_ABORTED:
        return FFA_ABORTED;
    default:
        return FFA_BUSY;
    }
}

static void apply_request(const struct ffa_call *call, const struct direct_pair *pair,
                          struct vcpu *target)
{
    if (partition_is_nwd(call->partition)) {
        target->sched_mode = ffa_id_is_lsp(pair->sender) ? SCHED_SPMC : SCHED_NWD;
    } else {
        target->sched_mode = call->vcpu->sched_mode;
        call->vcpu->in_call = true;
        vcpu_leave(call->vcpu, VCPU_BLOCKED);
        call_chain_extend(call->vcpu, target);
    }
    target->runtime_model = RTM_FFA_DIR_REQ;
    target->processing_request = true;
    target->request_origin = pair->sender;
    target->request_fid = call->fid;
    vcpu_enter(call->cpu, target);
}

int32_t direct_request_send(const struct ffa_call *call, const struct direct_pair *pair,
                            bool is_framework, uint32_t function, struct ffa_result *out)
{
    struct partition *receiver = pair->receiver;
    uint32_t index = receiver->vcpu_count == 1 ? 0 : call->cpu->index;
    struct vcpu *target;
    int32_t error;

    if (index >= receiver->vcpu_count) {
        return FFA_INVALID_PARAMETERS;
    }
    target = &receiver->vcpu[index];
    arch_lock(call->cpu->arch, &call->spmc->chain_lock);
    error = check_states(call, receiver, target);
    if (error == 0) {
        apply_request(call, pair, target);
        target->request_is_framework = is_framework;
        target->request_function = function;
        out->next = target;
    }
    arch_unlock(call->cpu->arch, &call->spmc->chain_lock);
    return error;
}

void ffa_direct_req(const struct ffa_call *call, struct ffa_result *out)
{
    uint32_t w2 = (uint32_t)call->x[2];
    bool is_framework = (w2 & FFA_FRAMEWORK_MSG) != 0;
    struct direct_pair pair;
    int32_t error;

    if (is_framework) {
        if (framework_request(call, out)) {
            return;
        }
    } else if (ffa_arg(call, 2) != 0) {
        ffa_return_error(out, FFA_INVALID_PARAMETERS);
        return;
    }
    error = direct_request_pair(call, &pair);
    if (error == 0) {
        error = direct_request_capability(call, &pair, FFA_PROP_DIRECT_REQ_SEND,
                                          FFA_PROP_DIRECT_REQ_RECV, NULL);
    }
    if (error == 0) {
        error = direct_request_send(call, &pair, is_framework, FFA_FRAMEWORK_FUNCTION(w2), out);
    }
    if (error != 0) {
        ffa_return_error(out, error);
        return;
    }
    out->x[0] = call->fid;
    out->x[1] = (uint32_t)call->x[1];
    out->x[2] = w2;
    for (unsigned n = 3; n < FFA_REGS; n++) {
        out->x[n] = ffa_arg(call, n);
    }
}

/* Is w1 of a response one that any response of this caller could have? */
static int32_t check_response_pair(const struct ffa_call *call)
{
    uint16_t sender = FFA_SENDER((uint32_t)call->x[1]);
    uint16_t receiver = FFA_RECEIVER((uint32_t)call->x[1]);

    if (sender != call->partition->id || receiver == sender) {
        return FFA_INVALID_PARAMETERS;
    }
    if (receiver == FFA_ID_SPMC) {
        return framework_in_cpu_off(call->vcpu) ? 0 : FFA_INVALID_PARAMETERS;
    }
    if (!ffa_id_is_vm(receiver) && !ffa_id_is_lsp(receiver) &&
        ffa_find_sp(call->spmc, receiver) == NULL) {
        return FFA_INVALID_PARAMETERS;
    }
    return 0;
}

static int32_t check_response(const struct ffa_call *call, bool is_resp2)
{
    const struct vcpu *vcpu = call->vcpu;
    uint32_t w2 = (uint32_t)call->x[2];
    bool is_framework = !is_resp2 && (w2 & FFA_FRAMEWORK_MSG) != 0;
    int32_t error = rtm_check(vcpu, RTM_ABI_DIRECT_RESP, NULL).error;

    if (error != 0) {
        return error;
    }
    if (!vcpu->processing_request || vcpu->chain_next != NULL ||
        FFA_RECEIVER((uint32_t)call->x[1]) != vcpu->request_origin ||
        is_resp2 != (vcpu->request_fid == FFA_MSG_SEND_DIRECT_REQ2_64) ||
        is_framework != vcpu->request_is_framework) {
        return FFA_DENIED;
    }
    if (is_framework && !framework_answers(vcpu->request_function, FFA_FRAMEWORK_FUNCTION(w2))) {
        return FFA_DENIED;
    }
    return 0;
}

static enum direct_end apply_response(const struct ffa_call *call, struct ffa_result *out)
{
    struct vcpu *vcpu = call->vcpu;
    bool ends_interrupt = call_chain_ends_interrupt(call->cpu, vcpu);
    bool is_orphan =
        vcpu->chain_prev == NULL && ffa_find_sp(call->spmc, vcpu->request_origin) != NULL;

    if (interrupt_intercepts(call->cpu, vcpu)) {
        interrupt_frame(vcpu);
        return DIRECT_NOTHING;
    }
    vcpu_finish(vcpu, VCPU_WAITING);
    out->next = call_chain_return(call->cpu, vcpu);
    if (ends_interrupt) {
        interrupt_resume(out->next);
        return DIRECT_NOTHING;
    }
    return is_orphan ? DIRECT_ORPHAN : DIRECT_ANSWERED;
}

int32_t direct_response_send(const struct ffa_call *call, bool is_resp2, struct ffa_result *out,
                             enum direct_end *end)
{
    int32_t error = check_response_pair(call);

    if (error != 0) {
        return error;
    }
    arch_lock(call->cpu->arch, &call->spmc->chain_lock);
    error = check_response(call, is_resp2);
    if (error == 0) {
        *end = apply_response(call, out);
    }
    arch_unlock(call->cpu->arch, &call->spmc->chain_lock);
    return error;
}

void direct_response_end(struct ffa_result *out, int32_t error, enum direct_end end)
{
    if (error == 0 && end == DIRECT_ANSWERED) {
        return;
    }
    out->count = error == 0 && end == DIRECT_NOTHING ? 0 : FFA_REGS;
    memset(out->x, 0, FFA_REGS * sizeof(out->x[0]));
    if (error != 0) {
        ffa_return_error(out, error);
    } else {
        out->x[0] = FFA_MSG_WAIT;
    }
}

void ffa_direct_resp(const struct ffa_call *call, struct ffa_result *out)
{
    uint64_t w2 = ffa_arg(call, 2);
    bool is_power = framework_in_cpu_off(call->vcpu);
    enum direct_end end = DIRECT_ANSWERED;
    int32_t error;

    /* Before the response is sent: afterwards the caller may run elsewhere, its frame with it. */
    out->x[0] = call->fid;
    out->x[1] = (uint32_t)call->x[1];
    for (unsigned n = 2; n < FFA_REGS; n++) {
        out->x[n] = ffa_arg(call, n);
    }
    if (w2 != 0 && (w2 & ~(uint64_t)0xff) != FFA_FRAMEWORK_MSG) {
        error = FFA_INVALID_PARAMETERS;
    } else {
        error = direct_response_send(call, false, out, &end);
    }
    if (error == 0 && end == DIRECT_ANSWERED && is_power) {
        out->next = framework_cpu_off_answered(call->cpu, (int32_t)(uint32_t)out->x[3]);
        out->count = 0;
        return;
    }
    direct_response_end(out, error, end);
}
