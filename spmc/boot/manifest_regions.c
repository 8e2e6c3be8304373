/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory regions and static RX/TX buffers of a partition manifest (FF-A v1.2, table 5.3). */
#include "manifest_partition.h"
#include "spmc/spmc.h"

#define ATTR_ACCESS (MANIFEST_ATTR_READ | MANIFEST_ATTR_WRITE | MANIFEST_ATTR_EXECUTE)
#define ATTR_ALL    (ATTR_ACCESS | MANIFEST_ATTR_NON_SECURE)

#define LOAD_FLAG_NO_BITS 0x1u

static bool read_base(const struct fdt_reader *r, int node, struct manifest_mem_region *region)
{
    bool has_base = has_property(r, node, "base-address");
    bool has_offset = has_property(r, node, "load-address-relative-offset");
    const char *name = has_base ? "base-address" : "load-address-relative-offset";

    if (has_base == has_offset) {
        return read_fail(r, node, "base-address",
                         has_base ? MANIFEST_NOT_COMPATIBLE : MANIFEST_PROPERTY_NOT_FOUND,
                         "found %s, want either it or load-address-relative-offset",
                         has_base ? "both" : "nothing");
    }
    region->relative = has_offset;
    if (!read_number(r, node, name, UINT64_MAX, &region->base)) {
        return false;
    }
    return is_page_aligned(region->base) ||
           read_fail(r, node, name, MANIFEST_MEM_REGION_UNALIGNED,
                     "found 0x%lx, want a multiple of 4096", region->base);
}

bool manifest_read_pages(const struct fdt_reader *r, int node, uint64_t base, uint32_t *page_count)
{
    uint64_t pages;

    if (!read_number(r, node, "pages-count", UINT32_MAX, &pages)) {
        return false;
    }
    if (pages == 0) {
        return read_fail(r, node, "pages-count", MANIFEST_MEM_REGION_EMPTY,
                         "found 0, want at least 1");
    }
    if (base + pages * PAGE_SIZE_BYTES < base) {
        return read_fail(r, node, "pages-count", MANIFEST_MEM_REGION_INVALID,
                         "found 0x%lx pages at 0x%lx, want a range that does not wrap", pages,
                         base);
    }
    *page_count = (uint32_t)pages;
    return true;
}

bool manifest_read_dma(const struct fdt_reader *r, int node, bool *has_smmu, uint32_t *smmu_id,
                       uint32_t *count, uint32_t *stream)
{
    uint64_t id = 0;

    if (!read_optional(r, node, "smmu-id", UINT32_MAX, &id, has_smmu) ||
        !read_list(r, node, "stream-ids", MANIFEST_MAX_STREAMS, stream, count)) {
        return false;
    }
    *smmu_id = (uint32_t)id;
    return *count == 0 || *has_smmu ||
           read_fail(r, node, "smmu-id", MANIFEST_MISSING_SMMU_ID,
                     "missing, want one beside stream-ids");
}

static bool read_load_flags(const struct fdt_reader *r, int node,
                            struct manifest_mem_region *region)
{
    uint64_t flags = 0;

    if (!read_optional(r, node, "load-flags", UINT32_MAX, &flags, NULL)) {
        return false;
    }
    region->no_bits = (flags & LOAD_FLAG_NO_BITS) != 0;
    if ((flags & ~(uint64_t)LOAD_FLAG_NO_BITS) != 0) {
        return read_fail(r, node, "load-flags", MANIFEST_NOT_COMPATIBLE,
                         "found 0x%lx, want 0, or 1 (NOBITS)", flags);
    }
    return !region->no_bits || (region->attributes & MANIFEST_ATTR_NON_SECURE) == 0 ||
           read_fail(r, node, "load-flags", MANIFEST_NOT_COMPATIBLE,
                     "found 1 (NOBITS) for a non-secure region, want 0");
}

static bool read_mem_region(const struct fdt_reader *r, int node, bool is_el0,
                            struct manifest_mem_region *region)
{
    uint32_t access[MANIFEST_MAX_STREAMS];
    uint32_t access_count;
    uint64_t attributes;

