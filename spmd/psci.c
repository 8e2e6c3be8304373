/* SPDX-License-Identifier: BSD-3-Clause */
#include "psci.h"

#include "arch/arch.h"

#define SMCCC_VERSION_1_2 0x10002u
#define PSCI_VERSION_1_1  0x10001u
#define PSCI_NO_MIGRATION 2 /* MIGRATE_INFO_TYPE: no Trusted OS that is bound to a PE */
#define INSTRUCTION_BYTES 4u

/* SMCCC leaves x1..x3 to the callee and preserves x4 and up. */
static enum spmd_next answer(enum spmd_world from, uint64_t *x, int64_t value)
{
    x[0] = (uint64_t)value;
    x[1] = x[2] = x[3] = 0;
    return from == SPMD_SECURE ? SPMD_ENTER_SECURE : SPMD_ENTER_NON_SECURE;
}

static int64_t features(uint32_t fid)
{
    switch (fid) {
    case PSCI_VERSION:
    case PSCI_FEATURES:
    case PSCI_CPU_OFF:
    case PSCI_CPU_ON_32:
    case PSCI_CPU_ON_64:
    case PSCI_AFFINITY_INFO_32:
    case PSCI_AFFINITY_INFO_64:
    case PSCI_MIGRATE_INFO_TYPE:
    case PSCI_SYSTEM_OFF:
    case PSCI_SYSTEM_RESET:
    case PSCI_SYSTEM_RESET2_32:
    case PSCI_SYSTEM_RESET2_64:
    case SMCCC_VERSION:
        return PSCI_SUCCESS;
    default:
        return PSCI_NOT_SUPPORTED;
    }
}

/* The PE with this affinity; NULL: there is none. */
static struct spmd_cpu *find_cpu(const struct spmd *spmd, uint64_t mpidr)
{
    for (uint32_t i = 0; i < spmd->cpu_count; i++) {
        if (spmd->cpu[i].mpidr == mpidr) {
            return &spmd->cpu[i];
        }
    }
    return NULL;
}

/* Secure memory that is no other's business is refused here; the rest the bus protects. */
static bool is_entry(const struct spmd *spmd, uint64_t entry)
{
    const struct spmd_attribute *spmc = &spmd->attribute;

    return entry % INSTRUCTION_BYTES == 0 && entry - spmc->load_address >= spmc->binary_size_bytes;
}

/* From OFF to ON_PENDING; only one of several callers can win. */
static int64_t claim(struct spmd *spmd, struct spmd_cpu *target, uint64_t entry,
                     uint64_t context_id)
{
    int64_t status = PSCI_SUCCESS;

    spmd_arch_lock(&spmd->lock);
    if (target->power == SPMD_POWER_ON) {
        status = PSCI_ALREADY_ON;
    } else if (target->power == SPMD_POWER_ON_PENDING) {
        status = PSCI_ON_PENDING;
    } else {
        target->power = SPMD_POWER_ON_PENDING;
        target->entry = entry;
        target->context_id = context_id;
    }
    spmd_arch_unlock(&spmd->lock);
    return status;
}

static enum spmd_next cpu_on(struct spmd *spmd, uint32_t cpu_index, uint64_t *x,
                             uint64_t argument_mask)
{
    struct spmd_cpu *target = find_cpu(spmd, x[1] & argument_mask);
    uint64_t entry = x[2] & argument_mask;
    int64_t status;

    if (target == NULL) {
        status = PSCI_INVALID_PARAMS;
    } else if (!is_entry(spmd, entry)) {
        status = PSCI_INVALID_ADDRESS;
    } else {
        status = claim(spmd, target, entry, x[3] & argument_mask);
    }
    (void)answer(SPMD_NON_SECURE, x, status);
    if (status != PSCI_SUCCESS) {
        return SPMD_ENTER_NON_SECURE;
    }
    spmd->cpu[cpu_index].on_target = (uint32_t)(target - spmd->cpu);
    return SPMD_CPU_ON;
}

static enum spmd_next go_off(struct spmd *spmd, struct spmd_cpu *cpu)
{
    cpu->spmc_ready = false;
    spmd_arch_lock(&spmd->lock);
    cpu->power = SPMD_POWER_OFF;
    spmd_arch_unlock(&spmd->lock);
    return SPMD_CPU_OFF;
}

/* The SPMC hears of it first (FF-A v1.2, 18.2.3). */
static enum spmd_next cpu_off(struct spmd *spmd, uint32_t cpu_index, uint64_t *x)
{
    struct spmd_cpu *cpu = &spmd->cpu[cpu_index];

