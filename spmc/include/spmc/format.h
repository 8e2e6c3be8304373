/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Text for logs and diagnostics, without a C library. Conversions: %s, %c, %u and %d (32 bits), %x
 * (32 bits), %lu, %lx (64 bits: uint64_t), %%; a width with leading zero as in %08x or %016lx.
 */
#ifndef SPMC_FORMAT_H
#define SPMC_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/* Writes at most size - 1 bytes and a NUL; returns the bytes written without it. Cuts, never
 * overruns. */
size_t format_text(char *out, size_t size, const char *format, ...);
size_t format_text_v(char *out, size_t size, const char *format, va_list args);

#endif