    if (!read_base(r, node, region) ||
        !manifest_read_pages(r, node, region->base, &region->page_count) ||
        !read_number(r, node, "attributes", UINT32_MAX, &attributes)) {
        return false;
    }
    region->attributes = (uint32_t)attributes;
    region->phandle = fdt_get_phandle(r->fdt, node);
    if ((attributes & ~(uint64_t)ATTR_ALL) != 0 || (attributes & MANIFEST_ATTR_READ) == 0 ||
        (is_el0 && (attributes & ATTR_ACCESS) == ATTR_ACCESS)) {
        return read_fail(r, node, "attributes", MANIFEST_INVALID_MEM_PERM,
                         "found 0x%lx, want R 1, RW 3, RX 5 or (S-EL1) RWX 7, plus 8 for NS",
                         attributes);
    }
    if (!read_load_flags(r, node, region) ||
        !manifest_read_dma(r, node, &region->has_smmu, &region->smmu_id, &region->stream_count,
                           region->stream_id) ||
        !read_list(r, node, "stream-ids-access-permissions", MANIFEST_MAX_STREAMS, access,
                   &access_count)) {
        return false;
    }
    for (uint32_t i = 0; i < access_count; i++) {
        if (access_count != region->stream_count || access[i] != access[0]) {
            return read_fail(r, node, "stream-ids-access-permissions", MANIFEST_DMA_PERM_MISMATCH,
                             "found %u, want one for each of %u stream-ids, all equal",
                             access_count, region->stream_count);
        }
        region->stream_access = access[0];
    }
    return true;
}

bool manifest_read_mem_regions(const struct fdt_reader *r, struct partition_manifest *out)
{
    int parent = fdt_subnode_offset(r->fdt, 0, "memory-regions");
    bool is_el0 = out->exception_level == MANIFEST_S_EL0;
    int node;

    if (parent < 0) {
        return true;
    }
    if (!read_compatible(r, parent, "arm,ffa-manifest-memory-regions")) {
        return false;
    }
    fdt_for_each_subnode(node, r->fdt, parent)
    {
        if (out->mem_region_count == MANIFEST_MAX_MEM_REGIONS) {
            return read_fail(r, parent, NULL, MANIFEST_TOO_MANY,
                             "found more regions, want at most %u", MANIFEST_MAX_MEM_REGIONS);
        }
        if (!read_mem_region(r, node, is_el0, &out->mem_region[out->mem_region_count])) {
            return false;
        }
        out->mem_region_count++;
    }
    return out->mem_region_count != 0 || read_fail(r, parent, NULL, MANIFEST_MEM_REGION_EMPTY,
                                                   "found no region, want at least one");
}

bool manifest_find_region(const struct fdt_reader *r, int node, const char *name,
                          const struct partition_manifest *manifest, uint32_t *index)
{
    uint64_t phandle;

    if (!read_number(r, node, name, UINT32_MAX, &phandle)) {
        return false;
    }
    for (uint32_t i = 0; i < manifest->mem_region_count; i++) {
        if (phandle != 0 && manifest->mem_region[i].phandle == phandle) {
            *index = i;
            return true;
        }
    }
    return read_fail(r, node, name, MANIFEST_NOT_COMPATIBLE,
                     "found phandle 0x%lx, want that of a memory region", phandle);
}

/* What the mailbox of a partition takes: two buffers alike in size and security state. */
static bool check_rxtx(const struct fdt_reader *r, int node, const struct partition_manifest *out)
{
    const struct manifest_mem_region *rx = &out->mem_region[out->rx_region];
    const struct manifest_mem_region *tx = &out->mem_region[out->tx_region];

    if (rx == tx) {
        return read_fail(r, node, "tx-buffer", MANIFEST_NOT_COMPATIBLE,
                         "found the region of rx-buffer, want another");
    }
    if (((rx->attributes ^ tx->attributes) & MANIFEST_ATTR_NON_SECURE) != 0) {
        return read_fail(r, node, "tx-buffer", MANIFEST_NOT_COMPATIBLE,
                         "found another security state than rx-buffer's, want the same");
    }
    if (rx->page_count != tx->page_count) {
        return read_fail(r, node, "tx-buffer", MANIFEST_RXTX_SIZE_MISMATCH,
                         "found %u pages, want %u as rx-buffer has", tx->page_count,
                         rx->page_count);
    }
    return rx->page_count <= SPMC_RXTX_MAX_PAGES ||
           read_fail(r, node, "rx-buffer", MANIFEST_TOO_MANY, "found %u pages, want at most %u",
                     rx->page_count, SPMC_RXTX_MAX_PAGES);
}

bool manifest_read_rxtx(const struct fdt_reader *r, struct partition_manifest *out)
{
    int node = fdt_subnode_offset(r->fdt, 0, "rx_tx-info");

    if (node < 0) {
        return true;
    }
    out->has_rxtx = true;
    if (!read_compatible(r, node, "arm,ffa-manifest-rx_tx-buffer") ||
        !manifest_find_region(r, node, "rx-buffer", out, &out->rx_region) ||
        !manifest_find_region(r, node, "tx-buffer", out, &out->tx_region)) {
        return false;
    }
    return check_rxtx(r, node, out);
}
