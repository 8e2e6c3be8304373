/* SPDX-License-Identifier: BSD-3-Clause */
/* Life cycle and live activation of a partition (FF-A v1.3). */
#include "manifest_partition.h"

#define ABORT_ACTION_MOST 3u /* 0 stop, 1 destroy, 2 restart, 3 propagate */
#define REGISTER_MOST     7u
#define REGISTER_PE_INDEX 4u /* x4 carries the linear PE index at entry */

static bool read_image_uuid(const struct fdt_reader *r, struct partition_manifest *out)
{
    uint32_t words[4];
    uint32_t count;

    out->has_image_uuid = has_property(r, 0, "image-uuid");
    if (!out->has_image_uuid) {
        return true;
    }
    if (out->binding_minor == 0) {
        if (!read_list(r, 0, "image-uuid", 4, words, &count)) {
            return false;
        }
        if (count != 4) {
            return read_fail(r, 0, "image-uuid", MANIFEST_MALFORMED_UUID,
                             "found %u cells, want four", count);
        }
        uuid_of_words(words, &out->image_uuid);
    } else if (!read_uuid_text(r, 0, "image-uuid", &out->image_uuid)) {
        return false;
    }
    if (uuid_is_null(&out->image_uuid)) {
        return read_fail(r, 0, "image-uuid", MANIFEST_UUID_ALL_ZEROS,
                         "found the null UUID, want one that names the image");
    }
    for (uint32_t i = 0; i < out->service_count; i++) {
        if (uuid_equal(&out->image_uuid, &out->service[i].uuid)) {
            return read_fail(r, 0, "image-uuid", MANIFEST_DUPLICATE_UUID,
                             "found the UUID of service %u, want another", i + 1);
        }
    }
    return true;
}

static bool read_abort_action(const struct fdt_reader *r, struct partition_manifest *out)
{
    uint64_t action = 0;

    if (!read_optional(r, 0, "abort-action", UINT64_MAX, &action, &out->has_abort_action)) {
        return false;
    }
    if (action > ABORT_ACTION_MOST) {
        return read_fail(r, 0, "abort-action", MANIFEST_ILLEGAL_ACTION, "found %lu, want 0 to %u",
                         action, ABORT_ACTION_MOST);
    }
    out->abort_action = (uint8_t)action;
    return !out->has_abort_action || out->lifecycle_support ||
           read_fail(r, 0, "abort-action", MANIFEST_ILLEGAL_ACTION,
                     "found %lu, want lifecycle-support beside it", action);
}

static bool read_live_register(const struct fdt_reader *r, struct partition_manifest *out)
{
    uint64_t number;

    if (!read_number(r, 0, "live-activation-register", UINT32_MAX, &number)) {
        return false;
    }
    if (number > REGISTER_MOST || number == REGISTER_PE_INDEX ||
        (out->has_gp_register && number == out->gp_register)) {
        return read_fail(r, 0, "live-activation-register", MANIFEST_NOT_COMPATIBLE,
                         "found %lu, want 0 to %u, but neither 4 nor gp-register-num", number,
                         REGISTER_MOST);
    }
    out->live_activation_register = (uint8_t)number;
    return true;
}

static bool read_live_activation(const struct fdt_reader *r, struct partition_manifest *out)
{
    int buffer = fdt_subnode_offset(r->fdt, 0, "live-state-buffer-info");

    if (!read_flag(r, 0, "live-activation-support", &out->live_activation_support)) {
        return false;
    }
    if (!out->live_activation_support) {
        return true;
    }
    if (!out->lifecycle_support) {
        return read_fail(r, 0, "live-activation-support", MANIFEST_ILLEGAL_ACTION,
                         "found it alone, want lifecycle-support beside it");
    }
    if (!out->has_image_uuid) {
        return read_fail(r, 0, "image-uuid", MANIFEST_PROPERTY_NOT_FOUND,
                         "missing, want one with live-activation-support");
    }
    if (buffer < 0) {
        return read_fail(r, 0, "live-state-buffer-info", MANIFEST_NODE_MISSING,
                         "missing, want the node with live-activation-support");
    }
    return read_live_register(r, out) &&
           read_compatible(r, buffer, "arm,ffa-manifest,live-state-buffer") &&
           manifest_find_region(r, buffer, "live-state-buffer", out, &out->live_state_region);
}

bool manifest_read_lifecycle(const struct fdt_reader *r, struct partition_manifest *out)
{
    if (!read_flag(r, 0, "lifecycle-support", &out->lifecycle_support)) {
        return false;
    }
    if (out->lifecycle_support && out->execution_ctx_count != 1) {
        return read_fail(r, 0, "lifecycle-support", MANIFEST_ILLEGAL_ACTION,
                         "found execution-ctx-count %u, want 1 with it",
                         (unsigned)out->execution_ctx_count);
    }
    return read_abort_action(r, out) && read_image_uuid(r, out) && read_live_activation(r, out);
}
