/* SPDX-License-Identifier: BSD-3-Clause */
/* A machine with a GICv3 and four PEs in three clusters, and short words for its registers. */
#ifndef TESTS_GIC_WORLD_H
#define TESTS_GIC_WORLD_H

#include <check.h>

#include "../machine/tree.h"
#include "sim/device/gic.h"

#define WORLD_PES 4
#define GICD      0x2f000000u
#define S         BUS_SECURE
#define NS        BUS_NON_SECURE

/* Affinities: 0.0.0.0, 0.0.0.1, 0.0.1.0 and 1.0.0.18 */
#define MPIDR_PE3 UINT64_C(0x100000012)

enum world_group { G0, G1S, G1NS };

#define ICC_PMR     GIC_SYSREG(3, 0, 4, 6, 0)
#define ICC_IAR0    GIC_SYSREG(3, 0, 12, 8, 0)
#define ICC_EOIR0   GIC_SYSREG(3, 0, 12, 8, 1)
#define ICC_HPPIR0  GIC_SYSREG(3, 0, 12, 8, 2)
#define ICC_BPR0    GIC_SYSREG(3, 0, 12, 8, 3)
#define ICC_AP0R0   GIC_SYSREG(3, 0, 12, 8, 4)
#define ICC_AP0R1   GIC_SYSREG(3, 0, 12, 8, 5)
#define ICC_AP1R0   GIC_SYSREG(3, 0, 12, 9, 0)
#define ICC_DIR     GIC_SYSREG(3, 0, 12, 11, 1)
#define ICC_RPR     GIC_SYSREG(3, 0, 12, 11, 3)
#define ICC_SGI1R   GIC_SYSREG(3, 0, 12, 11, 5)
#define ICC_ASGI1R  GIC_SYSREG(3, 0, 12, 11, 6)
#define ICC_SGI0R   GIC_SYSREG(3, 0, 12, 11, 7)
#define ICC_IAR1    GIC_SYSREG(3, 0, 12, 12, 0)
#define ICC_EOIR1   GIC_SYSREG(3, 0, 12, 12, 1)
#define ICC_HPPIR1  GIC_SYSREG(3, 0, 12, 12, 2)
#define ICC_BPR1    GIC_SYSREG(3, 0, 12, 12, 3)
#define ICC_CTLR    GIC_SYSREG(3, 0, 12, 12, 4)
#define ICC_SRE_EL1 GIC_SYSREG(3, 0, 12, 12, 5)
#define ICC_IGRPEN0 GIC_SYSREG(3, 0, 12, 12, 6)
#define ICC_IGRPEN1 GIC_SYSREG(3, 0, 12, 12, 7)
#define ICC_SRE_EL2 GIC_SYSREG(3, 4, 12, 9, 5)

#define ICC_CTLR_EL3    GIC_SYSREG(3, 6, 12, 12, 4)
#define ICC_SRE_EL3     GIC_SYSREG(3, 6, 12, 12, 5)
#define ICC_IGRPEN1_EL3 GIC_SYSREG(3, 6, 12, 12, 7)

extern struct machine *machine;
extern struct told told;

void world_begin(void); /* the machine after reset: all off */
void world_end(void);

/* Runs the tests, each in a world of its own; the exit status. */
int world_run(const char *name, const TTest *const *tests, unsigned count);

/* MMIO; a fault fails the test. */
uint64_t get(uint64_t pa, unsigned size, enum bus_pas pas);
void put(uint64_t pa, unsigned size, enum bus_pas pas, uint64_t value);
uint64_t rd_base(unsigned pe);
uint64_t sgi_base(unsigned pe);

/* ICC registers at an exception level and state; UNDEFINED fails the test. */
uint64_t icc(unsigned pe, uint32_t key, unsigned el, bool secure);
void icc_set(unsigned pe, uint32_t key, unsigned el, bool secure, uint64_t value);
#define EL3(pe, key)        icc(pe, key, 3, true)
#define SEC(pe, key)        icc(pe, key, 1, true)
#define NWD(pe, key)        icc(pe, key, 1, false)
#define EL3_SET(pe, key, v) icc_set(pe, key, 3, true, v)
#define SEC_SET(pe, key, v) icc_set(pe, key, 1, true, v)
#define NWD_SET(pe, key, v) icc_set(pe, key, 1, false, v)

/* All groups on and forwarded, redistributors awake, PMR open: interrupts stay as they are. */
void world_open(void);

/* Where the registers of an interrupt are, for the block of that name of the plain INTIDs. */
#define R_IGROUPR   0x080u
#define R_ISENABLER 0x100u
#define R_ICENABLER 0x180u
#define R_ISPENDR   0x200u
#define R_ICPENDR   0x280u
#define R_ISACTIVER 0x300u
#define R_ICACTIVER 0x380u
#define R_IGRPMODR  0xd00u
uint64_t bit_register(unsigned pe, unsigned intid, unsigned plain);
uint64_t priority_register(unsigned pe, unsigned intid);
void set_bit(unsigned pe, unsigned intid, unsigned plain);
void clear_bit(unsigned pe, unsigned intid, unsigned plain);
bool bit_is_set(unsigned pe, unsigned intid, unsigned plain);

/* Group, priority and enable by Secure writes; an SPI is routed to that PE. */
void configure(unsigned pe, unsigned intid, enum world_group group, unsigned priority, bool enable);
void edge_triggered(unsigned pe, unsigned intid, bool edge);

/* 'i', 'f' or '-': what the PE is signalled in a state. */
char signal_of(unsigned pe, bool secure, bool el3);

#endif
