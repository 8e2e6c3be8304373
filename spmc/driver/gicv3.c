/* SPDX-License-Identifier: BSD-3-Clause */
#include "driver/gicv3.h"

/* Distributor (IHI 0069H, 12.9), and the part that a redistributor's SGI frame shares (12.11) */
#define GICD_CTLR    0x0000u
#define GICD_TYPER   0x0004u
#define GIC_IROUTER  0x6000u
#define GIC_IROUTERE 0x8000u

#define CTLR_ENABLE_GRP1_S (1u << 2)
#define CTLR_ARE_S         (1u << 4)
#define CTLR_DS            (1u << 6)
#define CTLR_RWP           (1u << 31)

#define TYPER_ITLINES(typer)    ((typer)&0x1fu)
#define TYPER_HAS_ESPI          (1u << 8)
#define TYPER_ESPI_RANGE(typer) ((typer) >> 27)

/* Redistributor, RD frame (12.10) */
#define GICR_CTLR         0x0000u
#define GICR_TYPER        0x0008u
#define GICR_TYPER_HIGH   0x000cu
#define GICR_WAKER        0x0014u
#define GICR_SGI_FRAME    0x10000u
#define GICR_FRAMES_GICV3 0x20000u
#define GICR_FRAMES_GICV4 0x40000u

#define GICR_CTLR_RWP            (1u << 3)
#define GICR_TYPER_VLPIS         (1u << 1)
#define GICR_TYPER_LAST          (1u << 4)
#define GICR_TYPER_PPINUM(typer) ((typer) >> 27)
#define WAKER_PROCESSOR_SLEEP    (1u << 1)
#define WAKER_CHILDREN_ASLEEP    (1u << 2)

/* CPU interface */
#define SRE_SYSTEM_REGISTERS 0x1u
#define SRE_ENABLE           0x8u
#define ICC_CTLR_EOIMODE     0x2u
#define PMR_OPEN             0xffu

/* Reads until a bit changes, at most */
#define PATIENCE 100000u

#define SPI_FIRST  32u
#define SPI_END    1020u
#define EPPI_FIRST 1056u
#define EPPI_END   1120u
#define ESPI_FIRST 4096u
#define ESPI_END   5120u

/* Offsets of the registers of a bank of interrupts */
struct bank {
    uint16_t group, enable_set, enable_clear, priority, config, modifier;
};

static const struct bank plain = {0x080, 0x100, 0x180, 0x400, 0xc00, 0xd00};
static const struct bank extended_spi = {0x1000, 0x1200, 0x1400, 0x2000, 0x3000, 0x3400};

enum gicv3_kind gicv3_kind(uint32_t intid)
{
    if (intid < 16) {
        return GICV3_SGI;
    }
    if (intid < SPI_FIRST || (intid >= EPPI_FIRST && intid < EPPI_END)) {
        return GICV3_PPI;
    }
    return intid < SPI_END || (intid >= ESPI_FIRST && intid < ESPI_END) ? GICV3_SPI
                                                                        : GICV3_RESERVED;
}

static uint32_t rd32(struct arch_pe *pe, paddr_t base, uint64_t offset)
{
    return arch_mmio_read32(pe, paddr(base.pa + offset), PAS_SECURE);
}

static void wr32(struct arch_pe *pe, paddr_t base, uint64_t offset, uint32_t value)
{
    arch_mmio_write32(pe, paddr(base.pa + offset), value, PAS_SECURE);
}

/* Waits until the bits are clear. */
static bool settles(struct arch_pe *pe, paddr_t base, uint64_t offset, uint32_t bits)
{
    for (uint32_t i = 0; i < PATIENCE; i++) {
        if ((rd32(pe, base, offset) & bits) == 0) {
            return true;
        }
    }
    return false;
}

static const struct bank *bank_of(const struct gicv3_at *at)
{
    return at->intid >= ESPI_FIRST ? &extended_spi : &plain;
}

static paddr_t base_of(const struct gicv3_at *at)
{
    return gicv3_kind(at->intid) == GICV3_SPI ? at->gic->distributor
                                              : paddr(at->redistributor.pa + GICR_SGI_FRAME);
}

/* Its number among those of its bank: extended PPIs follow upon the 32 others. */
static uint32_t number_of(const struct gicv3_at *at)
{
    if (at->intid >= ESPI_FIRST) {
        return at->intid - ESPI_FIRST;
    }
    return at->intid >= EPPI_FIRST ? at->intid - EPPI_FIRST + 32u : at->intid;
}

