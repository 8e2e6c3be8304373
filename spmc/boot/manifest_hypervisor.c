/* SPDX-License-Identifier: BSD-3-Clause */
/* /hypervisor of the SPMC manifest: what is logged, and one vmN node for each package. */
#include "manifest_spmc.h"

#include "spmc/mem.h"
#include "spmc/spmc.h"

/* *level is the default, and stays when the node does not say one. */
static bool read_log_level(const struct fdt_reader *r, int node, uint32_t *level)
{
    static const struct {
        const char *name;
        uint32_t level;
    } levels[] = {
        {"none", SPMC_LOG_NONE},       {"critical", SPMC_LOG_CRITICAL}, {"error", SPMC_LOG_ERROR},
        {"warning", SPMC_LOG_WARNING}, {"warnings", SPMC_LOG_WARNING},  {"info", SPMC_LOG_INFO},
        {"verbose", SPMC_LOG_VERBOSE},
    };
    char text[16];

    if (!has_property(r, node, "logging-level")) {
        return true;
    }
    if (!read_string(r, node, "logging-level", text, sizeof(text))) {
        return false;
    }
    for (unsigned i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
        if (strlen(text) == strlen(levels[i].name) &&
            memcmp(text, levels[i].name, strlen(text)) == 0) {
            *level = levels[i].level;
            return true;
        }
    }
    return read_fail(r, node, "logging-level", MANIFEST_NOT_COMPATIBLE,
                     "found \"%s\", want none, critical, error, warning, info or verbose", text);
}

static bool read_vm_identity(const struct fdt_reader *r, int node, struct manifest_vm *vm)
{
    uint32_t words[4];
    uint32_t count;
    uint64_t order = 0;

    if (!read_list(r, node, "uuid", 4, words, &count)) {
        return false;
    }
    vm->has_uuid = count != 0;
    if (vm->has_uuid) {
        uuid_of_words(words, &vm->uuid);
    }
    if (!read_optional(r, node, "boot-order", UINT16_MAX, &order, &vm->has_boot_order)) {
        return false;
    }
    vm->boot_order = (uint16_t)order;
    return true;
}

/* It goes into lines of the log as it is. */
static bool read_name(const struct fdt_reader *r, int node, char *name, size_t size)
{
    if (!read_string(r, node, "debug_name", name, size)) {
        return false;
    }
    for (const char *at = name; *at != '\0'; at++) {
        if (*at < ' ' || *at > '~') {
            return read_fail(r, node, "debug_name", MANIFEST_MALFORMED_STRING,
                             "found byte 0x%x, want printable ASCII", (unsigned)(uint8_t)*at);
        }
    }
    return true;
}

static bool read_vm(const struct fdt_reader *r, int node, struct manifest_vm *vm)
{
    uint64_t vcpus;
    bool is_ffa;
    bool hyp_loaded;
    int length = 0;

    if (!read_flag(r, node, "is_ffa_partition", &is_ffa) ||
        !read_flag(r, node, "hyp_loaded", &hyp_loaded)) {
        return false;
    }
    if (hyp_loaded) {
        return read_fail(r, node, "hyp_loaded", MANIFEST_UNSUPPORTED,
                         "found it, want a package that the boot loader puts in memory");
    }
    if (!is_ffa) {
        return read_fail(r, node, "is_ffa_partition", MANIFEST_PROPERTY_NOT_FOUND,

                         "missing, want it: only FF-A partitions are run");
    }
    /* Before the list is copied: four cells, no more. */
    if (fdt_getprop(r->fdt, node, "uuid", &length) != NULL && length != 16) {
        return read_fail(r, node, "uuid", MANIFEST_MALFORMED_UUID,
                         "found %d bytes, want four 32-bit cells", length);
    }
    if (!read_name(r, node, vm->name, sizeof(vm->name)) ||
        !read_number(r, node, "load_address", UINT64_MAX, &vm->load_address) ||
        !read_number(r, node, "mem_size", UINT64_MAX, &vm->mem_size_bytes) ||
        !read_number(r, node, "vcpu_count", UINT16_MAX, &vcpus) || !read_vm_identity(r, node, vm) ||
        !read_list(r, node, "smc_whitelist", MANIFEST_MAX_SMC_ALLOWED, vm->smc_allowed,
                   &vm->smc_allowed_count) ||
        !read_flag(r, node, "smc_whitelist_permissive", &vm->smc_permissive) ||
        !read_log_level(r, node, &vm->log_level)) {
        return false;
    }
    vm->vcpu_count = (uint16_t)vcpus;
    if (vcpus == 0) {
        return read_fail(r, node, "vcpu_count", MANIFEST_NOT_COMPATIBLE,
                         "found 0, want at least 1");
    }
    return true;
}

/* Every vmN node must have been read: one behind a gap would get lost in silence. */
static bool check_vm_names(const struct fdt_reader *r, int hypervisor, uint32_t vm_count)
{
    int node;

    fdt_for_each_subnode(node, r->fdt, hypervisor)
    {
        const char *name = fdt_get_name(r->fdt, node, NULL);
        uint32_t number = 0;
        const char *digit = name + 2;

        if (name[0] != 'v' || name[1] != 'm' || *digit < '0' || *digit > '9') {
            continue;
        }
        for (; *digit >= '0' && *digit <= '9' && number <= MANIFEST_MAX_PARTITIONS; digit++) {
            number = number * 10 + (uint32_t)(*digit - '0');
        }
        if (number == 0 || number > vm_count || name[2] == '0' ||
            fdt_subnode_offset(r->fdt, hypervisor, name) != node) {
            return read_fail(r, node, NULL, MANIFEST_NODE_MISSING,
                             "found this name, want vm1, vm2 and so on without gaps or repeats");
        }
    }
    return true;
}

bool manifest_read_hypervisor(const struct fdt_reader *r, struct spmc_manifest *out)
{
    int hypervisor = fdt_path_offset(r->fdt, "/hypervisor");
    char name[8];
    bool tee_enabled; /* a setting of the normal world's build */

    if (hypervisor < 0) {
        return read_fail(r, 0, "hypervisor", MANIFEST_NODE_MISSING, "missing, want the node");
    }
    out->log_level = SPMC_LOG_INFO;
    if (!read_compatible(r, hypervisor, "hafnium,hafnium") ||
        !read_flag(r, hypervisor, "ffa_tee_enabled", &tee_enabled) ||
        !read_flag(r, hypervisor, "call-log", &out->call_log) ||
        !read_flag(r, hypervisor, "per-vcpu-notifications", &out->per_vcpu_notifications) ||
        !read_log_level(r, hypervisor, &out->log_level)) {
        return false;
    }
    if (fdt_subnode_offset(r->fdt, hypervisor, "vm0") >= 0) {
        return read_fail(r, hypervisor, "vm0", MANIFEST_RESERVED_VM_ID,
                         "found the reserved name, want vm1, vm2 and so on");
    }
    for (uint32_t i = 0;; i++) {
        int node;

        format_text(name, sizeof(name), "vm%u", i + 1);
        node = fdt_subnode_offset(r->fdt, hypervisor, name);
        if (node < 0) {
            out->vm_count = i;
            return check_vm_names(r, hypervisor, i);
        }
        if (i == MANIFEST_MAX_PARTITIONS) {
            return read_fail(r, hypervisor, NULL, MANIFEST_TOO_MANY,
                             "found more partitions, want at most %u", MANIFEST_MAX_PARTITIONS);
        }
        out->vm[i].log_level = out->log_level;
        if (!read_vm(r, node, &out->vm[i])) {
            return false;
        }
    }
}
