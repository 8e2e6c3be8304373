/* SPDX-License-Identifier: BSD-3-Clause */
/* Device regions of a partition manifest (FF-A v1.2, table 5.4). */
#include "manifest_partition.h"

/* Attributes of an interrupt: priority, security, trigger and type; 0 as type says nothing. */
#define ATTR_KNOWN      0xfffu
#define ATTR_TYPE_SHIFT 10
#define ATTR_TYPE_MASK  0x3u
#define ATTR_TYPE_PPI   1u
#define ATTR_TYPE_SPI   2u

static bool read_targets(const struct fdt_reader *r, int node, struct manifest_dev_region *region)
{
    uint32_t list[3 * MANIFEST_MAX_DEV_INTERRUPTS];
    uint32_t count;

    if (!read_list(r, node, "interrupts-target", 3 * MANIFEST_MAX_DEV_INTERRUPTS, list, &count)) {
        return false;
    }
    if (count % 3 != 0) {
        return read_fail(r, node, "interrupts-target", MANIFEST_MALFORMED_INTEGER_LIST,
                         "found %u cells, want triples (id, MPIDR high, low)", count);
    }
    for (uint32_t i = 0; i < count; i += 3) {
        bool found = false;

        for (uint32_t k = 0; k < region->interrupt_count; k++) {
            struct manifest_interrupt *interrupt = &region->interrupt[k];

            if (interrupt->id == list[i]) {
                interrupt->has_target = true;
                interrupt->target_mpidr = (uint64_t)list[i + 1] << 32 | list[i + 2];
                found = true;
            }
        }
        if (!found) {
            return read_fail(r, node, "interrupts-target", MANIFEST_INTERRUPT_NOT_LISTED,
                             "found id %u, want one that interrupts lists", list[i]);
        }
    }
    return true;
}

/* A PPI or an SPI, extended ones too: the numbers of SGIs are those of virtual interrupts. */
static bool check_interrupt(const struct fdt_reader *r, int node, uint32_t id, uint32_t attributes)
{
    bool is_ppi = (id >= 16 && id < 32) || (id >= 1056 && id < 1120);
    bool is_spi = (id >= 32 && id < 1020) || (id >= 4096 && id < 5120);
    uint32_t type = attributes >> ATTR_TYPE_SHIFT & ATTR_TYPE_MASK;

    if (!is_ppi && !is_spi) {
        return read_fail(r, node, "interrupts", MANIFEST_NOT_COMPATIBLE,
                         "found id %u, want 16 to 1019, 1056 to 1119 or 4096 to 5119", id);
    }
    if ((attributes & ~ATTR_KNOWN) != 0) {
        return read_fail(r, node, "interrupts", MANIFEST_NOT_COMPATIBLE,
                         "found attributes 0x%x of id %u, want 12 bits", attributes, id);
    }
    return type == 0 || type == (is_ppi ? ATTR_TYPE_PPI : ATTR_TYPE_SPI) ||
           read_fail(r, node, "interrupts", MANIFEST_NOT_COMPATIBLE,
                     "found attributes 0x%x of id %u, want type %u in bits 10 and 11, or 0",
                     attributes, id, is_ppi ? ATTR_TYPE_PPI : ATTR_TYPE_SPI);
}

static bool read_interrupts(const struct fdt_reader *r, int node, struct partition_manifest *out,
                            struct manifest_dev_region *region)
{
    uint32_t list[2 * MANIFEST_MAX_DEV_INTERRUPTS];
    uint32_t count;

    if (!read_list(r, node, "interrupts", 2 * MANIFEST_MAX_DEV_INTERRUPTS, list, &count)) {
        return false;
    }
    if (count % 2 != 0) {
        return read_fail(r, node, "interrupts", MANIFEST_MALFORMED_INTEGER_LIST,
                         "found %u cells, want pairs (id, attributes)", count);
    }
    for (uint32_t i = 0; i < count; i += 2) {
        if (!check_interrupt(r, node, list[i], list[i + 1])) {
            return false;
        }
        for (uint32_t d = 0; d <= out->dev_region_count; d++) {
            for (uint32_t k = 0; k < out->dev_region[d].interrupt_count; k++) {
                if (out->dev_region[d].interrupt[k].id == list[i]) {
                    return read_fail(r, node, "interrupts", MANIFEST_INTERRUPT_REPEATED,
                                     "found id %u twice, want it once in a partition", list[i]);
                }
            }
        }
        region->interrupt[region->interrupt_count].id = list[i];
        region->interrupt[region->interrupt_count].attributes = list[i + 1];
        region->interrupt_count++;
    }
    return read_targets(r, node, region);
}

