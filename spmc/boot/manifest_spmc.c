/* SPDX-License-Identifier: BSD-3-Clause */
/* The SPMC manifest (TOS_FW_CONFIG): PEs and memory. */
#include "manifest_spmc.h"

#include "spmc/mem.h"

static bool cells(const struct fdt_reader *r, int node, int *address, int *size)
{
    *address = fdt_address_cells(r->fdt, node);
    *size = fdt_size_cells(r->fdt, node);
    return (*address >= 1 && *address <= 2 && *size >= 0 && *size <= 2) ||
           read_fail(r, node, NULL, MANIFEST_NOT_COMPATIBLE,
                     "found #address-cells %d, #size-cells %d, want 1 or 2", *address, *size);
}

static uint64_t cell_value(const uint8_t *bytes, int count)
{
    uint64_t value = 0;

    for (int i = 0; i < count * 4; i++) {
        value = value << 8 | bytes[i];
    }
    return value;
}

static bool read_cpus(const struct fdt_reader *r, struct spmc_manifest *out)
{
    int cpus = fdt_path_offset(r->fdt, "/cpus");
    int address;
    int size;
    int node;

    if (cpus < 0) {
        return read_fail(r, 0, "cpus", MANIFEST_NODE_MISSING, "missing, want the node");
    }
    if (!cells(r, cpus, &address, &size)) {
        return false;
    }
    fdt_for_each_subnode(node, r->fdt, cpus)
    {
        int length;
        const char *type = fdt_getprop(r->fdt, node, "device_type", &length);
        const uint8_t *reg;

        if (type == NULL || length != 4 || memcmp(type, "cpu", 4) != 0) {
            continue;
        }
        reg = fdt_getprop(r->fdt, node, "reg", &length);
        if (reg == NULL || length != address * 4) {
            return read_fail(r, node, "reg", MANIFEST_MALFORMED_INTEGER,
                             "found %d bytes, want one MPIDR of %d cells", reg == NULL ? 0 : length,
                             address);
        }
        if (out->cpu_count == MANIFEST_MAX_CPUS) {
            return read_fail(r, cpus, NULL, MANIFEST_TOO_MANY, "found more PEs, want at most %u",
                             MANIFEST_MAX_CPUS);
        }
        out->cpu_mpidr[out->cpu_count] = cell_value(reg, address);
        for (uint32_t i = 0; i < out->cpu_count; i++) {
            if (out->cpu_mpidr[i] == out->cpu_mpidr[out->cpu_count]) {
                return read_fail(r, node, "reg", MANIFEST_NOT_COMPATIBLE,
                                 "found 0x%lx, want one that no other cpu node has",
                                 out->cpu_mpidr[i]);
            }
        }
        out->cpu_count++;
    }
    return out->cpu_count != 0 ||
           read_fail(r, cpus, NULL, MANIFEST_NODE_MISSING,
                     "found no node with device_type \"cpu\", want one for each PE");
}

static bool read_ranges(const struct fdt_reader *r, int node, uint32_t *count,
                        struct manifest_range *range)
{
    int address;
    int size;
    int length;
    const uint8_t *reg = fdt_getprop(r->fdt, node, "reg", &length);
    int entry;

    if (!cells(r, 0, &address, &size)) {
        return false;
    }
    entry = (address + size) * 4;
    if (reg == NULL || size == 0 || length == 0 || length % entry != 0) {
        return read_fail(r, node, "reg", MANIFEST_MALFORMED_INTEGER_LIST,
                         "found %d bytes, want base and size pairs of %d cells",
                         reg == NULL ? 0 : length, address + size);
    }
    for (int at = 0; at < length; at += entry) {
        struct manifest_range *one = &range[*count];

        if (*count == MANIFEST_MAX_MEMORY_RANGES) {
            return read_fail(r, node, "reg", MANIFEST_TOO_MANY,
                             "found more ranges of this kind, want at most %u",
                             MANIFEST_MAX_MEMORY_RANGES);
        }
        one->base = cell_value(reg + at, address);
        one->size_bytes = cell_value(reg + at + address * 4, size);
        if (one->size_bytes == 0 || one->base + (one->size_bytes - 1) < one->base) {
            return read_fail(
                r, node, "reg", MANIFEST_MEM_REGION_INVALID,
                "found 0x%lx + 0x%lx, want a range that is not empty and does not wrap", one->base,
                one->size_bytes);
        }
        (*count)++;
    }
    return true;
}

/*
 * Memory belongs to one world. A window of the normal world may hold secure memory as a whole,
 * which is then cut out of it (see manifest_is_ns_memory()); across its edge it would be a mistake.
 */
static bool check_worlds(const struct fdt_reader *r, const struct spmc_manifest *out)
{
    for (uint32_t i = 0; i < out->secure_memory.count; i++) {
        const struct manifest_range *secure = &out->secure_memory.range[i];

        for (uint32_t k = 0; k < out->ns_memory.count; k++) {
            const struct manifest_range *ns = &out->ns_memory.range[k];

            bool is_inside = secure->base >= ns->base &&
                             secure->base - ns->base <= ns->size_bytes &&
                             secure->size_bytes <= ns->size_bytes - (secure->base - ns->base) &&
                             secure->size_bytes != ns->size_bytes;

            if (!is_inside && (secure->base - ns->base < ns->size_bytes ||
                               ns->base - secure->base < secure->size_bytes)) {
                return read_fail(
                    r, 0, "memory", MANIFEST_MEM_REGION_OVERLAP,
                    "found 0x%lx in a secure and in an ns-memory range, want it once, or "
                    "the secure range inside the other",
                    secure->base > ns->base ? secure->base : ns->base);
            }
        }
    }
    return true;
}

static bool read_memory(const struct fdt_reader *r, struct spmc_manifest *out)
{
    int node;

    fdt_for_each_subnode(node, r->fdt, 0)
    {
        int length;
        const char *type = fdt_getprop(r->fdt, node, "device_type", &length);
        bool ok = true;

        if (type == NULL || length < 1 || type[length - 1] != '\0') {
            continue;
        }
        if (length == 7 && memcmp(type, "memory", 7) == 0) {
            ok = read_ranges(r, node, &out->secure_memory.count, out->secure_memory.range);
        } else if (length == 10 && memcmp(type, "ns-memory", 10) == 0) {
            ok = read_ranges(r, node, &out->ns_memory.count, out->ns_memory.range);
        } else if (length == 14 && memcmp(type, "device-memory", 14) == 0) {
            ok = read_ranges(r, node, &out->secure_device.count, out->secure_device.range);
        } else if (length == 17 && memcmp(type, "ns-device-memory", 17) == 0) {
            ok = read_ranges(r, node, &out->ns_device.count, out->ns_device.range);
        }
        if (!ok) {
            return false;
        }
    }
    if (!check_worlds(r, out)) {
        return false;
    }
    return out->secure_memory.count + out->ns_memory.count != 0 ||
           read_fail(r, 0, "memory", MANIFEST_MEMORY_MISSING,
                     "missing, want a node with device_type \"memory\" or \"ns-memory\"");
}

bool manifest_read_spmc(const void *fdt, size_t size_bytes, struct spmc_manifest *out,
                        struct manifest_diag *diag)
{
    struct fdt_reader r;

    memset(out, 0, sizeof(*out));
    return fdt_reader_init(&r, fdt, size_bytes, diag) && read_cpus(&r, out) &&
           read_memory(&r, out) && manifest_read_gic(&r, out) && manifest_read_hypervisor(&r, out);
}
