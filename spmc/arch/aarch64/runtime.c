/* SPDX-License-Identifier: BSD-3-Clause */
/* What the core, the compiler and libfdt take from a C library. Shared with the EL3 firmware. */
#include "arch/aarch64/runtime.h"

#include <stdint.h>

#include "spmc/mem.h"

void *memcpy(void *restrict dst, const void *restrict src, size_t size)
{
    uint8_t *to = dst;
    const uint8_t *from = src;

    if ((((uintptr_t)to | (uintptr_t)from) & 7u) == 0) {
        for (; size >= 8; size -= 8, to += 8, from += 8) {
            *(uint64_t *)(void *)to = *(const uint64_t *)(const void *)from;
        }
    }
    while (size-- != 0) {
        *to++ = *from++;
    }
    return dst;
}

void *memmove(void *dst, const void *src, size_t size)
{
    uint8_t *to = dst;
    const uint8_t *from = src;

    if ((uintptr_t)to - (uintptr_t)from >= size) {
        return memcpy(dst, src, size);
    }
    while (size-- != 0) {
        to[size] = from[size];
    }
    return dst;
}

void *memset(void *dst, int value, size_t size)
{
    uint8_t *to = dst;
    uint64_t word = (uint8_t)value * 0x0101010101010101ull;

    if (((uintptr_t)to & 7u) == 0) {
        for (; size >= 8; size -= 8, to += 8) {
            *(uint64_t *)(void *)to = word;
        }
    }
    while (size-- != 0) {
        *to++ = (uint8_t)value;
    }
    return dst;
}

int memcmp(const void *a, const void *b, size_t size)
{
    const uint8_t *one = a;
    const uint8_t *two = b;

    for (; size != 0; size--, one++, two++) {
        if (*one != *two) {
            return *one < *two ? -1 : 1;
        }
    }
    return 0;
}

size_t strlen(const char *text)
{
    size_t size = 0;

    while (text[size] != '\0') {
        size++;
    }
    return size;
}

size_t strnlen(const char *text, size_t max)
{
    size_t size = 0;

    while (size < max && text[size] != '\0') {
        size++;
    }
    return size;
}

void *memchr(const void *area, int value, size_t size)
{
    const uint8_t *at = area;

    for (; size != 0; size--, at++) {
        if (*at == (uint8_t)value) {
            return (void *)(uintptr_t)at;
        }
    }
    return NULL;
}

char *strchr(const char *text, int c)
{
    return memchr(text, c, strlen(text) + 1);
}

char *strrchr(const char *text, int c)
{
    for (size_t at = strlen(text) + 1; at-- != 0;) {
        if (text[at] == (char)c) {
            return (char *)(uintptr_t)&text[at];
        }
    }
    return NULL;
}
