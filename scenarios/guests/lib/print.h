/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef GUEST_PRINT_H
#define GUEST_PRINT_H

#include <stdarg.h>

/* A small printf: see console_printf() for what it knows. Any other conversion is put as it is. */
void print_format(void (*put)(void *to, char c), void *to, const char *format, va_list args);

#endif
