/* SPDX-License-Identifier: BSD-3-Clause */
/* The frames of the redistributors (IHI 0069H, 12.11): RD_base and SGI_base of each PE. */
#include <stddef.h>

#include "sim/device/gicv3.h"

#define GICR_IIDR  0x0004u
#define GICR_TYPER 0x0008u
#define GICR_WAKER 0x0014u

/* The redistributor whose frames hold `offset`, and the offset in them; NULL: no PE has one there.
 */
static struct redistributor *find_redistributor(const struct redistributor_region *region,
                                                uint64_t offset, uint64_t *in_frames)
{
    uint64_t index = offset / region->gic->stride_bytes;

    *in_frames = offset % region->gic->stride_bytes;
    if (index >= region->end - region->first || *in_frames >= 2 * GIC_FRAME_BYTES)
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
        *value = GIC_IIDR_VALUE;
    else if (offset == GICR_WAKER)
        *value = pas == BUS_SECURE ? redist->waker : 0;
    else if (offset >= GIC_REG_ID_FIRST)
        *value = gic_read_id(offset);
    else
        return offset == GIC_REG_CTLR; /* no LPIs: nothing to control */
    return true;
}

static uint64_t gicr_read(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                          enum bus_pas pas)
{
    struct redistributor_region *region = device;
    struct gicv3 *gic = region->gic;
    uint64_t at = 0;
    struct redistributor *redist = find_redistributor(region, offset, &at);
    uint64_t value = 0;
    uint32_t word = 0;

    (void)pe;
    if (redist != NULL && at < GIC_FRAME_BYTES && rd_frame_read(redist, at, size, pas, &value))
        return value;
    if (redist != NULL && at >= GIC_FRAME_BYTES &&
        gic_bank_read(gic, redist, at - GIC_FRAME_BYTES, size, pas, &word))
        return word;
    device_warn_unmodelled(&gic->device, &gic->unmodelled_r, "GICR", redist != NULL ? at : offset,
                           false);
    return 0;
}

static bool rd_frame_write(struct gicv3 *gic, struct redistributor *redist, uint64_t offset,
                           uint64_t value, enum bus_pas pas)
{
    if (offset != GICR_WAKER)
        return offset == GIC_REG_CTLR;
    /* The interface goes to sleep and wakes without delay. */
    if (pas == BUS_SECURE) {
        redist->waker = (value & GICR_WAKER_PROCESSOR_SLEEP) != 0
                            ? GICR_WAKER_PROCESSOR_SLEEP | GICR_WAKER_CHILDREN_ASLEEP
                            : 0;
        gic_cpu_update(gic, redist);
    }
    return true;
}

static void gicr_write(void *device, struct sim_pe *pe, uint64_t offset, unsigned size,
                       uint64_t value, enum bus_pas pas)
{
    struct redistributor_region *region = device;
    struct gicv3 *gic = region->gic;
    uint64_t at = 0;
    struct redistributor *redist = find_redistributor(region, offset, &at);

    (void)pe;
    if (redist != NULL && at < GIC_FRAME_BYTES && size == 4 &&
        rd_frame_write(gic, redist, at, value, pas))
        return;
    if (redist != NULL && at >= GIC_FRAME_BYTES &&
        gic_bank_write(gic, redist, at - GIC_FRAME_BYTES, size, (uint32_t)value, pas))
        return;
    device_warn_unmodelled(&gic->device, &gic->unmodelled_r, "GICR", redist != NULL ? at : offset,
                           true);
}

const struct bus_device_ops gicr_ops = {gicr_read, gicr_write};
