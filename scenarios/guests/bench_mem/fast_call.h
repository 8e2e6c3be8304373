/* SPDX-License-Identifier: BSD-3-Clause */
/* A call with x0 to x7 and nothing around it, as round_trips.S makes its own: the guest's share of
 * what the benchmark measures stays small. */
#ifndef BENCH_MEM_FAST_CALL_H
#define BENCH_MEM_FAST_CALL_H

#include <stdint.h>

struct fast_regs {
    uint64_t x[8];
};

static inline void fast_call(struct fast_regs *r)
{
    register uint64_t x0 __asm__("x0") = r->x[0];
    register uint64_t x1 __asm__("x1") = r->x[1];
    register uint64_t x2 __asm__("x2") = r->x[2];
    register uint64_t x3 __asm__("x3") = r->x[3];
    register uint64_t x4 __asm__("x4") = r->x[4];
    register uint64_t x5 __asm__("x5") = r->x[5];
    register uint64_t x6 __asm__("x6") = r->x[6];
    register uint64_t x7 __asm__("x7") = r->x[7];

    __asm__ volatile(
        "smc #0"
        : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4), "+r"(x5), "+r"(x6), "+r"(x7)
        :
        : "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "memory");
    *r = (struct fast_regs){{x0, x1, x2, x3, x4, x5, x6, x7}};
}

#endif
