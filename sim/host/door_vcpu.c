/* SPDX-License-Identifier: BSD-3-Clause */
/* arch.h onto the simulated machine: the arch part of a vCPU is an execution context. */
#include <stdio.h>
#include <stdlib.h>

#include "sim/cpu/mmu.h"
#include "sim/host/fault_place.h"
#include "sim/host/host.h"

/* M, WXN; UCT, UCI and DZE: cache maintenance at EL0; nTWI and nTWE are clear, so that both exit.
 */
#define SCTLR_EL2_S_EL0 (1ull << 0 | 1ull << 14 | 1ull << 15 | 1ull << 19 | 1ull << 26)
#define TCR_EPD1        (1ull << 23)

static const enum context_sysreg sysreg_map[] = {
    [ARCH_VCPU_PC] = CONTEXT_PC,
    [ARCH_VCPU_PSTATE] = CONTEXT_PSTATE,
    [ARCH_VCPU_ELR_EL1] = CONTEXT_ELR_EL1,
    [ARCH_VCPU_SPSR_EL1] = CONTEXT_SPSR_EL1,
    [ARCH_VCPU_ESR_EL1] = CONTEXT_ESR_EL1,
    [ARCH_VCPU_FAR_EL1] = CONTEXT_FAR_EL1,
    [ARCH_VCPU_VBAR_EL1] = CONTEXT_VBAR_EL1,
    [ARCH_VCPU_SCTLR_EL1] = CONTEXT_SCTLR_EL1,
};

struct arch_vcpu *arch_vcpu_create(struct arch_pe *pe, const struct arch_vcpu_config *config)
{
    struct run *run = pe->run;
    unsigned index = (unsigned)config->partition_id - FFA_ID_SP_FIRST;
    const struct run_partition *partition;
    struct sim_error err;
    struct context_config context = {
        .endpoint = config->partition_id,
        .vcpu_index = config->vcpu_index,
        .virtual_mpidr = true,
        .secure = true,
        .top_el = config->el0 ? 0 : 1,
        .stage2 = !config->el0,
        .vmid = config->vmid,
        .vsttbr = config->vsttbr.pa,
        .vttbr = config->vttbr.pa,
        .vtcr = config->vtcr,
        .vstcr = config->vstcr,
        .hcr = config->hcr,
    };

    if (config->el0) {
        context.sctlr_el2 = SCTLR_EL2_S_EL0;
        context.tcr_el2 = config->vtcr | TCR_EPD1;
        context.mair_el2 = stage2_el0_mair();
        context.ttbr0_el2 = config->vsttbr.pa;
    }

    if (index >= run->config.partition_count) {
        return NULL;
    }
    partition = &run->config.partition[index];
    snprintf(context.name, sizeof(context.name), "%.31s/%u", partition->name,
             (unsigned)config->vcpu_index);

    struct arch_vcpu *vcpu = calloc(1, sizeof(*vcpu));
    if (vcpu == NULL) {
        return NULL;
    }
    vcpu->run = run;
    vcpu->vmid = config->vmid;
    vcpu->context = partition->make != NULL
                        ? partition->make(partition->make_user, run->machine, &context, &err)
                        : context_create_emulated(run->machine, &context, &err);
    if (vcpu->context == NULL) {
        run_fail(run, "%s", err.text);
        free(vcpu);
        return NULL;
    }
    /* Kept in order of creation, so that maintenance visits contexts in the same order always. */
    struct arch_vcpu **last = &run->vcpus;
    while (*last != NULL) {
        last = &(*last)->next;
    }
    *last = vcpu;
    return vcpu;
}

void arch_vcpu_reset(struct arch_pe *pe, struct arch_vcpu *vcpu, uint64_t pc,
                     const uint64_t x[FFA_REGS])
{
    (void)pe;
    vcpu->finished = false;
    vcpu->hung = false;
    vcpu->dying = false;
    vcpu->corrupt_mask = 0;
    vcpu->context->ops->reset(vcpu->context, pc, x);
}

void arch_vcpu_load_extended(struct arch_pe *pe, struct arch_vcpu *vcpu,
                             uint64_t x[FFA_REGS_EXTENDED])
{
    (void)pe;
    vcpu->context->ops->get_x(vcpu->context, FFA_REGS, FFA_REGS_EXTENDED - FFA_REGS, &x[FFA_REGS]);
    if (vcpu->corrupt_mask != 0) {
        place_extended(vcpu, x);
    }
}

uint64_t arch_vcpu_get_x(struct arch_pe *pe, struct arch_vcpu *vcpu, unsigned n)
{
    uint64_t value = 0;

    (void)pe;
    if (n < 31) {
        vcpu->context->ops->get_x(vcpu->context, n, 1, &value);
    }
    return value;
}

void arch_vcpu_set_x(struct arch_pe *pe, struct arch_vcpu *vcpu, unsigned n, uint64_t value)
{
    (void)pe;
    if (n < 31) {
        vcpu->context->ops->set_x(vcpu->context, n, 1, &value);
    }
}

uint64_t arch_vcpu_sysreg_read(struct arch_pe *pe, struct arch_vcpu *vcpu,
                               enum arch_vcpu_sysreg reg)
{
    (void)pe;
    return vcpu->context->ops->get_sysreg(vcpu->context, sysreg_map[reg]);
}

void arch_vcpu_sysreg_write(struct arch_pe *pe, struct arch_vcpu *vcpu, enum arch_vcpu_sysreg reg,
                            uint64_t value)
{
    (void)pe;
    vcpu->context->ops->set_sysreg(vcpu->context, sysreg_map[reg], value);
}

void arch_vcpu_set_virtual(struct arch_pe *pe, struct arch_vcpu *vcpu, bool irq, bool fiq)
{
    struct context_config *config = &vcpu->context->config;

    (void)pe;
    if (config->top_el != 0) {
        config->hcr &= ~(HCR_VI | HCR_VF);
        config->hcr |= (irq ? HCR_VI : 0) | (fiq ? HCR_VF : 0);
    }
}
