/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Virtual interrupts of a vCPU. The queue holds an index into vcpu->vint for each pending number,
 * in the order in which they became pending; a number is in it once, so it is never too short.
 */
#include "spmc/interrupt.h"

#include "arch/arch.h"

#define SIGNALLED (VINT_ENABLED | VINT_PENDING)

/* Where the partition's list has `id`; vint_count: nowhere. */
static uint32_t index_of(const struct partition *partition, uint32_t id)
{
    uint32_t low = 0;
    uint32_t high = partition->vint_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (partition->vint_id[middle] < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < partition->vint_count && partition->vint_id[low] == id ? low
                                                                        : partition->vint_count;
}

static struct vint *find(const struct vcpu *vcpu, uint32_t id)
{
    uint32_t index = index_of(vcpu->partition, id);

    return index < vcpu->partition->vint_count ? &vcpu->vint[index] : NULL;
}

static bool is_signalled(const struct vint *vint)
{
    return (vint->flags & SIGNALLED) == SIGNALLED;
}

/* Changes flags and keeps the counts in line with them. */
static void set_flags(struct vcpu *vcpu, struct vint *vint, uint32_t clear, uint32_t set)
{
    uint16_t *count = (vint->flags & VINT_FIQ) != 0 ? &vcpu->vint_fiq : &vcpu->vint_irq;

    if (is_signalled(vint)) {
        --*count;
    }
    vint->flags = (uint8_t)((vint->flags & ~clear) | set);
    count = (vint->flags & VINT_FIQ) != 0 ? &vcpu->vint_fiq : &vcpu->vint_irq;
    if (is_signalled(vint)) {
        ++*count;
    }
}

/* Takes entry `at` out of the queue: it is no longer pending. */
static void take_out(struct vcpu *vcpu, uint32_t at)
{
    struct vint *vint = &vcpu->vint[vcpu->vint[at].queue];

    vcpu->vint_queued--;
    for (uint32_t i = at; i < vcpu->vint_queued; i++) {
        vcpu->vint[i].queue = vcpu->vint[i + 1].queue;
    }
    set_flags(vcpu, vint, VINT_PENDING, 0);
}

/* The first queue entry that is enabled; vint_queued: there is none. */
static uint32_t first_ready(const struct vcpu *vcpu)
{
    uint32_t at = 0;

    while (at < vcpu->vint_queued && !is_signalled(&vcpu->vint[vcpu->vint[at].queue])) {
        at++;
    }
    return at;
}

bool vint_is_owned(const struct partition *partition, uint32_t id)
{
    return index_of(partition, id) < partition->vint_count;
}

bool vint_inject(struct vcpu *vcpu, uint32_t id)
{
    struct vint *vint = find(vcpu, id);

    if (vint == NULL || (vint->flags & VINT_PENDING) != 0) {
        return false;
    }
    vcpu->vint[vcpu->vint_queued].queue = (uint16_t)(vint - vcpu->vint);
    vcpu->vint_queued++;
    set_flags(vcpu, vint, 0, VINT_PENDING);
    return true;
}

void vint_withdraw(struct vcpu *vcpu, uint32_t id)
{
    const struct vint *vint = find(vcpu, id);
    uint32_t at = 0;

    if (vint == NULL || (vint->flags & VINT_PENDING) == 0) {
        return;
    }
    while (&vcpu->vint[vcpu->vint[at].queue] != vint) {
        at++;
    }
    take_out(vcpu, at);
}

uint32_t vint_peek(const struct vcpu *vcpu)
{
    uint32_t at = first_ready(vcpu);

    return at < vcpu->vint_queued ? vcpu->partition->vint_id[vcpu->vint[at].queue] : VINT_NONE;
}

uint32_t vint_take(struct vcpu *vcpu)
{
    uint32_t at = first_ready(vcpu);
    uint32_t id = vint_peek(vcpu);

    if (id != VINT_NONE) {
        take_out(vcpu, at);
    }
    return id;
}

void vint_done(struct vcpu *vcpu)
{
    for (uint32_t i = 0; vcpu->vint_held != 0 && i < vcpu->partition->vint_count; i++) {
        if ((vcpu->vint[i].flags & VINT_PENDING) == 0) {
            vcpu->vint[i].flags &= (uint8_t)~VINT_UNHANDLED;
        }
    }
}

uint32_t vint_ready(const struct vcpu *vcpu)
{
    return (uint32_t)vcpu->vint_irq + vcpu->vint_fiq;
}

bool vint_enable(struct vcpu *vcpu, uint32_t id, bool enable, bool fiq)
{
    struct vint *vint = find(vcpu, id);

    if (vint == NULL) {
        return false;
    }
    set_flags(vcpu, vint, VINT_ENABLED | VINT_FIQ,
              (enable ? VINT_ENABLED : 0) | (fiq ? VINT_FIQ : 0));
    return true;
}

bool vint_is_enabled(const struct vcpu *vcpu, uint32_t id)
{
    const struct vint *vint = find(vcpu, id);

    return vint != NULL && (vint->flags & VINT_ENABLED) != 0;
}

bool vint_is_pending(const struct vcpu *vcpu, uint32_t id)
{
    const struct vint *vint = find(vcpu, id);

    return vint != NULL && (vint->flags & VINT_PENDING) != 0;
}

void vint_reset(struct vcpu *vcpu)
{
    const struct partition_manifest *manifest = vcpu->partition->manifest;

    for (uint32_t i = 0; i < vcpu->partition->vint_count; i++) {
        vcpu->vint[i].flags &= (uint8_t)(VINT_SWITCHED_OFF | VINT_NON_SECURE | VINT_HELD);
        vcpu->vint[i].queue = 0;
    }
    vcpu->vint_queued = 0;
    vcpu->vint_irq = 0;
    vcpu->vint_fiq = 0;
    vcpu->managed_exit = 0;
    if (vcpu->partition->vint_count != 0) {
        (void)vint_enable(vcpu, VINT_MANAGED_EXIT, true, !manifest->managed_exit_virq);
        (void)vint_enable(vcpu, VINT_NOTIFICATION_PENDING, true, false);
    }
}

void vint_show(struct spmc_cpu *cpu, struct vcpu *vcpu)
{
    const struct partition *partition = vcpu->partition;

    if (partition_is_nwd(partition) || partition->manifest->exception_level != MANIFEST_S_EL1) {
        return;
    }
    arch_vcpu_set_virtual(cpu->arch, vcpu->arch, vcpu->vint_irq != 0, vcpu->vint_fiq != 0);
}
