/* SPDX-License-Identifier: BSD-3-Clause */
#include "spmc/pl011.h"

#define PL011_DR      0x00u
#define PL011_FR      0x18u
#define PL011_FR_TXFF (1u << 5)

/* A UART that nobody drains must not stop the secure world. */
#define PL011_MAX_TRIES 100000u

void pl011_put(struct arch_pe *pe, paddr_t base, enum pas pas, char c)
{
    for (uint32_t i = 0; i < PL011_MAX_TRIES; i++) {
        if ((arch_mmio_read32(pe, paddr(base.pa + PL011_FR), pas) & PL011_FR_TXFF) == 0) {
            arch_mmio_write32(pe, paddr(base.pa + PL011_DR), (uint8_t)c, pas);
            return;
        }
    }
}
