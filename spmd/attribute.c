/* SPDX-License-Identifier: BSD-3-Clause */
/* /attribute and /cpus of the SPMC manifest: what the dispatcher has to know before it enters the
 * SPMC. */
#include <libfdt.h>

#include "spmc/mem.h"
#include "spmd/spmd.h"

#define SPMD_VERSION_MAJOR 1u
#define SPMD_VERSION_MINOR 3u

static bool read_number(const void *fdt, int node, const char *name, uint64_t *value)
{
    int length;
    const void *cells = fdt_getprop(fdt, node, name, &length);

    if (cells == NULL || (length != 4 && length != 8)) {
        return false;
    }
    *value = length == 4 ? fdt32_ld(cells) : fdt64_ld(cells);
    return true;
}

static const char *check_attribute(const struct spmd_attribute *a, uint64_t major, uint64_t minor,
                                   uint64_t exec_state)
{
    if ((a->spmc_id & FFA_ID_SECURE_BIT) == 0) {
        return "/attribute: spmc_id: bit 15 must be set";
    }
    if (major != SPMD_VERSION_MAJOR || minor > SPMD_VERSION_MINOR) {
        return "/attribute: maj_ver, min_ver: this SPMD takes FF-A 1.0 to 1.3";
    }
    if (exec_state != 0) {
        return "/attribute: exec_state: want 0 (AArch64)";
    }
    if (a->entrypoint < a->load_address ||
        a->entrypoint - a->load_address >= a->binary_size_bytes) {
        return "/attribute: entrypoint: outside load_address + binary_size";
    }
    return NULL;
}

/* One MPIDR for each node of a PE, in the order in which the SPMC counts them. */
static const char *read_cpus(const void *fdt, struct spmd_cpu *cpus, uint32_t cpu_count)
{
    int parent = fdt_path_offset(fdt, "/cpus");
    uint32_t found = 0;
    int node;

    if (parent < 0) {
        return "/cpus: the node is missing";
    }
    fdt_for_each_subnode(node, fdt, parent)
    {
        int length;
        const char *type = fdt_getprop(fdt, node, "device_type", &length);

        if (found == cpu_count || type == NULL || length != 4 || memcmp(type, "cpu", 4) != 0) {
            continue;
        }
        if (!read_number(fdt, node, "reg", &cpus[found].mpidr)) {
            return "/cpus: reg of a PE: want one MPIDR of one or two cells";
        }
        found++;
    }
    return found == cpu_count ? NULL : "/cpus: holds fewer PEs than the machine has";
}

/* Before version 16 libfdt's own check falls over a root without a name. */
static bool is_blob(const void *manifest, size_t size_bytes)
{
    return ((uintptr_t)manifest & 7u) == 0 && size_bytes >= sizeof(struct fdt_header) &&
           fdt_version(manifest) >= 16 && fdt_check_full(manifest, size_bytes) == 0;
}

bool spmd_init(struct spmd *spmd, const void *manifest, size_t size_bytes, struct spmd_cpu *cpus,
               uint32_t cpu_count, const char **why)
{
    uint64_t id;
    uint64_t major;
    uint64_t minor;
    uint64_t exec_state;
    int node;

    *spmd = (struct spmd){.cpu_count = cpu_count, .cpu = cpus};
    for (uint32_t i = 0; i < cpu_count; i++) {
        cpus[i] = (struct spmd_cpu){.mpidr = UINT64_MAX};
    }
    if (!is_blob(manifest, size_bytes)) {
        *why = "SPMC manifest: not a whole device tree blob, 8-byte aligned";
        return false;
    }
    if (fdt_node_check_compatible(manifest, 0, "arm,ffa-core-manifest-1.0") != 0) {
        *why = "/: compatible: want \"arm,ffa-core-manifest-1.0\"";
        return false;
    }
    node = fdt_path_offset(manifest, "/attribute");
    if (node < 0) {
        *why = "/attribute: the node is missing";
        return false;
    }
    if (!read_number(manifest, node, "spmc_id", &id) || id > UINT16_MAX ||
        !read_number(manifest, node, "maj_ver", &major) ||
        !read_number(manifest, node, "min_ver", &minor) ||
        !read_number(manifest, node, "exec_state", &exec_state) ||
        !read_number(manifest, node, "load_address", &spmd->attribute.load_address) ||
        !read_number(manifest, node, "entrypoint", &spmd->attribute.entrypoint) ||
        !read_number(manifest, node, "binary_size", &spmd->attribute.binary_size_bytes)) {
        *why = "/attribute: spmc_id, maj_ver, min_ver, exec_state, load_address, entrypoint and "
               "binary_size are wanted, each of one or two cells";
        return false;
    }
    spmd->attribute.spmc_id = (uint16_t)id;
    *why = check_attribute(&spmd->attribute, major, minor, exec_state);
    spmd->attribute.version = (uint32_t)(major << 16 | minor);
    if (*why == NULL) {
        *why = read_cpus(manifest, cpus, cpu_count);
    }
    return *why == NULL;
}
