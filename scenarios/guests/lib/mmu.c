/* SPDX-License-Identifier: BSD-3-Clause */
#include "mmu.h"

#include "ffa/abi.h"
#include "guest.h"
#include "layout.h"
#include "mem.h"
#include "sysreg.h"

extern char __rodata_start[], __data_start[], __data_end[], __stacks_start[], __stacks_end[];

#define PAGE          ((uintptr_t)FFA_PAGE_SIZE_BYTES)
#define TABLE_ENTRIES 512u
#define TABLE_COUNT   20u /* the image needs 4 to 7, each further place 1 to 3 */
#define VA_BITS       48u
#define LEVELS        4u

/* VMSAv8-64 stage-1 descriptors (Arm ARM D8.3) */
#define DESC_VALID    0x1u
#define DESC_TABLE    0x3u /* at level 3: a page */
#define DESC_ATTR(i)  ((uint64_t)(i) << 2)
#define DESC_NS       (1ull << 5)
#define DESC_AP1      (1ull << 6) /* EL2: RES1 */
#define DESC_AP_RO    (1ull << 7)
#define DESC_SH_INNER (3ull << 8)
#define DESC_AF       (1ull << 10)
#define DESC_PXN      (1ull << 53)
#define DESC_UXN      (1ull << 54) /* EL2: XN */
#define DESC_ADDRESS  0x0000fffffffff000ull

/* MAIR_ELx: attribute 0 Device-nGnRnE, attribute 1 Normal write-back */
#define MAIR_VALUE  0xff00u
#define ATTR_DEVICE 0u
#define ATTR_NORMAL 1u

/* TCR_ELx: write-back inner shareable walks of 48-bit addresses */
#define TCR_WALKS    ((64u - VA_BITS) | (1u << 8) | (1u << 10) | (3u << 12))
#define TCR_EL1_EPD1 (1ull << 23)
#define TCR_EL2_RES1 ((1ull << 31) | (1ull << 23))

#define SCTLR_M  (1u << 0)
#define SCTLR_C  (1u << 2)
#define SCTLR_SA (1u << 3)
#define SCTLR_I  (1u << 12)

/* Not cleared at entry but one by one, as they are taken. */
__attribute__((section(".bss.tables"),
               aligned(4096))) static uint64_t tables[TABLE_COUNT][TABLE_ENTRIES];
static unsigned tables_used;

static uint64_t *new_table(void)
{
    if (tables_used == TABLE_COUNT) {
        return NULL;
    }
    uint64_t *table = tables[tables_used++];

    memset(table, 0, sizeof(tables[0]));
    return table;
}

/* The level-3 entry of `address`; NULL when there is none (and `make` could not help it). */
static volatile uint64_t *entry_of(uintptr_t address, bool make)
{
    uint64_t *table = tables[0];

    for (unsigned level = 0; level + 1 < LEVELS; level++) {
        uint64_t *entry = &table[(address >> (39u - 9u * level)) % TABLE_ENTRIES];

        if ((*entry & DESC_VALID) == 0) {
            uint64_t *next = make ? new_table() : NULL;

            if (next == NULL) {
                return NULL;
            }
            *(volatile uint64_t *)entry = (uintptr_t)next | DESC_TABLE;
        }
        table = (uint64_t *)(uintptr_t)(*entry & DESC_ADDRESS);
    }
    return &table[(address >> 12) % TABLE_ENTRIES];
}

static uint64_t descriptor(uintptr_t address, unsigned attributes)
{
    bool el2 = current_el() == 2;
    uint64_t desc = address | DESC_TABLE | DESC_AF | DESC_SH_INNER;

    desc |= DESC_ATTR((attributes & MMU_DEVICE) != 0 ? ATTR_DEVICE : ATTR_NORMAL);
    if ((attributes & MMU_NON_SECURE) != 0) {
        desc |= DESC_NS;
    }
    if ((attributes & MMU_READ_ONLY) != 0) {
        desc |= DESC_AP_RO;
    }
    if (el2) {
        return desc | DESC_AP1 | ((attributes & MMU_EXECUTE) != 0 ? 0 : DESC_UXN);
    }
    return desc | DESC_UXN | ((attributes & MMU_EXECUTE) != 0 ? 0 : DESC_PXN);
}

