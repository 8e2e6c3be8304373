/* SPDX-License-Identifier: BSD-3-Clause */
/* arm,gic-v3: a controller made of its node of the board, its reset and what firmware does first.
 */
#include "sim/device/gicv3.h"

#include <inttypes.h>
#include <libfdt.h>
#include <string.h>

#define REDIST_BYTES (2u * GIC_FRAME_BYTES)

#define TYPER_LAST         (1u << 4)
#define TYPER_PPINUM_1119  (2u << 27)
#define SGIS               0xffffu
#define LAST_SPI_WORD      0x0fffffffu /* INTIDs 1020 to 1023 are special */
#define NS_PRIORITY        0x80u       /* the highest that the Non-secure state can have */
#define PMR_OPEN           GIC_PRIORITY_MASK
#define ALL_GROUPS_ENABLED 7u
#define LEAST_BPR          2u /* five bits of group priority */
#define LEAST_BPR_NS       3u

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

/* Inputs keep the level that their devices drive. */
static void reset_word(struct gic_word *word, uint32_t valid)
{
    uint32_t line = word->line;

    memset(word, 0, sizeof(*word));
    word->valid = valid;
    word->line = line;
}

static void reset_redistributor(struct redistributor *redist)
{
    struct gic_cpu *cpu = &redist->cpu;

    redist->waker = GICR_WAKER_PROCESSOR_SLEEP | GICR_WAKER_CHILDREN_ASLEEP;
    for (unsigned i = 0; i < GIC_PPI_WORDS; i++)
        reset_word(&redist->word[i], UINT32_MAX);
    redist->word[0].edge = SGIS;
    memset(cpu, 0, sizeof(*cpu));
    cpu->bpr[GIC_G0] = LEAST_BPR;
    cpu->bpr[GIC_G1S] = LEAST_BPR;
    cpu->bpr[GIC_G1NS] = LEAST_BPR_NS;
}

static void route_all(struct gicv3 *gic, uint64_t route)
{
    gic_set_route(gic, 0, route);
    for (unsigned i = 1; i < GIC_SPI_WORDS * 32; i++) {
        gic->route[i] = gic->route[0];
        gic->target[i] = gic->target[0];
    }
}

static void reset(struct gicv3 *gic)
{
    gic->ctlr = 0;
    for (unsigned i = 0; i < GIC_SPI_WORDS; i++)
        reset_word(&gic->word[i], i == 0                       ? 0
                                  : i == GIC_EXTENDED_WORD - 1 ? LAST_SPI_WORD
                                                               : UINT32_MAX);
    route_all(gic, 0);
    for (unsigned pe = 0; pe < gic->device.machine->pe_count; pe++)
        reset_redistributor(&gic->redist[pe]);
    gic->candidate_words = 0;
    gic_update_all(gic);
}

void gic_reset(struct machine *machine)
{
    if (machine->gic != NULL)
        reset(machine->gic);
}

static void boot_word(struct gic_word *word)
{
    word->group = word->valid;
    word->group_mod = 0;
    memset(word->priority, NS_PRIORITY, sizeof(word->priority));
}

void gic_boot(struct machine *machine)
{
    struct gicv3 *gic = machine->gic;

    if (gic == NULL)
        return;
    gic->ctlr = GICD_CTLR_ENABLES;
    for (unsigned i = 1; i < GIC_SPI_WORDS; i++)
        boot_word(&gic->word[i]);
    route_all(gic, machine->pe[0].mpidr & GIC_MPIDR_ROUTE);
    for (unsigned pe = 0; pe < machine->pe_count; pe++) {
        struct redistributor *redist = &gic->redist[pe];

        for (unsigned i = 0; i < GIC_PPI_WORDS; i++)
            boot_word(&redist->word[i]);
        redist->waker = 0;
        redist->cpu.pmr = PMR_OPEN;
        redist->cpu.enabled = ALL_GROUPS_ENABLED;
    }
    gic_update_all(gic);
}

static void name_redistributor(struct gicv3 *gic, unsigned pe, bool last)
{
    uint64_t mpidr = gic->device.machine->pe[pe].mpidr;
    uint64_t affinity = (mpidr >> 32 & 0xff) << 24 | (mpidr & 0xffffff);

    gic->redist[pe].typer =
        affinity << 32 | TYPER_PPINUM_1119 | (uint64_t)pe << 8 | (last ? TYPER_LAST : 0);
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
            name_redistributor(gic, pe, pe + 1 == region->end);
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
    if (machine->gic != NULL)
        return sim_fail(err, SIM_BAD_INPUT, "%s: %s: a second interrupt controller",
                        machine->board.name, node->path);
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
    reset(gic);
    machine->gic = gic;
    return true;
}

static const char *const gicv3_compatible[] = {"arm,gic-v3", NULL};

const struct device_model device_gicv3 = {gicv3_compatible, create_gicv3};
