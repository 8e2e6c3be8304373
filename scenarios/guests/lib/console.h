/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Text out: by FFA_CONSOLE_LOG, the 64-bit form where it is offered, else the 32-bit one. A normal
 * world may be told to use a PL011 instead. Nothing is kept between two calls.
 */
#ifndef GUEST_CONSOLE_H
#define GUEST_CONSOLE_H

#include <stddef.h>
#include <stdint.h>

/* From now on to the PL011 whose registers are at `base`, which is mapped for it. */
void console_use_pl011(uintptr_t base);

void console_write(const char *text, size_t count);

/* %s %c %d %u %x %p, and %ld %lu %lx for 64 bits; a width, with 0 in front of it or not. */
void console_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