/* A field of `width` bits for each interrupt, from `block` on. */
static void set_field(struct arch_pe *pe, const struct gicv3_at *at, uint32_t block, uint32_t width,
                      uint32_t mask, uint32_t value)
{
    uint32_t per_word = 32u / width;
    uint64_t offset = block + 4u * (uint64_t)(number_of(at) / per_word);
    uint32_t shift = number_of(at) % per_word * width;
    uint32_t old = rd32(pe, base_of(at), offset);
    uint32_t new = (old & ~(mask << shift)) | value << shift;

    if (new != old) {
        wr32(pe, base_of(at), offset, new);
    }
}

static uint64_t bit_offset(const struct gicv3_at *at, uint32_t block)
{
    return block + 4u * (uint64_t)(number_of(at) / 32u);
}

static uint32_t bit_of(const struct gicv3_at *at)
{
    return 1u << number_of(at) % 32u;
}

const char *gicv3_start(struct arch_pe *pe, const struct spmc_gic *gic)
{
    uint32_t ctlr = rd32(pe, gic->distributor, GICD_CTLR);

    if ((ctlr & CTLR_DS) != 0) {
        return "GICD_CTLR.DS is set, want a GIC with two security states";
    }
    if ((ctlr & CTLR_ARE_S) == 0) {
        return "GICD_CTLR.ARE_S is clear, want affinity routing on, as the boot firmware sets it";
    }
    if ((ctlr & CTLR_ENABLE_GRP1_S) == 0) {
        wr32(pe, gic->distributor, GICD_CTLR, (ctlr & ~CTLR_RWP) | CTLR_ENABLE_GRP1_S);
    }
    return settles(pe, gic->distributor, GICD_CTLR, CTLR_RWP) ? NULL : "GICD_CTLR.RWP stays set";
}

bool gicv3_has(struct arch_pe *pe, const struct gicv3_at *at)
{
    uint32_t typer;

    switch (gicv3_kind(at->intid)) {
    case GICV3_SGI:
        return true;
    case GICV3_PPI:
        return at->intid < SPI_FIRST ||
               at->intid - EPPI_FIRST <
                   32u * GICR_TYPER_PPINUM(rd32(pe, at->redistributor, GICR_TYPER));
    case GICV3_SPI:
        typer = rd32(pe, at->gic->distributor, GICD_TYPER);
        if (at->intid < SPI_END) {
            return at->intid < 32u * (TYPER_ITLINES(typer) + 1u);
        }
        return (typer & TYPER_HAS_ESPI) != 0 &&
               at->intid - ESPI_FIRST < 32u * (TYPER_ESPI_RANGE(typer) + 1u);
    default:
        return false;
    }
}

/* Affinity as GICR_TYPER has it in its upper word: Aff3.Aff2.Aff1.Aff0 */
static uint32_t packed_affinity(uint64_t mpidr)
{
    return (uint32_t)(mpidr >> 32 & 0xffu) << 24 | (uint32_t)(mpidr & 0xffffffu);
}

paddr_t gicv3_find_redistributor(struct arch_pe *pe, const struct spmc_gic *gic, uint64_t mpidr)
{
    for (uint32_t i = 0; i < gic->redistributor_count; i++) {
        const struct manifest_range *region = &gic->redistributor[i];
        uint64_t stride = gic->redistributor_stride_bytes;
        uint64_t offset = 0;

        while (offset < region->size_bytes && region->size_bytes - offset >= GICR_FRAMES_GICV3) {
            paddr_t frame = paddr(region->base + offset);
            uint32_t typer = rd32(pe, frame, GICR_TYPER);

            if (rd32(pe, frame, GICR_TYPER_HIGH) == packed_affinity(mpidr)) {
                return frame;
            }
            if ((typer & GICR_TYPER_LAST) != 0) {
                break;
            }
            if (gic->redistributor_stride_bytes == 0) {
                stride = (typer & GICR_TYPER_VLPIS) != 0 ? GICR_FRAMES_GICV4 : GICR_FRAMES_GICV3;
            }
            offset += stride;
        }
    }
    return paddr(0);
}

