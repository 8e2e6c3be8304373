/* SPDX-License-Identifier: BSD-3-Clause */
#include "partition/inject.h"

#define PSTATE_MODE_MASK 0xfu
#define PSTATE_EL1T      0x4u
#define PSTATE_EL1H      0x5u
#define PSTATE_AARCH32   (1u << 4)
#define PSTATE_DAIF      (0xfu << 6)
#define PSTATE_PAN       (1u << 22)
#define PSTATE_NZCV      0xf0000000u

#define SCTLR_EL1_SPAN (1u << 23)

#define ESR_EC_SHIFT      26u
#define ESR_IL            (1u << 25)
#define ESR_S1PTW         (1u << 7)
#define ESR_DABT_SYNDROME 0x01ffc000u /* ISV, SAS, SSE, SRT, SF, AR: stage 2 only */
#define ESR_ISS_MASK      0x01ffffffu

#define VECTOR_BYTES 0x800u

static uint64_t vector_offset(uint64_t pstate)
{
    if ((pstate & PSTATE_AARCH32) != 0) {
        return 0x600;
    }
    switch (pstate & PSTATE_MODE_MASK) {
    case PSTATE_EL1H:
        return 0x200;
    case PSTATE_EL1T:
        return 0x000;
    default:
        return 0x400;
    }
}

static bool from_el0(uint64_t pstate)
{
    uint64_t mode = pstate & PSTATE_MODE_MASK;

    return (pstate & PSTATE_AARCH32) != 0 || (mode != PSTATE_EL1H && mode != PSTATE_EL1T);
}

static void enter_vector(struct spmc_cpu *cpu, struct vcpu *vcpu, uint64_t esr)
{
    struct arch_pe *pe = cpu->arch;
    struct arch_vcpu *arch = vcpu->arch;
    uint64_t pc = arch_vcpu_sysreg_read(pe, arch, ARCH_VCPU_PC);
    uint64_t pstate = arch_vcpu_sysreg_read(pe, arch, ARCH_VCPU_PSTATE);
    uint64_t vbar = arch_vcpu_sysreg_read(pe, arch, ARCH_VCPU_VBAR_EL1);
    uint64_t sctlr = arch_vcpu_sysreg_read(pe, arch, ARCH_VCPU_SCTLR_EL1);
    uint64_t entered = (pstate & (PSTATE_NZCV | PSTATE_PAN)) | PSTATE_DAIF | PSTATE_EL1H;

    if ((sctlr & SCTLR_EL1_SPAN) == 0) {
        entered |= PSTATE_PAN;
    }
    arch_vcpu_sysreg_write(pe, arch, ARCH_VCPU_ELR_EL1, pc);
    arch_vcpu_sysreg_write(pe, arch, ARCH_VCPU_SPSR_EL1, pstate);
    arch_vcpu_sysreg_write(pe, arch, ARCH_VCPU_ESR_EL1, esr);
    arch_vcpu_sysreg_write(pe, arch, ARCH_VCPU_PSTATE, entered);
    arch_vcpu_sysreg_write(pe, arch, ARCH_VCPU_PC,
                           (vbar & ~(uint64_t)(VECTOR_BYTES - 1u)) + vector_offset(pstate));
}

bool inject_abort(struct spmc_cpu *cpu, struct vcpu *vcpu, const struct vcpu_exit *exit)
{
    struct arch_pe *pe = cpu->arch;
    uint64_t pstate = arch_vcpu_sysreg_read(pe, vcpu->arch, ARCH_VCPU_PSTATE);
    bool is_fetch = ESR_EC(exit->esr) == ESR_EC_IABT_LOWER;
    uint64_t iss = exit->esr & ESR_ISS_MASK & ~(uint64_t)ESR_S1PTW;
    uint64_t ec;

    if (is_fetch) {
        uint64_t pc = arch_vcpu_sysreg_read(pe, vcpu->arch, ARCH_VCPU_PC);
        uint64_t vbar = arch_vcpu_sysreg_read(pe, vcpu->arch, ARCH_VCPU_VBAR_EL1);

        if (pc - (vbar & ~(uint64_t)(VECTOR_BYTES - 1u)) < VECTOR_BYTES) {
            return false;
        }
        ec = from_el0(pstate) ? ESR_EC_IABT_LOWER : ESR_EC_IABT_SAME;
    } else {
        iss &= ~(uint64_t)ESR_DABT_SYNDROME;
        ec = from_el0(pstate) ? ESR_EC_DABT_LOWER : ESR_EC_DABT_SAME;
    }
    /* IL is set for instruction aborts and for data aborts without ISV (Arm ARM D24.2.40). */
    enter_vector(cpu, vcpu, (ec << ESR_EC_SHIFT) | ESR_IL | iss);
    arch_vcpu_sysreg_write(pe, vcpu->arch, ARCH_VCPU_FAR_EL1, exit->far);
    return true;
}

void inject_undefined(struct spmc_cpu *cpu, struct vcpu *vcpu)
{
    enter_vector(cpu, vcpu, ((uint64_t)ESR_EC_UNKNOWN << ESR_EC_SHIFT) | ESR_IL);
}
