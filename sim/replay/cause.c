/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim/replay/cause.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static bool in_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Length of a number at `at`: decimal with parts behind a dot, or hexadecimal; 0: none. */
static size_t number_at(const char *at)
{
    size_t length = strspn(at, "0123456789");

    if (at[0] == '0' && at[1] == 'x') {
        return 2 + strspn(at + 2, "0123456789abcdefABCDEF");
    }
    while (length != 0 && at[length] == '.' && isdigit((unsigned char)at[length + 1])) {
        length += 1 + strspn(at + length + 1, "0123456789");
    }
    return length;
}

void cause_of(const char *why, char cause[CAUSE_BYTES])
{
    static const char script[] = ".lua:";
    const char *start = why;
    size_t used = 0;

    while (*why != '\0' && used + 1 < CAUSE_BYTES) {
        bool is_line = (size_t)(why - start) >= sizeof(script) - 1 &&
                       memcmp(why - (sizeof(script) - 1), script, sizeof(script) - 1) == 0;
        size_t length = why == start || !in_word(why[-1]) ? number_at(why) : 0;

        if (length != 0 && !is_line) {
            cause[used++] = '#';
            why += length;
            continue;
        }
        length = length != 0 ? length : 1;
        for (; length != 0 && used + 1 < CAUSE_BYTES; length--) {
            cause[used++] = *why++;
        }
    }
    cause[used] = '\0';
}

uint32_t cause_hash(const char *cause)
{
    uint32_t hash = 2166136261u; /* FNV-1a */

    for (; *cause != '\0'; cause++) {
        hash = (hash ^ (unsigned char)*cause) * 16777619u;
    }
    return hash;
}
