/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * arm,gic-v3: distributor and redistributors at register level (IHI 0069H, chapter 12), with two
 * security states and affinity routing always on (no GICv2 view), without LPIs. Interrupts are
 * configured and read back, not delivered.
 */
#include "sim/device/gicv3.h"

#include <inttypes.h>
#include <libfdt.h>

/* Registers of both frames */
#define REG_CTLR         0x0000u
#define GICD_TYPER       0x0004u
#define GICD_IIDR        0x0008u
#define GICD_TYPER2      0x000cu
#define GICD_IROUTER     0x6000u
#define GICD_IROUTER_END (GICD_IROUTER + 8u * 1020u)
#define GICR_IIDR        0x0004u
#define GICR_TYPER       0x0008u
#define GICR_WAKER       0x0014u
#define REG_ID_FIRST     0xffd0u
#define REG_PIDR2        0xffe8u
#define REG_CIDR0        0xfff0u

#define CTLR_ENABLE_GRP0    (1u << 0)
#define CTLR_ENABLE_GRP1_NS (1u << 1)
#define CTLR_ENABLE_GRP1_S  (1u << 2)
#define CTLR_ENABLES        (CTLR_ENABLE_GRP0 | CTLR_ENABLE_GRP1_NS | CTLR_ENABLE_GRP1_S)
#define CTLR_ARE_S          (1u << 4) /* ARE_NS in the Non-secure view */
#define CTLR_ARE_NS         (1u << 5)

/* ITLinesNumber 31, SecurityExtn, IDbits 10, A3V, No1N */
#define TYPER_VALUE (31u | 1u << 10 | 9u << 19 | 1u << 24 | 1u << 25)
#define IIDR_VALUE  0x0000043bu /* implementer: Arm; product 0 */
#define PIDR2_GICV3 0x3bu       /* ArchRev 3, JEDEC code of Arm */

#define WAKER_PROCESSOR_SLEEP (1u << 1)
#define WAKER_CHILDREN_ASLEEP (1u << 2)

#define MPIDR_ROUTE     UINT64_C(0xff00ffffff)
#define REDIST_BYTES    (2u * GIC_FRAME_BYTES)
#define GIC_MAX_REGIONS (BOARD_MAX_REGS - 1)

struct redistributor {
    uint64_t typer;
    uint32_t waker;
    struct gic_word word;
};

/* PEs [first, end) have their frames in one region, `stride` bytes apart. */
struct redistributor_region {
    struct gicv3 *gic;
    unsigned first;
    unsigned end;
};

struct gicv3 {
    struct device device;
    uint32_t ctlr; /* enables, as the Secure state sees them */
    uint64_t stride_bytes;
    struct gic_word word[GIC_MAX_WORDS - 1];
    uint64_t route[1020]; /* GICD_IROUTER by INTID; below 32 unused */
    struct redistributor redist[BOARD_MAX_PES];
    struct redistributor_region region[GIC_MAX_REGIONS];
    struct device_unmodelled unmodelled_d;
    struct device_unmodelled unmodelled_r;
};

static struct gic_bank spi_bank(struct gicv3 *gic)
{
    struct gic_bank bank = {1, GIC_MAX_WORDS, gic->word};

    return bank;
}

/* Coresight identification: a reader looks at PIDR2 and skips the rest. */
static uint64_t read_id(uint64_t offset)
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
    return (gic->ctlr & CTLR_ENABLE_GRP1_NS) | CTLR_ARE_S;
}

static void write_ctlr(struct gicv3 *gic, uint32_t value, enum bus_pas pas)
{
    uint32_t mask = pas == BUS_SECURE ? CTLR_ENABLES : CTLR_ENABLE_GRP1_NS;

    gic->ctlr = (gic->ctlr & ~mask) | (value & mask);
}

/* The INTID of an access to GICD_IROUTER that this security state sees; 0: none. */
static unsigned routed_id(const struct gicv3 *gic, uint64_t offset, enum bus_pas pas)
{
    unsigned id = (unsigned)((offset - GICD_IROUTER) / 8);

    if (id < 32)
        return 0;
    if (pas == BUS_NON_SECURE && (gic->word[id / 32 - 1].group >> (id % 32) & 1) == 0)
        return 0;
    return id;
}

static bool is_router(uint64_t offset, unsigned size)
{
    return offset >= GICD_IROUTER && offset < GICD_IROUTER_END && size >= 4;
}

