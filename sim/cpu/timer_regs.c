/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Counters and timers as system registers. The normal world's timers are the PE's own. A partition
 * has CNTV for itself, as state that raises nothing; its CNTP is trapped (sysreg_refused()).
 */
#include "sim/cpu/emulated.h"

#define NO_TIMER PE_TIMER_COUNT

/* CNTKCTL_EL1: what EL0 may use */
#define EL0PCTEN (1u << 0)
#define EL0VCTEN (1u << 1)
#define EL0VTEN  (1u << 8)
#define EL0PTEN  (1u << 9)

#define CRM_COUNTERS 0u
#define CRM_PHYSICAL 2u
#define CRM_VIRTUAL  3u

static uint64_t now_ns(const struct emulated *e)
{
    return e->run_start_ns + (e->branch_count - e->run_start_retired);
}

static uint64_t counter(const struct emulated *e)
{
    return machine_counter(e->context.machine, now_ns(e));
}

/* HCR_EL2.E2H in force: the EL1 names mean the timers of EL2. */
static bool is_host(struct emulated *e, unsigned el)
{
    uint64_t hcr = e->context.config.top_el == 2 && el != 1 ? interrupt_own_hcr(e) : 0;

    return (hcr & HCR_E2H) != 0 && (el == 2 || (hcr & HCR_TGE) != 0);
}

/* The timer of the PE that an encoding names at this level; NO_TIMER: none. */
static enum pe_timer timer_of(struct emulated *e, struct sysreg_id id, unsigned el)
{
    bool host = is_host(e, el);

    if (id.crn != 14 || id.op2 > TIMER_CVAL || (id.crm != CRM_PHYSICAL && id.crm != CRM_VIRTUAL)) {
        return NO_TIMER;
    }
    if (id.op1 == 3) {
        return id.crm == CRM_PHYSICAL ? (host ? PE_TIMER_CNTHP : PE_TIMER_CNTP)
                                      : (host ? PE_TIMER_CNTHV : PE_TIMER_CNTV);
    }
    if (id.op1 == 4 && el == 2) {
        return id.crm == CRM_PHYSICAL ? PE_TIMER_CNTHP : PE_TIMER_CNTHV;
    }
    if (id.op1 == 5 && el == 2 && host) { /* CNTP_*_EL02, CNTV_*_EL02 */
        return id.crm == CRM_PHYSICAL ? PE_TIMER_CNTP : PE_TIMER_CNTV;
    }
    return NO_TIMER;
}

/* Where EL0 may not, the engine refuses, if it is asked. */
static bool is_allowed(struct emulated *e, struct sysreg_id id, unsigned el)
{
    uint64_t needed;

    if (el != 0) {
        return true;
    }
    if (id.crm == CRM_COUNTERS) {
        needed = id.op2 == 1 ? EL0PCTEN : id.op2 == 2 ? EL0VCTEN : EL0PCTEN | EL0VCTEN;
    } else {
        needed = id.crm == CRM_PHYSICAL ? EL0PTEN : EL0VTEN;
    }
    return (engine_sysreg_read(e, CNTKCTL_EL1_ID) & needed) != 0;
}

static bool is_partition_physical(const struct emulated *e, struct sysreg_id id)
{
    return e->context.config.stage2 && id.op1 == 3 && id.crm == CRM_PHYSICAL;
}

bool timer_regs_trap(struct emulated *e, struct sysreg_id id)
{
    return is_partition_physical(e, id) && id.crn == 14 && id.op2 <= TIMER_CVAL &&
           is_allowed(e, id, emulated_el(e));
}

/* Of the virtual counter. */
static uint64_t offset(struct emulated *e, unsigned el)
{
    return e->context.config.top_el != 2 || is_host(e, el) ? 0 : timer_offset(e->context.pe);
}

bool timer_regs_read(struct emulated *e, struct sysreg_id id, uint64_t *value)
{
    unsigned el = emulated_el(e);
    enum pe_timer timer = timer_of(e, id, el);

    if (id.op0 != 3 || id.crn != 14) {
        return false;
    }
    if (id.op1 == 4 && id.crm == 0 && id.op2 == 3) { /* CNTVOFF_EL2 */
        *value = timer_offset(e->context.pe);
        return el == 2;
    }
    if (!is_allowed(e, id, el) || is_partition_physical(e, id)) {
        return false;
    }
    if (timer != NO_TIMER) {
        *value = e->context.config.stage2
                     ? timer_state_read(&e->timer, (enum timer_register)id.op2, counter(e))
                     : timer_read(e->context.pe, timer, (enum timer_register)id.op2, now_ns(e));
        return true;
    }
    if (id.op1 != 3 || id.crm != CRM_COUNTERS || id.op2 > 2) {
        return false;
    }
    *value = id.op2 == 0   ? e->context.machine->board.counter_hz
             : id.op2 == 1 ? counter(e)
                           : counter(e) - offset(e, el);
    return true;
}

bool timer_regs_write(struct emulated *e, struct sysreg_id id, uint64_t value)
{
    unsigned el = emulated_el(e);
    enum pe_timer timer = timer_of(e, id, el);
    bool is_offset = id.op1 == 4 && id.crm == 0 && id.op2 == 3 && el == 2;

    if (id.op0 != 3 || id.crn != 14 || (timer == NO_TIMER && !is_offset) ||
        !is_allowed(e, id, el) || is_partition_physical(e, id)) {
        return false;
    }
    if (e->context.config.stage2) {
        timer_state_write(&e->timer, (enum timer_register)id.op2, value, counter(e));
        return true;
    }
    emulated_begin_access(e);
    if (is_offset) {
        timer_set_offset(e->context.pe, value, now_ns(e));
    } else {
        timer_write(e->context.pe, timer, (enum timer_register)id.op2, value, now_ns(e));
    }
    emulated_end_access(e);
    return true;
}
