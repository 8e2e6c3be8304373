/* SPDX-License-Identifier: BSD-3-Clause */
/* Strict reading of numbers and durations, and the nearest valid name for a mistyped one. */
#ifndef SIM_PARSE_H
#define SIM_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/machine/error.h"

/* Decimal or 0x hexadecimal, the whole text, within [min, max]. `what` names it in the error. */
bool parse_u64(const char *text, const char *what, uint64_t min, uint64_t max, uint64_t *out,
               struct sim_error *err);

/*
 * "20 ms", "1.5us", "3s": a decimal number and one of the units ns, us, ms, s; a whole number of
 * nanoseconds within [1, RUN_LIMIT_MAX_NS].
 */
bool parse_duration(const char *text, const char *what, uint64_t *ns, struct sim_error *err);

/*
 * A duration, or a range of them as in "20 ns..5 us": how long a turn of a PE is. At most one
 * second.
 */
bool parse_quantum(const char *text, const char *what, uint64_t *least_ns, uint64_t *most_ns,
                   struct sim_error *err);

/* "64 KiB", "1 MiB", "4096": bytes, whole; units B, KiB, MiB, GiB; at most max_bytes. */
bool parse_size(const char *text, const char *what, uint64_t max_bytes, uint64_t *bytes,
                struct sim_error *err);

/* Edits (insert, delete, replace, swap of neighbours) between two names, ignoring case. */
unsigned parse_distance(const char *a, const char *b);

/*
 * The name out of `names` that somebody who typed `typed` most likely meant; NULL when none is
 * near. Ties go to the first.
 */
const char *parse_nearest(const char *typed, const char *const *names, size_t count);

/* "; did you mean 'NAME'?" into out, or an empty text. */
void parse_suggest(const char *typed, const char *const *names, size_t count, char *out,
                   size_t out_bytes);

#endif
