/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the boot stage share. */
#ifndef SPMC_BOOT_H
#define SPMC_BOOT_H

#include "spmc/internal.h"

/* A partition manifest in its package may be this large. */
#define BOOT_MANIFEST_MAX_BYTES 65536u

/* From the arena, zeroed, 16-byte aligned; NULL when it is used up. */
void *boot_alloc(struct spmc *spmc, size_t size_bytes);

/*
 * Reads package header and manifest of vm node `index` into *out, and the package's layout. False:
 * spmc->diag says why. `scratch` holds BOOT_MANIFEST_MAX_BYTES.
 */
bool boot_read_package(struct arch_pe *pe, struct spmc *spmc, uint32_t index, uint8_t *scratch,
                       struct package_layout *layout, struct partition_manifest *out);

/*
 * Makes partition `index` from its manifest: stage 2, vCPUs, static buffers. False: out of pages or
 * of vCPUs; the partition stays NULL and the others go on.
 */
bool boot_make_partition(struct arch_pe *pe, struct spmc *spmc, uint32_t index,
                         const struct package_layout *layout);

/* Fills the extents of the share ledger when all manifests are read: who owns what. */
void boot_make_extents(struct spmc *spmc);
size_t boot_extents_bytes(uint32_t vm_count);

/* Fills spmc->boot_order: indexes of the partitions, smaller boot-order first, those without one
 * last. */
void boot_sort(struct spmc *spmc);

#endif
