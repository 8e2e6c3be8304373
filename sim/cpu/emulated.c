/* SPDX-License-Identifier: BSD-3-Clause */
/* A context that runs AArch64 code: the engine executes, this file decides what every stop means.
 */
#include "sim/cpu/emulated.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cpu/syndrome.h"

#define EXCP_UNDEF    1u
#define EXCP_SVC      2u
#define EXCP_PREFETCH 3u
#define EXCP_DATA     4u
#define EXCP_BKPT     7u
#define EXCP_SMC      13u

#define INSN_WFI      0xd503207fu
#define INSN_YIELD    0xd503203fu
#define INSN_WFE      0xd503205fu
#define INSN_IMM16(i) (((i) >> 5) & 0xffffu)
#define WFX_WFE       1u
#define ISS_WFX_COND  (0x1eu << 20) /* CV set, COND always */

static struct emulated *of(struct context *context)
{
    return (struct emulated *)context;
}

static void flush_code_lines(struct emulated *e)
{
    for (unsigned i = 0; i < EMULATED_CODE_LINES; i++) {
        e->code[i].line = 0;
    }
}

static void flush_tlb(struct context *context)
{
    struct emulated *e = of(context);

    flush_code_lines(e);
    e->tlb_is_stale = true;
}

static void flush_tlb_page(struct context *context, uint64_t page)
{
    if (mmu_footprint_has(&of(context)->footprint, page)) {
        flush_tlb(context);
    }
}

static void flush_code(struct context *context, uint64_t pa, uint64_t size_bytes)
{
    struct emulated *e = of(context);

    (void)pa;
    (void)size_bytes;
    flush_code_lines(e);
    e->code_is_stale = true;
}

static void close_engine(struct emulated *e)
{
    if (e->uc != NULL) {
        uc_close(e->uc);
        e->uc = NULL;
    }
    free(e->mmio);
    e->mmio = NULL;
}

static void reset(struct context *context, uint64_t pc, const uint64_t x[8])
{
    struct emulated *e = of(context);
    uint8_t el = context->config.top_el;

    close_engine(e);
    memset(e->x, 0, sizeof(e->x));
    memset(e->early_sysreg, 0, sizeof(e->early_sysreg));
    memset(&e->timer, 0, sizeof(e->timer));
    memcpy(e->x, x, 8 * sizeof(x[0]));
    flush_code_lines(e);
    e->pc = pc;
    e->pstate = el == 2   ? PSTATE_DAIF | PSTATE_EL2H
                : el == 1 ? PSTATE_DAIF | PSTATE_EL1H
                          : PSTATE_EL0T;
    e->block_known = false;
}

static void destroy(struct context *context)
{
    struct emulated *e = of(context);

    close_engine(e);
    free(e);
}

/* Instructions of the block that were counted and did not run: those from `pc` on. */
static void uncount_from(struct emulated *e, uint64_t pc)
{
    if (e->block_known && pc >= e->block_pc && pc < e->block_end) {
        e->context.retired -= (e->block_end - pc) / 4;
    }
    e->block_known = false;
}

static bool exit_sync(struct context_exit *exit, uint64_t esr)
{
    *exit = (struct context_exit){.kind = CONTEXT_EXIT_SYNC, .esr = esr};
    return true;
}

/* Inside the context when it has the level that takes the exception, else to the level above. */
static bool take(struct emulated *e, struct context_exit *exit, unsigned target_el, uint64_t esr,
                 uint64_t far, uint64_t hpfar, uint64_t return_pc)
{
    if (e->context.config.top_el == 0) {
        e->pc = return_pc;
        exit_sync(exit, esr);
        exit->far = far;
        return true;
    }
    exception_take(e, target_el, esr, far, hpfar, return_pc);
    e->context.retired++; /* it takes time, or vectors that fault would hang the run */
    return false;
}

static bool fail(struct emulated *e, struct context_exit *exit, const char *what, unsigned number)
{
    snprintf(e->why_text, sizeof(e->why_text), "%s %u at pc 0x%llx", what, number,
             (unsigned long long)e->pc);
    *exit = (struct context_exit){.kind = CONTEXT_EXIT_FAILED, .why = e->why_text};
    return true;
}

/*
 * The hook is told the 1 KiB line of an access; the instruction says where in it. An access that
 * crosses into the line faults at the line's start.
 */
static uint64_t fault_address(struct emulated *e, const struct loadstore *access)
{
    uint64_t x[31];
    uint64_t address;

    if (e->fault_access == MMU_FETCH) {
        return e->pc;
    }
    if (access == NULL) {
        return e->fault_va;
    }
    registers_get_x(&e->context, 0, 31, x);
    address = loadstore_address(access, e->pc, x, engine_reg(e, UC_ARM64_REG_SP));
    return address / EMULATED_LINE_BYTES == e->fault_va / EMULATED_LINE_BYTES ? address
                                                                              : e->fault_va;
}

