/* SPDX-License-Identifier: BSD-3-Clause */
/* Interrupts that come to EL3: Secure ones go to the SPMC, Group 0 has handlers here. */
#include "interrupt.h"

#include "arch/arch.h"
#include "spmc/mem.h"

#define INTID_SPECIAL_FIRST 1020u

enum spmd_next spmd_secure_interrupt(struct spmd *spmd, uint32_t cpu_index,
                                     uint64_t x[FFA_REGS_EXTENDED], unsigned *count)
{
    struct spmd_cpu *cpu = &spmd->cpu[cpu_index];

    *count = 0;
    if (!cpu->spmc_ready) {
        return SPMD_RESUME_NON_SECURE;
    }
    cpu->in_interrupt = true;
    memset(x, 0, FFA_REGS * sizeof(x[0]));
    x[0] = FFA_INTERRUPT;
    *count = FFA_REGS;
    return SPMD_ENTER_SECURE;
}

bool spmd_interrupt_resumed(struct spmd_cpu *cpu)
{
    bool was = cpu->in_interrupt;

    cpu->in_interrupt = false;
    return was;
}

bool spmd_register_group0(struct spmd *spmd, uint32_t intid, spmd_group0_handler *handle,
                          void *user)
{
    if (spmd->group0_count == SPMD_MAX_GROUP0 || handle == NULL || intid >= INTID_SPECIAL_FIRST) {
        return false;
    }
    for (uint32_t i = 0; i < spmd->group0_count; i++) {
        if (spmd->group0[i].intid == intid) {
            return false;
        }
    }
    spmd->group0[spmd->group0_count] =
        (struct spmd_group0_entry){.intid = intid, .handle = handle, .user = user};
    spmd->group0_count++;
    return true;
}

bool spmd_group0(struct spmd *spmd, uint32_t cpu_index, uint32_t intid)
{
    for (uint32_t i = 0; i < spmd->group0_count; i++) {
        const struct spmd_group0_entry *entry = &spmd->group0[i];

        if (entry->intid == intid) {
            entry->handle(spmd, cpu_index, intid, entry->user);
            return true;
        }
    }
    return false;
}

void spmd_take_group0(struct spmd *spmd, uint32_t cpu_index)
{
    uint32_t intid = spmd_arch_group0_take(spmd, cpu_index);

    if (intid < INTID_SPECIAL_FIRST) {
        (void)spmd_group0(spmd, cpu_index, intid);
        spmd_arch_group0_end(spmd, cpu_index, intid);
    }
}
