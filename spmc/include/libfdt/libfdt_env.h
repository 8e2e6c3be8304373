/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What libfdt's own header asks of its environment, without a hosted C library: the build puts the
 * installed libfdt.h and fdt.h beside this file, so that the core sees no other system header.
 */
#ifndef LIBFDT_ENV_H
#define LIBFDT_ENV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint16_t fdt16_t;
typedef uint32_t fdt32_t;
typedef uint64_t fdt64_t;

static inline uint16_t fdt16_to_cpu(fdt16_t x)
{
    return (uint16_t)(x >> 8 | x << 8);
}

static inline uint32_t fdt32_to_cpu(fdt32_t x)
{
    return x >> 24 | (x >> 8 & 0xff00u) | (x << 8 & 0xff0000u) | x << 24;
}

static inline uint64_t fdt64_to_cpu(fdt64_t x)
{
    return (uint64_t)fdt32_to_cpu((uint32_t)x) << 32 | fdt32_to_cpu((uint32_t)(x >> 32));
}

#define cpu_to_fdt16 fdt16_to_cpu
#define cpu_to_fdt32 fdt32_to_cpu
#define cpu_to_fdt64 fdt64_to_cpu

#endif
