/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside the GICv3 model: a bank of interrupts, the registers that the distributor (SPIs) and each
 * redistributor's SGI frame (SGIs and PPIs) have in common (IHI 0069H, 12.9 and 12.11). Register
 * level only: state is stored and read back by the rules of the security states; nothing is
 * delivered.
 */
#ifndef SIM_GICV3_H
#define SIM_GICV3_H

#include "sim/device/device.h"

#define GIC_FRAME_BYTES 0x10000u
#define GIC_MAX_WORDS   32u /* of 32 interrupts: INTIDs 0 to 1023 */

/* 32 interrupts, a bit each unless said otherwise. */
struct gic_word {
    uint32_t group;     /* GICx_IGROUPR: set means Non-secure Group 1 */
    uint32_t group_mod; /* GICx_IGRPMODR */
    uint32_t enable;
    uint32_t pending;
    uint32_t active;
    uint32_t config[2];   /* GICx_ICFGR: two bits each */
    uint32_t nsacr[2];    /* GICx_NSACR: two bits each */
    uint8_t priority[32]; /* as the Secure state sees it */
};

struct gic_bank {
    unsigned first_word; /* 0: SGIs and PPIs; 1: SPIs */
    unsigned end_word;
    struct gic_word *word; /* of INTID 32 * first_word and on */
};

/* One access in a frame of registers. False: it is none of a bank's registers. */
bool gic_bank_read(const struct gic_bank *bank, uint64_t offset, unsigned size, enum bus_pas pas,
                   uint32_t *value);
bool gic_bank_write(struct gic_bank *bank, uint64_t offset, unsigned size, uint32_t value,
                    enum bus_pas pas);

#endif
