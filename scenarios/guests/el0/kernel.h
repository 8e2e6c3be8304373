/* SPDX-License-Identifier: BSD-3-Clause */
/* What the kernels that drive S-EL0 partitions have in common. */
#ifndef EL0_KERNEL_H
#define EL0_KERNEL_H

#include "talk_kernel.h"

/* A 64-bit request {command, a1, a2}, whatever comes. */
static inline struct ffa_args el0_send(uint16_t id, uint64_t command, uint64_t a1, uint64_t a2)
{
    const uint64_t payload[FFA_PAYLOAD_WORDS] = {command, a1, a2};

    return ffa_direct_req64(FFA_ID_NWD, id, payload);
}

/* The partition dies of it, and stays dead. */
static inline void el0_kill(uint16_t id, uint64_t command, uint64_t a1, uint64_t a2)
{
    expect_error(FFA_ABORTED, el0_send(id, command, a1, a2));
    expect_error(FFA_ABORTED, el0_send(id, 0, 0, 0));
    expect_error(FFA_ABORTED, ffa_run(id, 0));
}

#endif
