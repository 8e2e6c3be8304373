/* SPDX-License-Identifier: BSD-3-Clause */
/* Exceptions that are taken inside the context (Arm ARM D1.3): banked SP, SPSR, ELR, ESR, FAR,
 * VBAR. */
#include "sim/cpu/emulated.h"
#include "sim/trace/trace.h"

#define VECTOR_CURRENT_SP0 0x000u
#define VECTOR_CURRENT_SPX 0x200u
#define VECTOR_LOWER_A64   0x400u
#define VECTOR_IRQ         0x080u
#define VECTOR_FIQ         0x100u

unsigned exception_target(struct emulated *e, unsigned el)
{
    if (e->context.config.top_el == 2 &&
        (el == 2 || (el == 0 && (engine_sysreg_read(e, HCR_EL2_ID) & HCR_TGE) != 0))) {
        return 2;
    }
    return 1;
}

static int sp_bank(uint64_t pstate)
{
    if ((pstate & PSTATE_SPSEL) == 0) {
        return UC_ARM64_REG_SP_EL0;
    }
    return PSTATE_EL(pstate) == 2 ? UC_ARM64_REG_SP_EL2 : UC_ARM64_REG_SP_EL1;
}

/* What every exception does. */
static void enter(struct emulated *e, unsigned target_el, uint64_t vector, uint64_t return_pc)
{
    uint64_t pstate = engine_reg(e, UC_ARM64_REG_PSTATE);
    uint64_t new_pstate = PSTATE_DAIF | (target_el == 2 ? PSTATE_EL2H : PSTATE_EL1H);
    bool is_el2 = target_el == 2;

    vector += engine_sysreg_read(e, is_el2 ? VBAR_EL2_ID : VBAR_EL1_ID);
    if (PSTATE_EL(pstate) < target_el) {
        vector += VECTOR_LOWER_A64;
    } else {
        vector += (pstate & PSTATE_SPSEL) != 0 ? VECTOR_CURRENT_SPX : VECTOR_CURRENT_SP0;
    }
    engine_set_reg(e, sp_bank(pstate), engine_reg(e, UC_ARM64_REG_SP));
    engine_set_reg(e, UC_ARM64_REG_PSTATE, new_pstate);
    engine_sysreg_write(e, is_el2 ? SPSR_EL2_ID : SPSR_EL1_ID, pstate & 0xffffffffu);
    engine_sysreg_write(e, is_el2 ? ELR_EL2_ID : ELR_EL1_ID, return_pc);
    engine_set_reg(e, UC_ARM64_REG_SP, engine_reg(e, sp_bank(new_pstate)));
    e->pc = vector;
    e->block_known = false;
}

static void tell(struct emulated *e, const uint64_t *arg, unsigned count)
{
    const struct event_header header = {
        .time_ns = e->run_start_ns + (e->context.retired - e->run_start_retired),
        .type = EVENT_EXCEPTION,
        .endpoint = e->context.config.endpoint,
        .vcpu = e->context.config.vcpu_index,
        .from = EVENT_NOBODY,
        .pe = (uint8_t)e->context.pe->index,
        .arg_count = (uint8_t)count,
    };

    trace_emit(e->context.machine->trace, &header, arg, NULL);
}

void exception_take(struct emulated *e, unsigned target_el, uint64_t esr, uint64_t far,
                    uint64_t hpfar, uint64_t return_pc)
{
    const uint64_t arg[] = {target_el, esr, far, return_pc};
    bool is_el2 = target_el == 2;

    enter(e, target_el, 0, return_pc);
    engine_sysreg_write(e, is_el2 ? ESR_EL2_ID : ESR_EL1_ID, esr);
    engine_sysreg_write(e, is_el2 ? FAR_EL2_ID : FAR_EL1_ID, far);
    if (is_el2) {
        engine_sysreg_write(e, HPFAR_EL2_ID, hpfar);
    }
    tell(e, arg, 4);
}

void exception_take_interrupt(struct emulated *e, unsigned target_el, bool is_fiq)
{
    uint64_t vector = is_fiq ? VECTOR_FIQ : VECTOR_IRQ;
    const uint64_t arg[] = {target_el, 0, 0, e->pc, vector};

    enter(e, target_el, vector, e->pc);
    tell(e, arg, 5);
}
