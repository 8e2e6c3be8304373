/* SPDX-License-Identifier: BSD-3-Clause */
/* Whose memory is whose at boot, from the manifests: the extents of the share ledger. */
#include "boot.h"
#include "manifest_range.h"

struct builder {
    struct ledger_extent *extent;
    uint32_t count;
    uint32_t room;
};

/* In ascending order; manifests have been checked, so that nothing overlaps. */
static void insert(struct builder *b, struct ledger_extent extent)
{
    uint32_t at = b->count;

    if (extent.size_bytes == 0 || b->count == b->room) {
        return;
    }
    while (at > 0 && b->extent[at - 1].base > extent.base) {
        b->extent[at] = b->extent[at - 1];
        at--;
    }
    b->extent[at] = extent;
    b->count++;
}

static void insert_partition(struct builder *b, const struct partition *partition)
{
    const struct partition_manifest *manifest = partition->manifest;
    struct manifest_range load = range_of_load(partition->vm);

    insert(b, (struct ledger_extent){load.base, load.size_bytes, partition->id, PAS_SECURE, false});
    for (uint32_t i = 0; i < manifest->mem_region_count; i++) {
        const struct manifest_mem_region *region = &manifest->mem_region[i];
        struct manifest_range range = range_of_memory(partition->vm, region);
        bool ns = (region->attributes & MANIFEST_ATTR_NON_SECURE) != 0;

        /* A region may begin inside the load range; what is behind that is the partition's, too. */
        if (range.base >= load.base && range.base - load.base < load.size_bytes) {
            uint64_t inside = load.size_bytes - (range.base - load.base);

            inside = inside < range.size_bytes ? inside : range.size_bytes;
            range.base += inside;
            range.size_bytes -= inside;
        }
        insert(b, (struct ledger_extent){range.base, range.size_bytes, partition->id,
                                         ns ? PAS_NON_SECURE : PAS_SECURE, false});
    }
    for (uint32_t i = 0; i < manifest->dev_region_count; i++) {
        const struct manifest_dev_region *region = &manifest->dev_region[i];
        struct manifest_range range = range_of_device(region);
        bool ns = (region->attributes & MANIFEST_ATTR_NON_SECURE) != 0;

        insert(b, (struct ledger_extent){range.base, range.size_bytes, partition->id,
                                         ns ? PAS_NON_SECURE : PAS_SECURE, true});
    }
}

/* The lowest range in [at, end) that is not the normal world's; false: none. */
static bool find_cut(const struct spmc *spmc, const struct builder *b, uint64_t at, uint64_t end,
                     struct manifest_range *cut)
{
    const struct manifest_range window = {at, end - at};
    bool found = false;

#define CONSIDER(range)                                                                  \
    do {                                                                                 \
        if (range_overlaps(&(range), &window) && (!found || (range).base < cut->base)) { \
            *cut = (range);                                                              \
            found = true;                                                                \
        }                                                                                \
    } while (0)

    CONSIDER(spmc->spmc_range);
    for (uint32_t i = 0; i < spmc->manifest->secure_memory.count; i++) {
        CONSIDER(spmc->manifest->secure_memory.range[i]);
    }
    for (uint32_t i = 0; i < b->count; i++) {
        const struct manifest_range taken = {b->extent[i].base, b->extent[i].size_bytes};

        CONSIDER(taken);
    }
#undef CONSIDER
    return found;
}

/* What is left of the normal world's windows. */
static void insert_windows(const struct spmc *spmc, struct builder *b,
                           const struct manifest_range *window, uint32_t count, bool device)
{
    for (uint32_t i = 0; i < count; i++) {
        uint64_t at = window[i].base;
        uint64_t end = at + window[i].size_bytes;
        struct manifest_range cut;

        while (at < end) {
            uint64_t stop = end;
            uint64_t next = end;

            if (find_cut(spmc, b, at, end, &cut)) {
                stop = cut.base > at ? cut.base : at;
                next = cut.base + cut.size_bytes;
            }
            insert(b, (struct ledger_extent){at, stop - at, FFA_ID_NWD, PAS_NON_SECURE, device});
            at = next;
        }
    }
}

size_t boot_extents_bytes(uint32_t vm_count)
{
    /* a partition's own, and the gap after each of them */
    uint32_t most = vm_count * 2u * (1u + MANIFEST_MAX_MEM_REGIONS + MANIFEST_MAX_DEV_REGIONS) +
                    4u * MANIFEST_MAX_MEMORY_RANGES + 2u;

    return most * sizeof(struct ledger_extent);
}

void boot_make_extents(struct spmc *spmc)
{
    struct builder b = {.extent = spmc->extent};

    b.room = (uint32_t)(boot_extents_bytes(spmc->partition_count) / sizeof(*b.extent));
    for (uint32_t i = 0; i < spmc->partition_count; i++) {
        insert_partition(&b, &spmc->partition[i]);
    }
    insert_windows(spmc, &b, spmc->manifest->ns_memory.range, spmc->manifest->ns_memory.count,
                   false);
    insert_windows(spmc, &b, spmc->manifest->ns_device.range, spmc->manifest->ns_device.count,
                   true);
    spmc->ledger.extent_count = b.count;
}
