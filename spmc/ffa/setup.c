/* SPDX-License-Identifier: BSD-3-Clause */
/* Versions, features and identities: FF-A v1.2, 13.2, 13.3, 13.9 and 13.10. */
#include "ffa/dispatch.h"

/* Interrupt identifiers that FFA_FEATURES reports */
#define VIRQ_MANAGED_EXIT         4u
#define VIRQ_NOTIFICATION_PENDING 5u
#define SGI_SCHEDULE_RECEIVER     8u

#define FUNCTION_QUERY 0x80000000u

/* Neither VMs nor partitions have per-vCPU notifications; 0: both have them. */
#define NO_PER_VCPU_NOTIFICATIONS 0x3u

int32_t ffa_negotiate_version(struct partition *partition, uint32_t requested)
{
    if ((requested & FFA_VERSION_RESERVED) != 0 ||
        FFA_VERSION_MAJOR(requested) != FFA_VERSION_MAJOR(SPMC_FFA_VERSION) ||
        FFA_VERSION_MINOR(requested) > FFA_VERSION_MINOR(SPMC_FFA_VERSION)) {
        return FFA_NOT_SUPPORTED;
    }
    if (partition->version_frozen && requested != partition->ffa_version) {
        return FFA_NOT_SUPPORTED;
    }
    partition->ffa_version = requested;
    partition->version_negotiated = true;
    return (int32_t)SPMC_FFA_VERSION;
}

void ffa_version(const struct ffa_call *call, struct ffa_result *out)
{
    out->x[0] = (uint32_t)ffa_negotiate_version(call->partition, (uint32_t)call->x[1]);
}

void ffa_id_get(const struct ffa_call *call, struct ffa_result *out)
{
    ffa_return_success(out);
    out->x[2] = call->partition->id;
}

void ffa_spm_id_get(const struct ffa_call *call, struct ffa_result *out)
{
    (void)call;
    ffa_return_success(out);
    out->x[2] = FFA_ID_SPMC;
}

/* A feature by number: who gets which value. */
struct feature {
    uint8_t callers;
    uint32_t value;
};

static const struct feature features[] = {
    [FFA_FEATURE_NPI] = {FFA_FROM_S_EL1, VIRQ_NOTIFICATION_PENDING},
    [FFA_FEATURE_SRI] = {FFA_FROM_NWD, SGI_SCHEDULE_RECEIVER},
    [FFA_FEATURE_MEI] = {FFA_FROM_S_EL1, VIRQ_MANAGED_EXIT},
    [FFA_FEATURE_NOTIFICATION_PROPS] = {FFA_FROM_ANY, NO_PER_VCPU_NOTIFICATIONS},
};

static void feature_query(const struct ffa_call *call, struct ffa_result *out)
{
    uint32_t id = (uint32_t)call->x[1];

    if (id >= sizeof(features) / sizeof(features[0]) ||
        (features[id].callers & ffa_caller_kind(call->partition)) == 0 ||
        (uint32_t)call->x[2] != 0) {
        ffa_return_error(out, FFA_NOT_SUPPORTED);
        return;
    }
    ffa_return_success(out);
    out->x[2] = features[id].value;
    if (id == FFA_FEATURE_NOTIFICATION_PROPS && call->spmc->per_vcpu_notifications) {
        out->x[2] = 0;
    }
}

static bool is_retrieve_req(uint32_t fid)
{
    return (fid & ~SMCCC_64_BIT) == FFA_MEM_RETRIEVE_REQ_32;
}

/* Does the caller know what comes with the function? Only one takes input properties. */
static bool properties_fit(const struct ffa_call *call, uint32_t fid)
{
    uint32_t properties = (uint32_t)call->x[2];

    if (is_retrieve_req(fid)) {
        /* From v1.1 on the NS bit is in every response: a caller must say that it looks. */
        return call->partition->ffa_version < FFA_VERSION_1_1 ||
               (properties & FFA_MEM_FEATURE_NS_BIT) != 0;
    }
    return properties == 0;
}

static void function_query(const struct ffa_call *call, struct ffa_result *out)
{
    uint32_t fid = (uint32_t)call->x[1];
    const struct ffa_abi *abi = ffa_abi_find(fid);

    if (abi == NULL || !ffa_abi_is_advertised(abi, call->partition) || !properties_fit(call, fid)) {
        ffa_return_error(out, FFA_NOT_SUPPORTED);
        return;
    }
    ffa_return_success(out);
    if (fid == FFA_RXTX_MAP_64 && call->partition->ffa_version >= FFA_VERSION_1_2) {
        /* Smallest buffer and its alignment: 4 KiB (0); [31:16]: most pages. */
        out->x[2] = SPMC_RXTX_MAX_PAGES << 16;
    } else if (is_retrieve_req(fid)) {
        out->x[2] = FFA_MEM_FEATURE_NS_BIT | FFA_MEM_FEATURE_HYPERVISOR_RETRIEVE;
    }
}

void ffa_features(const struct ffa_call *call, struct ffa_result *out)
{
    if (((uint32_t)call->x[1] & FUNCTION_QUERY) != 0) {
        function_query(call, out);
    } else {
        feature_query(call, out);
    }
}
