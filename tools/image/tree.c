/* SPDX-License-Identifier: BSD-3-Clause */
/* A device tree blob into struct tree: what an SPMC manifest says about the image and its place. */
#include <inttypes.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"
#include "spmc/fdt_blob.h"
#include "spmc/manifest.h"
#include "spmd/spmd.h"

static const char *const attribute_names[TREE_ATTRIBUTES] = {
    [TREE_SPMC_ID] = "spmc_id",           [TREE_MAJ_VER] = "maj_ver",
    [TREE_MIN_VER] = "min_ver",           [TREE_EXEC_STATE] = "exec_state",
    [TREE_LOAD_ADDRESS] = "load_address", [TREE_ENTRYPOINT] = "entrypoint",
    [TREE_BINARY_SIZE] = "binary_size",
};

const char *tree_attribute_name(enum tree_attribute attribute)
{
    return attribute_names[attribute];
}

static uint64_t number_of(const uint8_t *bytes, int length)
{
    uint64_t value = 0;

    for (int i = 0; i < length; i++) {
        value = value << 8 | bytes[i];
    }
    return value;
}

static struct tree_number read_number(const void *fdt, int node, const char *name)
{
    int length;
    const uint8_t *bytes = fdt_getprop(fdt, node, name, &length);

    if (bytes == NULL || (length != 1 && length != 2 && length != 4 && length != 8)) {
        return (struct tree_number){0};
    }
    return (struct tree_number){true, number_of(bytes, length)};
}

static void read_text(const void *fdt, int node, const char *name, char *out, size_t size)
{
    int length;
    const char *text = fdt_getprop(fdt, node, name, &length);

    make_printable(out, size, text == NULL ? "" : text, text == NULL ? 0 : (size_t)length);
}

static void read_name(const void *fdt, int node, char *out, size_t size)
{
    int length;
    const char *name = fdt_get_name(fdt, node, &length);

    make_printable(out, size, name == NULL ? "" : name, name == NULL ? 0 : (size_t)length);
}

static void read_uuid(const void *fdt, int node, char *out, size_t size)
{
    int length;
    const uint8_t *bytes = fdt_getprop(fdt, node, "uuid", &length);

    out[0] = '\0';
    if (bytes != NULL && length == 16) {
        snprintf(out, size, "%08" PRIx64 "-%08" PRIx64 "-%08" PRIx64 "-%08" PRIx64,
                 number_of(bytes, 4), number_of(bytes + 4, 4), number_of(bytes + 8, 4),
                 number_of(bytes + 12, 4));
    }
}

static void read_attribute(const void *fdt, struct tree *out)
{
    int node = fdt_path_offset(fdt, "/attribute");

    out->has_attribute = node >= 0;
    for (int i = 0; node >= 0 && i < TREE_ATTRIBUTES; i++) {
        out->attribute[i] = read_number(fdt, node, attribute_names[i]);
    }
}

static void read_vms(const void *fdt, struct tree *out)
{
    int parent = fdt_path_offset(fdt, "/hypervisor");
    int node;

    if (parent < 0) {
        return;
    }
    fdt_for_each_subnode(node, fdt, parent)
    {
        struct tree_vm vm;

        read_name(fdt, node, vm.node, sizeof(vm.node));
        if (strncmp(vm.node, "vm", 2) != 0 || vm.node[2] < '0' || vm.node[2] > '9') {
            continue;
        }
        read_text(fdt, node, "debug_name", vm.name, sizeof(vm.name));
        read_uuid(fdt, node, vm.uuid, sizeof(vm.uuid));
        vm.load_address = read_number(fdt, node, "load_address");
        vm.mem_size = read_number(fdt, node, "mem_size");
        vm.vcpu_count = read_number(fdt, node, "vcpu_count");
        if (out->vm_count < TREE_MAX_VMS) {
            out->vm[out->vm_count] = vm;
        }
        out->vm_count++;
    }
}

