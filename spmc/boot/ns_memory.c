/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is the normal world's. An ns-memory range may be a window over all of a board's DRAM; what
 * is secure in it stays secure.
 */
#include "manifest_range.h"

static bool is_in_window(const struct spmc_manifest *manifest, const struct manifest_range *range)
{
    for (uint32_t i = 0; i < manifest->ns_memory.count; i++) {
        const struct manifest_range *ns = &manifest->ns_memory.range[i];

        if (range->base >= ns->base && range->base - ns->base <= ns->size_bytes &&
            range->size_bytes <= ns->size_bytes - (range->base - ns->base)) {
            return true;
        }
    }
    return false;
}

bool manifest_is_ns_memory(const struct spmc_manifest *manifest, struct manifest_range spmc_range,
                           struct manifest_range range)
{
    if (!is_in_window(manifest, &range) || range_overlaps(&range, &spmc_range)) {
        return false;
    }
    for (uint32_t i = 0; i < manifest->secure_memory.count; i++) {
        if (range_overlaps(&range, &manifest->secure_memory.range[i])) {
            return false;
        }
    }
    for (uint32_t i = 0; i < manifest->vm_count; i++) {
        struct manifest_range load = range_of_load(&manifest->vm[i]);

        if (range_overlaps(&range, &load)) {
            return false;
        }
    }
    return true;
}
