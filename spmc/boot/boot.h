/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of the boot stage share. */
#ifndef SPMC_BOOT_H
#define SPMC_BOOT_H

#include "spmc/internal.h"

/* A partition manifest in its package may be this large. */
#define BOOT_MANIFEST_MAX_BYTES 65536u

#define BOOT_ARENA_ALIGN 16u

/* From the arena, zeroed, aligned to BOOT_ARENA_ALIGN; NULL when it is used up. */
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

/*
 * Virtual interrupts: how many numbers a partition owns. Its list of them (fixed after boot) and
 * what its vCPUs remember of each are cut from the front of *list and *vint.
 */
uint32_t boot_interrupt_count(const struct partition_manifest *manifest);
void boot_make_interrupts(struct partition *partition, uint32_t **list, struct vint **vint);
size_t boot_interrupts_bytes(uint32_t cpu_count, uint32_t vm_count); /* of all, at most */

/* Everybody's notifications, mutable. False: the arena is used up. */
bool boot_make_notifications(struct spmc *spmc, const struct partition_manifest *manifests);
size_t boot_notifications_bytes(uint32_t cpu_count, uint32_t vm_count); /* at most */

/* Fills spmc->boot_order: indexes of the partitions, smaller boot-order first, those without one
 * last. */
void boot_sort(struct spmc *spmc);

#endif
