/* SPDX-License-Identifier: BSD-3-Clause */
/* FFA_PARTITION_INFO_GET and PARTITION_INFO_GET_REGS (FF-A v1.2, 13.8, 13.9; v1.3 descriptors). */
#include "ffa/dispatch.h"
#include "ffa/lsp_info.h"
#include "ffa/mailbox.h"
#include "spmc/mem.h"

#define DESCRIPTOR_V1_0_BYTES 8u
#define DESCRIPTOR_V1_1_BYTES 24u
#define DESCRIPTOR_V1_3_BYTES 48u

#define PROPS_V1_0 0x7u /* what later versions added is reserved for this one */
#define PROPS_V1_1 (0x1ffu)

/* One query: who asks for what. */
struct query {
    const struct spmc *spmc;
    const struct partition *caller;
    struct uuid uuid;
    bool any; /* nil UUID */
};

/* One finding. `service` NULL: the partition as a whole. */
struct entry {
    const struct partition *partition;
    const struct manifest_service *service;
};

static bool is_match(const struct query *query, const struct partition *partition, uint32_t n)
{
    const struct partition_manifest *manifest = partition->manifest;

    return query->any ||
           memcmp(&manifest->service[n].uuid, &query->uuid, sizeof(query->uuid)) == 0 ||
           (manifest->has_image_uuid &&
            memcmp(&manifest->image_uuid, &query->uuid, sizeof(query->uuid)) == 0);
}

/*
 * Counts the findings; *found (may be NULL) becomes the one with number `wanted`. Since v1.2 each
 * service is one, before each partition.
 */
static uint32_t find(const struct query *query, uint32_t wanted, struct entry *found)
{
    bool per_service = query->caller->ffa_version >= FFA_VERSION_1_2;
    uint32_t count = 0;

    for (uint32_t p = 0; p < query->spmc->partition_count; p++) {
        const struct partition *partition = &query->spmc->partition[p];

        if (partition->state == PARTITION_NULL) {
            continue;
        }
        for (uint32_t n = 0; n < partition->manifest->service_count; n++) {
            if (!is_match(query, partition, n)) {
                continue;
            }
            if (found != NULL && count == wanted) {
                found->partition = partition;
                found->service = &partition->manifest->service[n];
                return count + 1;
            }
            count++;
            if (!per_service) {
                break;
            }
        }
    }
    return count;
}

static uint32_t properties(const struct query *query, const struct entry *entry)
{
    const struct partition *partition = entry->partition;
    const struct partition_manifest *manifest = partition->manifest;
    uint32_t props = 0;

    if (query->caller->ffa_version >= FFA_VERSION_1_2) {
        props = entry->service->messaging_method;
    } else {
        for (uint32_t n = 0; n < manifest->service_count; n++) {
            props |= manifest->service[n].messaging_method;
        }
    }
    if (partition->ffa_version < FFA_VERSION_1_2) {
        props &= ~(FFA_PROP_DIRECT_REQ2_RECV | FFA_PROP_DIRECT_REQ2_SEND);
    }
    if (partition->ffa_version < FFA_VERSION_1_1) {
        props &= ~FFA_PROP_INDIRECT_MSG;
    } else if (manifest->notification_support) {
        props |= FFA_PROP_NOTIFICATION_RECV;
    }
    props |= FFA_PROP_AARCH64;
    if (partition_is_nwd(query->caller)) {
        /* A partition never sends a direct request to the normal world. */
        props &= ~(FFA_PROP_DIRECT_REQ_SEND | FFA_PROP_DIRECT_REQ2_SEND);
        if ((props & FFA_PROP_DIRECT_REQ_RECV) != 0) {
            props |= (manifest->vm_availability_messages & 1u) != 0 ? FFA_PROP_VM_CREATED : 0;
            props |= (manifest->vm_availability_messages & 2u) != 0 ? FFA_PROP_VM_DESTROYED : 0;
        }
    }
    if (query->caller->ffa_version < FFA_VERSION_1_1) {
        return props & PROPS_V1_0;
    }
    return query->caller->ffa_version < FFA_VERSION_1_2 ? props & PROPS_V1_1 : props;
}

static uint32_t descriptor_bytes(const struct partition *caller)
{
    if (caller->ffa_version < FFA_VERSION_1_1) {
        return DESCRIPTOR_V1_0_BYTES;
    }
    return caller->ffa_version < FFA_VERSION_1_3 ? DESCRIPTOR_V1_1_BYTES : DESCRIPTOR_V1_3_BYTES;
}

/*
 * The descriptor as little-endian double words: {id, count, properties}, protocol UUID (zero when
 * the caller asked by UUID), image UUID, reserved.
 */
static void fill(const void *context, uint32_t n, void *out)
{
    const struct query *query = context;
    uint8_t *byte = out;
    struct entry entry = {0};
    uint32_t props;

    memset(out, 0, descriptor_bytes(query->caller));
    (void)find(query, n, &entry);
    props = properties(query, &entry);
    byte[0] = (uint8_t)entry.partition->id;
    byte[1] = (uint8_t)(entry.partition->id >> 8);
    byte[2] = (uint8_t)entry.partition->vcpu_count;
    byte[3] = (uint8_t)(entry.partition->vcpu_count >> 8);
    for (unsigned i = 0; i < 4; i++) {
        byte[4 + i] = (uint8_t)(props >> (8 * i));
    }
    if (query->caller->ffa_version >= FFA_VERSION_1_1 && query->any) {
        memcpy(&byte[8], &entry.service->uuid, sizeof(struct uuid));
    }
    if (query->caller->ffa_version >= FFA_VERSION_1_3 &&
        entry.partition->manifest->has_image_uuid) {
        memcpy(&byte[24], &entry.partition->manifest->image_uuid, sizeof(struct uuid));
    }
}

