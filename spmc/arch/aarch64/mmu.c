/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stage 1 of S-EL2 (EL2&0 regime, 4 KiB granule, 48-bit VA). The image is mapped where it lies, no
 * byte of it both writable and executable; stacks have an unmapped guard below. Nothing else is
 * mapped: memory of others comes and goes in the windows (window.c). All of it is not global: it is
 * out of force while an S-EL0 partition runs. Runs with the MMU off.
 */
#include "arch/aarch64/port.h"
#include "arch/aarch64/stage1.h"
#include "arch/aarch64/sysreg.h"
#include "spmc/stage2.h"

#define ENTRIES    512u
#define LAST_LEVEL 3u

/* IPS of TCR_EL2 and PARange have the same encoding; more than 48 bits needs another layout. */
#define PARANGE_48 5u

static uint64_t *new_table(void)
{
    uint8_t *table = port_state.next_table;

    /* The linker script has room for what an image of its size needs. */
    if (table == port_tables_end) {
        for (;;) {
            __asm__ volatile("wfi");
        }
    }
    port_state.next_table = table + PAGE_SIZE_BYTES;
    return (uint64_t *)(void *)table;
}

/* Slot of `va` in its last-level table, with the tables above made as needed. */
static uint64_t *slot_of(uint64_t *table, uint64_t va)
{
    for (unsigned level = 0; level < LAST_LEVEL; level++) {
        uint64_t *slot = &table[(va >> (PAGE_BITS + 9u * (LAST_LEVEL - level))) % ENTRIES];

        if ((*slot & S1_VALID) == 0) {
            *slot = (uint64_t)(uintptr_t)new_table() | S1_VALID | S1_TABLE;
        }
        table = (uint64_t *)(uintptr_t)(*slot & S1_ADDRESS);
    }
    return &table[(va >> PAGE_BITS) % ENTRIES];
}

static void map_image(uint64_t *root, const uint8_t *start, const uint8_t *end, uint64_t attributes)
{
    for (uint64_t at = (uint64_t)(uintptr_t)start; at < (uint64_t)(uintptr_t)end;
         at += PAGE_SIZE_BYTES) {
        *slot_of(root, at) =
            at | attributes | S1_VALID | S1_PAGE | S1_AF | S1_SH_INNER | S1_NORMAL | S1_NOT_GLOBAL;
    }
}

static unsigned pa_range(void)
{
    unsigned range = (unsigned)ID_MMFR0_PARANGE(read_id_aa64mmfr0_el1());

    return range < PARANGE_48 ? range : PARANGE_48;
}

uint64_t mmu_tcr(void)
{
    const uint64_t t0sz = 16;             /* 48-bit VA */
    const uint64_t walks = 0x3500;        /* inner shareable, write-back, read and write allocate */
    const uint64_t granule1 = 2ull << 30; /* 4 KiB */

    /* An S-EL0 partition's tables begin at level 0 too; what they leave out is not mapped. */
    return t0sz | walks | t0sz << 16 | walks << 16 | granule1 | (uint64_t)pa_range() << 32;
}

uint64_t mmu_mair(void)
{
    return stage2_el0_mair() | 0x04ull << (8 * (S1_DEVICE >> 2));
}

uint64_t *mmu_build(void)
{
    static const uint8_t bits[] = {32, 36, 40, 42, 44, 48};
    uint64_t *root;
    uint64_t *upper;

    port_state.next_table = port_tables_start;
    port_state.pa_bits = bits[pa_range()];
    root = new_table();
    upper = new_table(); /* entry.S and el0.S know: the page behind it */
    map_image(upper, port_el0_start, port_el0_end, S1_READ_ONLY | S1_GUARDED | S1_UXN);
    map_image(root, port_image_start, port_text_end, S1_READ_ONLY | S1_GUARDED | S1_UXN);
    map_image(root, port_text_end, port_rodata_end, S1_READ_ONLY | S1_PXN | S1_UXN);
    map_image(root, port_rodata_end, port_stacks_start, S1_PXN | S1_UXN);
    for (uint8_t *slot = port_stacks_start; slot < port_stacks_end; slot += STACK_SLOT_BYTES) {
        map_image(root, slot + STACK_SLOT_BYTES / 2, slot + STACK_SLOT_BYTES, S1_PXN | S1_UXN);
    }
    map_image(root, port_stacks_end, port_image_end, S1_PXN | S1_UXN);
    port_state.window_table = slot_of(root, WINDOW_BASE);
    return root;
}
