/* SPDX-License-Identifier: BSD-3-Clause */
/* System registers of the simulated machine: identification, counters, timers, GIC CPU interface.
 */
#include <string.h>

#include "sim/cpu/emulated.h"
#include "sim/trace/trace.h"

#define KEY(op0, op1, crn, crm, op2)                                                               \
    ((uint32_t)(op0) << 14 | (uint32_t)(op1) << 11 | (uint32_t)(crn) << 7 | (uint32_t)(crm) << 3 | \
     (uint32_t)(op2))

#define MIDR_VALUE     0x410fd0f0u
#define MPIDR_RES1     (1u << 31)
#define TIMER_ENABLE   (1u << 0)
#define TIMER_IMASK    (1u << 1)
#define TIMER_ISTATUS  (1u << 2)
#define TIMER_CTL_BITS (TIMER_ENABLE | TIMER_IMASK)
#define ICC_WARNING    "the GIC CPU interface is not modelled yet: reads as zero"

/*
 * What a guest learns of its CPU: AArch64 at EL0 to EL3, FP and Advanced SIMD, GICv3 system
 * registers, secure EL2, BTI, PAuth (QARMA5), LSE atomics, CRC32, 48-bit PA, 16-bit ASID, 4 KiB
 * granule only, VHE. No SVE, SME, MTE, RAS, PAN.
 */
static const struct {
    uint32_t key;
    uint64_t value;
} id_registers[] = {
    {KEY(3, 0, 0, 0, 0), MIDR_VALUE},
    {KEY(3, 0, 0, 0, 6), 0},                     /* REVIDR_EL1 */
    {KEY(3, 0, 0, 4, 0), 0x0000001001001111ull}, /* ID_AA64PFR0_EL1 */
    {KEY(3, 0, 0, 4, 1), 0x1ull},                /* ID_AA64PFR1_EL1: BT */
    {KEY(3, 0, 0, 5, 0), 0x6ull},                /* ID_AA64DFR0_EL1 */
    {KEY(3, 0, 0, 6, 0), 0x0000000000210000ull}, /* ID_AA64ISAR0_EL1 */
    {KEY(3, 0, 0, 6, 1), 0x0000000001000010ull}, /* ID_AA64ISAR1_EL1: APA, GPA */
    {KEY(3, 0, 0, 7, 0), 0x000000000f000025ull}, /* ID_AA64MMFR0_EL1 */
    {KEY(3, 0, 0, 7, 1), 0x0000000000000100ull}, /* ID_AA64MMFR1_EL1: VH */
};

static uint64_t counter(const struct emulated *e)
{
    /* Time at the last taken branch: a place that does not depend on how the library cuts blocks.
     */
    return machine_counter(e->context.machine,
                           e->run_start_ns + (e->branch_count - e->run_start_retired));
}

static uint64_t mpidr(const struct emulated *e)
{
    return MPIDR_RES1 |
           (e->context.config.virtual_mpidr ? e->context.config.vcpu_index : e->context.pe->mpidr);
}

static uint64_t timer_ctl(const struct emulated *e, const struct emulated_timer *timer)
{
    bool met = (timer->ctl & TIMER_ENABLE) != 0 && counter(e) >= timer->cval;

    return timer->ctl | (met ? TIMER_ISTATUS : 0);
}

/* Of the registers below: the counters and their frequency. */
static bool is_for_el0(struct sysreg_id id)
{
    return id.op0 == 3 && id.op1 == 3 && id.crn == 14 && id.crm == 0;
}

bool sysreg_read(struct emulated *e, struct sysreg_id id, uint64_t *value)
{
    uint32_t key = KEY(id.op0, id.op1, id.crn, id.crm, id.op2);

    if (e->context.config.top_el == 0 && !is_for_el0(id)) {
        return false; /* the engine refuses */
    }
    switch (key) {
    case KEY(3, 0, 0, 0, 5):
        *value = mpidr(e);
        return true;
    case KEY(3, 3, 14, 0, 0):
        *value = e->context.machine->board.counter_hz;
        return true;
    case KEY(3, 3, 14, 0, 1):
    case KEY(3, 3, 14, 0, 2):
        *value = counter(e);
        return true;
    case KEY(3, 3, 14, 2, 0):
    case KEY(3, 3, 14, 3, 0):
        *value = (uint32_t)(e->timer[id.crm - 2].cval - counter(e));
        return true;
    case KEY(3, 3, 14, 2, 1):
    case KEY(3, 3, 14, 3, 1):
        *value = timer_ctl(e, &e->timer[id.crm - 2]);
        return true;
    case KEY(3, 3, 14, 2, 2):
    case KEY(3, 3, 14, 3, 2):
        *value = e->timer[id.crm - 2].cval;
        return true;
    default:
        break;
    }
    if (id.op0 != 3 || id.op1 != 0 || id.crn != 0) {
        return false;
    }
    *value = 0; /* the whole identification space is ours: what is not listed is not there */
    for (unsigned i = 0; i < sizeof(id_registers) / sizeof(id_registers[0]); i++) {
        if (id_registers[i].key == key) {
            *value = id_registers[i].value;
        }
    }
    return true;
}