static uint64_t gicd_read(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                          enum bus_pas pas)
{
    struct gicv3 *gic = device;
    struct gic_bank bank = spi_bank(gic);
    uint32_t value = 0;

    (void)pe;
    if (offset == REG_CTLR && size == 4)
        return read_ctlr(gic, pas);
    if (offset == GICD_TYPER && size == 4)
        return TYPER_VALUE;
    if (offset == GICD_IIDR && size == 4)
        return IIDR_VALUE;
    if (offset == GICD_TYPER2 && size == 4)
        return 0;
    if (gic_bank_read(&bank, offset, size, pas, &value))
        return value;
    if (is_router(offset, size)) {
        unsigned id = routed_id(gic, offset, pas);
        return id != 0 ? gic->route[id] >> (8 * (offset % 8)) : 0;
    }
    if (offset >= REG_ID_FIRST && offset < GIC_FRAME_BYTES)
        return read_id(offset);
    device_warn_unmodelled(&gic->device, &gic->unmodelled_d, "GICD", offset, false);
    return 0;
}

static void write_route(struct gicv3 *gic, uint64_t offset, unsigned size, uint64_t value,
                        enum bus_pas pas)
{
    unsigned id = routed_id(gic, offset, pas);
    uint64_t mask = size == 8 ? UINT64_MAX : UINT64_C(0xffffffff) << (8 * (offset % 8));

    if (id == 0)
        return;
    value = value << (8 * (offset % 8));
    gic->route[id] = ((gic->route[id] & ~mask) | (value & mask)) & MPIDR_ROUTE;
}

static void gicd_write(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                       uint64_t value, enum bus_pas pas)
{
    struct gicv3 *gic = device;
    struct gic_bank bank = spi_bank(gic);

    (void)pe;
    if (offset == REG_CTLR && size == 4)
        write_ctlr(gic, (uint32_t)value, pas);
    else if (is_router(offset, size))
        write_route(gic, offset, size, value, pas);
    else if (!gic_bank_write(&bank, offset, size, (uint32_t)value, pas))
        device_warn_unmodelled(&gic->device, &gic->unmodelled_d, "GICD", offset, true);
}

static const struct bus_device_ops gicd_ops = {gicd_read, gicd_write};

/* The redistributor whose frames hold `offset`, and the offset in them; NULL: no PE has one there.
 */
static struct redistributor *find_redistributor(const struct redistributor_region *region,
                                                uint64_t offset, uint64_t *in_frames)
{
    uint64_t index = offset / region->gic->stride_bytes;

    *in_frames = offset % region->gic->stride_bytes;
    if (index >= region->end - region->first || *in_frames >= REDIST_BYTES)
        return NULL;
    return &region->gic->redist[region->first + index];
}

static bool rd_frame_read(const struct redistributor *redist, uint64_t offset, unsigned size,
                          enum bus_pas pas, uint64_t *value)
{
    *value = 0;
    if (offset >= GICR_TYPER && offset < GICR_TYPER + 8 && size >= 4)
        *value = redist->typer >> (8 * (offset % 8));
    else if (size != 4)
        return false;
    else if (offset == GICR_IIDR)
        *value = IIDR_VALUE;
    else if (offset == GICR_WAKER)
        *value = pas == BUS_SECURE ? redist->waker : 0;
    else if (offset >= REG_ID_FIRST)
        *value = read_id(offset);
    else
        return offset == REG_CTLR; /* no LPIs: nothing to control */
    return true;
}

static uint64_t gicr_read(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                          enum bus_pas pas)
{
    struct redistributor_region *region = device;
    uint64_t at = 0;
    struct redistributor *redist = find_redistributor(region, offset, &at);
    uint64_t value = 0;
    uint32_t word = 0;

    (void)pe;
    if (redist != NULL && at < GIC_FRAME_BYTES && rd_frame_read(redist, at, size, pas, &value))
        return value;
    if (redist != NULL && at >= GIC_FRAME_BYTES) {
        struct gic_bank bank = {0, 1, &redist->word};
        if (gic_bank_read(&bank, at - GIC_FRAME_BYTES, size, pas, &word))
            return word;
    }
    device_warn_unmodelled(&region->gic->device, &region->gic->unmodelled_r, "GICR",
                           redist != NULL ? at : offset, false);
    return 0;
}

static bool rd_frame_write(struct redistributor *redist, uint64_t offset, uint64_t value,
                           enum bus_pas pas)
{
    if (offset == GICR_WAKER) {
        /* The interface goes to sleep and wakes without delay. */
        if (pas == BUS_SECURE)
            redist->waker = (value & WAKER_PROCESSOR_SLEEP) != 0
                                ? WAKER_PROCESSOR_SLEEP | WAKER_CHILDREN_ASLEEP
                                : 0;
        return true;
    }
    return offset == REG_CTLR;
}

