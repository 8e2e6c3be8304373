/* SPDX-License-Identifier: BSD-3-Clause */
/* What probe.c and steps.c share: the state of the probe, its text, chance, accesses that are told.
 */
#ifndef GIC_PROBE_INTERNAL_H
#define GIC_PROBE_INTERNAL_H

#include <stddef.h>

#include "probe.h"

#define GICD_CTLR     0x0000u
#define GICD_IROUTER  0x6000u
#define GICR_STRIDE   0x20000u
#define GICR_SGI      0x10000u
#define GICR_WAKER    0x0014u
#define GIC_IPRIORITY 0x0400u
#define GIC_ICFGR     0x0c00u
#define GIC_NSACR     0x0e00u
#define CTLR_ARE      0x30u
#define CTLR_ARE_NS   0x10u
#define CTLR_GROUPS   0x07u
#define CTLR_GROUP1   0x02u
#define SPECIAL_LAST  1023u
#define NWD_IS_NEXT   1021u
#define DEPTH         24u
#define IDS_NS        0x410400ffu /* SGIs and PPIs that a kernel may use as it likes */

enum bank {
    IGROUPR,
    ISENABLER,
    ICENABLER,
    ISPENDR,
    ICPENDR,
    ISACTIVER,
    ICACTIVER,
    IGRPMODR,
    BANKS
};

extern const uint16_t probe_bank[BANKS]; /* offsets */

/* Interrupts with a line */
#define PROBE_LINES 5u
extern const uint16_t probe_lines[PROBE_LINES];

/* An interrupt that was acknowledged, and how: it has to be ended in the reverse order. */
struct taken {
    uint32_t intid;
    bool group0;
    enum probe_state state;
};

struct probe_now {
    const struct probe_io *io;
    uint64_t random;
    struct taken taken[DEPTH];
    unsigned depth;
    struct taken dropped[DEPTH]; /* priority dropped, not deactivated (EOImode 1) */
    unsigned dropped_count;
    char text[1024];
    unsigned length;
};
extern struct probe_now probe_now;

/* The line that is being written */
void probe_text(const char *text);
void probe_hex(uint64_t value);
void probe_pair(const char *name, uint64_t value); /* name=value */
void probe_end_line(void);

uint32_t probe_draw(uint32_t below);
uint32_t probe_draw_intid(void);
/* Some of the interrupts that share a register of a bit each with `intid` */
uint32_t probe_draw_mask(uint32_t intid);
enum probe_state probe_draw_state(bool el3);
bool probe_draw_secure(void);

/*
 * May the Non-secure state run? With a Secure interrupt pending EL3 would take its place at once.
 */
bool probe_is_ns_reachable(void);

/* The frame of an SGI or PPI of that PE, or the distributor */
uint64_t probe_base(uint32_t intid, unsigned pe);
/* Accesses that are told in the line */
uint64_t probe_see_icc(enum probe_state state, enum probe_icc reg);
void probe_set_icc(enum probe_state state, enum probe_icc reg, uint64_t value);
void probe_set(bool secure, const char *name, uint64_t address, unsigned size, uint64_t value);
void probe_see(uint64_t address, unsigned size); /* in each state */

/* steps.c */
void probe_op_priority(void);
void probe_op_preemption(void);
void probe_op_look(void);
/* Any operation */
void probe_step(void);

#endif
