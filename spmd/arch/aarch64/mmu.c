/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stage 1 of EL3: 4 GiB, flat. Code runs from flash, read-only; nothing else is executable. Normal
 * memory of the normal world is mapped as such, for loading its kernel.
 */
#include "el3.h"

#define BLOCK_BYTES 0x200000ull
#define GIB         0x40000000ull

#define VALID     (1ull << 0)
#define TABLE     (1ull << 1)
#define DEVICE    (0ull << 2)
#define NORMAL    (1ull << 2)
#define NS        (1ull << 5)
#define RES1_AP   (1ull << 6)
#define READ_ONLY (1ull << 7)
#define SHARED    (3ull << 8)
#define AF        (1ull << 10)
#define XN        (1ull << 54)

#define FLASH_CODE_BYTES BLOCK_BYTES
#define DEVICES_START    0x08000000ull
#define DEVICES_END      0x0a000000ull
#define SECURE_RAM_START 0x0e000000ull
#define SECURE_RAM_END   0x0f000000ull

/* T0SZ 32, walks inner shareable and write-back, 32-bit PA */
#define TCR  (32ull | 0x3500ull | 1ull << 23 | 1ull << 31)
#define MAIR 0xff04ull

static void blocks(uint64_t start, uint64_t end, uint64_t attributes)
{
    for (uint64_t at = start; at < end; at += BLOCK_BYTES) {
        el3_table_2[at / BLOCK_BYTES] = at | VALID | AF | RES1_AP | attributes;
    }
}

void mmu_build(void)
{
    el3_table_1[0] = (uint64_t)(uintptr_t)el3_table_2 | VALID | TABLE;
    el3_table_1[1] = GIB | VALID | AF | RES1_AP | NORMAL | SHARED | NS | XN;
    blocks(0, FLASH_CODE_BYTES, NORMAL | SHARED | READ_ONLY);
    blocks(FLASH_CODE_BYTES, EL3_FLASH_END, NORMAL | SHARED | READ_ONLY | XN);
    blocks(DEVICES_START, DEVICES_END, DEVICE | XN);
    blocks(SECURE_RAM_START, SECURE_RAM_END, NORMAL | SHARED | XN);
}

void mmu_enable(void)
{
    el3_mmu_on(TCR, MAIR, el3_table_1);
}