/*
 * Logical partitions follow the secure ones, for those that they can call. What other versions do
 * not know of their properties is not there: they send requests of the first kind.
 */
static const struct uuid *lsp_uuid(const struct query *query)
{
    return query->any ? NULL : &query->uuid;
}

static uint32_t count_lsps(const struct query *query)
{
    return partition_is_nwd(query->caller) ? 0 : lsp_find(query->spmc, lsp_uuid(query), 0, NULL);
}

static void fill_lsp(const struct query *query, uint32_t n, uint8_t *byte)
{
    const struct lsp_entry *entry = NULL;

    memset(byte, 0, descriptor_bytes(query->caller));
    (void)lsp_find(query->spmc, lsp_uuid(query), n, &entry);
    byte[0] = (uint8_t)entry->id;
    byte[1] = (uint8_t)(entry->id >> 8);
    byte[2] = (uint8_t)entry->vcpu_count;
    byte[3] = (uint8_t)(entry->vcpu_count >> 8);
    for (unsigned i = 0; i < 4; i++) {
        byte[4 + i] = (uint8_t)(entry->properties >> (8 * i));
    }
    if (query->any) {
        memcpy(&byte[8], &entry->uuid, sizeof(entry->uuid));
    }
}

static void query_init(struct query *query, const struct ffa_call *call)
{
    unsigned bytes_in_register = (call->fid & SMCCC_64_BIT) != 0 ? 8 : 4;

    query->spmc = call->spmc;
    query->caller = call->partition;
    query->any = true;
    for (unsigned i = 0; i < sizeof(query->uuid.byte); i++) {
        uint64_t x = call->x[1 + i / bytes_in_register];

        query->uuid.byte[i] = (uint8_t)(x >> (8 * (i % bytes_in_register)));
        query->any = query->any && query->uuid.byte[i] == 0;
    }
}

void ffa_partition_info_get(const struct ffa_call *call, struct ffa_result *out)
{
    uint32_t flags = (uint32_t)call->x[5];
    uint32_t size = descriptor_bytes(call->partition);
    struct query query;
    uint32_t count;

    query_init(&query, call);
    count = find(&query, 0, NULL);
    if ((flags & ~FFA_PARTITION_INFO_COUNT_ONLY) != 0 || count == 0) {
        ffa_return_error(out, FFA_INVALID_PARAMETERS);
        return;
    }
    if ((flags & FFA_PARTITION_INFO_COUNT_ONLY) != 0) {
        size = 0;
    } else {
        int32_t error =
            mailbox_write_entries(call->cpu, call->partition, count, size, fill, &query);

        if (error != 0) {
            ffa_return_error(out, error);
            return;
        }
    }
    ffa_return_success(out);
    out->x[2] = count;
    /* The size of a descriptor is told since v1.1. */
    out->x[3] = call->partition->ffa_version >= FFA_VERSION_1_1 ? size : 0;
}

void ffa_partition_info_get_regs(const struct ffa_call *call, struct ffa_result *out)
{
    uint32_t start = (uint32_t)call->x[3] & 0xffffu;
    uint32_t tag = (uint32_t)(call->x[3] >> 16) & 0xffffu;
    uint32_t size = descriptor_bytes(call->partition);
    uint32_t registers = size / (uint32_t)sizeof(uint64_t);
    uint32_t room = (FFA_REGS_EXTENDED - 3) / registers;
    struct query query;
    uint32_t partitions;
    uint32_t count;
    uint32_t last;

    query_init(&query, call);
    partitions = find(&query, 0, NULL);
    count = partitions + count_lsps(&query);
    if ((call->x[3] >> 32) != 0 || count == 0 || start >= count) {
        ffa_return_error(out, FFA_INVALID_PARAMETERS);
        return;
    }
    if (tag != 0) {
        /* Partitions do not come and go here, so the tag of every answer is zero. */
        ffa_return_error(out, FFA_RETRY);
        return;
    }
    last = count - start > room ? start + room - 1 : count - 1;
    out->count = FFA_REGS_EXTENDED;
    memset(&out->x[FFA_REGS], 0, (FFA_REGS_EXTENDED - FFA_REGS) * sizeof(out->x[0]));
    out->x[0] = FFA_SUCCESS_64;
    out->x[2] = ((uint64_t)size << 48) | ((uint64_t)last << 16) | (count - 1);
    for (uint32_t n = start; n <= last; n++) {
        uint8_t descriptor[DESCRIPTOR_V1_3_BYTES];

        if (n < partitions) {
            fill(&query, n, descriptor);
        } else {
            fill_lsp(&query, n - partitions, descriptor);
        }
        for (uint32_t i = 0; i < size; i++) {
            out->x[3 + (n - start) * registers + i / 8] |= (uint64_t)descriptor[i] << (8 * (i % 8));
        }
    }
}
