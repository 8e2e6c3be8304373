/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * GICv3 at cold boot: all interrupts are the normal world's, nothing enabled but the SGI that wakes
 * a parked PE (Arm IHI 0069). The SPMC takes the secure ones out of that.
 */
#include "arch/arch.h"
#include "el3.h"
#include "sysreg.h"

SYSREG_AS(icc_sre_el3, S3_6_C12_C12_5)
SYSREG_AS(icc_igrpen0_el1, S3_0_C12_C12_6)
SYSREG_AS(icc_igrpen1_el3, S3_6_C12_C12_7)
SYSREG_AS(icc_pmr_el1, S3_0_C4_C6_0)
SYSREG_AS(icc_sgi0r_el1, S3_0_C12_C11_7)
SYSREG_AS(icc_iar0_el1, S3_0_C12_C8_0)
SYSREG_AS(icc_eoir0_el1, S3_0_C12_C8_1)
SYSREG_AS(icc_hppir0_el1, S3_0_C12_C8_2)

#define GICD_CTLR       0x0000u
#define GICD_TYPER      0x0004u
#define GICD_IGROUPR    0x0080u
#define GICD_CTLR_ALL   0x37u /* groups 0, 1S, 1NS; affinity routing in both states */
#define GICD_CTLR_RWP   (1u << 31)
#define GICR_WAKER      0x0014u
#define WAKER_SLEEP     (1u << 1)
#define WAKER_CHILDREN  (1u << 2)
#define GICR_SGI_BASE   0x10000u
#define GICR_IGROUPR0   0x0080u
#define GICR_ISENABLER0 0x0100u
#define SRE_ENABLE_ALL  0xfu
#define PMR_ALL         0xffu
#define GROUP1_ALL      3u /* Secure and Non-secure */

static uint32_t get(uint64_t base, uint32_t offset)
{
    return *(const volatile uint32_t *)(uintptr_t)(base + offset);
}

static void put(uint64_t base, uint32_t offset, uint32_t value)
{
    *(volatile uint32_t *)(uintptr_t)(base + offset) = value;
}

void gic_init_distributor(void)
{
    uint32_t words = (get(EL3_GICD, GICD_TYPER) & 0x1fu) + 1;

    for (uint32_t n = 1; n < words; n++) {
        put(EL3_GICD, GICD_IGROUPR + 4 * n, ~0u);
    }
    put(EL3_GICD, GICD_CTLR, GICD_CTLR_ALL);
    while ((get(EL3_GICD, GICD_CTLR) & GICD_CTLR_RWP) != 0) {
    }
}

void gic_init_pe(const struct el3_pe *pe)
{
    uint64_t frame = EL3_GICR + (uint64_t)pe->index * EL3_GICR_STRIDE;

    put(frame, GICR_WAKER, get(frame, GICR_WAKER) & ~WAKER_SLEEP);
    while ((get(frame, GICR_WAKER) & WAKER_CHILDREN) != 0) {
    }
    put(frame, GICR_SGI_BASE + GICR_IGROUPR0, ~(1u << EL3_WAKE_SGI));
    put(frame, GICR_SGI_BASE + GICR_ISENABLER0, 1u << EL3_WAKE_SGI);
    write_icc_sre_el3(SRE_ENABLE_ALL);
    isb();
    write_icc_pmr_el1(PMR_ALL);
    write_icc_igrpen0_el1(1);
    write_icc_igrpen1_el3(GROUP1_ALL);
    isb();
}

void gic_park(bool on)
{
    write_icc_pmr_el1(PMR_ALL);
    write_icc_igrpen1_el3(on ? 0 : GROUP1_ALL);
    isb();
}

void gic_wake(uint32_t index)
{
    __asm__ volatile("dsb sy" : : : "memory");
    write_icc_sgi0r_el1((uint64_t)EL3_WAKE_SGI << 24 | 1ull << index);
    isb();
}

uint32_t gic_pending(void)
{
    return (uint32_t)read_icc_hppir0_el1();
}

uint32_t gic_take(void)
{
    uint32_t intid = (uint32_t)read_icc_iar0_el1();

    __asm__ volatile("dsb sy" : : : "memory");
    return intid;
}

void gic_end(uint32_t intid)
{
    write_icc_eoir0_el1(intid);
    isb();
}

uint32_t spmd_arch_group0_take(struct spmd *spmd, uint32_t cpu_index)
{
    (void)spmd;
    (void)cpu_index;
    return gic_take();
}

void spmd_arch_group0_end(struct spmd *spmd, uint32_t cpu_index, uint32_t intid)
{
    (void)spmd;
    (void)cpu_index;
    gic_end(intid);
}
