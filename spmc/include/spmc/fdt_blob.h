/* SPDX-License-Identifier: BSD-3-Clause */
/* Is a blob from outside a whole device tree? For everybody that reads one. */
#ifndef SPMC_FDT_BLOB_H
#define SPMC_FDT_BLOB_H

#include <libfdt.h>
#include <stddef.h>
#include <stdint.h>

/* Version 16 has whole names and a size of its structure block; before it libfdt's own check falls
 * over a root without a name. Every dtc of this century writes 17. */
#define FDT_BLOB_MIN_VERSION 16u

/* 0 or an error of libfdt; `fdt` is 8-byte aligned. */
static inline int fdt_blob_check(const void *fdt, size_t size_bytes)
{
    if (((uintptr_t)fdt & 7u) != 0) {
        return -FDT_ERR_ALIGNMENT;
    }
    if (size_bytes < sizeof(struct fdt_header)) {
        return -FDT_ERR_TRUNCATED;
    }
    if (fdt_magic(fdt) == FDT_MAGIC && fdt_version(fdt) < FDT_BLOB_MIN_VERSION) {
        return -FDT_ERR_BADVERSION;
    }
    return fdt_check_full(fdt, size_bytes);
}

#endif
