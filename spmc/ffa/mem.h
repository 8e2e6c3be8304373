/* SPDX-License-Identifier: BSD-3-Clause */
/* What the memory management ABIs have in common (FF-A v1.2, 16). */
#ifndef FFA_MEM_H
#define FFA_MEM_H

#include "ffa/mem_descriptor.h"

/* A handle in two registers, low half first */
static inline uint64_t mem_handle(uint64_t low, uint64_t high)
{
    return (uint64_t)(uint32_t)high << 32 | (uint32_t)low;
}

static inline void mem_put_handle(uint64_t *x, uint64_t handle)
{
    x[0] = (uint32_t)handle;
    x[1] = (uint32_t)(handle >> 32);
}

/* The caller's TX buffer, of which `length` bytes count. INVALID_PARAMETERS: it has no such. */
int32_t mem_source_open(const struct ffa_call *call, uint64_t length, struct mem_source *out);

/* May this caller speak for the owner of the transaction? */
static inline bool mem_is_owner(const struct ffa_call *call, const struct share *share)
{
    return partition_is_nwd(call->partition) ? ffa_id_is_vm(share->owner)
                                             : share->owner == call->partition->id;
}

/* Is w4 what a fragment call of this caller has there: an endpoint at the NS instance, else 0? */
static inline bool mem_endpoint_is(const struct ffa_call *call, uint16_t id)
{
    return (uint32_t)call->x[4] == (partition_is_nwd(call->partition) ? (uint32_t)id << 16 : 0);
}

#endif
