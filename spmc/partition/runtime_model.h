/* SPDX-License-Identifier: BSD-3-Clause */
/* Partition runtime models (FF-A v1.2, 8.3 to 8.5): what an ABI does to the vCPU that calls it. */
#ifndef PARTITION_RUNTIME_MODEL_H
#define PARTITION_RUNTIME_MODEL_H

#include "spmc/vcpu.h"

/* ABIs that the models speak of; every other ABI is the same in all of them. */
enum rtm_abi {
    RTM_ABI_DIRECT_REQ,  /* FFA_MSG_SEND_DIRECT_REQ and REQ2 */
    RTM_ABI_RUN,         /* FFA_RUN */
    RTM_ABI_MSG_WAIT,    /* FFA_MSG_WAIT */
    RTM_ABI_DIRECT_RESP, /* FFA_MSG_SEND_DIRECT_RESP and RESP2 */
    RTM_ABI_YIELD,       /* FFA_YIELD */
    RTM_ABI_ABORT,       /* FFA_ABORT */
    RTM_ABI_ERROR,       /* FFA_ERROR with code ABORTED */
    RTM_ABI_INIT_ONLY,   /* FFA_SECONDARY_EP_REGISTER, FFA_MEM_PERM_* */
    RTM_ABI_COUNT,
};

struct rtm_verdict {
    int32_t error; /* 0, or the FF-A error code */
    uint8_t next;  /* enum vcpu_state of the caller after the call, when there is no error */
};

/*
 * May `caller` (a vCPU of a secure partition) use `abi`, and what is it then? `target` is the vCPU
 * that it names, for DIRECT_REQ and RUN; NULL for the others. Changes nothing.
 */
struct rtm_verdict rtm_check(const struct vcpu *caller, enum rtm_abi abi,
                             const struct vcpu *target);

#endif
