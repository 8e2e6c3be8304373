/* SPDX-License-Identifier: BSD-3-Clause */
/* One FF-A partition manifest, on its own (FF-A v1.2, table 5.1; binding versions 1.0 and 1.1). */
#include "manifest_partition.h"

#include "spmc/mem.h"
#include "spmc/spmc.h"

#define GP_REGISTER_MOST    3u
#define OTHER_S_QUEUED      0u
#define OTHER_S_SIGNALED    1u
#define SRI_POLICY_BITS     0x3u
#define VM_MESSAGES_BITS    0x3u
#define POWER_MESSAGES_BITS 0x1u

/* A number that must be one of [least, most]. */
static bool read_range(const struct fdt_reader *r, const char *name, uint64_t least, uint64_t most,
                       enum manifest_code code, uint64_t *value)
{
    return read_number(r, 0, name, UINT64_MAX, value) &&
           ((*value >= least && *value <= most) ||
            read_fail(r, 0, name, code, "found %lu, want %lu to %lu", *value, least, most));
}

static bool read_optional_range(const struct fdt_reader *r, const char *name, uint64_t most,
                                enum manifest_code code, uint64_t *value, bool *present)
{
    *present = has_property(r, 0, name);
    return !*present || read_range(r, name, 0, most, code, value);
}

static bool read_binding(const struct fdt_reader *r, struct partition_manifest *out)
{
    char found[32];

    if (fdt_node_check_compatible(r->fdt, 0, "arm,ffa-manifest-1.0") == 0) {
        out->binding_minor = 0;
    } else if (fdt_node_check_compatible(r->fdt, 0, "arm,ffa-manifest-1.1") == 0) {
        out->binding_minor = 1;
    } else {
        read_excerpt(r, 0, "compatible", found, sizeof(found));
        return read_fail(r, 0, "compatible", MANIFEST_NOT_COMPATIBLE,
                         "found %s, want \"arm,ffa-manifest-1.0\" or \"arm,ffa-manifest-1.1\"",
                         found);
    }
    return true;
}

static bool read_version(const struct fdt_reader *r, struct partition_manifest *out)
{
    uint64_t version;

    if (!read_number(r, 0, "ffa-version", UINT32_MAX, &version)) {
        return false;
    }
    out->ffa_version = (uint32_t)version;
    return (version >= FFA_VERSION_1_0 && version <= SPMC_FFA_VERSION) ||
           read_fail(r, 0, "ffa-version", MANIFEST_NOT_COMPATIBLE,
                     "found 0x%08lx, want 0x00010000 to 0x%08x", version, SPMC_FFA_VERSION);
}

static bool read_execution(const struct fdt_reader *r, struct partition_manifest *out)
{
    uint64_t contexts;
    uint64_t level;
    uint64_t state;
    uint64_t granule = 0;
    bool has_granule;

    if (!read_range(r, "execution-ctx-count", 1, UINT16_MAX, MANIFEST_NOT_COMPATIBLE, &contexts) ||
        !read_range(r, "exception-level", MANIFEST_S_EL0, MANIFEST_S_EL1, MANIFEST_NOT_COMPATIBLE,
                    &level) ||
        !read_range(r, "execution-state", 0, 0, MANIFEST_NOT_COMPATIBLE, &state) ||
        !read_optional_range(r, "xlat-granule", 0, MANIFEST_NOT_COMPATIBLE, &granule,
                             &has_granule)) {
        return false;
    }
    out->execution_ctx_count = (uint16_t)contexts;
    out->exception_level = (uint8_t)level;
    return level != MANIFEST_S_EL0 || contexts == 1 ||
           read_fail(r, 0, "execution-ctx-count", MANIFEST_NOT_COMPATIBLE,
                     "found %lu, want 1 for an S-EL0 partition", contexts);
}

static bool read_entry(const struct fdt_reader *r, struct partition_manifest *out)
{
    uint64_t gp = 0;
    uint64_t order = 0;

    if (!read_optional(r, 0, "load-address", UINT64_MAX, &out->load_address,
                       &out->has_load_address) ||
        !read_optional(r, 0, "entrypoint-offset", UINT64_MAX, &out->entrypoint_offset, NULL) ||
        !read_optional_range(r, "gp-register-num", GP_REGISTER_MOST, MANIFEST_NOT_COMPATIBLE, &gp,
                             &out->has_gp_register) ||
        !read_optional_range(r, "boot-order", UINT16_MAX, MANIFEST_INVALID_BOOT_ORDER, &order,
                             &out->has_boot_order)) {
        return false;
    }
    out->gp_register = (uint8_t)gp;
    out->boot_order = (uint16_t)order;
    return true;
}

