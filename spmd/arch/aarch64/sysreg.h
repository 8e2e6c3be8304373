/* SPDX-License-Identifier: BSD-3-Clause */
/* System registers by name. */
#ifndef SPMD_AARCH64_SYSREG_H
#define SPMD_AARCH64_SYSREG_H

#include <stdint.h>

/* `encoding` for registers that the assembler does not know at this architecture level */
#define SYSREG_AS(name, encoding)                                            \
    static inline uint64_t read_##name(void)                                 \
    {                                                                        \
        uint64_t value;                                                      \
        __asm__ volatile("mrs %0, " #encoding : "=r"(value) : : "memory");   \
        return value;                                                        \
    }                                                                        \
    static inline void write_##name(uint64_t value)                          \
    {                                                                        \
        __asm__ volatile("msr " #encoding ", %0" : : "r"(value) : "memory"); \
    }
#define SYSREG(name) SYSREG_AS(name, name)

static inline void isb(void)
{
    __asm__ volatile("isb" : : : "memory");
}

#endif
