/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside the GICv3 model (IHI 0069H): two security states, affinity routing always on, SGIs, PPIs
 * and SPIs with their extended ranges, 32 priorities (five bits), no LPIs.
 *
 *   gicv3.c                makes one of a board's node; reset and boot
 *   gicv3_distributor.c    the frame GICD
 *   gicv3_redistributor.c  the frames GICR
 *   gicv3_bank.c           the registers that both have for 32 interrupts each
 *   gicv3_state.c          lines, what is pending, what each PE is signalled
 *   gicv3_interface.c      the CPU interface, ICC_*
 *   gicv3_sgi.c            generation of SGIs
 *   gicv3_fault.c          what faults do to it
 *
 * Whoever changes the state of a word of interrupts calls gic_word_changed(), whoever changes a CPU
 * interface gic_cpu_update(): what a PE is signalled is thus always ready to be read.
 */
#ifndef SIM_GICV3_H
#define SIM_GICV3_H

#include "sim/device/device.h"
#include "sim/device/gic.h"
#include "sim/trace/event.h"

#define GIC_FRAME_BYTES 0x10000u
#define GIC_MAX_REGIONS (BOARD_MAX_REGS - 1)

#define GIC_FIRST_SPI     32u
#define GIC_END_SPI       1020u
#define GIC_FIRST_EPPI    1056u
#define GIC_END_EPPI      1120u
#define GIC_FIRST_ESPI    4096u
#define GIC_END_ESPI      5120u
#define GIC_SPI_WORDS     64u /* the upper half: extended SPIs; word 0 has no interrupts */
#define GIC_EXTENDED_WORD 32u
#define GIC_PPI_WORDS     3u /* SGIs and PPIs, then extended PPIs */

#define GIC_PRIORITY_MASK 0xf8u
#define GIC_NO_PE         0xffu
#define GIC_IIDR_VALUE    0x0000043bu /* implementer: Arm; product 0 */

/* Registers at the same place in both frames */
#define GIC_REG_CTLR     0x0000u
#define GIC_REG_ID_FIRST 0xffd0u

/* GICD_CTLR as the Secure state sees it */
#define GICD_CTLR_ENABLE_GRP0    (1u << 0)
#define GICD_CTLR_ENABLE_GRP1_NS (1u << 1)
#define GICD_CTLR_ENABLE_GRP1_S  (1u << 2)
#define GICD_CTLR_ENABLES        7u

#define GICR_WAKER_PROCESSOR_SLEEP (1u << 1)
#define GICR_WAKER_CHILDREN_ASLEEP (1u << 2)

#define GIC_MPIDR_ROUTE UINT64_C(0xff00ffffff)

enum gic_group { GIC_G0, GIC_G1S, GIC_G1NS, GIC_GROUPS };

/* 32 interrupts, a bit each unless said otherwise. */
struct gic_word {
    uint32_t valid; /* the INTIDs that exist */
    uint32_t group; /* GICx_IGROUPR: set means Non-secure Group 1 */
    uint32_t group_mod;
    uint32_t enable;
    uint32_t edge;    /* upper bits of GICx_ICFGR: edge-triggered */
    uint32_t latch;   /* pending by an edge or by a write */
    uint32_t line;    /* level of the input */
    uint32_t message; /* level asserted by GICD_SETSPI_* */
    uint32_t active;
    uint32_t candidate;   /* derived: enabled, pending and not active */
    uint32_t nsacr[2];    /* GICx_NSACR: two bits each */
    uint8_t priority[32]; /* as the Secure state sees it */
};

/* The CPU interface of a PE. */
struct gic_cpu {
    uint8_t pmr;
    uint8_t bpr[GIC_GROUPS];
    uint8_t enabled;              /* ICC_IGRPEN: a bit for each enum gic_group */
    bool split_eoi[GIC_GROUPS];   /* EOImode of EL3, Secure and Non-secure state */
    bool shared_bpr[GIC_GROUPS];  /* CBPR of Secure and Non-secure Group 1 */
    uint32_t running[GIC_GROUPS]; /* ICC_APxR0: a bit for each group priority that is active */

    /* Derived: the highest priority pending interrupt, and whether it is signalled. */
    bool pending;
    bool signalled;
    uint8_t group;
    uint8_t priority;
    uint32_t intid;
};