static void read_cpus(const void *fdt, struct tree *out)
{
    int parent = fdt_path_offset(fdt, "/cpus");
    int node;

    if (parent < 0) {
        return;
    }
    fdt_for_each_subnode(node, fdt, parent)
    {
        int length;
        const char *type = fdt_getprop(fdt, node, "device_type", &length);

        if (type != NULL && length == 4 && memcmp(type, "cpu", 4) == 0) {
            out->cpu_count++;
        }
    }
}

static void read_ranges(const void *fdt, int node, const char *type, struct tree *out)
{
    int address = fdt_address_cells(fdt, 0) * 4;
    int size = fdt_size_cells(fdt, 0) * 4;
    int length;
    const uint8_t *reg = fdt_getprop(fdt, node, "reg", &length);

    if (reg == NULL || address < 4 || address > 8 || size < 4 || size > 8) {
        return;
    }
    for (; length >= address + size; length -= address + size, reg += address + size) {
        struct tree_range range = {
            .base = number_of(reg, address),
            .size = number_of(reg + address, size),
        };

        if (out->range_count == TREE_MAX_RANGES || range.size > UINT64_MAX - range.base) {
            continue; /* the SPMC's own reader refuses it, see spmc_says */
        }
        read_name(fdt, node, range.node, sizeof(range.node));
        make_printable(range.type, sizeof(range.type), type, strlen(type));
        out->range[out->range_count++] = range;
    }
}

static void read_memory(const void *fdt, struct tree *out)
{
    int node;

    fdt_for_each_subnode(node, fdt, 0)
    {
        char type[IMAGE_NAME_BYTES];

        read_text(fdt, node, "device_type", type, sizeof(type));
        if (strcmp(type, "memory") == 0 || strcmp(type, "ns-memory") == 0 ||
            strcmp(type, "device-memory") == 0 || strcmp(type, "ns-device-memory") == 0) {
            read_ranges(fdt, node, type, out);
        }
    }
}

/* The very readers that will meet this manifest: what they refuse, a board would stop at. */
static int ask_readers(const struct file_bytes *file, struct tree *out)
{
    static struct spmd_cpu cpus[MANIFEST_MAX_CPUS];
    static struct spmd spmd;
    struct spmc_manifest *manifest = malloc(sizeof(*manifest));
    struct manifest_diag diag;
    uint32_t cpu_count = out->cpu_count < MANIFEST_MAX_CPUS ? out->cpu_count : MANIFEST_MAX_CPUS;
    const char *why = NULL;

    if (manifest == NULL) {
        return out_of_memory();
    }
    if (!manifest_read_spmc(file->data, file->size, manifest, &diag)) {
        make_printable(out->spmc_says, sizeof(out->spmc_says), diag.text, sizeof(diag.text));
    }
    if (!spmd_init(&spmd, file->data, file->size, cpus, cpu_count, &why)) {
        make_printable(out->spmd_says, sizeof(out->spmd_says), why, strlen(why));
    }
    free(manifest);
    return IMAGE_OK;
}

int tree_read(const char *path, const struct file_bytes *file, struct tree *out)
{
    int error;

    memset(out, 0, sizeof(*out));
    if (file->size > IMAGE_FDT_MAX_BYTES) {
        return complain(path, "a device tree of %zu bytes, name a manifest of at most %u",
                        file->size, IMAGE_FDT_MAX_BYTES);
    }
    error = fdt_blob_check(file->data, file->size);
    if (error != 0) {
        return complain(path, "not a whole device tree blob (%s), compile it again with dtc",
                        fdt_strerror(error));
    }
    out->size = fdt_totalsize(file->data);
    out->is_manifest = fdt_node_check_compatible(file->data, 0, "arm,ffa-core-manifest-1.0") == 0;
    read_attribute(file->data, out);
    read_vms(file->data, out);
    read_cpus(file->data, out);
    read_memory(file->data, out);
    return ask_readers(file, out);
}
