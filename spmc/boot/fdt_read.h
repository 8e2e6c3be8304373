/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bounded reading of device-tree properties. Every reader returns false after filling `diag` with
 * one line "PATH: PROPERTY: found X, want Y"; the first finding stays.
 */
#ifndef SPMC_FDT_READ_H
#define SPMC_FDT_READ_H

#include <libfdt.h>

#include "spmc/format.h"
#include "spmc/manifest.h"

struct fdt_reader {
    const void *fdt;
    struct manifest_diag *diag;
};

/* Checks the whole blob before anything is read from it. */
bool fdt_reader_init(struct fdt_reader *r, const void *fdt, size_t size_bytes,
                     struct manifest_diag *diag);

/* Records a finding about a property (NULL: about the node itself); always false. */
bool read_fail(const struct fdt_reader *r, int node, const char *property, enum manifest_code code,
               const char *format, ...);

bool has_property(const struct fdt_reader *r, int node, const char *name);

/* An unsigned number of 1, 2, 4 or 8 bytes, at most `most`. */
bool read_number(const struct fdt_reader *r, int node, const char *name, uint64_t most,
                 uint64_t *value);

/* The same, *value untouched and *present false (may be NULL) when the property is not there. */
bool read_optional(const struct fdt_reader *r, int node, const char *name, uint64_t most,
                   uint64_t *value, bool *present);

/* A property that says true by being there; it holds no bytes. */
bool read_flag(const struct fdt_reader *r, int node, const char *name, bool *value);

/* NUL-terminated string of at most size - 1 bytes. */
bool read_string(const struct fdt_reader *r, int node, const char *name, char *out, size_t size);

/* List of at most `most` 32-bit numbers; *count is 0 when the property is not there. */
bool read_list(const struct fdt_reader *r, int node, const char *name, uint32_t most,
               uint32_t *list, uint32_t *count);

/* UUID of four words, the first byte in the low bits as in FF-A registers; and of its text form. */
void uuid_of_words(const uint32_t words[4], struct uuid *out);
bool read_uuid_text(const struct fdt_reader *r, int node, const char *name, struct uuid *out);
bool uuid_is_null(const struct uuid *uuid);
bool uuid_equal(const struct uuid *a, const struct uuid *b);

/* What a diagnostic shows of a string property: its start in quotes, or "nothing". */
void read_excerpt(const struct fdt_reader *r, int node, const char *name, char *out, size_t size);

/* `compatible` lists the string `want`. */
bool read_compatible(const struct fdt_reader *r, int node, const char *want);

#endif
