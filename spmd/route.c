/* SPDX-License-Identifier: BSD-3-Clause */
#include "route.h"

bool route_from_nwd(uint32_t fid)
{
    switch (fid) {
    /* Calls of a scheduled endpoint, and those that only the SPMC makes. */
    case FFA_MSG_WAIT:
    case FFA_YIELD:
    case FFA_INTERRUPT:
    case FFA_MSG_SEND_DIRECT_RESP_32:
    case FFA_MSG_SEND_DIRECT_RESP_64:
    case FFA_MSG_SEND_DIRECT_RESP2_64:
    case FFA_SECONDARY_EP_REGISTER_64:
    case FFA_NORMAL_WORLD_RESUME:
    case FFA_EL3_INTR_HANDLE:
    case FFA_MEM_PERM_GET_32:
    case FFA_MEM_PERM_GET_64:
    case FFA_MEM_PERM_SET_32:
    case FFA_MEM_PERM_SET_64:
    case FFA_ABORT_32:
    case FFA_ABORT_64:
    /* Results are no calls. */
    case FFA_ERROR:
    case FFA_SUCCESS_32:
    case FFA_SUCCESS_64:
    case FFA_MEM_RETRIEVE_RESP:
        return false;
    default:
        return route_is_ffa(fid);
    }
}

bool route_is_extended(uint32_t fid)
{
    switch (fid) {
    case FFA_SUCCESS_64: /* the answer of PARTITION_INFO_GET_REGS */
    case FFA_CONSOLE_LOG_64:
    case FFA_MSG_SEND_DIRECT_REQ2_64:
    case FFA_MSG_SEND_DIRECT_RESP2_64:
        return true;
    default:
        return false;
    }
}
