/* SPDX-License-Identifier: BSD-3-Clause */
/* Functions that only libfdt asks for. */
#ifndef SPMC_AARCH64_RUNTIME_H
#define SPMC_AARCH64_RUNTIME_H

#include <stddef.h>

size_t strnlen(const char *text, size_t max);
void *memchr(const void *area, int value, size_t size);
char *strchr(const char *text, int c);
char *strrchr(const char *text, int c);

#endif
