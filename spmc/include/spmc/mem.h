/* SPDX-License-Identifier: BSD-3-Clause */
/* The only functions that the core takes from a C library (on silicon the arch side brings them).
 */
#ifndef SPMC_MEM_H
#define SPMC_MEM_H

#include <stddef.h>

void *memcpy(void *restrict dst, const void *restrict src, size_t size);
void *memmove(void *dst, const void *src, size_t size);
void *memset(void *dst, int value, size_t size);
int memcmp(const void *a, const void *b, size_t size);
size_t strlen(const char *text);

#endif
