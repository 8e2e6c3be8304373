/* SPDX-License-Identifier: BSD-3-Clause */
/* The memory functions that a freestanding compiler may call on its own, and strlen. */
#ifndef GUEST_MEM_H
#define GUEST_MEM_H

#include <stddef.h>

void *memcpy(void *restrict dst, const void *restrict src, size_t size_bytes);
void *memmove(void *dst, const void *src, size_t size_bytes);
void *memset(void *dst, int value, size_t size_bytes);
int memcmp(const void *a, const void *b, size_t size_bytes);
size_t strlen(const char *text);

#endif
