/* SPDX-License-Identifier: BSD-3-Clause */
#include "psci.h"

#include "arch/arch.h"

#define SMCCC_VERSION_1_2 0x10002u
#define PSCI_VERSION_1_1  0x10001u
#define PSCI_NO_MIGRATION 2 /* MIGRATE_INFO_TYPE: no Trusted OS that is bound to a PE */
#define INSTRUCTION_BYTES 4u

/* power_state of CPU_SUSPEND, original format */
#define STATE_POWER_DOWN (1u << 16)
#define STATE_LEVEL(s)   (((s) >> 24) & 0x3u)
#define STATE_LEVEL_MOST 2u /* PE, cluster, system: all of them coordinated by the platform */
#define STATE_RESERVED   0xfcfe0000u

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
    case PSCI_CPU_SUSPEND_32: /* power_state in its original format, no OS-initiated mode */
    case PSCI_CPU_SUSPEND_64:
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

/* A framework message about power to the SPMC (FF-A v1.2, 18.2.4). */
static enum spmd_next ask(struct spmd *spmd, struct spmd_cpu *cpu, enum spmd_asked what,
                          uint32_t function, uint64_t *x)
{
    cpu->asked = (uint8_t)what;
    for (unsigned n = 0; n < FFA_REGS; n++) {
        x[n] = 0;
    }
    x[0] = FFA_MSG_SEND_DIRECT_REQ_32;
    x[1] = FFA_PAIR(FFA_ID_SPMD, spmd->attribute.spmc_id);
    x[2] = FFA_FRAMEWORK_MSG | function;
    return SPMD_ENTER_SECURE;
}

/* What the SPMC said to it; DENIED for what is no answer. */
static int32_t psci_status(const uint64_t *x)
{
    bool is_answer = (uint32_t)x[0] == FFA_MSG_SEND_DIRECT_RESP_32 &&
                     (uint32_t)x[2] == (FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_PSCI_RESP);

    return is_answer ? (int32_t)(uint32_t)x[3] : PSCI_DENIED;
}

static enum spmd_next cpu_off(struct spmd *spmd, uint32_t cpu_index, uint64_t *x)
{
    struct spmd_cpu *cpu = &spmd->cpu[cpu_index];

    if (!cpu->spmc_ready) {
        return go_off(spmd, cpu);
    }
    (void)ask(spmd, cpu, SPMD_ASKED_CPU_OFF, FFA_FRAMEWORK_PSCI_REQ, x);
    x[3] = PSCI_CPU_OFF;
    return SPMD_ENTER_SECURE;
}

/* The PE loses power with its entry point noted; its next way out of EL3 is spmd_cpu_resumed(). */
static enum spmd_next power_down(struct spmd *spmd, struct spmd_cpu *cpu, uint64_t *x,
                                 uint64_t argument_mask)
{
    uint32_t fid = (uint32_t)x[0];
    uint32_t state = (uint32_t)x[1];
    uint64_t entry = x[2] & argument_mask;

    if (!is_entry(spmd, entry)) {
        return answer(SPMD_NON_SECURE, x, PSCI_INVALID_ADDRESS);
    }
    cpu->entry = entry;
    cpu->context_id = x[3] & argument_mask;
    if (!cpu->spmc_ready) {
        return SPMD_CPU_SUSPEND;
    }
    (void)ask(spmd, cpu, SPMD_ASKED_SUSPEND, FFA_FRAMEWORK_PSCI_REQ, x);
    x[3] = fid;
    x[4] = state;
    return SPMD_ENTER_SECURE;
}

static enum spmd_next cpu_suspend(struct spmd *spmd, uint32_t cpu_index, uint64_t *x,
                                  uint64_t argument_mask)
{
    uint32_t state = (uint32_t)x[1];

    if ((state & STATE_RESERVED) != 0 || STATE_LEVEL(state) > STATE_LEVEL_MOST) {
        return answer(SPMD_NON_SECURE, x, PSCI_INVALID_PARAMS);
    }
    if ((state & STATE_POWER_DOWN) != 0) {
        return power_down(spmd, &spmd->cpu[cpu_index], x, argument_mask);
    }
    (void)answer(SPMD_NON_SECURE, x, PSCI_SUCCESS);
    return SPMD_STANDBY;
}

/* The normal world starts at its entry point with the context id in x0. */
static enum spmd_next restart(struct spmd_cpu *cpu, uint64_t *x)
{
    cpu->entry_is_due = true;
    for (unsigned n = 1; n < FFA_REGS; n++) {
        x[n] = 0;
    }
    x[0] = cpu->context_id;
    return SPMD_ENTER_NON_SECURE;
}

enum spmd_next spmd_cpu_resumed(struct spmd *spmd, uint32_t cpu_index,
                                uint64_t x[FFA_REGS_EXTENDED], unsigned *count)
{
    struct spmd_cpu *cpu = &spmd->cpu[cpu_index];

    *count = FFA_REGS;
    return cpu->spmc_ready ? ask(spmd, cpu, SPMD_ASKED_WARM_BOOT, FFA_FRAMEWORK_PSCI_WARM_BOOT, x)
                           : restart(cpu, x);
}

enum spmd_next psci_answered(struct spmd *spmd, uint32_t cpu_index, uint64_t *x)
{
    struct spmd_cpu *cpu = &spmd->cpu[cpu_index];
    int32_t status = psci_status(x);
    uint8_t asked = cpu->asked;

    cpu->asked = SPMD_ASKED_NOTHING;
    switch (asked) {
    case SPMD_ASKED_WARM_BOOT:
        return restart(cpu, x); /* there is no way back */
    case SPMD_ASKED_SUSPEND:
        /* An SPMC that has nothing to do then does not know the function. */
        if (status == PSCI_SUCCESS || status == PSCI_NOT_SUPPORTED) {
            return SPMD_CPU_SUSPEND;
        }
        break;
    default:
        if (status == PSCI_SUCCESS) {
            return go_off(spmd, cpu);
        }
        break;
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
    case PSCI_CPU_SUSPEND_32:
        return cpu_suspend(spmd, cpu_index, x, UINT32_MAX);
    case PSCI_CPU_SUSPEND_64:
        return cpu_suspend(spmd, cpu_index, x, UINT64_MAX);
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
