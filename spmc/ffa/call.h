/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One FF-A call on its way through the core, and what comes out of it. A handler first checks
 * everything and changes nothing, then applies what can not fail any more.
 */
#ifndef FFA_CALL_H
#define FFA_CALL_H

#include "spmc/internal.h"

/* The call. `x` are the caller's registers: x0..x7, or x0..x17 when the ABI's table entry says so.
 */
struct ffa_call {
    struct spmc *spmc;
    struct spmc_cpu *cpu;
    struct vcpu *vcpu; /* the caller */
    struct partition *partition;
    const uint64_t *x;
    uint32_t fid; /* without the SVE hint */
};

/*
 * The answer. The dispatcher sets next to the caller, count to FFA_REGS and x[0..7] to zero before
 * it asks the handler; afterwards it puts x[0..count-1] into the frame of `next`. A count of 0
 * leaves the frame as it is: the vCPU goes on with what it has.
 */
struct ffa_result {
    struct vcpu *next;
    uint32_t count;
    uint64_t x[FFA_REGS_EXTENDED];
};

typedef void ffa_handler(const struct ffa_call *call, struct ffa_result *out);

/* Result registers of the caller; `code` is one of the FF-A error codes. */
static inline void ffa_return_error(struct ffa_result *out, int32_t code)
{
    out->x[0] = FFA_ERROR;
    out->x[2] = (uint32_t)code;
}

static inline void ffa_return_success(struct ffa_result *out)
{
    out->x[0] = FFA_SUCCESS_32;
}

/* Argument n as the ABI has it: a W register for a 32-bit call. */
static inline uint64_t ffa_arg(const struct ffa_call *call, unsigned n)
{
    return (call->fid & SMCCC_64_BIT) != 0 ? call->x[n] : (uint32_t)call->x[n];
}

/* The secure partition with this id, NULL when there is none. */
static inline struct partition *ffa_find_sp(const struct spmc *spmc, uint16_t id)
{
    uint32_t index = (uint32_t)id - FFA_ID_SP_FIRST;

    return id >= FFA_ID_SP_FIRST && index < spmc->partition_count ? &spmc->partition[index] : NULL;
}

static inline bool ffa_id_is_vm(uint16_t id)
{
    return (id & FFA_ID_SECURE_BIT) == 0;
}

static inline bool ffa_id_is_lsp(uint16_t id)
{
    return id >= FFA_ID_LSP_FIRST && id <= FFA_ID_LSP_LAST;
}

/* setup.c */
ffa_handler ffa_version;
ffa_handler ffa_features;
ffa_handler ffa_id_get;
ffa_handler ffa_spm_id_get;
/* partition_info.c */
ffa_handler ffa_partition_info_get;
ffa_handler ffa_partition_info_get_regs;
/* rxtx.c */
ffa_handler ffa_rxtx_map;
ffa_handler ffa_rxtx_unmap;
ffa_handler ffa_rx_release;
ffa_handler ffa_rx_acquire;
/* msg_send2.c */
ffa_handler ffa_msg_send2;
/* cycles.c, run.c */
ffa_handler ffa_msg_wait;
ffa_handler ffa_yield;
ffa_handler ffa_run;
ffa_handler ffa_error_call;
ffa_handler ffa_abort;
ffa_handler ffa_interrupt;
/* direct_msg.c, direct_req2.c */
ffa_handler ffa_direct_req;
ffa_handler ffa_direct_resp;
ffa_handler ffa_direct_req2;
ffa_handler ffa_direct_resp2;
/* mem_perm.c */
ffa_handler ffa_mem_perm_get;
ffa_handler ffa_mem_perm_set;
/* mem_send.c, mem_retrieve.c, mem_return.c */
ffa_handler ffa_mem_send;
ffa_handler ffa_mem_frag_tx;
ffa_handler ffa_mem_retrieve_req;
ffa_handler ffa_mem_frag_rx;
ffa_handler ffa_mem_relinquish;
ffa_handler ffa_mem_reclaim;
/* ns_res_info.c */
ffa_handler ffa_ns_res_info_get;
/* notification_calls.c, notification_info.c */
ffa_handler ffa_notification_bitmap_create;
ffa_handler ffa_notification_bitmap_destroy;
ffa_handler ffa_notification_bind;
ffa_handler ffa_notification_unbind;
ffa_handler ffa_notification_set;
ffa_handler ffa_notification_get;
ffa_handler ffa_notification_info_get;
/* console.c, secondary_ep.c */
ffa_handler ffa_console_log;
ffa_handler ffa_secondary_ep_register;

/*
 * cycles.c: an instruction that gives cycles back as FFA_YIELD does, but has no result: registers
 * stay. Returns who runs next, the frame filled.
 */
struct vcpu *ffa_yield_instruction(struct spmc_cpu *cpu, struct vcpu *vcpu);

/*
 * direct_msg.c: has a secure partition a service with this UUID; with this FFA_PROP_* bit (`uuid`
 * NULL: any of its services will do)?
 */
bool ffa_has_service(const struct partition *partition, const struct uuid *uuid);
bool ffa_has_method(const struct partition *partition, uint32_t bit, const struct uuid *uuid);

/*
 * setup.c: FFA_VERSION for an endpoint, also for the normal world through the SPMD: the SPMC's
 * version, after taking `requested` as the one in force; or FFA_NOT_SUPPORTED.
 */
int32_t ffa_negotiate_version(struct partition *partition, uint32_t requested);

#endif
