/* SPDX-License-Identifier: BSD-3-Clause */
#include "ffa/dispatch.h"

/* Identifiers up to FFA_ABORT; the rest of the range is unknown to every version. */
#define LAST_FID  FFA_ABORT_32
#define FID_COUNT (LAST_FID - FFA_FID_FIRST + 1u)
#define X(n)      (1u << (n))
#define X_FROM(n) (0xffu & ~(X(n) - 1u)) /* xn..x7 */
#define AT(id)    [(id & 0xffu) - (FFA_FID_FIRST & 0xffu)][((id)&SMCCC_64_BIT) != 0]

#define ABI(id, version, from, rule, regs, zero, call) \
    AT(id) = {.fid = (id),                             \
              .handler = (call),                       \
              .since = FFA_VERSION_##version,          \
              .callers = (from),                       \
              .features = FFA_FEATURES_##rule,         \
              .registers = (regs),                     \
              .mbz = (zero)}
#define ABI_REFUSED(id, version, from, rule, regs, zero, call, code) \
    AT(id) = {.fid = (id),                                           \
              .handler = (call),                                     \
              .since = FFA_VERSION_##version,                        \
              .callers = (from),                                     \
              .features = FFA_FEATURES_##rule,                       \
              .registers = (regs),                                   \
              .mbz = (zero),                                         \
              .refusal = (code)}

#define NWD  FFA_FROM_NWD
#define SP   FFA_FROM_SP
#define ANY  FFA_FROM_ANY
#define REGS FFA_REGS
#define EXT  FFA_REGS_EXTENDED

/*
 * Zero arguments whose refusal has a place in an ABI's own order of checks (w2 of a direct
 * request, flags) are the handler's business.
 */