static bool read_dev_region(const struct fdt_reader *r, int node, struct partition_manifest *out)
{
    struct manifest_dev_region *region = &out->dev_region[out->dev_region_count];
    uint64_t attributes;
    uint64_t access;

    if (!read_number(r, node, "base-address", UINT64_MAX, &region->base)) {
        return false;
    }
    if (!is_page_aligned(region->base)) {
        return read_fail(r, node, "base-address", MANIFEST_MEM_REGION_UNALIGNED,
                         "found 0x%lx, want a multiple of 4096", region->base);
    }
    if (!manifest_read_pages(r, node, region->base, &region->page_count) ||
        !read_number(r, node, "attributes", UINT32_MAX, &attributes)) {
        return false;
    }
    region->attributes = (uint32_t)attributes;
    access = attributes & ~(uint64_t)MANIFEST_ATTR_NON_SECURE;
    if (access != MANIFEST_ATTR_READ && access != (MANIFEST_ATTR_READ | MANIFEST_ATTR_WRITE)) {
        return read_fail(r, node, "attributes", MANIFEST_INVALID_MEM_PERM,
                         "found 0x%lx, want R 1 or RW 3, plus 8 for NS", attributes);
    }
    if (!read_interrupts(r, node, out, region) ||
        !manifest_read_dma(r, node, &region->has_smmu, &region->smmu_id, &region->stream_count,
                           region->stream_id)) {
        return false;
    }
    if (region->stream_count != 0 && out->exception_level == MANIFEST_S_EL0) {
        return read_fail(r, node, "stream-ids", MANIFEST_NOT_COMPATIBLE,
                         "found %u of them, want none for an S-EL0 partition",
                         region->stream_count);
    }
    return read_flag(r, node, "exclusive-access", &region->exclusive);
}

static bool read_all(const struct fdt_reader *r, struct partition_manifest *out)
{
    int parent = fdt_subnode_offset(r->fdt, 0, "device-regions");
    int node;

    if (parent < 0) {
        return true;
    }
    if (!read_compatible(r, parent, "arm,ffa-manifest-device-regions")) {
        return false;
    }
    fdt_for_each_subnode(node, r->fdt, parent)
    {
        if (out->dev_region_count == MANIFEST_MAX_DEV_REGIONS) {
            return read_fail(r, parent, NULL, MANIFEST_TOO_MANY,
                             "found more regions, want at most %u", MANIFEST_MAX_DEV_REGIONS);
        }
        if (!read_dev_region(r, node, out)) {
            return false;
        }
        out->dev_region_count++;
    }
    if (out->dev_region_count == 0) {
        return read_fail(r, parent, NULL, MANIFEST_MEM_REGION_EMPTY,
                         "found no region, want at least one");
    }
    return true;
}

static bool has_stream(const struct partition_manifest *manifest, uint32_t smmu_id, uint32_t stream)
{
    for (uint32_t d = 0; d < manifest->dev_region_count; d++) {
        const struct manifest_dev_region *region = &manifest->dev_region[d];

        for (uint32_t k = 0; k < region->stream_count; k++) {
            if (region->smmu_id == smmu_id && region->stream_id[k] == stream) {
                return true;
            }
        }
    }
    return false;
}

/* A memory region can only be given to devices that the partition has. */
static bool check_streams(const struct fdt_reader *r, const struct partition_manifest *manifest)
{
    int parent = fdt_subnode_offset(r->fdt, 0, "memory-regions");
    uint32_t index = 0;
    int node;

    if (parent < 0) {
        return true;
    }
    fdt_for_each_subnode(node, r->fdt, parent)
    {
        const struct manifest_mem_region *region = &manifest->mem_region[index++];

        for (uint32_t k = 0; k < region->stream_count; k++) {
            if (!has_stream(manifest, region->smmu_id, region->stream_id[k])) {
                return read_fail(r, node, "stream-ids", MANIFEST_NOT_COMPATIBLE,
                                 "found %u of SMMU %u, want one of a device region",
                                 region->stream_id[k], region->smmu_id);
            }
        }
    }
    return true;
}

bool manifest_read_dev_regions(const struct fdt_reader *r, struct partition_manifest *out)
{
    return read_all(r, out) && check_streams(r, out);
}
