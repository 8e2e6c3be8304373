/* SPDX-License-Identifier: BSD-3-Clause */
#include "spmd/spmd.h"

#include "route.h"

#define SMCCC_VERSION_1_2 0x10002u
#define PSCI_VERSION_1_1  0x10001u

static void result(uint64_t *x, uint64_t x0, uint64_t x2)
{
    x[0] = x0;
    x[2] = x2;
    x[1] = x[3] = x[4] = x[5] = x[6] = x[7] = 0;
}

static enum spmd_next back_to(enum spmd_world world)
{
    return world == SPMD_SECURE ? SPMD_ENTER_SECURE : SPMD_ENTER_NON_SECURE;
}

static enum spmd_next refuse(enum spmd_world from, uint64_t *x, int32_t error)
{
    result(x, FFA_ERROR, (uint32_t)error);
    return back_to(from);
}

/* SMCCC leaves x1..x3 to the callee and preserves x4 and up. */
static enum spmd_next answer(enum spmd_world from, uint64_t *x, int64_t value)
{
    x[0] = (uint64_t)value;
    x[1] = x[2] = x[3] = 0;
    return back_to(from);
}

static int64_t psci_features(uint32_t fid)
{
    switch (fid) {
    case PSCI_VERSION:
    case PSCI_FEATURES:
    case PSCI_SYSTEM_OFF:
    case PSCI_SYSTEM_RESET:
    case PSCI_SYSTEM_RESET2_32:
    case PSCI_SYSTEM_RESET2_64:
    case SMCCC_VERSION:
        return PSCI_SUCCESS;
    default:
        return PSCI_NOT_SUPPORTED;
    }
}

static enum spmd_next standard_call(enum spmd_world from, uint32_t fid, uint64_t *x)
{
    bool is_nwd = from == SPMD_NON_SECURE;

    switch (fid) {
    case SMCCC_VERSION:
        return answer(from, x, SMCCC_VERSION_1_2);
    case SMCCC_ARCH_FEATURES: {
        uint32_t asked = (uint32_t)x[1];

        return answer(from, x,
                      asked == SMCCC_VERSION || asked == SMCCC_ARCH_FEATURES ? 0 : SMCCC_UNKNOWN);
    }
    case PSCI_VERSION:
        return answer(from, x, PSCI_VERSION_1_1);
    case PSCI_FEATURES:
        return answer(from, x, psci_features((uint32_t)x[1]));
    case PSCI_SYSTEM_OFF:
        return is_nwd ? SPMD_SYSTEM_OFF : answer(from, x, PSCI_NOT_SUPPORTED);
    case PSCI_SYSTEM_RESET:
        x[1] = x[2] = 0;
        return is_nwd ? SPMD_SYSTEM_RESET : answer(from, x, PSCI_NOT_SUPPORTED);
    case PSCI_SYSTEM_RESET2_32:
    case PSCI_SYSTEM_RESET2_64:
        return is_nwd ? SPMD_SYSTEM_RESET : answer(from, x, PSCI_NOT_SUPPORTED);
    default:
        /* PSCI_NOT_SUPPORTED and the unknown function of SMCCC are the same value. */
        return answer(from, x, SMCCC_UNKNOWN);
    }
}

/* FFA_VERSION of the normal world reaches the SPMC as a framework message (FF-A v1.2, 18.2.4). */
static enum spmd_next ask_version(struct spmd *spmd, struct spmd_cpu *cpu, uint64_t *x)
{
    uint32_t wanted = (uint32_t)x[1];

    if ((wanted & FFA_VERSION_RESERVED) != 0 ||
        FFA_VERSION_MAJOR(wanted) != FFA_VERSION_MAJOR(spmd->attribute.version) ||
        !cpu->spmc_ready) {
        result(x, (uint32_t)FFA_NOT_SUPPORTED, 0);
        return SPMD_ENTER_NON_SECURE;
    }
    cpu->in_version_query = true;
    result(x, FFA_MSG_SEND_DIRECT_REQ_32, FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_VERSION_REQ);
    x[1] = FFA_PAIR(FFA_ID_SPMD, spmd->attribute.spmc_id);
    x[3] = wanted;
    return SPMD_ENTER_SECURE;
}

static enum spmd_next version_answered(struct spmd *spmd, struct spmd_cpu *cpu, uint64_t *x)
{
    uint32_t version = (uint32_t)x[3];

    cpu->in_version_query = false;
    if (x[0] != FFA_MSG_SEND_DIRECT_RESP_32 ||
        (uint32_t)x[2] != (FFA_FRAMEWORK_MSG | FFA_FRAMEWORK_VERSION_RESP)) {
        version = (uint32_t)FFA_NOT_SUPPORTED;
    }
    if ((version & FFA_VERSION_RESERVED) == 0) {
        spmd->nwd_version = version;
    }
    result(x, version, 0);
    return SPMD_ENTER_NON_SECURE;
}

