/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Boot information (FF-A v1.2, 5.4): a small blob in the first page of the partition's package,
 * over the package header that nobody reads any more. It names the partition's own manifest and the
 * HOB list of its package by address; both stay where they were loaded.
 */
#ifndef SPMC_BOOT_INFO_H
#define SPMC_BOOT_INFO_H

#include "spmc/internal.h"

/* A header (32 bytes, 8 in the form of FF-A 1.0) and two descriptors of 32 bytes at most. */
#define BOOT_INFO_MAX_BYTES 96u

/* Does the manifest ask for it? By a register and by what shall be in it. */
bool boot_info_is_wanted(const struct partition_manifest *manifest);

/*
 * Header and descriptors as they stand at `base`, where the package was loaded; returns their size.
 * In the form of FF-A 1.0 when the partition speaks 1.0, else in that of 1.1 and later.
 */
size_t boot_info_build(uint8_t blob[BOOT_INFO_MAX_BYTES], uint64_t base,
                       const struct package_layout *layout,
                       const struct partition_manifest *manifest);

/* Is there room in front of what the package holds? False: `diag` says what is wanted. */
bool boot_info_has_room(const struct package_layout *layout,
                        const struct partition_manifest *manifest, struct manifest_diag *diag);

/* Builds it in the partition's memory if it is wanted; wishes that stay open are logged. */
bool boot_info_hand_over(struct arch_pe *pe, struct spmc *spmc, struct partition *partition,
                         const struct package_layout *layout);

#endif
