/* SPDX-License-Identifier: BSD-3-Clause */
#include "sim/script/parse.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/host/run.h"
#include "sim/machine/quantity.h"

#define NAME_MAX_BYTES 64

bool parse_u64(const char *text, const char *what, uint64_t min, uint64_t max, uint64_t *out,
               struct sim_error *err)
{
    const char *at = text;
    unsigned base = 10;
    uint64_t value;

    if (at[0] == '0' && (at[1] == 'x' || at[1] == 'X')) {
        base = 16;
        at += 2;
    }
    if (!quantity_digits(&at, base, &value) || *at != '\0' || value < min || value > max) {
        return sim_fail(err, SIM_BAD_INPUT,
                        "%s: '%.40s' is not a whole number from %" PRIu64 " to %" PRIu64, what,
                        text, min, max);
    }
    *out = value;
    return true;
}

bool parse_duration(const char *text, const char *what, uint64_t *ns, struct sim_error *err)
{
    uint64_t value;

    if (!quantity_parse(text, quantity_times, &value)) {
        return sim_fail(err, SIM_BAD_INPUT,
                        "%s: '%.40s' is not a duration; write a number with ns, us, ms or s, as "
                        "in \"20 ms\"",
                        what, text);
    }
    if (value == 0 || value > RUN_LIMIT_MAX_NS) {
        return sim_fail(err, SIM_BAD_INPUT, "%s: '%.40s' is out of range; allowed: 1 ns to %llu s",
                        what, text, RUN_LIMIT_MAX_NS / 1000000000ull);
    }
    *ns = value;
    return true;
}

bool parse_quantum(const char *text, const char *what, uint64_t *least_ns, uint64_t *most_ns,
                   struct sim_error *err)
{
    const uint64_t most = 1000000000u;
    const char *dots = strstr(text, "..");
    char first[32];

    snprintf(first, sizeof(first), "%.*s", dots != NULL ? (int)(dots - text) : (int)strlen(text),
             text);
    for (size_t end = strlen(first); end > 0 && first[end - 1] == ' '; end--) {
        first[end - 1] = '\0';
    }
    if (!parse_duration(first, what, least_ns, err)) {
        return false;
    }
    *most_ns = *least_ns;
    if (dots != NULL && !parse_duration(dots + 2, what, most_ns, err)) {
        return false;
    }
    if (*least_ns > *most_ns || *most_ns > most) {
        return sim_fail(err, SIM_BAD_INPUT,
                        "%s: '%.40s' is no turn of a PE; want a duration up to 1 s, or a range of "
                        "them with the shorter one first",
                        what, text);
    }
    return true;
}

bool parse_size(const char *text, const char *what, uint64_t max_bytes, uint64_t *bytes,
                struct sim_error *err)
{
    static const struct quantity_unit units[] = {
        {"", 1}, {"B", 1}, {"KiB", 1u << 10}, {"MiB", 1u << 20}, {"GiB", 1u << 30}, {NULL, 0}};
    uint64_t value;

    if (!quantity_parse(text, units, &value)) {
        return sim_fail(err, SIM_BAD_INPUT,
                        "%s: '%.40s' is not a size; write a number of bytes, or with KiB, MiB or "
                        "GiB, as in \"1 MiB\"",
                        what, text);
    }
    if (value == 0 || value > max_bytes) {
        return sim_fail(err, SIM_BAD_INPUT,
                        "%s: '%.40s' is out of range; allowed: 1 to %" PRIu64 " bytes", what, text,
                        max_bytes);
    }
    *bytes = value;
    return true;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static int same_letter(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

unsigned parse_distance(const char *a, const char *b)
{
    unsigned row[3][NAME_MAX_BYTES + 1];
    unsigned a_length = least((unsigned)strlen(a), NAME_MAX_BYTES);
    unsigned b_length = least((unsigned)strlen(b), NAME_MAX_BYTES);
    unsigned *two_up = row[0];
    unsigned *up = row[1];
    unsigned *now = row[2];

    for (unsigned j = 0; j <= b_length; j++) {
        two_up[j] = 0;
        up[j] = j;
    }
    for (unsigned i = 1; i <= a_length; i++) {
        unsigned *spare = two_up;

        now[0] = i;
        for (unsigned j = 1; j <= b_length; j++) {
            unsigned cost = same_letter(a[i - 1], b[j - 1]) ? 0 : 1;

            now[j] = least(least(up[j] + 1, now[j - 1] + 1), up[j - 1] + cost);
            if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) &&
                same_letter(a[i - 2], b[j - 1])) {
                now[j] = least(now[j], two_up[j - 2] + 1);
            }
        }
        two_up = up;
        up = now;
        now = spare;
    }
    return up[b_length];
}

const char *parse_nearest(const char *typed, const char *const *names, size_t count)
{
    unsigned most = least(3, 1 + (unsigned)strlen(typed) / 4);
    const char *best = NULL;

    for (size_t i = 0; i < count; i++) {
        unsigned distance = parse_distance(typed, names[i]);

        if (distance <= most) {
            best = names[i];
            most = distance;
            if (distance == 0) {
                break;
            }
            most--;
        }
    }
    return best;
}

void parse_suggest(const char *typed, const char *const *names, size_t count, char *out,
                   size_t out_bytes)
{
    const char *near = parse_nearest(typed, names, count);

    out[0] = '\0';
    if (near != NULL) {
        snprintf(out, out_bytes, "; did you mean '%s'?", near);
    }
}
