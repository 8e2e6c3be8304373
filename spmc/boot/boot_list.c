/* SPDX-License-Identifier: BSD-3-Clause */
/* Starting partitions one after the other, on the boot PE and later on each secondary one. */
#include "boot.h"

#include "spmc/interrupt.h"
#include "spmc/mem.h"

/* `a` starts before `b`? Unordered ones last, in manifest order. */
static bool starts_before(const struct spmc *spmc, uint32_t a, uint32_t b)
{
    const struct partition_manifest *ma = spmc->partition[a].manifest;
    const struct partition_manifest *mb = spmc->partition[b].manifest;
    uint32_t order_a = ma->has_boot_order ? ma->boot_order : UINT32_MAX;
    uint32_t order_b = mb->has_boot_order ? mb->boot_order : UINT32_MAX;

    return order_a != order_b ? order_a < order_b : a < b;
}

void boot_sort(struct spmc *spmc)
{
    for (uint32_t i = 0; i < spmc->partition_count; i++) {
        uint32_t at = i;

        while (at > 0 && starts_before(spmc, i, spmc->boot_order[at - 1])) {
            spmc->boot_order[at] = spmc->boot_order[at - 1];
            at--;
        }
        spmc->boot_order[at] = i;
    }
}

bool boot_in_progress(const struct spmc_cpu *cpu)
{
    return cpu->boot_position < cpu->spmc->partition_count;
}

/*
 * The vCPU of a partition that starts on this PE; NULL: it has none here, or is not alive. The only
 * vCPU of a UP partition starts on the PE that boots first, whatever its index.
 */
static struct vcpu *vcpu_to_start(const struct spmc_cpu *cpu, struct partition *partition)
{
    struct vcpu *vcpu;

    if (partition->state != PARTITION_CREATED && partition->state != PARTITION_RUNNING) {
        return NULL;
    }
    if (partition->vcpu_count == 1) {
        vcpu = partition->state == PARTITION_CREATED ? &partition->vcpu[0] : NULL;
    } else {
        vcpu = cpu->index < partition->vcpu_count ? &partition->vcpu[cpu->index] : NULL;
    }
    return vcpu != NULL && (vcpu->state == VCPU_CREATED || vcpu->state == VCPU_OFF) ? vcpu : NULL;
}

/* Marks it as started, with the chain lock held; true when it is the partition's first vCPU. */
static bool claim(struct spmc_cpu *cpu, struct partition *partition, struct vcpu *vcpu)
{
    bool is_first = partition->state == PARTITION_CREATED;

    (void)vcpu_set_state(vcpu, VCPU_STARTING);
    vcpu->runtime_model = RTM_SP_INIT;
    vcpu->sched_mode = SCHED_SPMC;
    vcpu->cpu = cpu;
    vcpu->regs_available = false;
    vcpu->frame.store = 0; /* interrupts that came before it stay pending */
    partition->state = PARTITION_RUNNING;
    return is_first;
}

/* Entry state (FF-A v1.2, 5.4); the boot protocol's register is for the first vCPU alone. */
static void enter(struct spmc_cpu *cpu, const struct partition *partition, const struct vcpu *vcpu,
                  bool is_first)
{
    uint64_t x[FFA_REGS] = {0};

    if (partition->vcpu_count > 1) {
        x[4] = cpu->index;
    }
    if (is_first && partition->boot_info != 0) {
        x[partition->manifest->gp_register] = partition->boot_info;
    }
    arch_vcpu_reset(cpu->arch, vcpu->arch, is_first ? partition->entry : partition->secondary_entry,
                    x);
}

struct vcpu *boot_start_next(struct spmc_cpu *cpu)
{
    struct spmc *spmc = cpu->spmc;

    for (uint32_t position = cpu->boot_position; position < spmc->partition_count; position++) {
        struct partition *partition = &spmc->partition[spmc->boot_order[position]];
        struct vcpu *vcpu;
        bool is_first = false;

        arch_lock(cpu->arch, &spmc->chain_lock);
        vcpu = vcpu_to_start(cpu, partition);
        if (vcpu != NULL) {
            is_first = claim(cpu, partition, vcpu);
            cpu->current = vcpu;
        }
        arch_unlock(cpu->arch, &spmc->chain_lock);
        if (vcpu != NULL) {
            enter(cpu, partition, vcpu, is_first);
            cpu->boot_position = position + 1;
            return vcpu;
        }
    }
    cpu->boot_position = spmc->partition_count;
    cpu->current = cpu->nwd;
    memset(cpu->nwd->frame.x, 0, sizeof(cpu->nwd->frame.x));
    cpu->nwd->frame.x[0] = FFA_MSG_WAIT;
    cpu->nwd->frame.store = FFA_REGS;
    return cpu->nwd;
}
