/* SPDX-License-Identifier: BSD-3-Clause */
#include "partition/stale_fault.h"

#define MAX_TRIES 64u

/* ISS of aborts (Arm ARM D24.2.40) */
#define ISS_FSC_TYPE(esr)    ((esr)&0x3cu)
#define FSC_TRANSLATION      0x04u
#define FSC_PERMISSION       0x0cu
#define ISS_WNR              (1u << 6)
#define ISS_S1PTW            (1u << 7)
#define HPFAR_NS             (1ull << 63)
#define HPFAR_FIPA           0x00000ffffffffff0ull
#define HPFAR_FIPA_SHIFT     8u
#define PAGE_OFFSET(address) ((address) & (PAGE_SIZE_BYTES - 1u))

static uint8_t access_of(uint64_t esr)
{
    if ((esr & ISS_S1PTW) != 0) {
        return STAGE2_READ;
    }
    if (ESR_EC(esr) == ESR_EC_IABT_LOWER) {
        return STAGE2_READ | STAGE2_EXECUTE;
    }
    return (esr & ISS_WNR) != 0 ? STAGE2_WRITE : STAGE2_READ;
}

static bool is_allowed(struct spmc_cpu *cpu, const struct partition *partition, enum pas space,
                       uint64_t address, uint8_t access)
{
    struct stage2_attr attr;
    paddr_t pa;

    return stage2_lookup(cpu->arch, &partition->stage2, space, ipaddr(address), &pa, &attr) &&
           (attr.access & access) == access;
}

bool fault_is_stale(struct spmc_cpu *cpu, struct vcpu *vcpu, const struct vcpu_exit *exit)
{
    const struct partition *partition = vcpu->partition;
    uint64_t type = ISS_FSC_TYPE(exit->esr);
    uint8_t access = access_of(exit->esr);
    uint64_t pc = arch_vcpu_sysreg_read(cpu->arch, vcpu->arch, ARCH_VCPU_PC);
    uint64_t ipa;
    bool stale;

    if (type != FSC_TRANSLATION && type != FSC_PERMISSION) {
        return false;
    }
    ipa = (exit->hpfar & HPFAR_FIPA) << HPFAR_FIPA_SHIFT | PAGE_OFFSET(exit->far);
    arch_lock(cpu->arch, &cpu->spmc->ledger.lock);
    stale =
        partition->stage2.el0
            ? is_allowed(cpu, partition, PAS_SECURE, exit->far, access) ||
                  is_allowed(cpu, partition, PAS_NON_SECURE, exit->far, access)
            : is_allowed(cpu, partition,
                         (exit->hpfar & HPFAR_NS) != 0 ? PAS_NON_SECURE : PAS_SECURE, ipa, access);
    arch_unlock(cpu->arch, &cpu->spmc->ledger.lock);
    vcpu->stale_faults = stale && vcpu->stale_pc == pc ? (uint8_t)(vcpu->stale_faults + 1u) : 0;
    vcpu->stale_pc = pc;
    return stale && vcpu->stale_faults < MAX_TRIES;
}
