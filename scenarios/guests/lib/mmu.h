/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stage 1 of the guest's own exception level: a 4 KiB granule identity map. The image is mapped
 * before guest_main(): code read-only and executable, the rest never executable, the guard page
 * under each stack not at all.
 */
#ifndef GUEST_MMU_H
#define GUEST_MMU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MMU_READ_ONLY  0x1u
#define MMU_EXECUTE    0x2u
#define MMU_DEVICE     0x4u /* Device-nGnRnE; else Normal write-back */
#define MMU_NON_SECURE 0x8u /* a partition's access leaves as non-secure (shared by a VM) */

/*
 * Maps pages at the address they have. False: not page aligned, or no translation table left.
 * Changes tables that all PEs of the guest share: use it from one PE at a time.
 */
bool mmu_map(uintptr_t base, size_t size_bytes, unsigned attributes);
void mmu_unmap(uintptr_t base, size_t size_bytes);

/* For tests of the walk itself: any descriptor as entry `index` (0 to 511) of the root, as it is.
 */
void mmu_set_root_entry(unsigned index, uint64_t descriptor);

/* For entry.S: builds the tables (once), and switches the MMU on (on each PE). */
void mmu_init(void);
void mmu_enable(uintptr_t stack_top);

#endif
