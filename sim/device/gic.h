/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The interrupt controller as the rest of the machine sees it (IHI 0069H): lines of devices go in,
 * signals of a PE's CPU interface come out, and the ICC_* system registers are reached from here.
 * A board without a GIC has none of it: lines go nowhere and nothing is ever signalled.
 */
#ifndef SIM_GIC_H
#define SIM_GIC_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/machine/machine.h"

#define GIC_SPURIOUS 1023u

/* Encoding of a system register, as the ISS of a trapped access orders it. */
#define GIC_SYSREG(op0, op1, crn, crm, op2)                                                        \
    ((uint32_t)(op0) << 14 | (uint32_t)(op1) << 11 | (uint32_t)(crn) << 7 | (uint32_t)(crm) << 3 | \
     (uint32_t)(op2))

/*
 * A device drives its line. SPIs (32..1019, extended 4096..5119): `pe` is NULL. PPIs (16..31,
 * extended 1056..1119): of that PE. An edge-triggered interrupt becomes pending when the level
 * rises. An INTID that the GIC does not have gives a warning event, once.
 */
void gic_set_level(struct machine *machine, struct sim_pe *pe, uint32_t intid, bool level);

/* The level goes up and at once down again: an edge. */
void gic_pulse(struct machine *machine, struct sim_pe *pe, uint32_t intid);

/*
 * What the CPU interface asks of a PE in this state: the highest priority pending interrupt that
 * passes enables, PMR and the running priority, as IRQ or FIQ by its group, the security state and
 * whether the PE is at EL3 (IHI 0069H, 4.6.2). At most one is set. Cheap: kept up to date, asked
 * before each resume of a context.
 */
struct gic_signals {
    bool irq;
    bool fiq;
};
struct gic_signals gic_signals(const struct sim_pe *pe, bool secure, bool el3);

/* Would any state of the PE see a signal? Wakes WFI (which looks at no PSTATE mask). */
bool gic_has_signal(const struct sim_pe *pe);

/*
 * A read or write of a CPU interface register (`key` of GIC_SYSREG) at exception level 1 to 3 of a
 * security state. At EL3 `secure` says !SCR_EL3.NS, which chooses among the copies of banked
 * registers. False: there is no such register at that level; the access is UNDEFINED, or trapped to
 * EL3 (registers of Group 0 in the Non-secure state).
 */
bool gic_icc_read(struct sim_pe *pe, uint32_t key, unsigned el, bool secure, uint64_t *value);
bool gic_icc_write(struct sim_pe *pe, uint32_t key, unsigned el, bool secure, uint64_t value);

/* For checkers and the script: the state of one interrupt. `pe` as in gic_set_level(); SGIs too. */
struct gic_state {
    bool enabled;
    bool pending;
    bool active;
    bool level;    /* of its line */
    uint8_t group; /* 0, 1 (Secure), 2 (Non-secure Group 1) */
    uint8_t priority;
};
bool gic_query(const struct machine *machine, const struct sim_pe *pe, uint32_t intid,
               struct gic_state *out);

/*
 * For faults (docs/faults.md): somebody stands between the lines and the controller. Kept over
 * resets of the machine; `gate` is its owner's. NULL, as at first: nobody, at no cost.
 */
struct gic_gate {
    void *user;
    /*
     * A line is about to change, or an SGI (`level` is true) to reach its target. `pe`: whose SGI
     * or PPI it is, or where an SPI is routed (NULL: to nobody). False: it does not come through.
     * What writes to ISPENDR and GICD_SETSPI_* make pending has no line and is not asked for.
     */
    bool (*line)(void *user, struct sim_pe *pe, uint32_t intid, bool level);
    /* It was deactivated by this PE. */
    void (*ended)(void *user, struct sim_pe *pe, uint32_t intid);
};
void gic_set_gate(struct machine *machine, const struct gic_gate *gate);

/*
 * Makes an interrupt pending, as an edge would, whatever its configuration; leaves the gate out.
 * `pe` as in gic_set_level(), and SGIs too. False: there is no such interrupt.
 */
bool gic_pend(struct machine *machine, struct sim_pe *pe, uint32_t intid);

/* The same for a level of its line. */
void gic_set_level_behind_gate(struct machine *machine, struct sim_pe *pe, uint32_t intid,
                               bool level);

/* Is it edge-triggered, as configured now? */
bool gic_is_edge(const struct machine *machine, const struct sim_pe *pe, uint32_t intid);

/* What one interrupt has in the registers. */
enum gic_field {
    GIC_FIELD_ENABLE,
    GIC_FIELD_PENDING, /* not what a level makes pending */
    GIC_FIELD_ACTIVE,
    GIC_FIELD_GROUP, /* bits 0 IGROUPR, 1 IGRPMODR */
    GIC_FIELD_CONFIG,
    GIC_FIELD_PRIORITY, /* bits 3 to 7 */
    GIC_FIELD_ROUTE,    /* bits of the affinity; SPIs only */
    GIC_FIELD_COUNT,
};
/* The other value of a bit. False: it has no such bit, or it can not be another. */
bool gic_flip(struct machine *machine, struct sim_pe *pe, uint32_t intid, enum gic_field field,
              unsigned bit);

/*
 * Of the interrupts that are enabled, number n modulo their count; *pe is NULL for an SPI. False:
 * none is enabled.
 */
bool gic_nth_enabled(const struct machine *machine, uint64_t n, struct sim_pe **pe,
                     uint32_t *intid);

/*
 * What the firmware at EL3 does at cold boot, in one go: affinity routing and all groups on, every
 * SPI, PPI and SGI in Non-secure Group 1 at priority 0x80 (the highest of that state) and routed to
 * the first PE, redistributors awake; in the CPU interface of each PE the PMR open and all groups
 * enabled. The SPMC takes its own interrupts out of that.
 */
void gic_boot(struct machine *machine);

/* All to reset values: nothing enabled, pending or active. Lines keep the level their devices
 * drive. */
void gic_reset(struct machine *machine);

#endif
