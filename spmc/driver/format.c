/* SPDX-License-Identifier: BSD-3-Clause */
#include "spmc/format.h"

#include <stdbool.h>
#include <stdint.h>

struct output {
    char *at;
    size_t room; /* without the NUL */
    size_t used;
};

static void put(struct output *out, char c)
{
    if (out->used < out->room) {
        out->at[out->used++] = c;
    }
}

static void put_text(struct output *out, const char *text)
{
    for (text = text != NULL ? text : "(null)"; *text != '\0'; text++) {
        put(out, *text);
    }
}

static void put_number(struct output *out, uint64_t value, unsigned base, unsigned width)
{
    char digits[20];
    unsigned count = 0;

    do {
        digits[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    for (; width > count; width--) {
        put(out, '0');
    }
    while (count != 0) {
        put(out, digits[--count]);
    }
}

size_t format_text_v(char *out_text, size_t size, const char *format, va_list args)
{
    struct output out = {out_text, size == 0 ? 0 : size - 1, 0};

    for (const char *f = format; *f != '\0'; f++) {
        unsigned width = 0;
        bool is_64 = false;

        if (*f != '%') {
            put(&out, *f);
            continue;
        }
        for (f++; *f >= '0' && *f <= '9'; f++) {
            width = width * 10 + (unsigned)(*f - '0');
        }
        if (*f == 'l') {
            is_64 = true;
            f++;
        }
        switch (*f) {
        case 's':
            put_text(&out, va_arg(args, const char *));
            break;
        case 'c':
            put(&out, (char)va_arg(args, int));
            break;
        case 'd': {
            int value = va_arg(args, int);

            if (value < 0) {
                put(&out, '-');
            }
            put_number(&out, value < 0 ? 0u - (unsigned)value : (unsigned)value, 10, width);
            break;
        }
        case 'u':
            put_number(&out, is_64 ? va_arg(args, uint64_t) : va_arg(args, unsigned), 10, width);
            break;
        case 'x':
            put_number(&out, is_64 ? va_arg(args, uint64_t) : va_arg(args, unsigned), 16, width);
            break;
        case '\0':
            f--;
            break;
        default:
            put(&out, *f);
            break;
        }
    }
    if (size != 0) {
        out_text[out.used] = '\0';
    }
    return out.used;
}

size_t format_text(char *out, size_t size, const char *format, ...)
{
    va_list args;
    size_t used;

    va_start(args, format);
    used = format_text_v(out, size, format, args);
    va_end(args);
    return used;
}
