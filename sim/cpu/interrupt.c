/* SPDX-License-Identifier: BSD-3-Clause */
/* Which level of which context an interrupt belongs to, and whether it is taken now. */
#include "sim/cpu/emulated.h"
#include "sim/device/gic.h"

#define VIRTUAL_LINES (HCR_VI | HCR_VF)

/* A partition: the level above, S-EL2, takes every physical interrupt (HCR_EL2.IMO and FMO). */
static bool is_partition(const struct context_config *config)
{
    return config->secure || config->stage2 || config->top_el == 0;
}

bool context_interrupted(const struct context *context, struct context_exit *exit)
{
    const struct gic_signals signals = gic_signals(context->pe, context->config.secure, false);

    if (signals.fiq) {
        *exit = (struct context_exit){.kind = CONTEXT_EXIT_FIQ};
    } else if (signals.irq && is_partition(&context->config)) {
        *exit = (struct context_exit){.kind = CONTEXT_EXIT_IRQ};
    } else {
        return false;
    }
    return true;
}

enum context_own_interrupt context_own_interrupt(const struct context *context)
{
    uint64_t lines = context->config.hcr & VIRTUAL_LINES;

    if (!is_partition(&context->config)) {
        return gic_signals(context->pe, false, false).irq ? CONTEXT_OWN_IRQ : CONTEXT_OWN_NONE;
    }
    if (!context->config.stage2 || lines == 0) {
        return CONTEXT_OWN_NONE;
    }
    if (lines == VIRTUAL_LINES) {
        uint64_t pstate =
            context->ops->get_sysreg((struct context *)(uintptr_t)context, CONTEXT_PSTATE);

        return (pstate & PSTATE_F) != 0 && (pstate & PSTATE_I) == 0 ? CONTEXT_OWN_IRQ
                                                                    : CONTEXT_OWN_FIQ;
    }
    return (lines & HCR_VF) != 0 ? CONTEXT_OWN_FIQ : CONTEXT_OWN_IRQ;
}

uint64_t interrupt_own_hcr(struct emulated *e)
{
    if (e->own_hcr_is_stale) {
        e->own_hcr_is_stale = false;
        e->own_hcr = engine_sysreg_read(e, HCR_EL2_ID);
    }
    return e->own_hcr;
}

/* HCR_EL2.VI and VF of S-EL2, or of the context's own hypervisor where those reach its EL1. */
static uint64_t virtual_lines(struct emulated *e)
{
    const struct context_config *config = &e->context.config;
    uint64_t hcr;

    if (config->stage2) {
        return config->hcr & VIRTUAL_LINES;
    }
    if (config->top_el != 2) {
        return 0;
    }
    hcr = interrupt_own_hcr(e);
    if ((hcr & VIRTUAL_LINES) == 0 || (hcr & HCR_TGE) != 0) {
        return 0;
    }
    return ((hcr & HCR_IMO) != 0 ? hcr & HCR_VI : 0) | ((hcr & HCR_FMO) != 0 ? hcr & HCR_VF : 0);
}

/* The normal world's IRQ (DDI 0487, D1.3.6): to EL2 where HCR_EL2 routes it there, else to EL1. */
static bool takes_irq(struct emulated *e, uint64_t pstate, struct interrupt *due)
{
    const uint64_t host = HCR_E2H | HCR_TGE;
    uint64_t hcr = e->context.config.top_el == 2 ? interrupt_own_hcr(e) : 0;
    bool to_el2 = (hcr & (HCR_IMO | HCR_TGE)) != 0;
    bool masked = (pstate & PSTATE_I) != 0;
    unsigned el = PSTATE_EL(pstate);

    *due = (struct interrupt){.target_el = to_el2 ? 2 : 1};
    if (to_el2) {
        /* No mask of a lower level holds it back, but that of a host's own EL0. */
        return !masked || (el < 2 && (hcr & host) != host);
    }
    return el < 2 && !masked;
}

bool interrupt_due(struct emulated *e, struct interrupt *due)
{
    const struct context_config *config = &e->context.config;
    const struct gic_signals signals = gic_signals(e->context.pe, config->secure, false);
    uint64_t lines = virtual_lines(e);
    uint64_t pstate;

    e->look_from = e->limit;
    if (!signals.irq && !signals.fiq && lines == 0) {
        return false;
    }
    e->look_from = 0;
    if (signals.fiq || (signals.irq && is_partition(config))) {
        *due = (struct interrupt){.leaves = true, .is_fiq = signals.fiq};
        return true;
    }
    pstate = engine_reg(e, UC_ARM64_REG_PSTATE);
    if (signals.irq && takes_irq(e, pstate, due)) {
        return true;
    }
    if (PSTATE_EL(pstate) > 1) {
        return false;
    }
    *due = (struct interrupt){.is_fiq = (lines & HCR_VF) != 0 && (pstate & PSTATE_F) == 0,
                              .target_el = 1};
    return due->is_fiq || ((lines & HCR_VI) != 0 && (pstate & PSTATE_I) == 0);
}

bool interrupt_ends_wfi(struct emulated *e)
{
    return gic_has_signal(e->context.pe) || virtual_lines(e) != 0;
}

uint64_t interrupt_status(struct emulated *e)
{
    const struct context_config *config = &e->context.config;
    uint64_t lines = virtual_lines(e);
    bool is_guest = config->stage2;
    struct gic_signals signals = {false, false};

    if (config->top_el == 2 && PSTATE_EL(engine_reg(e, UC_ARM64_REG_PSTATE)) < 2) {
        is_guest = (interrupt_own_hcr(e) & HCR_IMO) != 0;
    }
    if (!is_guest) {
        signals = gic_signals(e->context.pe, config->secure, false);
        lines = 0;
    }
    return (signals.irq || (lines & HCR_VI) != 0 ? PSTATE_I : 0) |
           (signals.fiq || (lines & HCR_VF) != 0 ? PSTATE_F : 0);
}
