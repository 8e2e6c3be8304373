/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers as people write them: digits, and quantities with a unit. No locale, no rounding. */
#ifndef SIM_QUANTITY_H
#define SIM_QUANTITY_H

#include <stdbool.h>
#include <stdint.h>

struct quantity_unit {
    const char *name;
    uint64_t factor; /* at most 2^30 */
};

/* ns, us, ms and s, in nanoseconds; ends with a NULL name, as each list of units. */
extern const struct quantity_unit quantity_times[];

/* The digits at *text, of base 10 or 16; moves behind them. False: no digit, or more than 64 bits.
 */
bool quantity_digits(const char **text, unsigned base, uint64_t *out);

/* NUMBER[.FRACTION] [UNIT] with a whole result. False: not that form, or it does not fit. */
bool quantity_parse(const char *text, const struct quantity_unit *units, uint64_t *out);

#endif
