/* SPDX-License-Identifier: BSD-3-Clause */
#include "print.h"

#include <stdbool.h>
#include <stdint.h>

struct sink {
    void (*put)(void *to, char c);
    void *to;
};

static void put_number(const struct sink *sink, uint64_t value, bool negative, unsigned base,
                       unsigned width, bool zeros)
{
    char digits[20];
    unsigned count = 0;

    do {
        digits[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);

    unsigned used = count + (negative ? 1u : 0u);

    for (; !zeros && width > used; width--) {
        sink->put(sink->to, ' ');
    }
    if (negative) {
        sink->put(sink->to, '-');
    }
    for (; width > used; width--) {
        sink->put(sink->to, '0');
    }
    while (count > 0) {
        sink->put(sink->to, digits[--count]);
    }
}

static void put_string(const struct sink *sink, const char *text)
{
    for (; *text != '\0'; text++) {
        sink->put(sink->to, *text);
    }
}

static void put_signed(const struct sink *sink, int64_t value, unsigned width, bool zeros)
{
    uint64_t magnitude = value < 0 ? 0u - (uint64_t)value : (uint64_t)value;

    put_number(sink, magnitude, value < 0, 10, width, zeros);
}

void print_format(void (*put)(void *to, char c), void *to, const char *format, va_list args)
{
    const struct sink sink = {.put = put, .to = to};

    for (; *format != '\0'; format++) {
        if (*format != '%') {
            put(to, *format);
            continue;
        }
        format++;
        bool zeros = *format == '0';
        unsigned width = 0;
        bool is_long = false;

        for (; *format >= '0' && *format <= '9'; format++) {
            width = width * 10 + (unsigned)(*format - '0');
        }
        for (; *format == 'l'; format++) {
            is_long = true;
        }
        switch (*format) {
        case '\0':
            return;
        case 's':
            put_string(&sink, va_arg(args, const char *));
            break;
        case 'c':
            put(to, (char)va_arg(args, int));
            break;
        case 'd':
            put_signed(&sink, is_long ? va_arg(args, long) : va_arg(args, int), width, zeros);
            break;
        case 'u':
        case 'x':
            put_number(&sink, is_long ? va_arg(args, unsigned long) : va_arg(args, unsigned), false,
                       *format == 'x' ? 16 : 10, width, zeros);
            break;
        case 'p':
            put_string(&sink, "0x");
            put_number(&sink, (uintptr_t)va_arg(args, void *), false, 16, width, zeros);
            break;
        default:
            put(to, *format);
            break;
        }
    }
}