bool gicv3_wake(struct arch_pe *pe, paddr_t redistributor)
{
    uint32_t waker = rd32(pe, redistributor, GICR_WAKER);

    if ((waker & WAKER_PROCESSOR_SLEEP) != 0) {
        wr32(pe, redistributor, GICR_WAKER, waker & ~WAKER_PROCESSOR_SLEEP);
    }
    return settles(pe, redistributor, GICR_WAKER, WAKER_CHILDREN_ASLEEP);
}

void gicv3_start_cpu(struct arch_pe *pe)
{
    uint64_t sre = arch_sysreg_read(pe, ARCH_ICC_SRE_EL2);
    uint64_t ctlr;

    arch_sysreg_write(pe, ARCH_ICC_SRE_EL2, sre | SRE_SYSTEM_REGISTERS | SRE_ENABLE);
    ctlr = arch_sysreg_read(pe, ARCH_ICC_CTLR);
    arch_sysreg_write(pe, ARCH_ICC_CTLR, ctlr & ~(uint64_t)ICC_CTLR_EOIMODE);
    arch_sysreg_write(pe, ARCH_ICC_BPR1, 0); /* the least there is: all priority bits preempt */
    arch_sysreg_write(pe, ARCH_ICC_PMR, PMR_OPEN);
    arch_sysreg_write(pe, ARCH_ICC_IGRPEN1, 1);
}

bool gicv3_disable(struct arch_pe *pe, const struct gicv3_at *at)
{
    wr32(pe, base_of(at), bit_offset(at, bank_of(at)->enable_clear), bit_of(at));
    return gicv3_kind(at->intid) == GICV3_SPI
               ? settles(pe, at->gic->distributor, GICD_CTLR, CTLR_RWP)
               : settles(pe, at->redistributor, GICR_CTLR, GICR_CTLR_RWP);
}

void gicv3_enable(struct arch_pe *pe, const struct gicv3_at *at)
{
    wr32(pe, base_of(at), bit_offset(at, bank_of(at)->enable_set), bit_of(at));
}

bool gicv3_is_enabled(struct arch_pe *pe, const struct gicv3_at *at)
{
    return (rd32(pe, base_of(at), bit_offset(at, bank_of(at)->enable_set)) & bit_of(at)) != 0;
}

static void write_group(struct arch_pe *pe, const struct gicv3_at *at, bool secure)
{
    set_field(pe, at, bank_of(at)->group, 1, 1, secure ? 0 : 1);
    set_field(pe, at, bank_of(at)->modifier, 1, 1, secure ? 1 : 0);
}

bool gicv3_set_secure(struct arch_pe *pe, const struct gicv3_at *at, bool secure)
{
    bool settled = gicv3_disable(pe, at);

    write_group(pe, at, secure);
    return settled;
}

bool gicv3_configure(struct arch_pe *pe, const struct gicv3_at *at,
                     const struct gicv3_config *config)
{
    bool settled = gicv3_disable(pe, at);

    write_group(pe, at, config->secure);
    set_field(pe, at, bank_of(at)->priority, 8, 0xff, config->priority);
    if (gicv3_kind(at->intid) != GICV3_SGI) {
        set_field(pe, at, bank_of(at)->config, 2, 2, config->is_level ? 0 : 2);
    }
    return settled;
}

bool gicv3_route(struct arch_pe *pe, const struct gicv3_at *at, uint64_t mpidr)
{
    bool enabled = gicv3_is_enabled(pe, at);
    bool settled = !enabled || gicv3_disable(pe, at);
    uint64_t offset =
        (at->intid >= ESPI_FIRST ? GIC_IROUTERE : GIC_IROUTER) + 8u * (uint64_t)number_of(at);

    /* In two halves, so it is off meanwhile. Interrupt_Routing_Mode 0: to this PE and no other. */
    wr32(pe, at->gic->distributor, offset, (uint32_t)(mpidr & 0xffffffu));
    wr32(pe, at->gic->distributor, offset + 4, (uint32_t)(mpidr >> 32 & 0xffu));
    if (enabled) {
        gicv3_enable(pe, at);
    }
    return settled;
}

uint64_t gicv3_sgi(uint64_t mpidr, uint32_t intid)
{
    uint64_t aff0 = mpidr & 0xffu;

    return (mpidr >> 32 & 0xffu) << 48 | aff0 >> 4 << 44 | (mpidr >> 16 & 0xffu) << 32 |
           (uint64_t)intid << 24 | (mpidr >> 8 & 0xffu) << 16 | 1u << (aff0 & 0xfu);
}
