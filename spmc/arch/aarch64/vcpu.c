/* SPDX-License-Identifier: BSD-3-Clause */
/* The arch part of a vCPU: registers in memory. */
#include "arch/aarch64/port.h"
#include "arch/aarch64/sysreg.h"
#include "spmc/mem.h"

#define MPIDR_RES1     (1ull << 31)
#define PSTATE_EL0T    0x0u
#define PSTATE_EL1H    0x5u
#define PSTATE_DAIF    (0xfu << 6)
#define SCTLR_EL1_RES1 0x30d00980ull /* MMU, caches and alignment checks off */

struct arch_vcpu *arch_vcpu_create(struct arch_pe *pe, const struct arch_vcpu_config *config)
{
    struct arch_vcpu *vcpu = &port_vcpus_start[port_state.vcpu_count];

    (void)pe;
    if (vcpu + 1 > port_vcpus_end) {
        return NULL;
    }
    port_state.vcpu_count++;
    memset(vcpu, 0, sizeof(*vcpu));
    vcpu->hcr = config->hcr;
    if (config->el0) {
        vcpu->ttbr0 = config->vsttbr.pa | (uint64_t)config->vmid << TTBR_ASID_SHIFT;
        return vcpu;
    }
    vcpu->vtcr = config->vtcr;
    vcpu->vstcr = config->vstcr;
    vcpu->vttbr = config->vttbr.pa | (uint64_t)config->vmid << VTTBR_VMID_SHIFT;
    vcpu->vsttbr = config->vsttbr.pa;
    vcpu->vmpidr = MPIDR_RES1 | config->vcpu_index;
    return vcpu;
}

void arch_vcpu_reset(struct arch_pe *pe, struct arch_vcpu *vcpu, uint64_t pc,
                     const uint64_t x[FFA_REGS])
{
    (void)pe;
    memset(vcpu->x, 0, sizeof(vcpu->x));
    memset(&vcpu->el1, 0, sizeof(vcpu->el1));
    memset(&vcpu->fp, 0, sizeof(vcpu->fp));
    memset(vcpu->apia, 0, sizeof(vcpu->apia));
    memcpy(vcpu->x, x, FFA_REGS * sizeof(x[0]));
    vcpu->pc = pc;
    vcpu->pstate = vcpu->ttbr0 != 0 ? PSTATE_EL0T : PSTATE_DAIF | PSTATE_EL1H;
    vcpu->hcr &= ~(HCR_VI | HCR_VF);
    vcpu->el1.sctlr = SCTLR_EL1_RES1;
    vcpu->el1_loaded = NULL;
    vcpu->fp_loaded = NULL;
}

void arch_vcpu_load_extended(struct arch_pe *pe, struct arch_vcpu *vcpu,
                             uint64_t x[FFA_REGS_EXTENDED])
{
    (void)pe;
    memcpy(&x[FFA_REGS], &vcpu->x[FFA_REGS], (FFA_REGS_EXTENDED - FFA_REGS) * sizeof(x[0]));
}

uint64_t arch_vcpu_get_x(struct arch_pe *pe, struct arch_vcpu *vcpu, unsigned n)
{
    (void)pe;
    return n < 31 ? vcpu->x[n] : 0;
}

void arch_vcpu_set_x(struct arch_pe *pe, struct arch_vcpu *vcpu, unsigned n, uint64_t value)
{
    (void)pe;
    if (n < 31) {
        vcpu->x[n] = value;
    }
}

static uint64_t *sysreg_of(struct arch_vcpu *vcpu, enum arch_vcpu_sysreg reg)
{
    switch (reg) {
    case ARCH_VCPU_PC:
        return &vcpu->pc;
    case ARCH_VCPU_PSTATE:
        return &vcpu->pstate;
    case ARCH_VCPU_ELR_EL1:
        return &vcpu->el1.elr;
    case ARCH_VCPU_SPSR_EL1:
        return &vcpu->el1.spsr;
    case ARCH_VCPU_ESR_EL1:
        return &vcpu->el1.esr;
    case ARCH_VCPU_FAR_EL1:
        return &vcpu->el1.far;
    case ARCH_VCPU_VBAR_EL1:
        return &vcpu->el1.vbar;
    case ARCH_VCPU_SCTLR_EL1:
        return &vcpu->el1.sctlr;
    }
    return NULL;
}

uint64_t arch_vcpu_sysreg_read(struct arch_pe *pe, struct arch_vcpu *vcpu,
                               enum arch_vcpu_sysreg reg)
{
    const uint64_t *at = sysreg_of(vcpu, reg);

    (void)pe;
    return at != NULL ? *at : 0;
}

/* It has exited: its next entry brings HCR_EL2 up to date (context_enter). */
void arch_vcpu_set_virtual(struct arch_pe *pe, struct arch_vcpu *vcpu, bool irq, bool fiq)
{
    (void)pe;
    if (vcpu->ttbr0 == 0) {
        vcpu->hcr = (vcpu->hcr & ~(HCR_VI | HCR_VF)) | (irq ? HCR_VI : 0) | (fiq ? HCR_VF : 0);
    }
}

void arch_vcpu_sysreg_write(struct arch_pe *pe, struct arch_vcpu *vcpu, enum arch_vcpu_sysreg reg,
                            uint64_t value)
{
    uint64_t *at = sysreg_of(vcpu, reg);

    (void)pe;
    if (at != NULL) {
        *at = value;
        if (reg != ARCH_VCPU_PC && reg != ARCH_VCPU_PSTATE) {
            vcpu->el1_loaded = NULL; /* what is in the registers is older now */
        }
    }
}
