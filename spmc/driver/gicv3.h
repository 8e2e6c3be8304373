/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * GICv3 at register level (IHI 0069H), as the Secure state sees it. It knows no partition. Callers
 * hold the chain lock where they change an interrupt that another PE may change too.
 */
#ifndef SPMC_DRIVER_GICV3_H
#define SPMC_DRIVER_GICV3_H

#include "arch/arch.h"
#include "spmc/manifest.h"

enum gicv3_kind {
    GICV3_SGI, /* 0 to 15 */
    GICV3_PPI, /* 16 to 31, 1056 to 1119 */
    GICV3_SPI, /* 32 to 1019, 4096 to 5119 */
    GICV3_RESERVED,
};
enum gicv3_kind gicv3_kind(uint32_t intid);

/* Where the registers of an interrupt are: `redistributor` counts for SGIs and PPIs only. */
struct gicv3_at {
    const struct spmc_gic *gic;
    paddr_t redistributor; /* RD frame */
    uint32_t intid;
};

struct gicv3_config {
    bool secure;      /* Secure Group 1, else Non-secure Group 1 */
    bool is_level;    /* level-sensitive, else edge-triggered; not for SGIs */
    uint8_t priority; /* as the Secure state counts: below 0x80 before all Non-secure ones */
};

/* Secure Group 1 on, given the boot firmware's affinity routing. NULL, or what is amiss. */
const char *gicv3_start(struct arch_pe *pe, const struct spmc_gic *gic);

/* Does this GIC have it? For a PPI, on the PE of that redistributor. */
bool gicv3_has(struct arch_pe *pe, const struct gicv3_at *at);

/* RD frame of the PE with this affinity; 0: no region has it. */
paddr_t gicv3_find_redistributor(struct arch_pe *pe, const struct spmc_gic *gic, uint64_t mpidr);

/* Wakes the redistributor if it sleeps. False: it does not wake. */
bool gicv3_wake(struct arch_pe *pe, paddr_t redistributor);

/* CPU interface of the PE that calls: system registers, Secure Group 1 on, nothing masked. */
void gicv3_start_cpu(struct arch_pe *pe);

/* Disables it and gives it this configuration. False: the GIC does not settle. */
bool gicv3_configure(struct arch_pe *pe, const struct gicv3_at *at,
                     const struct gicv3_config *config);
/* The same of its security state alone. */
bool gicv3_set_secure(struct arch_pe *pe, const struct gicv3_at *at, bool secure);

void gicv3_enable(struct arch_pe *pe, const struct gicv3_at *at);
bool gicv3_disable(struct arch_pe *pe, const struct gicv3_at *at);
bool gicv3_is_enabled(struct arch_pe *pe, const struct gicv3_at *at);

/* An SPI goes to the PE with this affinity. False: the GIC does not settle. */
bool gicv3_route(struct arch_pe *pe, const struct gicv3_at *at, uint64_t mpidr);

/* What ICC_SGI1R_EL1 and ICC_ASGI1R_EL1 take for SGI `intid` to one PE. */
uint64_t gicv3_sgi(uint64_t mpidr, uint32_t intid);

#endif