/* The handlers below return true when the context leaves to the level above. */

static bool on_fault(struct emulated *e, struct context_exit *exit)
{
    unsigned el = emulated_el(e);
    bool is_own_stage2 = !e->context.config.stage2 && e->fault.stage == 2;
    unsigned target = is_own_stage2 ? 2 : exception_target(e, el);
    struct loadstore access;
    uint32_t instruction;
    bool decoded = false;
    uint64_t esr;

    if (e->fault_access != MMU_FETCH) {
        decoded =
            engine_instruction(e, e->pc, &instruction) && loadstore_decode(instruction, &access);
        uncount_from(e, e->pc);
    }
    e->fault_va = fault_address(e, decoded ? &access : NULL);
    e->block_known = false;
    if (e->fault.stage == 2 && e->context.config.stage2) {
        esr = syndrome_abort(&e->fault, e->fault_access, true, decoded ? &access : NULL);
        exit_sync(exit, esr);
        exit->far = e->fault_va;
        exit->hpfar = syndrome_hpfar(&e->fault, e->context.config.secure);
        return true;
    }
    esr = syndrome_abort(&e->fault, e->fault_access, el < target, decoded ? &access : NULL);
    return take(e, exit, target, esr, e->fault_va,
                is_own_stage2 ? syndrome_hpfar(&e->fault, e->context.config.secure) : 0, e->pc);
}

static bool on_hvc(struct emulated *e, struct context_exit *exit, uint32_t instruction)
{
    unsigned el = emulated_el(e);
    uint64_t esr = syndrome(EC_HVC64, INSN_IMM16(instruction));

    if (el != 0 && e->context.config.stage2) {
        e->pc += 4;
        e->context.retired++;
        return exit_sync(exit, esr);
    }
    if (el != 0 && e->context.config.top_el == 2) {
        e->context.retired++;
        return take(e, exit, 2, esr, 0, 0, e->pc + 4);
    }
    return take(e, exit, exception_target(e, el), syndrome(EC_UNKNOWN, 0), 0, 0, e->pc);
}

/*
 * Instructions that EL0 has when the level above allows it (timers, performance monitors, DAIF,
 * cache maintenance) are trapped where it does not; those of higher levels are undefined.
 */
static bool is_trapped_at_el0(uint32_t instruction)
{
    uint32_t op0 = instruction >> 19 & 3u;
    uint32_t op1 = instruction >> 16 & 7u;
    uint32_t crn = instruction >> 12 & 15u;
    uint32_t crm = instruction >> 8 & 15u;

    if ((instruction & 0xffc00000u) != 0xd5000000u || op1 != 3) {
        return false;
    }
    switch (op0) {
    case 0:
        return crn == 4; /* MSR DAIFSet, DAIFClr */
    case 1:
        return crn == 7;
    case 3:
        return crn == 9 || crn == 14 || (crn == 4 && crm == 2);
    default:
        return false;
    }
}

static bool on_undefined(struct emulated *e, struct context_exit *exit)
{
    uint32_t instruction = 0;

    e->pc = engine_reg(e, UC_ARM64_REG_PC);
    uncount_from(e, e->pc);
    if (engine_instruction(e, e->pc, &instruction)) {
        if ((instruction & 0xffe0001fu) == 0xd4000002u) {
            return on_hvc(e, exit, instruction);
        }
        switch (sysreg_refused(e, instruction)) {
        case SYSREG_TRAPPED:
            return exit_sync(exit, syndrome(EC_SYSREG, syndrome_sysreg_iss(instruction)));
        case SYSREG_DONE:
            e->pc += 4;
            e->context.retired++;
            e->branch_count = e->context.retired;
            return false;
        case SYSREG_UNDEFINED:
            break;
        }
    }
    if (emulated_el(e) == 0 && is_trapped_at_el0(instruction)) {
        return take(e, exit, exception_target(e, 0),
                    syndrome(EC_SYSREG, syndrome_sysreg_iss(instruction)), 0, 0, e->pc);
    }
    return take(e, exit, exception_target(e, emulated_el(e)), syndrome(EC_UNKNOWN, 0), 0, 0, e->pc);
}

/* A branch to where no instruction can be: comes before any fault of the fetch. */
static bool on_alignment(struct emulated *e, struct context_exit *exit)
{
    e->block_known = false;
    return take(e, exit, exception_target(e, emulated_el(e)), syndrome(EC_PC_ALIGNMENT, 0), e->pc,
                0, e->pc);
}