static void flush_tlb(void)
{
    if (current_el() == 2) {
        __asm__ volatile("dsb ishst\n tlbi alle2is\n dsb ish\n isb" ::: "memory");
    } else {
        __asm__ volatile("dsb ishst\n tlbi vmalle1is\n dsb ish\n isb" ::: "memory");
    }
}

bool mmu_map(uintptr_t base, size_t size_bytes, unsigned attributes)
{
    if (((base | size_bytes) & (PAGE - 1)) != 0) {
        return false;
    }
    for (uintptr_t page = base; page < base + size_bytes; page += PAGE) {
        volatile uint64_t *entry = entry_of(page, true);

        if (entry == NULL) {
            return false;
        }
        if ((*entry & DESC_VALID) != 0) { /* break before make */
            *entry = 0;
            flush_tlb();
        }
        *entry = descriptor(page, attributes);
    }
    __asm__ volatile("dsb ishst\n isb" ::: "memory");
    return true;
}

void mmu_unmap(uintptr_t base, size_t size_bytes)
{
    for (uintptr_t page = base; page < base + size_bytes; page += PAGE) {
        volatile uint64_t *entry = entry_of(page, false);

        if (entry != NULL) {
            *entry = 0;
        }
    }
    flush_tlb();
}

void mmu_set_root_entry(unsigned index, uint64_t desc)
{
    *(volatile uint64_t *)&tables[0][index % TABLE_ENTRIES] = desc;
    flush_tlb();
}

static bool map_range(const char *start, const char *end, unsigned attributes)
{
    return mmu_map((uintptr_t)start, (size_t)(end - start), attributes);
}

void mmu_init(void)
{
    (void)new_table(); /* the root */
    bool ok = map_range(__image_start, __rodata_start, MMU_READ_ONLY | MMU_EXECUTE) &&
              map_range(__rodata_start, __data_start, MMU_READ_ONLY) &&
              map_range(__data_start, __data_end, 0);

    for (const char *slot = __stacks_start; ok && slot < __stacks_end; slot += STACK_SLOT_BYTES) {
        ok = map_range(slot + STACK_GUARD_BYTES, slot + STACK_SLOT_BYTES, 0);
    }
    guest_assert(ok);
}

/* What was written with the MMU off is in memory; no cache may keep something older of it. */
static inline void drop_stale_lines(uintptr_t start, uintptr_t end)
{
    uintptr_t line = (uintptr_t)4 << ((read_ctr_el0() >> 16) & 0xfu);

    for (uintptr_t at = start & ~(line - 1); at < end; at += line) {
        __asm__ volatile("dc civac, %0" : : "r"(at) : "memory");
    }
}

void mmu_enable(uintptr_t stack_top)
{
    uint64_t pa_range = read_id_aa64mmfr0_el1() & 0xfu;
    uint64_t size = pa_range > 5 ? 5 : pa_range; /* 48 bits are all that this granule uses */

    drop_stale_lines((uintptr_t)__data_start, (uintptr_t)tables[tables_used]);
    drop_stale_lines(stack_top - STACK_BYTES, stack_top);
    write_el_mair(MAIR_VALUE);
    write_el_ttbr0((uintptr_t)tables[0]);
    if (current_el() == 2) {
        write_tcr_el2(TCR_WALKS | TCR_EL2_RES1 | (size << 16));
    } else {
        write_tcr_el1(TCR_WALKS | TCR_EL1_EPD1 | (size << 32));
    }
    __asm__ volatile("dsb sy\n isb\n ic iallu" ::: "memory");
    flush_tlb();
    write_el_sctlr(read_el_sctlr() | SCTLR_M | SCTLR_C | SCTLR_SA | SCTLR_I);
    __asm__ volatile("isb" ::: "memory");
}
