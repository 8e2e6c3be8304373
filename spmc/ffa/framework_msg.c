/* SPDX-License-Identifier: BSD-3-Clause */
#include "ffa/framework_msg.h"

#include "partition/call_chain.h"

/* Manifest, vm-availability-messages */
#define WANTS_VM_CREATED   0x1u
#define WANTS_VM_DESTROYED 0x2u

bool framework_answers(uint32_t request, uint32_t response)
{
    switch (request) {
    case FFA_FRAMEWORK_PSCI_REQ:
        return response == FFA_FRAMEWORK_PSCI_RESP;
    case FFA_FRAMEWORK_VM_CREATED_REQ:
        return response == FFA_FRAMEWORK_VM_CREATED_RESP;
    case FFA_FRAMEWORK_VM_DESTROY_REQ:
        return response == FFA_FRAMEWORK_VM_DESTROY_RESP;
    default:
        return false;
    }
}

/* The SPMC's own answer to the SPMD; `value` goes to w3. */
static bool answer_spmd(struct ffa_result *out, uint32_t function, int32_t value)
{
    out->x[0] = FFA_MSG_SEND_DIRECT_RESP_32;
    out->x[1] = FFA_PAIR(FFA_ID_SPMC, FFA_ID_SPMD);
    out->x[2] = FFA_FRAMEWORK_MSG | function;
    out->x[3] = (uint32_t)value;
    return true;
}

static bool refuse(struct ffa_result *out)
{
    ffa_return_error(out, FFA_INVALID_PARAMETERS);
    return true;
}

/* What runs on this PE alone ends with it; dead vCPUs stay dead. */
static void vcpu_off(struct vcpu *vcpu)
{
    switch (vcpu->state) {
    case VCPU_WAITING:
    case VCPU_BLOCKED:
    case VCPU_PREEMPTED:
        vcpu_finish(vcpu, VCPU_OFF);
        call_chain_remove(vcpu);
        vcpu->frame.store = 0;
        break;
    default:
        break;
    }
}

/*
 * The PE switches off: its vCPUs of MP partitions are OFF until it comes again. The vCPU of a UP
 * partition is bound to no PE and goes on elsewhere.
 */
static void cpu_off(const struct ffa_call *call)
{
    struct spmc *spmc = call->spmc;

    arch_lock(call->cpu->arch, &spmc->chain_lock);
    for (uint32_t i = 0; i < spmc->partition_count; i++) {
        struct partition *partition = &spmc->partition[i];

        if (partition->vcpu_count > 1 && call->cpu->index < partition->vcpu_count) {
            vcpu_off(&partition->vcpu[call->cpu->index]);
        }
    }
    call->cpu->online = false;
    arch_unlock(call->cpu->arch, &spmc->chain_lock);
}

static bool from_spmd(const struct ffa_call *call, struct ffa_result *out, uint32_t function)
{
    if (!partition_is_nwd(call->partition) ||
        (uint32_t)call->x[1] != FFA_PAIR(FFA_ID_SPMD, FFA_ID_SPMC)) {
        return refuse(out);
    }
    switch (function) {
    case FFA_FRAMEWORK_VERSION_REQ:
        return answer_spmd(out, FFA_FRAMEWORK_VERSION_RESP,
                           ffa_negotiate_version(call->partition, (uint32_t)call->x[3]));
    case FFA_FRAMEWORK_PSCI_WARM_BOOT:
        return answer_spmd(out, FFA_FRAMEWORK_PSCI_RESP, PSCI_SUCCESS);
    case FFA_FRAMEWORK_PSCI_REQ:
        if ((uint32_t)call->x[3] != PSCI_CPU_OFF) {
            return answer_spmd(out, FFA_FRAMEWORK_PSCI_RESP, PSCI_NOT_SUPPORTED);
        }
        cpu_off(call);
        return answer_spmd(out, FFA_FRAMEWORK_PSCI_RESP, PSCI_SUCCESS);
    default:
        return answer_spmd(out, FFA_FRAMEWORK_PSCI_RESP, PSCI_NOT_SUPPORTED);
    }
}

static bool vm_availability(const struct ffa_call *call, struct ffa_result *out, uint32_t wanted)
{
    const struct partition *receiver = ffa_find_sp(call->spmc, FFA_RECEIVER((uint32_t)call->x[1]));

    /* Only the hypervisor knows of VMs, and only subscribers hear of them. */
    if (!partition_is_nwd(call->partition) || receiver == NULL ||
        (receiver->manifest->vm_availability_messages & wanted) == 0) {
        return refuse(out);
    }
    return false;
}

bool framework_request(const struct ffa_call *call, struct ffa_result *out)
{
    uint64_t w2 = ffa_arg(call, 2);
    uint32_t function = FFA_FRAMEWORK_FUNCTION((uint32_t)w2);

    if ((w2 & ~(uint64_t)(FFA_FRAMEWORK_MSG | 0xffu)) != 0) {
        return refuse(out);
    }
    switch (function) {
    case FFA_FRAMEWORK_VERSION_REQ:
    case FFA_FRAMEWORK_PSCI_REQ:
    case FFA_FRAMEWORK_PSCI_WARM_BOOT:
        return from_spmd(call, out, function);
    case FFA_FRAMEWORK_VM_CREATED_REQ:
        return vm_availability(call, out, WANTS_VM_CREATED);
    case FFA_FRAMEWORK_VM_DESTROY_REQ:
        return vm_availability(call, out, WANTS_VM_DESTROYED);
    default:
        return refuse(out);
    }
}
