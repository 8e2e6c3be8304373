/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Three PEs, an MP partition, a UP one and one of S-EL0, built by hand; and a GIC that is a store
 * of words, with the write-1 registers behaving as such, which records what was written.
 */
#ifndef TEST_INTERRUPT_RIG_H
#define TEST_INTERRUPT_RIG_H

#include <check.h>

#include "fake_arch.h"
#include "spmc/internal.h"
#include "spmc/interrupt.h"

#define RIG_PES    3u
#define RIG_BOOT   1u /* the PE that boots */
#define RIG_GICD   0x2f000000u
#define RIG_GICR   0x2f100000u
#define RIG_STRIDE 0x20000u
#define RIG_RD(n)  (RIG_GICR + (n)*RIG_STRIDE)
#define RIG_SGI(n) (RIG_RD(n) + 0x10000u) /* SGI frame */

/* Interrupts of the partitions; NS_SPI is of the MP one, but the normal world's. */
#define MP_PPI  25u
#define MP_SPI  41u
#define MP_ESPI 4100u
#define NS_SPI  77u
#define UP_SPI  56u
#define UP_PPI  1057u
#define EL0_SPI 60u

#define RIG_WRITES 1024u

struct rig {
    struct arch_pe pe[RIG_PES];
    struct spmc spmc;
    struct spmc_cpu cpu[RIG_PES];
    struct partition nwd;
    struct partition partition[3];
    struct partition_manifest manifest[3];
    struct manifest_vm vm[3];
    struct vcpu vcpu[RIG_PES + 2];
    struct arch_vcpu arch[RIG_PES + 2];
    uint32_t vint_id[3][16];
    struct vint vint[RIG_PES + 2][16];
    /* GIC */
    uint32_t gicd[0x10000 / 4];
    uint32_t gicr[RIG_PES][RIG_STRIDE / 4];
    bool is_stuck; /* GICD_CTLR.RWP never clears */
    unsigned write_count;
    struct {
        uint64_t pa;
        uint32_t value;
    } write[RIG_WRITES];
};

extern struct rig rig;

void rig_reset(void);

struct partition *rig_mp(void);
struct partition *rig_up(void);
struct partition *rig_el0(void);

/* A word of the GIC, by address. */
uint32_t *rig_word(uint64_t pa);

/* State of one interrupt; `pe` counts for SGIs and PPIs. */
bool rig_enabled(unsigned pe, uint32_t intid);
bool rig_is_secure_group1(unsigned pe, uint32_t intid);
bool rig_is_ns_group1(unsigned pe, uint32_t intid);
uint32_t rig_priority(unsigned pe, uint32_t intid);
bool rig_is_edge(unsigned pe, uint32_t intid);
uint64_t rig_route(uint32_t intid);

/* Boots the part about interrupts: interrupt_init(), then every PE. */
void rig_start(void);

/* `vcpu` runs on PE `cpu`. */
void rig_run(unsigned cpu, struct vcpu *vcpu);

int rig_main(const char *name, void (*add)(TCase *tcase));

#endif
