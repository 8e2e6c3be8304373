/* SPDX-License-Identifier: BSD-3-Clause */
/* Logical partitions at EL3 in the answers to secure partitions (FF-A v1.2, 13.9 and 18.3). */
#ifndef FFA_LSP_INFO_H
#define FFA_LSP_INFO_H

#include "spmc/internal.h"

/* Cold boot: asks the SPMD for its list, which stays as it is. An SPMD may have none. */
void lsp_discover(struct arch_pe *pe, struct spmc *spmc);

/*
 * How many have this UUID (NULL: any); *found (may be NULL) becomes the one with number `wanted`.
 */
uint32_t lsp_find(const struct spmc *spmc, const struct uuid *uuid, uint32_t wanted,
                  const struct lsp_entry **found);

#endif
