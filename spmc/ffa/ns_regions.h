/* SPDX-License-Identifier: BSD-3-Clause */
/* Which memory of the normal world secure partitions can reach (FF-A v1.3, 13.13.1). */
#ifndef FFA_NS_REGIONS_H
#define FFA_NS_REGIONS_H

#include "ffa/call.h"

struct ns_region {
    uint64_t base;
    uint32_t page_count;
    uint16_t component; /* who reaches it; indirectly: the SPMC */
    uint8_t rap;        /* FFA_AMD_READ and so on, unprivileged and privileged */
    bool indirect;
};

typedef void ns_region_visit(void *context, const struct ns_region *region);

/*
 * All regions of the partition `target` (0: of every one), always in the same order. The ledger's
 * lock is held; `visit` may take those of higher rank.
 */
void ns_regions_visit(struct spmc *spmc, struct arch_pe *pe, uint16_t target,
                      ns_region_visit *visit, void *context);

#endif
