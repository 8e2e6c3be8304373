/* SPDX-License-Identifier: BSD-3-Clause */
/* What the readers of the two package formats share. */
#ifndef SPMC_BOOT_PACKAGE_H
#define SPMC_BOOT_PACKAGE_H

#include "spmc/manifest.h"

static inline uint32_t package_get32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

/* A transfer list whose first bytes are `header`. */
bool package_read_list(const uint8_t header[PACKAGE_HEADER_BYTES],
                       const struct package_source *source, uint64_t mem_size_bytes,
                       struct package_layout *out, struct manifest_diag *diag);

#endif
