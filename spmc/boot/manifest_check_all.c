/* SPDX-License-Identifier: BSD-3-Clause */
/* Manifests of all partitions against each other and against the SPMC's own memory. */
#include "manifest_range.h"
#include "spmc/mem.h"

/* Ranges that partition i claims, beside its load range, against one range of another. */
static bool check_claims(const struct spmc_manifest *spmc, uint32_t i,
                         const struct partition_manifest *partition,
                         const struct manifest_range *other, const char *whose,
                         struct manifest_diag *diag)
{
    struct manifest_range load = range_of_load(&spmc->vm[i]);

    if (range_overlaps(&load, other)) {
        return check_fail(diag, MANIFEST_MEM_REGION_OVERLAP,
                          "%s: load_address: found 0x%lx + 0x%lx, which overlaps %s at 0x%lx, want "
                          "memory of its own",
                          spmc->vm[i].name, load.base, load.size_bytes, whose, other->base);
    }
    for (uint32_t k = 0; k < partition->mem_region_count; k++) {
        struct manifest_range range = range_of_memory(&spmc->vm[i], &partition->mem_region[k]);

        if (range_overlaps(&range, other)) {
            return check_fail(diag, MANIFEST_MEM_REGION_OVERLAP,
                              "%s: /memory-regions: region %u: found 0x%lx, which overlaps %s at "
                              "0x%lx, want memory of its own",
                              spmc->vm[i].name, k + 1, range.base, whose, other->base);
        }
    }
    for (uint32_t k = 0; k < partition->dev_region_count; k++) {
        struct manifest_range range = range_of_device(&partition->dev_region[k]);

        if (range_overlaps(&range, other)) {
            return check_fail(diag, MANIFEST_MEM_REGION_OVERLAP,
                              "%s: /device-regions: region %u: found 0x%lx, which overlaps %s at "
                              "0x%lx, want a device of its own",
                              spmc->vm[i].name, k + 1, range.base, whose, other->base);
        }
    }
    return true;
}

static bool has_interrupt(const struct partition_manifest *partition, uint32_t id)
{
    for (uint32_t d = 0; d < partition->dev_region_count; d++) {
        for (uint32_t k = 0; k < partition->dev_region[d].interrupt_count; k++) {
            if (partition->dev_region[d].interrupt[k].id == id) {
                return true;
            }
        }
    }
    return false;
}

static bool check_interrupts(const struct spmc_manifest *spmc, uint32_t i, uint32_t j,
                             const struct partition_manifest *a, const struct partition_manifest *b,
                             struct manifest_diag *diag)
{
    for (uint32_t d = 0; d < a->dev_region_count; d++) {
        const struct manifest_dev_region *region = &a->dev_region[d];

        for (uint32_t k = 0; k < region->interrupt_count; k++) {
            if (has_interrupt(b, region->interrupt[k].id)) {
                return check_fail(
                    diag, MANIFEST_INTERRUPT_REPEATED,
                    "%s: /device-regions: interrupts: found %u, want one that %s does not have",
                    spmc->vm[i].name, region->interrupt[k].id, spmc->vm[j].name);
            }
        }
    }
    return true;
}

static bool check_pair(const struct spmc_manifest *spmc, uint32_t i, uint32_t j,
                       const struct partition_manifest *a, const struct partition_manifest *b,
                       struct manifest_diag *diag)
{
    struct manifest_range load = range_of_load(&spmc->vm[j]);

    if (!check_claims(spmc, i, a, &load, spmc->vm[j].name, diag)) {
        return false;
    }
    for (uint32_t k = 0; k < b->mem_region_count; k++) {
        struct manifest_range range = range_of_memory(&spmc->vm[j], &b->mem_region[k]);

        if (!check_claims(spmc, i, a, &range, spmc->vm[j].name, diag)) {
            return false;
        }
    }
    for (uint32_t k = 0; k < b->dev_region_count; k++) {
        struct manifest_range range = range_of_device(&b->dev_region[k]);

        if (!check_claims(spmc, i, a, &range, spmc->vm[j].name, diag)) {
            return false;
        }
    }
    if (a->has_boot_order && b->has_boot_order && a->boot_order == b->boot_order) {
        return check_fail(diag, MANIFEST_INVALID_BOOT_ORDER,
                          "%s: /: boot-order: found %u, want another than that of %s",
                          spmc->vm[i].name, (unsigned)a->boot_order, spmc->vm[j].name);
    }
    if (a->has_image_uuid && b->has_image_uuid &&
        memcmp(&a->image_uuid, &b->image_uuid, sizeof(a->image_uuid)) == 0) {
        return check_fail(diag, MANIFEST_DUPLICATE_UUID,
                          "%s: /: image-uuid: found that of %s, want another", spmc->vm[i].name,
                          spmc->vm[j].name);
    }
    return check_interrupts(spmc, i, j, a, b, diag);
}

bool manifest_check_all(const struct spmc_manifest *spmc, struct manifest_range spmc_range,
                        const struct partition_manifest *const partition[],
                        struct manifest_diag *diag)
{
    for (uint32_t i = 0; i < spmc->vm_count; i++) {
        if (!check_claims(spmc, i, partition[i], &spmc_range, "the SPMC", diag)) {
            return false;
        }
        for (uint32_t j = 0; j < i; j++) {
            if (!check_pair(spmc, i, j, partition[i], partition[j], diag)) {
                return false;
            }
        }
    }
    return true;
}