static void gicr_write(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                       uint64_t value, enum bus_pas pas)
{
    struct redistributor_region *region = device;
    uint64_t at = 0;
    struct redistributor *redist = find_redistributor(region, offset, &at);

    (void)pe;
    if (redist != NULL && at < GIC_FRAME_BYTES && size == 4 &&
        rd_frame_write(redist, at, value, pas))
        return;
    if (redist != NULL && at >= GIC_FRAME_BYTES) {
        struct gic_bank bank = {0, 1, &redist->word};
        if (gic_bank_write(&bank, at - GIC_FRAME_BYTES, size, (uint32_t)value, pas))
            return;
    }
    device_warn_unmodelled(&region->gic->device, &region->gic->unmodelled_r, "GICR",
                           redist != NULL ? at : offset, true);
}

static const struct bus_device_ops gicr_ops = {gicr_read, gicr_write};

/* A number of the binding: one or two cells; `absent` without the property. */
static bool read_number(const struct gicv3 *gic, const char *property, uint64_t absent,
                        uint64_t *out, struct sim_error *err)
{
    const struct board *board = &gic->device.machine->board;
    int length = 0;
    const void *value = fdt_getprop(board->fdt, gic->device.node->node, property, &length);

    *out = absent;
    if (value == NULL)
        return true;
    if (length == sizeof(fdt32_t))
        *out = fdt32_ld(value);
    else if (length == sizeof(fdt64_t))
        *out = fdt64_ld(value);
    else
        return sim_fail(err, SIM_BAD_INPUT, "%s: %s: %s has to be one or two cells", board->name,
                        gic->device.node->path, property);
    return true;
}

static void reset_redistributor(struct gicv3 *gic, unsigned pe, bool last)
{
    struct redistributor *redist = &gic->redist[pe];
    uint64_t mpidr = gic->device.machine->pe[pe].mpidr;
    uint64_t affinity = (mpidr >> 32 & 0xff) << 24 | (mpidr & 0xffffff);

    redist->typer = affinity << 32 | (uint64_t)pe << 8 | (last ? 1u << 4 : 0);
    redist->waker = WAKER_PROCESSOR_SLEEP | WAKER_CHILDREN_ASLEEP;
    redist->word.config[0] = 0xaaaaaaaau; /* SGIs are edge-triggered */
}

/* Redistributors in the order of the PEs, as many to a region as it has room for. */
static bool place_redistributors(struct gicv3 *gic, uint64_t regions, struct sim_error *err)
{
    struct machine *machine = gic->device.machine;
    const struct board_device *node = gic->device.node;
    unsigned next = 0;

    for (unsigned i = 0; i < regions; i++) {
        struct redistributor_region *region = &gic->region[i];
        uint64_t room;

        region->gic = gic;
        region->first = next;
        if (!device_map(&gic->device, 1 + i, gic->stride_bytes, &gicr_ops, region, err))
            return false;
        room = node->reg[1 + i].size_bytes / gic->stride_bytes;
        while (next < machine->pe_count && next - region->first < room)
            next++;
        region->end = next;
        for (unsigned pe = region->first; pe < region->end; pe++)
            reset_redistributor(gic, pe, pe + 1 == region->end);
    }
    if (next < machine->pe_count)
        return sim_fail(
            err, SIM_BAD_INPUT, "%s: %s: room for %u redistributors of 0x%" PRIx64 " bytes, %u PEs",
            machine->board.name, node->path, next, gic->stride_bytes, machine->pe_count);
    return true;
}

static bool create_gicv3(struct machine *machine, const struct board_device *node,
                         struct device **out, struct sim_error *err)
{
    struct gicv3 *gic = device_alloc(machine, node, sizeof(*gic), err);
    uint64_t regions = 0;

    if (gic == NULL)
        return false;
    *out = &gic->device;
    if (!read_number(gic, "#redistributor-regions", 1, &regions, err) ||
        !read_number(gic, "redistributor-stride", REDIST_BYTES, &gic->stride_bytes, err))
        return false;
    if (regions < 1 || regions > GIC_MAX_REGIONS)
        return sim_fail(err, SIM_BAD_INPUT, "%s: %s: #redistributor-regions has to be 1 to %d",
                        machine->board.name, node->path, GIC_MAX_REGIONS);
    if (gic->stride_bytes < REDIST_BYTES || gic->stride_bytes % GIC_FRAME_BYTES != 0)
        return sim_fail(err, SIM_BAD_INPUT,
                        "%s: %s: redistributor-stride has to be a multiple of 0x%x, at least 0x%x",
                        machine->board.name, node->path, GIC_FRAME_BYTES, REDIST_BYTES);
    if (!device_map(&gic->device, 0, GIC_FRAME_BYTES, &gicd_ops, gic, err) ||
        !place_redistributors(gic, regions, err))
        return false;
    if (node->reg_count > 1 + regions)
        machine_warn(machine, "%s: GICC, GICH and GICV frames are not modelled", node->path);
    return true;
}

static const char *const gicv3_compatible[] = {"arm,gic-v3", NULL};

const struct device_model device_gicv3 = {gicv3_compatible, create_gicv3};