static bool on_interrupt(struct emulated *e, struct context_exit *exit)
{
    uint32_t instruction = 0;
    unsigned el;

    switch (e->interrupt) {
    case EXCP_SMC:
        e->pc = e->block_end;
        e->block_known = false;
        engine_instruction(e, e->pc - 4, &instruction);
        return exit_sync(exit, syndrome(EC_SMC64, INSN_IMM16(instruction)));
    case EXCP_SVC:
        e->pc = e->block_end;
        engine_instruction(e, e->pc - 4, &instruction);
        el = emulated_el(e);
        if (e->context.config.top_el == 0) {
            return exit_sync(exit, syndrome(EC_SVC64, INSN_IMM16(instruction)));
        }
        return take(e, exit, exception_target(e, el), syndrome(EC_SVC64, INSN_IMM16(instruction)),
                    0, 0, e->pc);
    case EXCP_UNDEF:
        return on_undefined(e, exit);
    case EXCP_BKPT:
        e->pc = engine_reg(e, UC_ARM64_REG_PC);
        uncount_from(e, e->pc);
        engine_instruction(e, e->pc, &instruction);
        return take(e, exit, exception_target(e, emulated_el(e)),
                    syndrome(EC_BRK64, INSN_IMM16(instruction)), 0, 0, e->pc);
    case EXCP_DATA: {
        struct loadstore access = {0};
        uint64_t x[31];

        e->pc = engine_reg(e, UC_ARM64_REG_PC);
        uncount_from(e, e->pc);
        el = emulated_el(e);
        registers_get_x(&e->context, 0, 31, x);
        if (engine_instruction(e, e->pc, &instruction)) {
            loadstore_decode(instruction, &access);
        }
        return take(e, exit, exception_target(e, el),
                    syndrome_alignment(access.write, el < exception_target(e, el)),
                    loadstore_address(&access, e->pc, x, engine_reg(e, UC_ARM64_REG_SP)), 0, e->pc);
    }
    case EXCP_PREFETCH:
        e->pc = engine_reg(e, UC_ARM64_REG_PC);
        return on_alignment(e, exit);
    default:
        e->pc = engine_reg(e, UC_ARM64_REG_PC);
        return fail(e, exit, "engine exception", e->interrupt);
    }
}

/* By the level above: HCR_EL2 says so for EL1, SCTLR_EL2 for EL0 of its own regime. */
static bool hint_is_trapped(const struct context_config *config, bool is_wfi)
{
    if (config->top_el == 0) {
        return (config->sctlr_el2 & (is_wfi ? SCTLR_nTWI : SCTLR_nTWE)) == 0;
    }
    return config->stage2 && (config->hcr & (is_wfi ? HCR_TWI : HCR_TWE)) != 0;
}

/* The engine stops by itself at WFI, WFE and YIELD. */
static bool on_hint(struct emulated *e, struct context_exit *exit)
{
    uint32_t instruction = 0;
    bool is_wfi;

    e->pc = engine_reg(e, UC_ARM64_REG_PC);
    e->block_known = false;
    engine_instruction(e, e->pc - 4, &instruction);
    is_wfi = instruction == INSN_WFI;
    if (!is_wfi && instruction != INSN_WFE) {
        return instruction != INSN_YIELD &&
               fail(e, exit, "engine stop behind instruction", instruction);
    }
    if (is_wfi && interrupt_ends_wfi(e)) {
        return false;
    }
    if (hint_is_trapped(&e->context.config, is_wfi)) {
        e->pc -= 4;
        e->context.retired--;
        return exit_sync(exit, syndrome(EC_WFX, ISS_WFX_COND | (is_wfi ? 0 : WFX_WFE)));
    }
    if (!is_wfi) {
        return false;
    }
    e->context.pe->wake = false; /* what woke it before is over */
    *exit = (struct context_exit){.kind = CONTEXT_EXIT_WFI};
    return true;
}

static bool run_once(struct emulated *e, struct context_exit *exit)
{
    uc_err bad;

    e->stop = STOP_NONE;
    bad = uc_emu_start(e->uc, e->pc, EMULATED_NOWHERE, 0, 0);
    switch (e->stop) {
    case STOP_SLICE:
        e->pc = engine_reg(e, UC_ARM64_REG_PC);
        *exit = (struct context_exit){.kind = CONTEXT_EXIT_SLICE};
        return true;
    case STOP_DUE:
        e->pc = engine_reg(e, UC_ARM64_REG_PC);
        return false;
    case STOP_INTERRUPT:
        return on_interrupt(e, exit);
    case STOP_FAULT:
        e->pc = engine_reg(e, UC_ARM64_REG_PC);
        return e->pc % 4 != 0 ? on_alignment(e, exit) : on_fault(e, exit);
    case STOP_ALIGNMENT:
        e->pc = engine_reg(e, UC_ARM64_REG_PC);
        return on_alignment(e, exit);
    default:
        e->pc = engine_reg(e, UC_ARM64_REG_PC);
        if (e->pc / EMULATED_LINE_BYTES == EMULATED_NOWHERE / EMULATED_LINE_BYTES) {
            /* The guest did jump there: no address of any regime. */
            e->fault = (struct mmu_result){.kind = MMU_FAULT_TRANSLATION, .stage = 1};
            e->fault_access = MMU_FETCH;
            return on_fault(e, exit);
        }
        if (bad == UC_ERR_OK || bad == UC_ERR_EXCEPTION) {
            return on_hint(e, exit);
        }
        return fail(e, exit, uc_strerror(bad), (unsigned)bad);
    }
}

