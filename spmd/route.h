/* SPDX-License-Identifier: BSD-3-Clause */
/* Which FF-A calls cross EL3, and in which direction they may. */
#ifndef SPMD_ROUTE_H
#define SPMD_ROUTE_H

#include "spmd/spmd.h"

/* An FF-A function that the normal world may send to the SPMC? */
bool route_from_nwd(uint32_t fid);

/* May the call carry x8..x17, as arguments or as results? */
bool route_is_extended(uint32_t fid);

static inline bool route_is_ffa(uint32_t fid)
{
    uint32_t low = fid & ~SMCCC_64_BIT;

    return low >= FFA_FID_FIRST && low <= FFA_FID_LAST;
}

#endif
