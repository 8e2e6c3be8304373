/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim/machine/quantity.h"

#include <stddef.h>
#include <string.h>

const struct quantity_unit quantity_times[] = {
    {"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", 1000000000}, {NULL, 0}};

static int digit_of(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

bool quantity_digits(const char **text, unsigned base, uint64_t *out)
{
    const char *at = *text;
    uint64_t value = 0;

    for (; digit_of(*at) < (int)base; at++) {
        unsigned digit = (unsigned)digit_of(*at);

        if (value > (UINT64_MAX - digit) / base) {
            return false;
        }
        value = value * base + digit;
    }
    if (at == *text) {
        return false;
    }
    *text = at;
    *out = value;
    return true;
}

static const struct quantity_unit *find_unit(const struct quantity_unit *units, const char *name)
{
    for (; units->name != NULL; units++) {
        if (strcmp(units->name, name) == 0) {
            return units;
        }
    }
    return NULL;
}

bool quantity_parse(const char *text, const struct quantity_unit *units, uint64_t *out)
{
    const struct quantity_unit *unit;
    uint64_t whole;
    uint64_t fraction = 0;
    uint64_t scale = 1;

    while (*text == ' ') {
        text++;
    }
    if (!quantity_digits(&text, 10, &whole)) {
        return false;
    }
    if (*text == '.') {
        const char *start = ++text;

        if (!quantity_digits(&text, 10, &fraction) || text - start > 9) {
            return false;
        }
        for (const char *at = start; at != text; at++) {
            scale *= 10;
        }
    }
    while (*text == ' ') {
        text++;
    }
    unit = find_unit(units, text);
    if (unit == NULL || whole > UINT64_MAX / 2 / unit->factor) {
        return false;
    }
    /* fraction < 1e9 and factor <= 2^30 (sizes) or 1e9 (times): the product fits 64 bits. */
    if (fraction * unit->factor % scale != 0) {
        return false;
    }
    *out = whole * unit->factor + fraction * unit->factor / scale;
    return true;
}
