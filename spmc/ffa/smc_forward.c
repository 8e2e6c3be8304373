/* SPDX-License-Identifier: BSD-3-Clause */
#include "ffa/smc_forward.h"

#include "spmc/internal.h"

static bool is_listed(const struct manifest_vm *vm, uint32_t fid)
{
    for (uint32_t i = 0; i < vm->smc_allowed_count; i++) {
        if (vm->smc_allowed[i] == fid) {
            return true;
        }
    }
    return false;
}

void smc_unknown(struct vcpu *vcpu)
{
    vcpu->frame.x[0] = (uint64_t)(int64_t)SMCCC_UNKNOWN;
    vcpu->frame.store = FFA_REGS;
}

void smc_forward(struct spmc_cpu *cpu, struct vcpu *vcpu)
{
    const struct partition *partition = vcpu->partition;
    uint32_t fid = (uint32_t)vcpu->frame.x[0] & ~SMCCC_SVE_HINT;
    uint64_t x[FFA_REGS_EXTENDED] = {0};

    if (!is_listed(partition->vm, fid)) {
        spmc_log(cpu->arch, &cpu->spmc->log, SPMC_LOG_WARNING, "%s: SMC 0x%08x is not allowed%s",
                 spmc_partition_name(partition), fid,
                 partition->vm->smc_permissive ? ", but let through" : "");
        if (!partition->vm->smc_permissive) {
            smc_unknown(vcpu);
            return;
        }
    }
    for (unsigned n = 0; n < FFA_REGS - 1; n++) {
        x[n] = vcpu->frame.x[n];
    }
    x[7] = partition->id; /* SMCCC client id; the caller's x7 stays as it is */
    arch_el3_call(cpu->arch, x);
    for (unsigned n = 0; n < FFA_REGS - 1; n++) {
        vcpu->frame.x[n] = x[n];
    }
    vcpu->frame.store = FFA_REGS;
}
