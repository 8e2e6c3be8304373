/* SPDX-License-Identifier: BSD-3-Clause */
/* The probe's registers as instructions: of the CPU interface, and in memory. */
#ifndef GIC_PROBE_ACCESS_H
#define GIC_PROBE_ACCESS_H

#include "probe.h"

/* clang-format off */
#define PROBE_REGISTERS(each)            \
    each(PROBE_PMR, S3_0_C4_C6_0)        \
    each(PROBE_RPR, S3_0_C12_C11_3)      \
    each(PROBE_CTLR, S3_0_C12_C12_4)     \
    each(PROBE_IGRPEN0, S3_0_C12_C12_6)  \
    each(PROBE_IGRPEN1, S3_0_C12_C12_7)  \
    each(PROBE_BPR0, S3_0_C12_C8_3)      \
    each(PROBE_BPR1, S3_0_C12_C12_3)     \
    each(PROBE_AP0R0, S3_0_C12_C8_4)     \
    each(PROBE_AP1R0, S3_0_C12_C9_0)     \
    each(PROBE_HPPIR0, S3_0_C12_C8_2)    \
    each(PROBE_HPPIR1, S3_0_C12_C12_2)   \
    each(PROBE_IAR0, S3_0_C12_C8_0)      \
    each(PROBE_IAR1, S3_0_C12_C12_0)     \
    each(PROBE_EOIR0, S3_0_C12_C8_1)     \
    each(PROBE_EOIR1, S3_0_C12_C12_1)    \
    each(PROBE_DIR, S3_0_C12_C11_1)      \
    each(PROBE_SGI0R, S3_0_C12_C11_7)    \
    each(PROBE_SGI1R, S3_0_C12_C11_5)    \
    each(PROBE_ASGI1R, S3_0_C12_C11_6)   \
    each(PROBE_CTLR_EL3, S3_6_C12_C12_4) \
    each(PROBE_IGRPEN1_EL3, S3_6_C12_C12_7)

#define PROBE_CASE(name, reg)                                     \
    case name:                                                    \
        if (write) {                                              \
            __asm__ volatile("msr " #reg ", %0" : : "r"(value));  \
        } else {                                                  \
            __asm__ volatile("mrs %0, " #reg : "=r"(value));      \
        }                                                         \
        break;
/* clang-format on */

static inline uint64_t probe_icc(enum probe_icc which, bool write, uint64_t value)
{
    switch (which) {
        PROBE_REGISTERS(PROBE_CASE)
    }
    __asm__ volatile("dsb sy\n\tisb" : : : "memory");
    return value;
}

static inline uint64_t probe_mmio_read(uint64_t address, unsigned size)
{
    switch (size) {
    case 1:
        return *(volatile uint8_t *)address;
    case 8:
        return *(volatile uint64_t *)address;
    default:
        return *(volatile uint32_t *)address;
    }
}

static inline void probe_mmio_write(uint64_t address, unsigned size, uint64_t value)
{
    switch (size) {
    case 1:
        *(volatile uint8_t *)address = (uint8_t)value;
        break;
    case 8:
        *(volatile uint64_t *)address = value;
        break;
    default:
        *(volatile uint32_t *)address = (uint32_t)value;
        break;
    }
    __asm__ volatile("dsb sy" : : : "memory");
}

#endif
