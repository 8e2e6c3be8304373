/* SPDX-License-Identifier: BSD-3-Clause */
#include "gic.h"

#include "guest.h"
#include "mmu.h"
#include "sysreg.h"

#define GICR_BASE         0x080a0000u
#define GICR_STRIDE       0x20000u
#define GICR_PES          8u
#define GICR_SGI          0x10000u
#define GICR_ISENABLER0   0x0100u
#define GICR_ICENABLER0   0x0180u
#define GICR_IPRIORITYR   0x0400u
#define PRIORITY_ORDINARY 0x80u
#define PRIORITY_ALL      0xffu

SYSREG_WRITE(icc_sre_el1)
SYSREG_WRITE(icc_pmr_el1)
SYSREG_WRITE(icc_igrpen1_el1)
SYSREG_READ(icc_iar1_el1)
SYSREG_WRITE(icc_eoir1_el1)
SYSREG_WRITE(icc_sgi1r_el1)

static void isb(void)
{
    __asm__ volatile("isb" : : : "memory");
}

static uintptr_t frame_of(unsigned pe)
{
    return GICR_BASE + (uintptr_t)pe * GICR_STRIDE + GICR_SGI;
}

void gic_map(void)
{
    guest_assert(mmu_map(GICR_BASE, (size_t)GICR_PES * GICR_STRIDE, MMU_DEVICE));
}

void gic_init_pe(void)
{
    write_icc_sre_el1(7);
    isb();
    write_icc_pmr_el1(PRIORITY_ALL);
    write_icc_igrpen1_el1(1);
    isb();
}

void gic_enable(unsigned pe, uint32_t intid)
{
    *(volatile uint8_t *)(frame_of(pe) + GICR_IPRIORITYR + intid) = PRIORITY_ORDINARY;
    *(volatile uint32_t *)(frame_of(pe) + GICR_ISENABLER0) = 1u << intid;
    __asm__ volatile("dsb sy" : : : "memory");
}

void gic_disable(unsigned pe, uint32_t intid)
{
    *(volatile uint32_t *)(frame_of(pe) + GICR_ICENABLER0) = 1u << intid;
    __asm__ volatile("dsb sy" : : : "memory");
}

uint32_t gic_take(void)
{
    uint32_t intid = (uint32_t)read_icc_iar1_el1();

    __asm__ volatile("dsb sy" : : : "memory");
    return intid;
}

void gic_end(uint32_t intid)
{
    write_icc_eoir1_el1(intid);
    isb();
}

void gic_send(unsigned pe, uint32_t intid)
{
    __asm__ volatile("dsb sy" : : : "memory");
    write_icc_sgi1r_el1((uint64_t)intid << 24 | 1ull << pe);
    isb();
}
