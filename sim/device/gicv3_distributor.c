/* SPDX-License-Identifier: BSD-3-Clause */
/* The frame of the distributor (IHI 0069H, 12.9). */
#include "sim/device/gicv3.h"

#define GICD_TYPER         0x0004u
#define GICD_IIDR          0x0008u
#define GICD_TYPER2        0x000cu
#define GICD_SETSPI_NSR    0x0040u
#define GICD_CLRSPI_NSR    0x0048u
#define GICD_SETSPI_SR     0x0050u
#define GICD_CLRSPI_SR     0x0058u
#define GICD_IROUTER       0x6000u
#define GICD_IROUTER_END   (GICD_IROUTER + 8u * GIC_END_SPI)
#define GICD_IROUTER_E     0x8000u
#define GICD_IROUTER_E_END 0xa000u

#define REG_PIDR2   0xffe8u
#define REG_CIDR0   0xfff0u
#define PIDR2_GICV3 0x3bu /* ArchRev 3, JEDEC code of Arm */

#define CTLR_ARE_S  (1u << 4) /* ARE_NS in the Non-secure view */
#define CTLR_ARE_NS (1u << 5)

#define TYPER_LINES_1019   31u
#define TYPER_ESPI         (1u << 8)
#define TYPER_SECURITY     (1u << 10)
#define TYPER_MBIS         (1u << 16) /* GICD_SETSPI_* are there */
#define TYPER_IDBITS_16    (15u << 19)
#define TYPER_A3V          (1u << 24)
#define TYPER_NO_1N        (1u << 25)
#define TYPER_RSS          (1u << 26)
#define TYPER_ESPI_TO_5119 (31u << 27)
#define TYPER_VALUE                                                                              \
    (TYPER_LINES_1019 | TYPER_ESPI | TYPER_SECURITY | TYPER_MBIS | TYPER_IDBITS_16 | TYPER_A3V | \
     TYPER_NO_1N | TYPER_RSS | TYPER_ESPI_TO_5119)

#define ROUTE_1N     (UINT64_C(1) << 31)
#define SETSPI_INTID 0x1fffu
#define NO_ROUTE     0u

/* Coresight identification: a reader looks at PIDR2 and skips the rest. */
uint64_t gic_read_id(uint64_t offset)
{
    static const uint8_t cidr[4] = {0x0d, 0xf0, 0x05, 0xb1};

    if (offset == REG_PIDR2)
        return PIDR2_GICV3;
    if (offset >= REG_CIDR0 && offset % 4 == 0)
        return cidr[(offset - REG_CIDR0) / 4];
    return 0;
}

static uint64_t read_ctlr(const struct gicv3 *gic, enum bus_pas pas)
{
    if (pas == BUS_SECURE)
        return gic->ctlr | CTLR_ARE_S | CTLR_ARE_NS;
    return (gic->ctlr & GICD_CTLR_ENABLE_GRP1_NS) | CTLR_ARE_S;
}

/* Takes effect at once: RWP is never seen set. */
static void write_ctlr(struct gicv3 *gic, uint32_t value, enum bus_pas pas)
{
    uint32_t mask = pas == BUS_SECURE ? GICD_CTLR_ENABLES : GICD_CTLR_ENABLE_GRP1_NS;

    gic->ctlr = (gic->ctlr & ~mask) | (value & mask);
    gic_update_all(gic);
}

static bool is_router(uint64_t offset, unsigned size)
{
    return size >= 4 && ((offset >= GICD_IROUTER && offset < GICD_IROUTER_END) ||
                         (offset >= GICD_IROUTER_E && offset < GICD_IROUTER_E_END));
}

/* The SPI, counted as in gic->route, of an access that may see it; NO_ROUTE: none. */
static unsigned routed(const struct gicv3 *gic, uint64_t offset, enum bus_pas pas)
{
    unsigned at = offset < GICD_IROUTER_E
                      ? (unsigned)(offset - GICD_IROUTER) / 8
                      : (unsigned)(offset - GICD_IROUTER_E) / 8 + 32u * GIC_EXTENDED_WORD;
    const struct gic_word *word = &gic->word[at / 32];

    if ((word->valid >> (at % 32) & 1) == 0)
        return NO_ROUTE;
    if (pas == BUS_NON_SECURE && (word->group >> (at % 32) & 1) == 0 &&
        !gic_nsacr_allows(word, at % 32, 3))
        return NO_ROUTE;
    return at;
}