    if (!cpu->spmc_ready) {
        return go_off(spmd, cpu);
    }
    cpu->in_cpu_off = true;
    for (unsigned n = 0; n < FFA_REGS; n++) {
        x[n] = 0;
    }
    x[0] = FFA_MSG_SEND_DIRECT_REQ_32;
    x[1] = FFA_PAIR(FFA_ID_SPMD, spmd->attribute.spmc_id);
    x[2] = FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_PSCI_REQ;
    x[3] = PSCI_CPU_OFF;
    return SPMD_ENTER_SECURE;
}

enum spmd_next psci_off_answered(struct spmd *spmd, uint32_t cpu_index, uint64_t *x)
{
    struct spmd_cpu *cpu = &spmd->cpu[cpu_index];

    cpu->in_cpu_off = false;
    if ((uint32_t)x[0] == FFA_MSG_SEND_DIRECT_RESP_32 &&
        (uint32_t)x[2] == (FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_PSCI_RESP) &&
        (int32_t)(uint32_t)x[3] == PSCI_SUCCESS) {
        return go_off(spmd, cpu);
    }
    for (unsigned n = 4; n < FFA_REGS; n++) {
        x[n] = 0;
    }
    return answer(SPMD_NON_SECURE, x, PSCI_DENIED);
}

static int64_t affinity_info(struct spmd *spmd, uint64_t mpidr, uint64_t lowest_level)
{
    const struct spmd_cpu *cpu = find_cpu(spmd, mpidr);
    enum spmd_power power;

    if (cpu == NULL || lowest_level != 0) {
        return PSCI_INVALID_PARAMS;
    }
    spmd_arch_lock(&spmd->lock);
    power = cpu->power;
    spmd_arch_unlock(&spmd->lock);
    switch (power) {
    case SPMD_POWER_ON:
        return PSCI_AFFINITY_ON;
    case SPMD_POWER_ON_PENDING:
        return PSCI_AFFINITY_ON_PENDING;
    default:
        return PSCI_AFFINITY_OFF;
    }
}

/* Power is the normal world's to steer. */
static enum spmd_next power_call(struct spmd *spmd, uint32_t cpu_index, uint32_t fid, uint64_t *x)
{
    switch (fid) {
    case PSCI_CPU_OFF:
        return cpu_off(spmd, cpu_index, x);
    case PSCI_CPU_ON_32:
        return cpu_on(spmd, cpu_index, x, UINT32_MAX);
    case PSCI_CPU_ON_64:
        return cpu_on(spmd, cpu_index, x, UINT64_MAX);
    case PSCI_AFFINITY_INFO_32:
        return answer(SPMD_NON_SECURE, x, affinity_info(spmd, (uint32_t)x[1], (uint32_t)x[2]));
    case PSCI_AFFINITY_INFO_64:
        return answer(SPMD_NON_SECURE, x, affinity_info(spmd, x[1], x[2]));
    case PSCI_MIGRATE_INFO_TYPE:
        return answer(SPMD_NON_SECURE, x, PSCI_NO_MIGRATION);
    case PSCI_SYSTEM_OFF:
        return SPMD_SYSTEM_OFF;
    case PSCI_SYSTEM_RESET:
        x[1] = x[2] = 0;
        return SPMD_SYSTEM_RESET;
    case PSCI_SYSTEM_RESET2_32:
    case PSCI_SYSTEM_RESET2_64:
        return SPMD_SYSTEM_RESET;
    default:
        /* PSCI_NOT_SUPPORTED and the unknown function of SMCCC are the same value. */
        return answer(SPMD_NON_SECURE, x, SMCCC_UNKNOWN);
    }
}

enum spmd_next psci_call(struct spmd *spmd, uint32_t cpu_index, enum spmd_world from, uint32_t fid,
                         uint64_t *x)
{
    uint32_t asked = (uint32_t)x[1];

    switch (fid) {
    case SMCCC_VERSION:
        return answer(from, x, SMCCC_VERSION_1_2);
    case SMCCC_ARCH_FEATURES:
        return answer(from, x,
                      asked == SMCCC_VERSION || asked == SMCCC_ARCH_FEATURES ? 0 : SMCCC_UNKNOWN);
    case PSCI_VERSION:
        return answer(from, x, PSCI_VERSION_1_1);
    case PSCI_FEATURES:
        return answer(from, x, features(asked));
    default:
        break;
    }
    return from == SPMD_NON_SECURE ? power_call(spmd, cpu_index, fid, x)
                                   : answer(from, x, SMCCC_UNKNOWN);
}