/* A direct request must not claim to come from the secure world, nor forge a framework message. */
static bool is_forged(uint32_t fid, const uint64_t *x)
{
    uint32_t w2 = (uint32_t)x[2];

    if ((FFA_SENDER(x[1]) & FFA_ID_SECURE_BIT) != 0) {
        return true;
    }
    return fid != FFA_MSG_SEND_DIRECT_REQ2_64 && (w2 & FFA_FRAMEWORK_MSG) != 0 &&
           FFA_FRAMEWORK_FUNCTION(w2) != FFA_FRAMEWORK_VM_CREATED_REQ &&
           FFA_FRAMEWORK_FUNCTION(w2) != FFA_FRAMEWORK_VM_DESTROY_REQ;
}

static enum spmd_next from_normal_world(struct spmd *spmd, struct spmd_cpu *cpu, uint32_t fid,
                                        uint64_t *x)
{
    switch (fid) {
    case FFA_MSG_SEND_DIRECT_REQ_32:
    case FFA_MSG_SEND_DIRECT_REQ_64:
    case FFA_MSG_SEND_DIRECT_REQ2_64:
        if (is_forged(fid, x)) {
            return refuse(SPMD_NON_SECURE, x, FFA_INVALID_PARAMETERS);
        }
        break;
    case FFA_VERSION:
        return ask_version(spmd, cpu, x);
    case FFA_ID_GET:
        result(x, FFA_SUCCESS_32, FFA_ID_NWD);
        return SPMD_ENTER_NON_SECURE;
    case FFA_SPM_ID_GET:
        result(x, FFA_SUCCESS_32, spmd->attribute.spmc_id);
        return SPMD_ENTER_NON_SECURE;
    default:
        break;
    }
    if (!cpu->spmc_ready || !route_from_nwd(fid)) {
        return refuse(SPMD_NON_SECURE, x, FFA_NOT_SUPPORTED);
    }
    return SPMD_ENTER_SECURE;
}

/* Before the end of its initialisation the SPMC may only call us, and end it. */
static enum spmd_next init_ended(struct spmd_cpu *cpu, uint32_t fid, uint64_t *x)
{
    if (fid == FFA_ERROR) {
        return SPMD_SPMC_FAILED;
    }
    if (fid != FFA_MSG_WAIT) {
        return refuse(SPMD_SECURE, x, FFA_DENIED);
    }
    cpu->spmc_ready = true;
    result(x, 0, 0);
    return SPMD_ENTER_NON_SECURE;
}

static enum spmd_next from_secure_world(struct spmd *spmd, struct spmd_cpu *cpu, uint32_t fid,
                                        uint64_t *x)
{
    switch (fid) {
    case FFA_ID_GET:
        result(x, FFA_SUCCESS_32, spmd->attribute.spmc_id);
        return SPMD_ENTER_SECURE;
    case FFA_SPM_ID_GET:
        result(x, FFA_SUCCESS_32, FFA_ID_SPMD);
        return SPMD_ENTER_SECURE;
    case FFA_SECONDARY_EP_REGISTER_64:
        spmd->secondary_ep = x[1];
        result(x, FFA_SUCCESS_32, 0);
        return SPMD_ENTER_SECURE;
    case FFA_PARTITION_INFO_GET_REGS_64: /* no logical partitions here */
    case FFA_FEATURES:
    case FFA_EL3_INTR_HANDLE:
        return refuse(SPMD_SECURE, x, FFA_NOT_SUPPORTED);
    default:
        break;
    }
    if (!cpu->spmc_ready) {
        return init_ended(cpu, fid, x);
    }
    return cpu->in_version_query ? version_answered(spmd, cpu, x) : SPMD_ENTER_NON_SECURE;
}

enum spmd_next spmd_handle_smc(struct spmd *spmd, uint32_t cpu_index, enum spmd_world from,
                               uint64_t x[FFA_REGS_EXTENDED], unsigned *count)
{
    uint32_t fid = (uint32_t)x[0] & ~SMCCC_SVE_HINT;
    struct spmd_cpu *cpu = &spmd->cpu[cpu_index];
    enum spmd_next next;

    if (!route_is_ffa(fid)) {
        /* FFA_VERSION has results that are no function identifiers. */
        next = from == SPMD_SECURE && cpu->in_version_query ? version_answered(spmd, cpu, x)
                                                            : standard_call(from, fid, x);
    } else if (from == SPMD_NON_SECURE) {
        next = from_normal_world(spmd, cpu, fid, x);
    } else {
        next = from_secure_world(spmd, cpu, fid, x);
    }
    *count = route_is_extended((uint32_t)x[0]) ? FFA_REGS_EXTENDED : FFA_REGS;
    return next;
}
