/* SPDX-License-Identifier: BSD-3-Clause */
/* Which services a partition offers, and how it may be spoken to (FF-A v1.2, table 5.1). */
#include "manifest_partition.h"

#define METHODS_ALLOWED                                                            \
    (FFA_PROP_DIRECT_REQ_RECV | FFA_PROP_DIRECT_REQ_SEND | FFA_PROP_INDIRECT_MSG | \
     FFA_PROP_DIRECT_REQ2_RECV | FFA_PROP_DIRECT_REQ2_SEND)
#define METHODS_V1_2 (FFA_PROP_DIRECT_REQ2_RECV | FFA_PROP_DIRECT_REQ2_SEND)

static bool check_method(const struct fdt_reader *r, int node, uint32_t method, uint32_t version)
{
    if (method == 0 || (method & ~(uint32_t)METHODS_ALLOWED) != 0) {
        return read_fail(r, node, "messaging-method", MANIFEST_INVALID_MESSAGING_METHOD,
                         "found 0x%x, want bits 0, 1, 2, 9 or 10", method);
    }
    if ((method & METHODS_V1_2) != 0 && version < FFA_VERSION_1_2) {
        return read_fail(r, node, "messaging-method", MANIFEST_INVALID_MESSAGING_METHOD,

                         "found 0x%x, want bits 9 and 10 clear below ffa-version 1.2", method);
    }
    return true;
}

static bool check_uuid(const struct fdt_reader *r, int node, const struct partition_manifest *out,
                       uint32_t index)
{
    const struct uuid *uuid = &out->service[index].uuid;

    if (uuid_is_null(uuid)) {
        return read_fail(r, node, "uuid", MANIFEST_UUID_ALL_ZEROS,
                         "found the null UUID, want one that names a service");
    }
    for (uint32_t i = 0; i < index; i++) {
        if (uuid_equal(uuid, &out->service[i].uuid)) {
            return read_fail(r, node, "uuid", MANIFEST_DUPLICATE_UUID,

                             "found UUID %u equal to UUID %u, want it once", index + 1, i + 1);
        }
    }
    return true;
}

static bool read_v1_0(const struct fdt_reader *r, struct partition_manifest *out)
{
    uint32_t words[4 * MANIFEST_MAX_SERVICES];
    uint32_t methods[MANIFEST_MAX_SERVICES];
    uint32_t word_count;
    uint32_t method_count;

    if (!read_list(r, 0, "uuid", 4 * MANIFEST_MAX_SERVICES, words, &word_count) ||
        !read_list(r, 0, "messaging-method", MANIFEST_MAX_SERVICES, methods, &method_count)) {
        return false;
    }
    if (word_count == 0) {
        return read_fail(r, 0, "uuid", MANIFEST_PROPERTY_NOT_FOUND, "missing, want four cells");
    }
    if (word_count % 4 != 0) {
        return read_fail(r, 0, "uuid", MANIFEST_MALFORMED_INTEGER_LIST,
                         "found %u cells, want four for each UUID", word_count);
    }
    out->service_count = word_count / 4;
    if (method_count == 0) {
        return read_fail(r, 0, "messaging-method", MANIFEST_PROPERTY_NOT_FOUND,
                         "missing, want one number or one for each UUID");
    }
    if (method_count != 1 && method_count != out->service_count) {
        return read_fail(r, 0, "messaging-method", MANIFEST_UNMATCHED_MESSAGING_METHODS,
                         "found %u numbers, want one or one for each of %u UUIDs", method_count,
                         out->service_count);
    }
    for (uint32_t i = 0; i < out->service_count; i++) {
        uint32_t method = methods[method_count == 1 ? 0 : i];

        uuid_of_words(&words[4 * i], &out->service[i].uuid);
        out->service[i].messaging_method = (uint16_t)method;
        if (!check_uuid(r, 0, out, i) || !check_method(r, 0, method, out->ffa_version)) {
            return false;
        }
    }
    return true;
}

static bool read_v1_1(const struct fdt_reader *r, struct partition_manifest *out)
{
    int services = fdt_subnode_offset(r->fdt, 0, "services");
    int node;

    if (services < 0) {
        return read_fail(r, 0, "services", MANIFEST_NODE_MISSING, "missing, want the node");
    }
    if (!read_compatible(r, services, "arm,ffa-manifest-services")) {
        return false;
    }
    fdt_for_each_subnode(node, r->fdt, services)
    {
        struct manifest_service *service = &out->service[out->service_count];
        uint64_t method;

        if (out->service_count == MANIFEST_MAX_SERVICES) {
            return read_fail(r, services, NULL, MANIFEST_TOO_MANY,
                             "found more services, want at most %u", MANIFEST_MAX_SERVICES);
        }
        if (!read_uuid_text(r, node, "uuid", &service->uuid) ||
            !check_uuid(r, node, out, out->service_count) ||
            !read_number(r, node, "messaging-method", UINT16_MAX, &method) ||
            !check_method(r, node, (uint32_t)method, out->ffa_version)) {
            return false;
        }
        service->messaging_method = (uint16_t)method;
        out->service_count++;
    }
    return out->service_count != 0 || read_fail(r, services, NULL, MANIFEST_NODE_MISSING,
                                                "found no service, want at least one");
}

bool manifest_read_services(const struct fdt_reader *r, struct partition_manifest *out)
{
    return out->binding_minor == 0 ? read_v1_0(r, out) : read_v1_1(r, out);
}
