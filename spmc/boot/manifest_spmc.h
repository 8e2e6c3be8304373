/* SPDX-License-Identifier: BSD-3-Clause */
/* Parts of the SPMC manifest reader. */
#ifndef SPMC_MANIFEST_SPMC_H
#define SPMC_MANIFEST_SPMC_H

#include "fdt_read.h"

bool manifest_read_gic(const struct fdt_reader *r, struct spmc_manifest *out);
bool manifest_read_hypervisor(const struct fdt_reader *r, struct spmc_manifest *out);

#endif
