/* SPDX-License-Identifier: BSD-3-Clause */
#include "ffa/framework_msg.h"

#include "partition/call_chain.h"
#include "spmc/interrupt.h"
#include "spmc/mem.h"

/* Manifest, power-management-messages */
#define WANTS_CPU_OFF 0x1u

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

/* A framework message in x0..x3, the rest zero. */
static void message(uint64_t *x, uint64_t fid, uint32_t pair, uint32_t function, int32_t w3)
{
    memset(x, 0, FFA_REGS * sizeof(x[0]));
    x[0] = fid;
    x[1] = pair;
    x[2] = FFA_FRAMEWORK_MSG | function;
    x[3] = (uint32_t)w3;
}

/* The SPMC's own answer to the SPMD; `value` goes to w3. */
static bool answer_spmd(struct ffa_result *out, uint32_t function, int32_t value)
{
    message(out->x, FFA_MSG_SEND_DIRECT_RESP_32, FFA_PAIR(FFA_ID_SPMC, FFA_ID_SPMD), function,
            value);
    return true;
}

static bool refuse(struct ffa_result *out)
{
    ffa_return_error(out, FFA_INVALID_PARAMETERS);
    return true;
}

/* The vCPU of a partition that comes and goes with this PE; NULL: none does. */
static struct vcpu *vcpu_of_pe(const struct spmc_cpu *cpu, const struct partition *partition)
{
    return partition->vcpu_count > 1 && cpu->index < partition->vcpu_count
               ? &partition->vcpu[cpu->index]
               : NULL;
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
        vint_reset(vcpu);
        vtimer_reset(vcpu);
        break;
    default:
        break;
    }
}

/* Another PE that partitions can go on at; NULL: this is the last one. */
static struct spmc_cpu *other_online(const struct spmc_cpu *cpu)
{
    for (uint32_t i = 0; i < cpu->spmc->cpu_count; i++) {
        if (i != cpu->index && cpu->spmc->cpu[i].online) {
            return &cpu->spmc->cpu[i];
        }
    }
    return NULL;
}

/*
 * The PE switches off: its vCPUs of MP partitions are OFF until it comes again. The vCPU of a UP
 * partition is bound to no PE: it goes on elsewhere, whatever it is at, and with all that it
 * called.
 */
static void switch_off(struct spmc_cpu *cpu)
{
    struct spmc *spmc = cpu->spmc;
    struct spmc_cpu *heir = other_online(cpu);

    for (uint32_t i = 0; i < spmc->partition_count; i++) {
        struct partition *partition = &spmc->partition[i];
        struct vcpu *vcpu = vcpu_of_pe(cpu, partition);

        if (vcpu != NULL) {
            vcpu_off(vcpu);
        } else if (partition->vcpu_count == 1 && partition->vcpu[0].cpu == cpu && heir != NULL) {
            partition->vcpu[0].cpu = heir;
        }
    }
    cpu->online = false; /* from here on it lets no interrupt in: interrupt_before_run() */
    cpu->interrupted = NULL;
    cpu->timers_changed = true;
    if (heir != NULL) {
        heir->timers_changed = true;
        interrupt_leave_to(cpu, heir);
    }
}

/* One that asked to hear of it and can be told now (FF-A v1.2, 18.2.4). */
static bool wants_cpu_off(const struct spmc_cpu *cpu, const struct partition *partition)
{
    const struct vcpu *vcpu = vcpu_of_pe(cpu, partition);

    return vcpu != NULL && partition->state == PARTITION_RUNNING &&
           (partition->manifest->power_messages & WANTS_CPU_OFF) != 0 &&
           vcpu->state == VCPU_WAITING;
}

static struct vcpu *tell(struct spmc_cpu *cpu, struct vcpu *vcpu)
{
    vcpu->runtime_model = RTM_FFA_DIR_REQ;
    vcpu->sched_mode = SCHED_SPMC;
    vcpu->processing_request = true;
    vcpu->request_is_framework = true;
    vcpu->request_origin = FFA_ID_SPMC;
    vcpu->request_fid = FFA_MSG_SEND_DIRECT_REQ_32;
    vcpu->request_function = FFA_FRAMEWORK_PSCI_REQ;
    vcpu_enter(cpu, vcpu);
    message(vcpu->frame.x, FFA_MSG_SEND_DIRECT_REQ_32, FFA_PAIR(FFA_ID_SPMC, vcpu->partition->id),
            FFA_FRAMEWORK_PSCI_REQ, (int32_t)PSCI_CPU_OFF);
    vcpu->frame.store = FFA_REGS;
    return vcpu;
}

static struct vcpu *answer_power(struct spmc_cpu *cpu, int32_t status)
{
    struct vcpu *nwd = cpu->nwd;

    message(nwd->frame.x, FFA_MSG_SEND_DIRECT_RESP_32, FFA_PAIR(FFA_ID_SPMC, FFA_ID_SPMD),
            FFA_FRAMEWORK_PSCI_RESP, status);
    nwd->frame.store = FFA_REGS;
    return nwd;
}

struct vcpu *framework_cpu_off(struct spmc_cpu *cpu)
{
    struct spmc *spmc = cpu->spmc;
    struct vcpu *listener = NULL;

    arch_lock(cpu->arch, &spmc->chain_lock);
    while (listener == NULL && cpu->off_position < spmc->partition_count) {
        struct partition *partition = &spmc->partition[spmc->boot_order[cpu->off_position]];

        cpu->off_position++;
        if (wants_cpu_off(cpu, partition)) {
            listener = tell(cpu, vcpu_of_pe(cpu, partition));
        }
    }
    if (listener == NULL) {
        switch_off(cpu);
    }
    arch_unlock(cpu->arch, &spmc->chain_lock);
    return listener != NULL ? listener : answer_power(cpu, PSCI_SUCCESS);
}

struct vcpu *framework_cpu_off_answered(struct spmc_cpu *cpu, int32_t status)
{
    return status == PSCI_SUCCESS ? framework_cpu_off(cpu) : answer_power(cpu, PSCI_DENIED);
}

static bool start_cpu_off(const struct ffa_call *call, struct ffa_result *out)
{
    call->cpu->off_position = 0;
    out->next = framework_cpu_off(call->cpu);
    out->count = 0;
    return true;
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
        return start_cpu_off(call, out);
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
