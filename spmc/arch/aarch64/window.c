/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory and devices of others. Each PE has a few pages of virtual address space of its own; a page
 * stays mapped until its place is needed, so that a UART or a busy buffer costs one mapping.
 */
#include "arch/aarch64/port.h"
#include "arch/aarch64/stage1.h"
#include "arch/aarch64/sysreg.h"

static uint64_t window_va(const struct arch_pe *pe, uint32_t n)
{
    return WINDOW_BASE + ((uint64_t)pe->index * PORT_WINDOWS + n) * PAGE_SIZE_BYTES;
}

/* Break before make; no other PE uses this address, so maintenance stays local. */
static void map_window(const struct arch_pe *pe, uint32_t n, uint64_t descriptor)
{
    volatile uint64_t *slot = &port_state.window_table[pe->index * PORT_WINDOWS + n];

    *slot = 0;
    __asm__ volatile("dsb nshst\n\ttlbi vae2, %0\n\tdsb nsh\n\tisb"
                     :
                     : "r"(window_va(pe, n) >> PAGE_BITS)
                     : "memory");
    *slot = descriptor;
    __asm__ volatile("dsb nshst\n\tisb" : : : "memory");
}

void *window_open(struct arch_pe *pe, paddr_t pa, enum pas pas, bool device)
{
    paddr_t page = paddr(pa.pa & ~(uint64_t)(PAGE_SIZE_BYTES - 1u));
    uint64_t offset = pa.pa - page.pa;
    uint32_t n;

    if (pa.pa >> port_state.pa_bits != 0) {
        return NULL;
    }
    for (n = 0; n < PORT_WINDOWS; n++) {
        const struct window *w = &pe->window[n];

        if (w->valid && w->page.pa == page.pa && w->pas == pas && w->device == device) {
            return (void *)(uintptr_t)(window_va(pe, n) + offset);
        }
    }
    n = pe->next_window;
    pe->next_window = (n + 1) % PORT_WINDOWS;
    pe->window[n] = (struct window){page, (uint8_t)pas, true, device};
    map_window(pe, n,
               page.pa | S1_VALID | S1_PAGE | S1_AF | S1_PXN | S1_UXN | S1_NOT_GLOBAL |
                   (device ? S1_DEVICE : S1_NORMAL | S1_SH_INNER) |
                   (pas == PAS_NON_SECURE ? S1_NS : 0));
    return (void *)(uintptr_t)(window_va(pe, n) + offset);
}

static size_t part_of_page(uint64_t pa, size_t size_bytes)
{
    size_t room = PAGE_SIZE_BYTES - (size_t)(pa % PAGE_SIZE_BYTES);

    return size_bytes < room ? size_bytes : room;
}

bool arch_copy_from(struct arch_pe *pe, void *dst, paddr_t src, size_t size_bytes, enum pas pas)
{
    uint8_t *to = dst;

    while (size_bytes != 0) {
        size_t part = part_of_page(src.pa, size_bytes);
        const void *from = window_open(pe, src, pas, false);

        if (from == NULL || !port_copy(to, from, part)) {
            return false;
        }
        to += part;
        src.pa += part;
        size_bytes -= part;
    }
    return true;
}

bool arch_copy_to(struct arch_pe *pe, paddr_t dst, const void *src, size_t size_bytes, enum pas pas)
{
    const uint8_t *from = src;

    while (size_bytes != 0) {
        size_t part = part_of_page(dst.pa, size_bytes);
        void *to = window_open(pe, dst, pas, false);

        if (to == NULL || !port_copy(to, from, part)) {
            return false;
        }
        from += part;
        dst.pa += part;
        size_bytes -= part;
    }
    return true;
}

bool arch_zero(struct arch_pe *pe, paddr_t dst, size_t size_bytes, enum pas pas)
{
    while (size_bytes != 0) {
        size_t part = part_of_page(dst.pa, size_bytes);
        void *to = window_open(pe, dst, pas, false);

        if (to == NULL || !port_zero(to, part)) {
            return false;
        }
        dst.pa += part;
        size_bytes -= part;
    }
    return true;
}

/* The pool is part of the image, mapped where it lies. */
void *arch_map(struct arch_pe *pe, paddr_t pa, size_t size_bytes)
{
    uint64_t start = (uint64_t)(uintptr_t)port_pool_start;
    uint64_t pool_bytes = (uint64_t)(port_pool_end - port_pool_start);

    (void)pe;
    if (pa.pa < start || size_bytes > pool_bytes || pa.pa - start > pool_bytes - size_bytes) {
        return NULL;
    }
    return (void *)(uintptr_t)pa.pa;
}

void arch_unmap(struct arch_pe *pe, void *mapped, size_t size_bytes)
{
    (void)pe;
    (void)mapped;
    (void)size_bytes;
}

uint32_t arch_mmio_read32(struct arch_pe *pe, paddr_t reg, enum pas pas)
{
    const volatile uint32_t *at = window_open(pe, reg, pas, true);

    if (at == NULL) {
        arch_panic(pe, "device register read: no physical address");
    }
    return *at;
}

void arch_mmio_write32(struct arch_pe *pe, paddr_t reg, uint32_t value, enum pas pas)
{
    volatile uint32_t *at = window_open(pe, reg, pas, true);

    if (at == NULL) {
        arch_panic(pe, "device register write: no physical address");
    }
    *at = value;
}
