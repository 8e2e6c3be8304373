/* SPDX-License-Identifier: BSD-3-Clause */
#include "mem.h"

#include <stdbool.h>
#include <stdint.h>

/* Both may be accessed eight bytes at a time (the compiler is told never to do so unaligned). */
static bool words_fit(const void *a, const void *b)
{
    return (((uintptr_t)a | (uintptr_t)b) & 7u) == 0;
}

void *memcpy(void *restrict dst, const void *restrict src, size_t size_bytes)
{
    uint8_t *d = dst;
    const uint8_t *s = src;

    if (words_fit(dst, src)) {
        for (; size_bytes >= 8; size_bytes -= 8, d += 8, s += 8) {
            *(uint64_t *)(void *)d = *(const uint64_t *)(const void *)s;
        }
    }
    while (size_bytes-- > 0) {
        *d++ = *s++;
    }
    return dst;
}

void *memmove(void *dst, const void *src, size_t size_bytes)
{
    uint8_t *d = dst;
    const uint8_t *s = src;

    if (d <= s || d >= s + size_bytes) {
        return memcpy(dst, src, size_bytes);
    }
    while (size_bytes-- > 0) {
        d[size_bytes] = s[size_bytes];
    }
    return dst;
}

void *memset(void *dst, int value, size_t size_bytes)
{
    uint8_t *d = dst;
    uint64_t word = (uint8_t)value * 0x0101010101010101u;

    if (words_fit(dst, dst)) {
        for (; size_bytes >= 8; size_bytes -= 8, d += 8) {
            *(uint64_t *)(void *)d = word;
        }
    }
    while (size_bytes-- > 0) {
        *d++ = (uint8_t)value;
    }
    return dst;
}

int memcmp(const void *a, const void *b, size_t size_bytes)
{
    const uint8_t *p = a;
    const uint8_t *q = b;

    for (size_t i = 0; i < size_bytes; i++) {
        if (p[i] != q[i]) {
            return p[i] < q[i] ? -1 : 1;
        }
    }
    return 0;
}

size_t strlen(const char *text)
{
    size_t length = 0;

    while (text[length] != '\0') {
        length++;
    }
    return length;
}