void gic_set_route(struct gicv3 *gic, unsigned at, uint64_t route)
{
    const struct machine *machine = gic->device.machine;

    gic->route[at] = route;
    gic->target[at] = GIC_NO_PE;
    for (unsigned pe = 0; pe < machine->pe_count; pe++) {
        if ((machine->pe[pe].mpidr & GIC_MPIDR_ROUTE) == route)
            gic->target[at] = (uint8_t)pe;
    }
}

static void write_route(struct gicv3 *gic, uint64_t offset, unsigned size, uint64_t value,
                        enum bus_pas pas)
{
    unsigned at = routed(gic, offset, pas);
    uint64_t mask = size == 8 ? UINT64_MAX : UINT64_C(0xffffffff) << (8 * (offset % 8));

    if (at == NO_ROUTE)
        return;
    value = value << (8 * (offset % 8)) & mask;
    if ((value & ROUTE_1N) != 0 && !gic->told_one_of_n) {
        gic->told_one_of_n = true;
        machine_warn(gic->device.machine,
                     "%s: routing to any PE (1 of N) is not modelled: the affinity counts",
                     gic->device.node->path);
    }
    gic_set_route(gic, at, ((gic->route[at] & ~mask) | value) & GIC_MPIDR_ROUTE);
    gic_word_changed(gic, NULL, at / 32);
}

/* Message-based SPIs: a level-sensitive one stays asserted until it is cleared. */
static void write_message(struct gicv3 *gic, uint64_t offset, uint64_t value, enum bus_pas pas)
{
    bool set = offset == GICD_SETSPI_NSR || offset == GICD_SETSPI_SR;
    bool secure_only = offset >= GICD_SETSPI_SR;
    struct gic_ref ref;
    uint32_t bit;

    if ((pas == BUS_NON_SECURE && secure_only) ||
        !gic_find(gic, NULL, (uint32_t)value & SETSPI_INTID, &ref))
        return;
    bit = 1u << ref.bit;
    if (pas == BUS_NON_SECURE && (ref.word->group & bit) == 0 &&
        !gic_nsacr_allows(ref.word, ref.bit, set ? 1 : 2))
        return;
    if (set)
        ref.word->message |= bit;
    else
        ref.word->message &= ~bit;
    if ((ref.word->edge & bit) != 0) {
        ref.word->message &= ~bit;
        ref.word->latch = (ref.word->latch & ~bit) | (set ? bit : 0);
    }
    gic_word_changed(gic, NULL, ref.index);
}

static bool is_message(uint64_t offset, unsigned size)
{
    return size <= 4 && size >= 2 && offset >= GICD_SETSPI_NSR && offset <= GICD_CLRSPI_SR &&
           offset % 8 == 0;
}

static uint64_t gicd_read(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                          enum bus_pas pas)
{
    struct gicv3 *gic = device;
    uint32_t value = 0;

    (void)pe;
    if (offset == GIC_REG_CTLR && size == 4)
        return read_ctlr(gic, pas);
    if (offset == GICD_TYPER && size == 4)
        return TYPER_VALUE;
    if (offset == GICD_IIDR && size == 4)
        return GIC_IIDR_VALUE;
    if ((offset == GICD_TYPER2 && size == 4) || is_message(offset, size))
        return 0;
    if (gic_bank_read(gic, NULL, offset, size, pas, &value))
        return value;
    if (is_router(offset, size)) {
        unsigned at = routed(gic, offset, pas);
        return at != NO_ROUTE ? gic->route[at] >> (8 * (offset % 8)) : 0;
    }
    if (offset >= GIC_REG_ID_FIRST && offset < GIC_FRAME_BYTES)
        return gic_read_id(offset);
    device_warn_unmodelled(&gic->device, &gic->unmodelled_d, "GICD", offset, false);
    return 0;
}

static void gicd_write(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                       uint64_t value, enum bus_pas pas)
{
    struct gicv3 *gic = device;

    (void)pe;
    if (offset == GIC_REG_CTLR && size == 4)
        write_ctlr(gic, (uint32_t)value, pas);
    else if (is_message(offset, size))
        write_message(gic, offset, value, pas);
    else if (is_router(offset, size))
        write_route(gic, offset, size, value, pas);
    else if (!gic_bank_write(gic, NULL, offset, size, (uint32_t)value, pas))
        device_warn_unmodelled(&gic->device, &gic->unmodelled_d, "GICD", offset, true);
}

const struct bus_device_ops gicd_ops = {gicd_read, gicd_write};
