/* SPDX-License-Identifier: BSD-3-Clause */
/* System registers of the exception level that the guest runs at: EL1, or EL2 of a kernel. */
#ifndef GUEST_SYSREG_H
#define GUEST_SYSREG_H

#include <stdint.h>

/* read_NAME() and write_NAME() of one register */
#define SYSREG_READ(name)                                 \
    static inline uint64_t read_##name(void)              \
    {                                                     \
        uint64_t value;                                   \
        __asm__ volatile("mrs %0, " #name : "=r"(value)); \
        return value;                                     \
    }
#define SYSREG_WRITE(name)                                               \
    static inline void write_##name(uint64_t value)                      \
    {                                                                    \
        __asm__ volatile("msr " #name ", %0" : : "r"(value) : "memory"); \
    }

SYSREG_READ(CurrentEL)
SYSREG_READ(ctr_el0)
SYSREG_READ(id_aa64mmfr0_el1)

static inline unsigned current_el(void)
{
    return (unsigned)(read_CurrentEL() >> 2) & 3u;
}

/* read_el_NAME() and write_el_NAME(): the register of the current exception level. */
#define SYSREG_EL(name)                                                       \
    SYSREG_READ(name##_el1)                                                   \
    SYSREG_READ(name##_el2)                                                   \
    SYSREG_WRITE(name##_el1)                                                  \
    SYSREG_WRITE(name##_el2)                                                  \
    static inline uint64_t read_el_##name(void)                               \
    {                                                                         \
        return current_el() == 2 ? read_##name##_el2() : read_##name##_el1(); \
    }                                                                         \
    static inline void write_el_##name(uint64_t value)                        \
    {                                                                         \
        if (current_el() == 2) {                                              \
            write_##name##_el2(value);                                        \
        } else {                                                              \
            write_##name##_el1(value);                                        \
        }                                                                     \
    }

SYSREG_EL(elr)
SYSREG_EL(esr)
SYSREG_EL(far)
SYSREG_EL(mair)
SYSREG_EL(sctlr)
SYSREG_EL(tcr)
SYSREG_EL(ttbr0)

#endif