static bool read_ns_action(const struct fdt_reader *r, struct partition_manifest *out)
{
    uint64_t action = NS_ACTION_SIGNALED;
    bool managed_exit;
    bool has_action;

    if (!read_flag(r, 0, "managed-exit", &managed_exit) ||
        !read_optional_range(r, "ns-interrupts-action", NS_ACTION_SIGNALED, MANIFEST_ILLEGAL_ACTION,
                             &action, &has_action)) {
        return false;
    }
    if (managed_exit && has_action && action != NS_ACTION_MANAGED_EXIT) {
        return read_fail(r, 0, "managed-exit", MANIFEST_ILLEGAL_ACTION,
                         "found it beside ns-interrupts-action %lu, want 1 there", action);
    }
    if (managed_exit) {
        action = NS_ACTION_MANAGED_EXIT;
    }
    out->ns_interrupts_action = (uint8_t)action;
    if (action != NS_ACTION_MANAGED_EXIT) {
        return true;
    }
    if (out->exception_level != MANIFEST_S_EL1) {
        return read_fail(r, 0, "ns-interrupts-action", MANIFEST_ILLEGAL_ACTION,
                         "found 1 (managed exit), want 0 or 2 for an S-EL0 partition");
    }
    return read_flag(r, 0, "managed-exit-virq", &out->managed_exit_virq);
}

static bool read_interrupts(const struct fdt_reader *r, struct partition_manifest *out)
{
    uint64_t other = OTHER_S_SIGNALED;
    uint64_t policy = 0;
    bool present;

    if (!read_ns_action(r, out) ||
        !read_optional_range(r, "other-s-interrupts-action", OTHER_S_SIGNALED,
                             MANIFEST_ILLEGAL_ACTION, &other, &present) ||
        !read_optional_range(r, "sri-interrupts-policy", SRI_POLICY_BITS, MANIFEST_ILLEGAL_ACTION,
                             &policy, &present) ||
        !read_flag(r, 0, "notification-support", &out->notification_support)) {
        return false;
    }
    out->other_s_interrupts_action = (uint8_t)other;
    out->sri_policy = (uint8_t)policy;
    if (present && policy != 0 && out->exception_level == MANIFEST_S_EL0) {
        return read_fail(r, 0, "sri-interrupts-policy", MANIFEST_ILLEGAL_ACTION,
                         "found 0x%lx, want 0 for an S-EL0 partition", policy);
    }
    return other != OTHER_S_QUEUED || out->ns_interrupts_action == NS_ACTION_QUEUED ||
           read_fail(r, 0, "other-s-interrupts-action", MANIFEST_ILLEGAL_ACTION,
                     "found 0 (queued), want ns-interrupts-action 0 (queued) with it");
}

static bool read_boot_info(const struct fdt_reader *r, struct partition_manifest *out)
{
    int node = fdt_subnode_offset(r->fdt, 0, "boot-info");

    return node < 0 || (read_flag(r, node, "ffa_manifest", &out->boot_info_fdt) &&
                        read_flag(r, node, "hob_list", &out->boot_info_hob));
}

static bool read_messages(const struct fdt_reader *r, struct partition_manifest *out)
{
    uint64_t vm = 0;
    uint64_t power = 0;
    bool present;

    if (!read_optional_range(r, "vm-availability-messages", VM_MESSAGES_BITS,
                             MANIFEST_NOT_COMPATIBLE, &vm, &present) ||
        !read_optional(r, 0, "power-management-messages", UINT32_MAX, &power, NULL)) {
        return false;
    }
    out->vm_availability_messages = (uint32_t)vm;
    /* Only pinned contexts are told about their PE. */
    out->power_messages = out->execution_ctx_count > 1 ? (uint32_t)power & POWER_MESSAGES_BITS : 0;
    return true;
}

bool manifest_read_partition(const void *fdt, size_t size_bytes, struct partition_manifest *out,
                             struct manifest_diag *diag)
{
    struct fdt_reader r;

    memset(out, 0, sizeof(*out));
    return fdt_reader_init(&r, fdt, size_bytes, diag) && read_binding(&r, out) &&
           read_version(&r, out) && manifest_read_services(&r, out) && read_execution(&r, out) &&
           read_entry(&r, out) && read_interrupts(&r, out) && read_boot_info(&r, out) &&
           read_messages(&r, out) && manifest_read_mem_regions(&r, out) &&
           manifest_read_dev_regions(&r, out) && manifest_read_rxtx(&r, out) &&
           manifest_read_lifecycle(&r, out);
}