/* clang-format off */
static const struct ffa_abi abis[FID_COUNT][2] = {
    ABI(FFA_ERROR,                      1_0, SP,  YES,      REGS, 0,         ffa_error_call),
    ABI(FFA_SUCCESS_32,                 1_0, 0,   YES,      REGS, 0,         NULL),
    ABI(FFA_SUCCESS_64,                 1_0, 0,   YES,      REGS, 0,         NULL),
    ABI_REFUSED(FFA_INTERRUPT,          1_0, NWD, YES,      REGS, 0,         ffa_interrupt,
                FFA_DENIED),
    ABI(FFA_VERSION,                    1_0, ANY, CALLABLE, REGS, 0,         ffa_version),
    ABI(FFA_FEATURES,                   1_0, ANY, CALLABLE, REGS, X_FROM(3), ffa_features),
    ABI(FFA_RX_RELEASE,                 1_0, ANY, CALLABLE, REGS, X_FROM(2), ffa_rx_release),
    ABI(FFA_RXTX_MAP_64,                1_0, ANY, CALLABLE, REGS, X_FROM(4), ffa_rxtx_map),
    ABI(FFA_RXTX_UNMAP,                 1_0, ANY, CALLABLE, REGS, X_FROM(2), ffa_rxtx_unmap),
    ABI(FFA_PARTITION_INFO_GET,         1_0, ANY, CALLABLE, REGS, X_FROM(6), ffa_partition_info_get),
    ABI(FFA_ID_GET,                     1_0, ANY, CALLABLE, REGS, X_FROM(1), ffa_id_get),
    ABI(FFA_MSG_WAIT,                   1_0, SP,  YES,      REGS, X(1) | X_FROM(3), ffa_msg_wait),
    ABI(FFA_YIELD,                      1_0, SP,  CALLABLE, REGS, X(1) | X_FROM(4), ffa_yield),
    ABI(FFA_RUN,                        1_0, ANY, CALLABLE, REGS, X_FROM(2), ffa_run),
    ABI(FFA_MSG_SEND_DIRECT_REQ_32,     1_0, ANY, YES,      REGS, 0,         ffa_direct_req),
    ABI(FFA_MSG_SEND_DIRECT_REQ_64,     1_0, ANY, YES,      REGS, 0,         ffa_direct_req),
    ABI_REFUSED(FFA_MSG_SEND_DIRECT_RESP_32, 1_0, SP, YES,  REGS, 0,         ffa_direct_resp,
                FFA_INVALID_PARAMETERS),
    ABI_REFUSED(FFA_MSG_SEND_DIRECT_RESP_64, 1_0, SP, YES,  REGS, 0,         ffa_direct_resp,
                FFA_INVALID_PARAMETERS),
    ABI(FFA_MEM_DONATE_32,              1_0, ANY, YES,      REGS, X_FROM(5), ffa_mem_send),
    ABI(FFA_MEM_DONATE_64,              1_0, ANY, YES,      REGS, X_FROM(5), ffa_mem_send),
    ABI(FFA_MEM_LEND_32,                1_0, ANY, YES,      REGS, X_FROM(5), ffa_mem_send),
    ABI(FFA_MEM_LEND_64,                1_0, ANY, YES,      REGS, X_FROM(5), ffa_mem_send),
    ABI(FFA_MEM_SHARE_32,               1_0, ANY, YES,      REGS, X_FROM(5), ffa_mem_send),
    ABI(FFA_MEM_SHARE_64,               1_0, ANY, YES,      REGS, X_FROM(5), ffa_mem_send),
    ABI(FFA_MEM_RETRIEVE_REQ_32,        1_0, ANY, YES,      REGS, X_FROM(5), ffa_mem_retrieve_req),
    ABI(FFA_MEM_RETRIEVE_REQ_64,        1_0, ANY, YES,      REGS, X_FROM(5), ffa_mem_retrieve_req),
    ABI(FFA_MEM_RETRIEVE_RESP,          1_0, 0,   YES,      REGS, 0,         NULL),
    ABI(FFA_MEM_RELINQUISH,             1_0, ANY, YES,      REGS, X_FROM(1), ffa_mem_relinquish),
    ABI(FFA_MEM_RECLAIM,                1_0, ANY, YES,      REGS, X_FROM(4), ffa_mem_reclaim),
    ABI(FFA_MEM_FRAG_RX,                1_0, ANY, YES,      REGS, X_FROM(5), ffa_mem_frag_rx),
    ABI(FFA_MEM_FRAG_TX,                1_0, ANY, YES,      REGS, X_FROM(5), ffa_mem_frag_tx),
    ABI(FFA_NOTIFICATION_BITMAP_CREATE, 1_1, NWD, YES,      REGS, X_FROM(3),
        ffa_notification_bitmap_create),
    ABI(FFA_NOTIFICATION_BITMAP_DESTROY, 1_1, NWD, YES,     REGS, X_FROM(2),
        ffa_notification_bitmap_destroy),
    ABI(FFA_NOTIFICATION_BIND,          1_1, ANY, YES,      REGS, X_FROM(5), ffa_notification_bind),
    ABI(FFA_NOTIFICATION_UNBIND,        1_1, ANY, YES,      REGS, X_FROM(5),
        ffa_notification_unbind),
    ABI(FFA_NOTIFICATION_SET,           1_1, ANY, YES,      REGS, X_FROM(5), ffa_notification_set),
    ABI(FFA_NOTIFICATION_GET,           1_1, ANY, YES,      REGS, X_FROM(3), ffa_notification_get),
    ABI(FFA_NOTIFICATION_INFO_GET_64,   1_1, NWD, CALLABLE, REGS, X_FROM(1),
        ffa_notification_info_get),
    ABI(FFA_RX_ACQUIRE,                 1_1, NWD, CALLABLE, REGS, X_FROM(2), ffa_rx_acquire),
    ABI(FFA_SPM_ID_GET,                 1_1, ANY, CALLABLE, REGS, X_FROM(1), ffa_spm_id_get),
    ABI(FFA_MSG_SEND2,                  1_1, ANY, CALLABLE, REGS, X_FROM(3), ffa_msg_send2),
    ABI(FFA_SECONDARY_EP_REGISTER_64,   1_1, FFA_FROM_S_EL1, MP, REGS, X_FROM(2),
        ffa_secondary_ep_register),
    ABI(FFA_MEM_PERM_GET_32,            1_1, FFA_FROM_S_EL0, CALLABLE, REGS, X_FROM(3),
        ffa_mem_perm_get),
    ABI(FFA_MEM_PERM_GET_64,            1_1, FFA_FROM_S_EL0, CALLABLE, REGS, X_FROM(3),
        ffa_mem_perm_get),
    ABI(FFA_MEM_PERM_SET_32,            1_1, FFA_FROM_S_EL0, CALLABLE, REGS, X_FROM(4),
        ffa_mem_perm_set),
    ABI(FFA_MEM_PERM_SET_64,            1_1, FFA_FROM_S_EL0, CALLABLE, REGS, X_FROM(4),
        ffa_mem_perm_set),
    ABI(FFA_CONSOLE_LOG_32,             1_0, ANY, CALLABLE, REGS, 0,         ffa_console_log),
    ABI(FFA_CONSOLE_LOG_64,             1_0, ANY, CALLABLE, EXT,  0,         ffa_console_log),
    ABI(FFA_PARTITION_INFO_GET_REGS_64, 1_2, ANY, CALLABLE, REGS, X_FROM(4),
        ffa_partition_info_get_regs),
    ABI(FFA_MSG_SEND_DIRECT_REQ2_64,    1_2, ANY, YES,      EXT,  0,         ffa_direct_req2),
    ABI_REFUSED(FFA_MSG_SEND_DIRECT_RESP2_64, 1_2, SP, YES, EXT,  0,         ffa_direct_resp2,
                FFA_INVALID_PARAMETERS),
    ABI(FFA_NS_RES_INFO_GET_64,         1_3, NWD, CALLABLE, REGS, X_FROM(3), ffa_ns_res_info_get),
    ABI(FFA_ABORT_32,                   1_3, SP,  CALLABLE, REGS, 0,         ffa_abort),
    ABI(FFA_ABORT_64,                   1_3, SP,  CALLABLE, REGS, 0,         ffa_abort),
};
/* clang-format on */

