/* SPDX-License-Identifier: BSD-3-Clause */
/* Registers of an emulated context, in its engine or, before there is one, beside it. */
#include <string.h>

#include "sim/cpu/emulated.h"

static const int x_ids[31] = {
    UC_ARM64_REG_X0,  UC_ARM64_REG_X1,  UC_ARM64_REG_X2,  UC_ARM64_REG_X3,  UC_ARM64_REG_X4,
    UC_ARM64_REG_X5,  UC_ARM64_REG_X6,  UC_ARM64_REG_X7,  UC_ARM64_REG_X8,  UC_ARM64_REG_X9,
    UC_ARM64_REG_X10, UC_ARM64_REG_X11, UC_ARM64_REG_X12, UC_ARM64_REG_X13, UC_ARM64_REG_X14,
    UC_ARM64_REG_X15, UC_ARM64_REG_X16, UC_ARM64_REG_X17, UC_ARM64_REG_X18, UC_ARM64_REG_X19,
    UC_ARM64_REG_X20, UC_ARM64_REG_X21, UC_ARM64_REG_X22, UC_ARM64_REG_X23, UC_ARM64_REG_X24,
    UC_ARM64_REG_X25, UC_ARM64_REG_X26, UC_ARM64_REG_X27, UC_ARM64_REG_X28, UC_ARM64_REG_X29,
    UC_ARM64_REG_X30};

static struct emulated *of(struct context *context)
{
    return (struct emulated *)context;
}

void registers_get_x(struct context *context, unsigned first, unsigned count, uint64_t *x)
{
    struct emulated *e = of(context);
    void *at[31];

    if (e->uc == NULL) {
        memcpy(x, &e->x[first], count * sizeof(x[0]));
        return;
    }
    for (unsigned i = 0; i < count; i++) {
        at[i] = &x[i];
    }
    uc_reg_read_batch(e->uc, (int *)(uintptr_t)&x_ids[first], at, (int)count);
}

void registers_set_x(struct context *context, unsigned first, unsigned count, const uint64_t *x)
{
    struct emulated *e = of(context);
    void *at[31];

    if (e->uc == NULL) {
        memcpy(&e->x[first], x, count * sizeof(x[0]));
        return;
    }
    for (unsigned i = 0; i < count; i++) {
        at[i] = (void *)(uintptr_t)&x[i];
    }
    uc_reg_write_batch(e->uc, (int *)(uintptr_t)&x_ids[first], at, (int)count);
}

static const struct sysreg_id sysreg_ids[CONTEXT_SYSREG_COUNT] = {
    [CONTEXT_ELR_EL1] = {3, 0, 4, 0, 1},   [CONTEXT_SPSR_EL1] = {3, 0, 4, 0, 0},
    [CONTEXT_ESR_EL1] = {3, 0, 5, 2, 0},   [CONTEXT_FAR_EL1] = {3, 0, 6, 0, 0},
    [CONTEXT_VBAR_EL1] = {3, 0, 12, 0, 0}, [CONTEXT_SCTLR_EL1] = {3, 0, 1, 0, 0},
};

uint64_t registers_get_sysreg(struct context *context, enum context_sysreg reg)
{
    struct emulated *e = of(context);

    if (reg == CONTEXT_PC) {
        return e->pc;
    }
    if (e->uc == NULL) {
        return reg == CONTEXT_PSTATE ? e->pstate : e->early_sysreg[reg];
    }
    return reg == CONTEXT_PSTATE ? engine_reg(e, UC_ARM64_REG_PSTATE)
                                 : engine_sysreg_read(e, sysreg_ids[reg]);
}

/* A new PSTATE changes the stack pointer in use and the rights of the code. */
static void set_pstate(struct emulated *e, uint64_t value)
{
    uint64_t old = engine_reg(e, UC_ARM64_REG_PSTATE);
    int from = (old & PSTATE_SPSEL) == 0 ? UC_ARM64_REG_SP_EL0
               : PSTATE_EL(old) == 2     ? UC_ARM64_REG_SP_EL2
                                         : UC_ARM64_REG_SP_EL1;
    int to = (value & PSTATE_SPSEL) == 0 ? UC_ARM64_REG_SP_EL0
             : PSTATE_EL(value) == 2     ? UC_ARM64_REG_SP_EL2
                                         : UC_ARM64_REG_SP_EL1;

    if (from != to) {
        engine_set_reg(e, from, engine_reg(e, UC_ARM64_REG_SP));
    }
    engine_set_reg(e, UC_ARM64_REG_PSTATE, value);
    /* Any system register write makes the engine look at PSTATE again. */
    engine_sysreg_write(e, ESR_EL1_ID, engine_sysreg_read(e, ESR_EL1_ID));
    if (from != to) {
        engine_set_reg(e, UC_ARM64_REG_SP, engine_reg(e, to));
    }
}

void registers_set_sysreg(struct context *context, enum context_sysreg reg, uint64_t value)
{
    struct emulated *e = of(context);

    e->block_known = false;
    if (reg == CONTEXT_PC) {
        e->pc = value;
    } else if (e->uc == NULL) {
        e->early_sysreg[reg] = value;
        if (reg == CONTEXT_PSTATE) {
            e->pstate = value;
        }
    } else if (reg == CONTEXT_PSTATE) {
        set_pstate(e, value);
    } else {
        engine_sysreg_write(e, sysreg_ids[reg], value);
    }
}
