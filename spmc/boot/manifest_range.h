/* SPDX-License-Identifier: BSD-3-Clause */
/* Arithmetic on ranges that manifests claim. Ranges passed in do not wrap around. */
#ifndef SPMC_MANIFEST_RANGE_H
#define SPMC_MANIFEST_RANGE_H

#include "spmc/manifest.h"

static inline bool range_overlaps(const struct manifest_range *a, const struct manifest_range *b)
{
    return a->base < b->base + b->size_bytes && b->base < a->base + a->size_bytes;
}

static inline struct manifest_range range_of_load(const struct manifest_vm *vm)
{
    return (struct manifest_range){vm->load_address, vm->mem_size_bytes};
}

static inline struct manifest_range range_of_memory(const struct manifest_vm *vm,
                                                    const struct manifest_mem_region *region)
{
    return (struct manifest_range){region->base + (region->relative ? vm->load_address : 0),
                                   (uint64_t)region->page_count * PAGE_SIZE_BYTES};
}

static inline struct manifest_range range_of_device(const struct manifest_dev_region *region)
{
    return (struct manifest_range){region->base, (uint64_t)region->page_count * PAGE_SIZE_BYTES};
}

/* Records a finding; always false. */
bool check_fail(struct manifest_diag *diag, enum manifest_code code, const char *format, ...);

#endif
