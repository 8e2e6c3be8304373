/* SPDX-License-Identifier: BSD-3-Clause */
/* Framework messages: direct messages of the SPMD and of the VM life cycle (FF-A v1.2, 18.2). */
#ifndef FFA_FRAMEWORK_MSG_H
#define FFA_FRAMEWORK_MSG_H

#include "ffa/call.h"

/*
 * A direct request with the framework flag. True: answered, `out` is filled. False: a message that
 * goes on to the partition that it names, as every other direct request.
 */
bool framework_request(const struct ffa_call *call, struct ffa_result *out);

/*
 * CPU_OFF on this PE: tells the next partition that wants to hear of it, and when all have agreed,
 * switches the PE off. Called at first, and each time that a vCPU which was told has agreed or
 * died. Returns who runs next, the frame filled. Takes the chain lock.
 */
struct vcpu *framework_cpu_off(struct spmc_cpu *cpu);

/* Is this vCPU inside the message that its PE switches off? */
static inline bool framework_in_cpu_off(const struct vcpu *vcpu)
{
    return vcpu->processing_request && vcpu->request_is_framework &&
           vcpu->request_function == FFA_FRAMEWORK_PSCI_REQ && vcpu->request_origin == FFA_ID_SPMC;
}

/* Its answer, `status` of PSCI: the normal world reads of a refusal, else it goes on. */
struct vcpu *framework_cpu_off_answered(struct spmc_cpu *cpu, int32_t status);

/* Is `response` the framework function that answers `request`? */
bool framework_answers(uint32_t request, uint32_t response);

#endif
