/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Operations on a GICv3, drawn from a seed, and what each of them showed: lines that have to be the
 * same on any machine. It does nothing that the architecture (IHI 0069) calls UNPREDICTABLE. Runs
 * as a kernel in the normal world, at EL3 of a bare machine, and against the simulator's model.
 */
#ifndef GIC_PROBE_PROBE_H
#define GIC_PROBE_PROBE_H

#include <stdbool.h>
#include <stdint.h>

/* Where a register of the CPU interface is accessed. */
enum probe_state {
    PROBE_NS,     /* EL1 or EL2 of the Non-secure state, with SCR_EL3.FIQ */
    PROBE_S,      /* S-EL1 */
    PROBE_EL3_NS, /* EL3 with SCR_EL3.NS set, and clear */
    PROBE_EL3_S,
};

enum probe_icc {
    PROBE_PMR,
    PROBE_RPR,
    PROBE_CTLR,
    PROBE_IGRPEN0,
    PROBE_IGRPEN1,
    PROBE_BPR0,
    PROBE_BPR1,
    PROBE_AP0R0,
    PROBE_AP1R0,
    PROBE_HPPIR0,
    PROBE_HPPIR1,
    PROBE_IAR0,
    PROBE_IAR1,
    PROBE_EOIR0,
    PROBE_EOIR1,
    PROBE_DIR,
    PROBE_SGI0R,
    PROBE_SGI1R,
    PROBE_ASGI1R,
    PROBE_CTLR_EL3,
    PROBE_IGRPEN1_EL3,
};

#define PROBE_IRQ 1u
#define PROBE_FIQ 2u

/* The machine. All PEs but the first are off or idle. */
struct probe_io {
    bool secure; /* has more than PROBE_NS and Non-secure accesses */
    unsigned pes;
    uint64_t distributor;
    uint64_t redistributor; /* of the first PE; the others follow at 0x20000 */
    uint64_t (*read)(bool secure, uint64_t address, unsigned size);
    void (*write)(bool secure, uint64_t address, unsigned size, uint64_t value);
    uint64_t (*icc_read)(enum probe_state state, enum probe_icc reg);
    void (*icc_write)(enum probe_state state, enum probe_icc reg, uint64_t value);
    /* PROBE_IRQ, PROBE_FIQ: what ISR_EL1 shows; NULL: nobody knows */
    unsigned (*signals)(enum probe_state state);
    /* Drives the line of interrupt 26, 27, 29, 30 of the first PE, or 33; NULL: nobody can */
    void (*line)(uint32_t intid, bool level);
    void (*say)(const char *line);
};

/* Every `episode` begins with the same state. */
void probe_run(const struct probe_io *machine, uint32_t seed, uint32_t episodes, uint32_t steps);

#endif