bool ffa_fid_is_ffa(uint32_t fid)
{
    return (fid & ~SMCCC_64_BIT) - FFA_FID_FIRST <= FFA_FID_LAST - FFA_FID_FIRST;
}

const struct ffa_abi *ffa_abi_find(uint32_t fid)
{
    uint32_t index = (fid & ~SMCCC_64_BIT) - FFA_FID_FIRST;
    const struct ffa_abi *abi;

    if (index >= FID_COUNT) {
        return NULL;
    }
    abi = &abis[index][(fid & SMCCC_64_BIT) != 0];
    return abi->fid != 0 ? abi : NULL;
}

uint8_t ffa_caller_kind(const struct partition *partition)
{
    if (partition_is_nwd(partition)) {
        return FFA_FROM_NWD;
    }
    return partition->manifest->exception_level == MANIFEST_S_EL0 ? FFA_FROM_S_EL0 : FFA_FROM_S_EL1;
}

int32_t ffa_abi_refusal(const struct ffa_abi *abi, const struct partition *partition)
{
    if (abi->handler == NULL || partition->ffa_version < abi->since) {
        return FFA_NOT_SUPPORTED;
    }
    if ((abi->callers & ffa_caller_kind(partition)) == 0) {
        return abi->refusal != 0 ? abi->refusal : FFA_NOT_SUPPORTED;
    }
    return 0;
}

bool ffa_abi_is_advertised(const struct ffa_abi *abi, const struct partition *partition)
{
    if (partition->ffa_version < abi->since) {
        return false;
    }
    switch (abi->features) {
    case FFA_FEATURES_YES:
        return true;
    case FFA_FEATURES_CALLABLE:
        return ffa_abi_refusal(abi, partition) == 0;
    case FFA_FEATURES_MP:
        return ffa_abi_refusal(abi, partition) == 0 && partition->vcpu_count > 1;
    default:
        return false;
    }
}

static bool mbz_is_zero(const struct ffa_abi *abi, const uint64_t *x)
{
    uint64_t seen = 0;

    for (unsigned n = 1; n < FFA_REGS; n++) {
        if ((abi->mbz & X(n)) != 0) {
            seen |= x[n];
        }
    }
    return (abi->fid & SMCCC_64_BIT) != 0 ? seen == 0 : (uint32_t)seen == 0;
}

/* From its first other call on, an endpoint's version is settled (FF-A v1.2, 13.2). */
static bool settles_version(const struct ffa_call *call)
{
    if (call->fid == FFA_VERSION || call->fid == FFA_INTERRUPT) {
        return false;
    }
    /* What the SPMD says comes through the normal world's vCPU, but is no call of its. */
    return !(call->fid == FFA_MSG_SEND_DIRECT_REQ_32 && partition_is_nwd(call->partition) &&
             FFA_SENDER((uint32_t)call->x[1]) == FFA_ID_SPMD);
}

struct vcpu *ffa_dispatch(struct spmc_cpu *cpu, struct vcpu *vcpu, uint32_t fid)
{
    const struct ffa_abi *abi = ffa_abi_find(fid);
    struct ffa_call call = {.spmc = cpu->spmc,
                            .cpu = cpu,
                            .vcpu = vcpu,
                            .partition = vcpu->partition,
                            .x = vcpu->frame.x,
                            .fid = fid};
    struct ffa_result out;
    int32_t refusal = abi != NULL ? ffa_abi_refusal(abi, vcpu->partition) : FFA_NOT_SUPPORTED;

    out.next = vcpu;
    out.count = FFA_REGS;
    for (unsigned n = 0; n < FFA_REGS; n++) {
        out.x[n] = 0;
    }
    if (!vcpu->partition->version_frozen && settles_version(&call)) {
        vcpu->partition->version_frozen = true;
    }
    if (refusal != 0) {
        ffa_return_error(&out, refusal);
    } else if (abi->mbz != 0 && !mbz_is_zero(abi, vcpu->frame.x)) {
        ffa_return_error(&out, FFA_INVALID_PARAMETERS);
    } else {
        /* The normal world's frame holds all of them already. */
        if (abi->registers == FFA_REGS_EXTENDED && vcpu->arch != NULL) {
            arch_vcpu_load_extended(cpu->arch, vcpu->arch, vcpu->frame.x);
        }
        abi->handler(&call, &out);
    }
    for (unsigned n = 0; n < out.count; n++) {
        out.next->frame.x[n] = out.x[n];
    }
    if (out.count != 0) {
        out.next->frame.store = out.count;
    }
    return out.next;
}