/* Maintenance takes effect before the next instruction; a thousand requests cost as much as one. */
static void forget_stale(struct emulated *e)
{
    if (e->code_epoch != e->context.machine->code_epoch) {
        flush_code_lines(e);
        e->code_is_stale = true;
    }
    e->code_epoch = e->context.machine->code_epoch;
    if (e->tlb_is_stale) {
        uc_ctl_flush_tlb(e->uc);
        memset(&e->footprint, 0, sizeof(e->footprint));
    }
    if (e->code_is_stale) {
        uc_ctl_flush_tb(e->uc);
    }
    e->tlb_is_stale = false;
    e->code_is_stale = false;
}

/* From the slice that the PE has. */
static void set_limit(struct emulated *e)
{
    uint64_t end_ns = e->context.pe->slice_end_ns;

    if (end_ns == MACHINE_NEVER) {
        e->limit = UINT64_MAX;
    } else {
        e->limit = e->run_start_retired + (end_ns > e->run_start_ns ? end_ns - e->run_start_ns : 0);
    }
}

void emulated_begin_access(struct emulated *e)
{
    e->context.pe->now_ns = e->run_start_ns + (e->branch_count - e->run_start_retired);
}

void emulated_end_access(struct emulated *e)
{
    struct interrupt due;

    set_limit(e);
    (void)interrupt_due(e, &due);
}

/* An interrupt that is taken: true when it leaves. */
static bool interrupt(struct emulated *e, const struct interrupt *due, struct context_exit *exit)
{
    if (due->leaves) {
        *exit = (struct context_exit){.kind = due->is_fiq ? CONTEXT_EXIT_FIQ : CONTEXT_EXIT_IRQ};
        return true;
    }
    exception_take_interrupt(e, due->target_el, due->is_fiq);
    e->context.retired++;
    return false;
}

static void resume(struct context *context, struct context_exit *exit)
{
    struct emulated *e = of(context);
    struct sim_pe *pe = context->pe;
    struct interrupt due;

    if (e->uc == NULL && !engine_open(e)) {
        *exit = (struct context_exit){.kind = CONTEXT_EXIT_FAILED, .why = e->why};
        return;
    }
    forget_stale(e);
    e->run_start_retired = context->retired;
    e->run_start_ns = pe->now_ns;
    e->branch_count = context->retired;
    set_limit(e);
    while (!(interrupt_due(e, &due) ? interrupt(e, &due, exit) : run_once(e, exit))) {
        if (context->retired >= e->limit) {
            *exit = (struct context_exit){.kind = CONTEXT_EXIT_SLICE};
            break;
        }
    }
    pe->now_ns = e->run_start_ns + (context->retired - e->run_start_retired);
}

static const struct context_ops emulated_ops = {
    .resume = resume,
    .get_x = registers_get_x,
    .set_x = registers_set_x,
    .get_sysreg = registers_get_sysreg,
    .set_sysreg = registers_set_sysreg,
    .reset = reset,
    .flush_tlb = flush_tlb,
    .flush_tlb_page = flush_tlb_page,
    .flush_code = flush_code,
    .destroy = destroy,
};

void emulated_regime(struct context *context, struct mmu_regime *regime)
{
    if (context->ops == &emulated_ops) {
        struct emulated *e = of(context);

        engine_regime(e, e->uc != NULL ? emulated_el(e) : context->config.top_el, regime);
    } else {
        struct emulated plain = {.context = *context};

        engine_regime(&plain, context->config.top_el, regime);
    }
}

struct context *context_create_emulated(struct machine *machine,
                                        const struct context_config *config, struct sim_error *err)
{
    struct emulated *e = calloc(1, sizeof(*e));

    if (e == NULL) {
        sim_fail(err, SIM_INTERNAL, "out of memory for context %s", config->name);
        return NULL;
    }
    e->context.ops = &emulated_ops;
    e->context.machine = machine;
    e->context.pe = &machine->pe[0];
    e->context.config = *config;
    return &e->context;
}
