/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * System registers that the engine refuses: it does not know the GIC's CPU interface (ICC_*, ICH_*)
 * and traps what S-EL2 keeps for itself. All of them come here as UNDEF.
 */
#include "sim/cpu/emulated.h"
#include "sim/cpu/syndrome.h"
#include "sim/device/gic.h"
#include "sim/trace/trace.h"

#define ICH_WARNING "virtualization of the GIC CPU interface is not modelled: reads as zero"
#define ICC_WARNING "the board has no GIC: its CPU interface reads as zero"

#define ICC_SRE_EL2 GIC_SYSREG(3, 4, 12, 9, 5)

static void warn(struct emulated *e, const char *text, uint16_t length)
{
    const struct event_header header = {
        .time_ns = e->run_start_ns + (e->context.retired - e->run_start_retired),
        .type = EVENT_WARNING,
        .endpoint = e->context.config.endpoint,
        .vcpu = e->context.config.vcpu_index,
        .from = EVENT_NOBODY,
        .pe = (uint8_t)e->context.pe->index,
        .text_bytes = length,
    };

    if (!e->warned_icc) {
        e->warned_icc = true;
        trace_emit(e->context.machine->trace, &header, NULL, text);
    }
}

static uint64_t source(struct emulated *e, unsigned rt)
{
    uint64_t value = 0;

    if (rt != 31) {
        e->context.ops->get_x(&e->context, rt, 1, &value);
    }
    return value;
}

static void give(struct emulated *e, unsigned rt, uint64_t value)
{
    if (rt != 31) {
        e->context.ops->set_x(&e->context, rt, 1, &value);
    }
}

/* An access to the CPU interface of the PE, in the Non-secure state. */
static bool access_interface(struct emulated *e, uint32_t key, unsigned el, bool is_read,
                             unsigned rt)
{
    struct sim_pe *pe = e->context.pe;
    uint64_t value = 0;
    bool there;

    /* The engine has stopped: this instruction's own time is known. */
    pe->now_ns = e->run_start_ns + (e->context.retired - e->run_start_retired);
    if (is_read) {
        there = gic_icc_read(pe, key, el, false, &value);
    } else {
        there = gic_icc_write(pe, key, el, false, source(e, rt));
    }
    emulated_end_access(e);
    if (there && is_read) {
        give(e, rt, value);
    }
    return there;
}

static bool is_interface(struct sysreg_id id)
{
    return (id.op1 == 0 && id.crn == 4 && id.crm == 6) ||
           (id.crn == 12 && id.crm >= 8 && (id.op1 == 0 || id.op1 == 4));
}

/* Timers of EL1 that an EL2 host names CNTP_*_EL02: the engine has no E2H. */
static bool access_timer(struct emulated *e, struct sysreg_id id, bool is_read, unsigned rt)
{
    uint64_t value;

    if (!is_read) {
        return timer_regs_write(e, id, source(e, rt));
    }
    if (!timer_regs_read(e, id, &value)) {
        return false;
    }
    give(e, rt, value);
    return true;
}

enum sysreg_refused sysreg_refused(struct emulated *e, uint32_t instruction)
{
    const struct context_config *config = &e->context.config;
    const struct sysreg_id id =
        SYSREG((uint8_t)(instruction >> 19 & 3u), (uint8_t)(instruction >> 16 & 7u),
               (uint8_t)(instruction >> 12 & 15u), (uint8_t)(instruction >> 8 & 15u),
               (uint8_t)(instruction >> 5 & 7u));
    bool is_read = (instruction & (1u << 21)) != 0;
    unsigned rt = instruction & 31u;
    unsigned el = emulated_el(e);
    uint32_t key = GIC_SYSREG(id.op0, id.op1, id.crn, id.crm, id.op2);

    if ((instruction & 0xffd00000u) != 0xd5100000u || id.op0 != 3) {
        return SYSREG_UNDEFINED;
    }
    if (config->stage2) {
        return (el != 0 && is_interface(id) && id.op1 == 0) || timer_regs_trap(e, id)
                   ? SYSREG_TRAPPED
                   : SYSREG_UNDEFINED;
    }
    if (el == 0) {
        return SYSREG_UNDEFINED;
    }
    if (id.crn == 14) {
        return access_timer(e, id, is_read, rt) ? SYSREG_DONE : SYSREG_UNDEFINED;
    }
    if (!is_interface(id) || (id.op1 == 4 && el != 2)) {
        return SYSREG_UNDEFINED;
    }
    if (id.op1 == 4 && key != ICC_SRE_EL2) {
        warn(e, ICH_WARNING, sizeof(ICH_WARNING) - 1);
    } else if (e->context.machine->gic == NULL) {
        warn(e, ICC_WARNING, sizeof(ICC_WARNING) - 1);
    } else {
        return access_interface(e, key, el, is_read, rt) ? SYSREG_DONE : SYSREG_UNDEFINED;
    }
    if (is_read) {
        give(e, rt, 0);
    }
    return SYSREG_DONE;
}
