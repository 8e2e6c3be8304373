/* SPDX-License-Identifier: BSD-3-Clause */
/* Stage-1 descriptors of the EL2&0 regime (Arm ARM D8.3). */
#ifndef SPMC_AARCH64_STAGE1_H
#define SPMC_AARCH64_STAGE1_H

#define S1_VALID      (1ull << 0)
#define S1_TABLE      (1ull << 1)
#define S1_PAGE       (1ull << 1)
#define S1_NORMAL     (0ull << 2) /* MAIR_EL2 index 0: Normal write-back, as in stage2_el0_mair() */
#define S1_DEVICE     (3ull << 2) /* index 3, the first that S-EL0 leaves free: Device-nGnRE */
#define S1_NS         (1ull << 5) /* output address in the non-secure space */
#define S1_READ_ONLY  (1ull << 7)
#define S1_SH_INNER   (3ull << 8)
#define S1_AF         (1ull << 10)
#define S1_NOT_GLOBAL (1ull << 11)
#define S1_GUARDED    (1ull << 50) /* BTI */
#define S1_PXN        (1ull << 53)
#define S1_UXN        (1ull << 54)
#define S1_ADDRESS    0x0000fffffffff000ull

/* Far above every physical address that the image can be loaded at. */
#define WINDOW_BASE (1ull << 47)

/*
 * TTBR0_EL2 is the SPMC's map (ASID 0), or while an S-EL0 partition runs, the partition's.
 * TTBR1_EL2, always in force, has one page of code to change between them (el0.S), at its physical
 * address in the upper half.
 */
#define S1_UPPER_HALF 0xffff000000000000ull

#endif