struct redistributor {
    uint64_t typer;
    uint32_t waker;
    struct gic_word word[GIC_PPI_WORDS];
    struct gic_cpu cpu;
};

/* PEs [first, end) have their frames in one region, `stride` bytes apart. */
struct redistributor_region {
    struct gicv3 *gic;
    unsigned first;
    unsigned end;
};

#define GIC_MAX_REFUSED 16

struct gicv3 {
    struct device device;
    uint32_t ctlr; /* enables, as the Secure state sees them */
    uint64_t stride_bytes;
    struct gic_word word[GIC_SPI_WORDS];
    uint64_t candidate_words; /* derived: words of `word` with candidates */
    uint64_t route[GIC_SPI_WORDS * 32];
    uint8_t target[GIC_SPI_WORDS * 32]; /* derived: PE of the route, or GIC_NO_PE */
    struct redistributor redist[BOARD_MAX_PES];
    struct redistributor_region region[GIC_MAX_REGIONS];
    struct device_unmodelled unmodelled_d;
    struct device_unmodelled unmodelled_r;
    bool told_one_of_n;
    unsigned refused_count; /* lines that nobody has, of which a warning told */
    uint32_t refused[GIC_MAX_REFUSED];
};

/* An interrupt: its word, and the redistributor of an SGI or PPI (NULL: SPIs). */
struct gic_ref {
    struct gic_word *word;
    struct redistributor *owner;
    unsigned index; /* of the word */
    unsigned bit;
};

/* gicv3_state.c */

/* False: there is no such interrupt (`owner`: whose SGIs and PPIs). */
bool gic_find(struct gicv3 *gic, struct redistributor *owner, uint32_t intid, struct gic_ref *ref);
uint32_t gic_intid_of(bool is_spi, unsigned index, unsigned bit);
struct redistributor *gic_redist_of(const struct sim_pe *pe); /* NULL of NULL */
enum gic_group gic_group_of(const struct gic_word *word, unsigned bit);
uint32_t gic_word_pending(const struct gic_word *word);
void gic_word_changed(struct gicv3 *gic, struct redistributor *owner, unsigned index);
void gic_cpu_update(struct gicv3 *gic, struct redistributor *redist);
void gic_update_all(struct gicv3 *gic);
/* Bits of a priority that count for preemption in a group. */
uint8_t gic_group_priority_mask(const struct gic_cpu *cpu, enum gic_group group);
/* Priority of what is active on the PE; 0xff: nothing. */
uint8_t gic_running_priority(const struct gic_cpu *cpu);
void gic_tell(struct gicv3 *gic, unsigned pe, uint32_t intid, enum event_interrupt what);

/* gicv3_fault.c: does the gate let it through? `ref` is that interrupt. */
bool gic_gate_line(const struct gicv3 *gic, const struct gic_ref *ref, uint32_t intid, bool level);

/* gicv3_bank.c: one access in a frame of registers. `owner`: of an SGI frame; NULL: the
 * distributor. False: it is none of a bank's registers. */
bool gic_bank_read(const struct gicv3 *gic, const struct redistributor *owner, uint64_t offset,
                   unsigned size, enum bus_pas pas, uint32_t *value);
bool gic_bank_write(struct gicv3 *gic, struct redistributor *owner, uint64_t offset, unsigned size,
                    uint32_t value, enum bus_pas pas);
/* Does GICD_NSACR let the Non-secure state at least this far into the interrupt? */
bool gic_nsacr_allows(const struct gic_word *word, unsigned bit, unsigned least);

/* gicv3_distributor.c, gicv3_redistributor.c */
extern const struct bus_device_ops gicd_ops; /* of a struct gicv3 */
extern const struct bus_device_ops gicr_ops; /* of a struct redistributor_region */
uint64_t gic_read_id(uint64_t offset);
void gic_set_route(struct gicv3 *gic, unsigned at, uint64_t route);

/* gicv3_sgi.c: a write to ICC_SGI0R (GIC_G0) or to the SGI register of a Group 1. */
void gic_send_sgi(struct gicv3 *gic, unsigned from, enum gic_group group, bool secure,
                  uint64_t value);

#endif
