/* SPDX-License-Identifier: BSD-3-Clause */
/* The fixed set of hooks of every engine: the same whatever is traced or debugged. */
#include <stdio.h>

#include "sim/cpu/emulated.h"

static void on_block(uc_engine *uc, uint64_t pc, uint32_t size, void *user)
{
    struct emulated *e = user;

    (void)uc;
    if (pc != e->block_end) {
        e->branch_count = e->context.retired;
    }
    if ((e->context.retired >= e->look_from || pc % 4 != 0) && block_stops(e, pc)) {
        return;
    }
    e->block_pc = pc;
    e->block_end = pc + size;
    e->block_known = true;
    e->context.retired += size / 4;
}

static void on_interrupt(uc_engine *uc, uint32_t number, void *user)
{
    struct emulated *e = user;

    e->stop = STOP_INTERRUPT;
    e->interrupt = number;
    uc_emu_stop(uc);
}

static bool on_tlb_fill(uc_engine *uc, uint64_t va, uc_mem_type type, uc_tlb_entry *entry,
                        void *user)
{
    struct emulated *e = user;
    struct mmu_regime regime;
    struct mmu_result *result = &e->fault;

    (void)uc;
    if (va / EMULATED_LINE_BYTES == EMULATED_NOWHERE / EMULATED_LINE_BYTES) {
        return false;
    }
    e->fault_access = type == UC_MEM_WRITE   ? MMU_WRITE
                      : type == UC_MEM_FETCH ? MMU_FETCH
                                             : MMU_READ;
    engine_regime(e, PSTATE_EL(engine_reg(e, UC_ARM64_REG_PSTATE)), &regime);
    regime.footprint = &e->footprint;
    if (!mmu_translate(&e->context.machine->bus, &regime, va, e->fault_access, result)) {
        e->stop = STOP_FAULT;
        e->fault_va = va;
        return false;
    }
    /* The engine's page is 1 KiB: it wants the address of just that quarter. */
    entry->paddr = (result->pa & ~(uint64_t)(EMULATED_LINE_BYTES - 1)) |
                   (result->pas == BUS_NON_SECURE ? EMULATED_NS_ALIAS : 0);
    entry->perms = (result->readable ? UC_PROT_READ : 0) | (result->writable ? UC_PROT_WRITE : 0) |
                   (result->executable ? UC_PROT_EXEC : 0);
    return true;
}

static struct sysreg_id id_of(const uc_arm64_cp_reg *reg)
{
    return SYSREG((uint8_t)reg->op0, (uint8_t)reg->op1, (uint8_t)reg->crn, (uint8_t)reg->crm,
                  (uint8_t)reg->op2);
}

static uint32_t on_mrs(uc_engine *uc, uc_arm64_reg reg, const uc_arm64_cp_reg *cp, void *user)
{
    uint64_t value;

    if (!sysreg_read(user, id_of(cp), &value)) {
        return 0;
    }
    uc_reg_write(uc, (int)reg, &value);
    return 1;
}

static uint32_t on_msr(uc_engine *uc, uc_arm64_reg reg, const uc_arm64_cp_reg *cp, void *user)
{
    uint64_t value = 0;

    uc_reg_read(uc, (int)reg, &value);
    return sysreg_write(user, id_of(cp), value) ? 1 : 0;
}

/* TLB and cache maintenance is the engine's; what we remember of code goes with it. */
static uint32_t on_sys(uc_engine *uc, uc_arm64_reg reg, const uc_arm64_cp_reg *cp, void *user)
{
    struct emulated *e = user;

    (void)uc;
    (void)reg;
    if (cp->crn == 8 || (cp->crn == 7 && (cp->crm == 5 || cp->crm == 1))) {
        for (unsigned i = 0; i < EMULATED_CODE_LINES; i++) {
            e->code[i].line = 0;
        }
    }
    /* IC is for all contexts: of one PE, or broadcast. This engine sees its own writes. */
    if (cp->crn == 7 && (cp->crm == 5 || cp->crm == 1)) {
        e->context.machine->code_epoch++;
    }
    return 0;
}

static uc_err add(struct emulated *e, int type, uintptr_t callback)
{
    uc_hook handle;

    return uc_hook_add(e->uc, &handle, type, (void *)callback, e, 1, 0);
}

static uc_err add_instruction(struct emulated *e, uintptr_t callback, int instruction)
{
    uc_hook handle;

    return uc_hook_add(e->uc, &handle, UC_HOOK_INSN, (void *)callback, e, 1, 0, instruction);
}

bool hooks_add(struct emulated *e)
{
    uc_err bad = add(e, UC_HOOK_BLOCK, (uintptr_t)on_block);

    bad = bad != UC_ERR_OK ? bad : add(e, UC_HOOK_INTR, (uintptr_t)on_interrupt);
    bad = bad != UC_ERR_OK ? bad : add(e, UC_HOOK_TLB_FILL, (uintptr_t)on_tlb_fill);
    bad = bad != UC_ERR_OK ? bad : add_instruction(e, (uintptr_t)on_mrs, UC_ARM64_INS_MRS);
    bad = bad != UC_ERR_OK ? bad : add_instruction(e, (uintptr_t)on_msr, UC_ARM64_INS_MSR);
    bad = bad != UC_ERR_OK ? bad : add_instruction(e, (uintptr_t)on_sys, UC_ARM64_INS_SYS);
    if (bad != UC_ERR_OK) {
        snprintf(e->why_text, sizeof(e->why_text), "engine hooks: %s", uc_strerror(bad));
    }
    return bad == UC_ERR_OK;
}