bool sysreg_write(struct emulated *e, struct sysreg_id id, uint64_t value)
{
    struct emulated_timer *timer;

    if (id.op0 != 3 || id.op1 != 3 || id.crn != 14 || (id.crm != 2 && id.crm != 3) ||
        e->context.config.top_el == 0) {
        return false; /* S-EL0 has counters, but no timers: the engine refuses */
    }
    timer = &e->timer[id.crm - 2];
    if (id.op2 == 0) {
        timer->cval = counter(e) + (uint64_t)(int64_t)(int32_t)value;
    } else if (id.op2 == 1) {
        timer->ctl = value & TIMER_CTL_BITS;
    } else {
        timer->cval = value;
    }
    return true;
}

static void warn_icc(struct emulated *e)
{
    const struct event_header header = {
        .time_ns = e->context.pe->now_ns,
        .type = EVENT_WARNING,
        .endpoint = e->context.config.endpoint,
        .vcpu = e->context.config.vcpu_index,
        .from = EVENT_NOBODY,
        .pe = (uint8_t)e->context.pe->index,
        .text_bytes = sizeof(ICC_WARNING) - 1,
    };

    if (!e->warned_icc) {
        e->warned_icc = true;
        trace_emit(e->context.machine->trace, &header, NULL, ICC_WARNING);
    }
}

bool sysreg_emulate_unknown(struct emulated *e, uint32_t instruction)
{
    /* MSR and MRS (register) */
    bool is_read = (instruction & (1u << 21)) != 0;
    unsigned op1 = instruction >> 16 & 7u;
    unsigned crn = instruction >> 12 & 15u;
    unsigned crm = instruction >> 8 & 15u;
    unsigned rt = instruction & 31u;

    if ((instruction & 0xffd00000u) != 0xd5100000u || (instruction >> 19 & 1u) == 0) {
        return false;
    }
    if (!((crn == 12 && crm >= 8 && (op1 == 0 || op1 == 4)) ||
          (op1 == 0 && crn == 4 && crm == 6))) {
        return false;
    }
    warn_icc(e);
    if (is_read && rt != 31) {
        e->context.ops->set_x(&e->context, rt, 1, &(uint64_t){0});
    }
    return true;
}

static void wake_up(struct machine *machine, void *arg)
{
    struct emulated *e = arg;

    (void)machine;
    machine_wake(e->context.pe, e->wake.due_ns);
}

bool sysreg_arm_wake(struct emulated *e)
{
    uint64_t hz = e->context.machine->board.counter_hz;
    uint64_t now_ns = e->context.pe->now_ns;
    uint64_t now = machine_counter(e->context.machine, now_ns);
    uint64_t best = MACHINE_NEVER;

    for (unsigned i = 0; i < 2; i++) {
        const struct emulated_timer *timer = &e->timer[i];

        if ((timer->ctl & TIMER_CTL_BITS) != TIMER_ENABLE) {
            continue;
        }
        if (timer->cval <= now) {
            return false;
        }
        uint64_t ticks = timer->cval - now;
        /* Past an hour nothing runs any more. */
        if (ticks < hz * 3600u) {
            uint64_t due =
                now_ns + ticks / hz * 1000000000u + ticks % hz * 1000000000u / hz + 1000u;

            best = due < best ? due : best;
        }
    }
    if (e->wake.queued) {
        machine_event_remove(e->context.machine, &e->wake);
    }
    if (best != MACHINE_NEVER) {
        machine_event_add(e->context.machine, &e->wake, best, wake_up, e);
    }
    return true;
}
