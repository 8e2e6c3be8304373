/* SPDX-License-Identifier: BSD-3-Clause */
/* What deliver.c and schedule.c share. All but the masks: with the chain lock held. */
#ifndef INTERRUPT_POLICY_H
#define INTERRUPT_POLICY_H

#include "partition/call_chain.h"
#include "spmc/internal.h"
#include "spmc/interrupt.h"

/* Manifest, sri-interrupts-policy */
#define SRI_FOR_WAITING    0x1u /* instead of resuming a vCPU that waits */
#define SRI_BEFORE_WAITING 0x2u /* instead of interception */

/* Manifest, other-s-interrupts-action */
#define OTHER_S_QUEUED 0u

/* While `vcpu` (a partition's) runs on `cpu`: do Non-secure interrupts wait; do Secure ones? */
bool policy_masks_ns(const struct spmc_cpu *cpu, const struct vcpu *vcpu);
bool policy_masks_secure(const struct spmc_cpu *cpu, const struct vcpu *vcpu);

/* May `current` be stopped for an interrupt of somebody else? */
bool policy_may_preempt(const struct spmc_cpu *cpu, const struct vcpu *current);

/* `current` is PREEMPTED, or the normal world is; `target`, which waits, handles its interrupt. */
void policy_start(struct spmc_cpu *cpu, struct vcpu *current, struct vcpu *target);

static inline bool policy_is_s_el0(const struct vcpu *vcpu)
{
    return vcpu->partition->manifest->exception_level == MANIFEST_S_EL0;
}

/* The vCPU that takes an interrupt of its partition on this PE; NULL: it has none here. */
static inline struct vcpu *policy_target(const struct spmc_cpu *cpu,
                                         const struct partition *partition)
{
    uint32_t index = partition->vcpu_count == 1 ? 0 : cpu->index;

    return index < partition->vcpu_count ? &partition->vcpu[index] : NULL;
}

#endif
