/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the boot loader of a board would have done: packages in secure memory, and an SPMC manifest
 * that names them.
 */
#include <inttypes.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/host/host.h"
#include "spmc/fdt_blob.h"

#define PACKAGE_MANIFEST_OFFSET    0x1000u
#define PACKAGE_MANIFEST_OFFSET_V1 PACKAGE_HEADER_BYTES
#define PACKAGE_IMAGE_OFFSET       0x4000u
#define PARTITION_MIN_BYTES        (1u << 20)
#define PARTITION_ALIGN_BYTES      0x10000u
#define VM_NODE_BYTES              512u
#define SPMC_RANGE_MIN_BYTES       0x100000u

static uint64_t align_up(uint64_t value, uint64_t alignment)
{
    return (value + alignment - 1) & ~(alignment - 1);
}

static void put32(uint8_t *out, size_t value)
{
    for (unsigned i = 0; i < 4; i++) {
        out[i] = (uint8_t)(value >> (8 * i));
    }
}

/* Image and manifest into an SPKG; a whole package is taken as it is. */
static bool make_package(const struct run_partition *partition, struct run_plan_partition *plan,
                         struct sim_error *err)
{
    if (partition->package.data != NULL) {
        plan->package_size = partition->package.size_bytes;
    } else {
        plan->package_size = PACKAGE_IMAGE_OFFSET;
    }
    size_t manifest_offset =
        partition->package_version == 1 ? PACKAGE_MANIFEST_OFFSET_V1 : PACKAGE_MANIFEST_OFFSET;
    size_t image_offset =
        align_up(manifest_offset + partition->manifest.size_bytes, PACKAGE_IMAGE_OFFSET);
    if (partition->package.data == NULL) {
        plan->package_size = image_offset + partition->image.size_bytes;
    }
    plan->package = calloc(1, plan->package_size + 1);
    if (plan->package == NULL) {
        return sim_fail(err, SIM_INTERNAL, "out of memory: %zu bytes for partition %s",
                        plan->package_size, partition->name);
    }
    if (partition->package.data != NULL) {
        memcpy(plan->package, partition->package.data, plan->package_size);
        return true;
    }
    put32(plan->package, PACKAGE_MAGIC);
    put32(plan->package + 4, partition->package_version == 1 ? 1 : 2);
    put32(plan->package + 8, manifest_offset);
    put32(plan->package + 12, partition->manifest.size_bytes);
    put32(plan->package + 16, image_offset);
    put32(plan->package + 20, partition->image.size_bytes);
    memcpy(plan->package + manifest_offset, partition->manifest.data,
           partition->manifest.size_bytes);
    if (partition->image.size_bytes != 0) {
        memcpy(plan->package + image_offset, partition->image.data, partition->image.size_bytes);
    }
    return true;
}

static bool read_package(void *context, uint64_t offset, void *to, size_t size_bytes)
{
    const struct run_plan_partition *plan = context;

    if (offset > plan->package_size || size_bytes > plan->package_size - offset) {
        return false;
    }
    memcpy(to, plan->package + offset, size_bytes);
    return true;
}

/* The manifest in its package; NULL: not one that can be read. */
static void *find_manifest(struct run_plan_partition *plan)
{
    const struct package_source source = {read_package, plan};
    struct manifest_diag diag;
    struct package_layout layout;
    void *fdt;

    if (plan->package_size < PACKAGE_HEADER_BYTES ||
        !package_read(plan->package, &source, align_up(plan->package_size, PAGE_SIZE_BYTES),
                      &layout, &diag) ||
        (uint64_t)layout.manifest_offset + layout.manifest_size_bytes > plan->package_size) {
        return NULL;
    }
    fdt = plan->package + layout.manifest_offset;
    return fdt_blob_check(fdt, layout.manifest_size_bytes) == 0 ? fdt : NULL;
}

/* The manifest's own wishes, as far as a boot loader looks: load-address, execution-ctx-count. */
static uint64_t manifest_number(struct run_plan_partition *plan, const char *property,
                                uint64_t otherwise)
{
    const void *fdt = find_manifest(plan);
    const void *value;
    int length;

    if (fdt == NULL) {
        return otherwise;
    }
    value = fdt_getprop(fdt, 0, property, &length);
    if (value != NULL && length == 4) {
        return fdt32_ld(value);
    }
    return value != NULL && length == 8 ? fdt64_ld(value) : otherwise;
}

static bool put_vcpu_on_each_pe(struct run *run, uint32_t index, struct sim_error *err)
{
    struct run_partition *partition = &run->config.partition[index];
    void *fdt = find_manifest(&run->plan[index]);

    if (fdt == NULL ||
        fdt_setprop_inplace_u32(fdt, 0, "execution-ctx-count", run->config.pe_count) != 0) {
        return sim_fail(err, SIM_BAD_INPUT,
                        "partition %s: a vCPU on each PE wants a manifest with one cell of "
                        "execution-ctx-count",
                        partition->name);
    }
    partition->vcpu_count = run->config.pe_count;
    return true;
}

static bool overlaps(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
    return a < b + b_size && b < a + a_size;
}

/* Moves `base` behind whatever already lies in [base, base + size). */
static uint64_t skip_taken(const struct run *run, uint32_t placed, uint64_t base, uint64_t size)
{
    bool moved = true;

    while (moved) {
        moved = false;
        if (overlaps(base, size, run->spmc_range.base, run->spmc_range.size_bytes)) {
            base = run->spmc_range.base + run->spmc_range.size_bytes;
            moved = true;
        }
        for (uint32_t i = 0; i < placed; i++) {
            if (overlaps(base, size, run->plan[i].load_address, run->plan[i].mem_size_bytes)) {
                base = run->plan[i].load_address + run->plan[i].mem_size_bytes;
                moved = true;
            }
        }
    }
    return align_up(base, PARTITION_ALIGN_BYTES);
}

static bool place(struct run *run, uint32_t index, struct sim_error *err)
{
    const struct run_partition *partition = &run->config.partition[index];
    struct run_plan_partition *plan = &run->plan[index];
    const char *where = partition->package.data != NULL  ? partition->package.where
                        : partition->image.where != NULL ? partition->image.where
                                                         : partition->name;

    plan->used_bytes = plan->package_size;
    plan->mem_size_bytes = partition->mem_size_bytes;
    if (plan->mem_size_bytes == 0) {
        plan->mem_size_bytes =
            align_up(plan->package_size + PARTITION_MIN_BYTES / 2, PARTITION_MIN_BYTES);
    }
    if (plan->package_size > plan->mem_size_bytes) {
        return sim_fail(
            err, SIM_BAD_INPUT,
            "%s: partition %s needs %zu bytes with its manifest, but has memory = %" PRIu64
            " bytes; give it more memory",
            where, partition->name, plan->package_size, plan->mem_size_bytes);
    }
    plan->load_address = partition->load_address;
    if (plan->load_address == 0) {
        plan->load_address = manifest_number(plan, "load-address", 0);
    }
    for (uint32_t i = 0; plan->load_address == 0 && i < run->decoded.secure_memory.count; i++) {
        const struct manifest_range *range = &run->decoded.secure_memory.range[i];
        uint64_t base = skip_taken(run, index, align_up(range->base, PARTITION_ALIGN_BYTES),
                                   plan->mem_size_bytes);

        if (base >= range->base && base - range->base <= range->size_bytes &&
            plan->mem_size_bytes <= range->size_bytes - (base - range->base)) {
            plan->load_address = base;
        }
    }
    if (plan->load_address == 0) {
        return sim_fail(err, SIM_BAD_INPUT,
                        "partition %s: no room for 0x%" PRIx64
                        " bytes in the board's secure memory",
                        partition->name, plan->mem_size_bytes);
    }
    if (run->config.partition[index].vcpu_count == 0) {
        uint64_t count = manifest_number(plan, "execution-ctx-count", 1);

        /* What no vm node can hold is for the SPMC to refuse, by the manifest's own words. */
        run->config.partition[index].vcpu_count =
            count >= 1 && count <= UINT16_MAX ? (uint32_t)count : 1;
    }
    return true;
}

static int add_u64(void *fdt, int node, const char *name, uint64_t value)
{
    return fdt_setprop_u64(fdt, node, name, value);
}

static int add_vm(struct run *run, void *fdt, uint32_t index)
{
    const struct run_partition *partition = &run->config.partition[index];
    const struct run_plan_partition *plan = &run->plan[index];
    char name[16];
    int hypervisor = fdt_path_offset(fdt, "/hypervisor");
    int node;
    int bad;

    snprintf(name, sizeof(name), "vm%" PRIu32, index + 1);
    node = hypervisor < 0 ? hypervisor : fdt_add_subnode(fdt, hypervisor, name);
    if (node < 0) {
        return node;
    }
    bad = fdt_setprop(fdt, node, "is_ffa_partition", NULL, 0);
    bad = bad != 0 ? bad : fdt_setprop_string(fdt, node, "debug_name", partition->name);
    bad = bad != 0 ? bad : add_u64(fdt, node, "load_address", plan->load_address);
    bad = bad != 0 ? bad : add_u64(fdt, node, "mem_size", plan->mem_size_bytes);
    bad = bad != 0 ? bad : fdt_setprop_u32(fdt, node, "vcpu_count", partition->vcpu_count);
    if (bad == 0 && partition->smc_allowed_count != 0) {
        fdt32_t list[MANIFEST_MAX_SMC_ALLOWED];
        uint32_t count = partition->smc_allowed_count < MANIFEST_MAX_SMC_ALLOWED
                             ? partition->smc_allowed_count
                             : MANIFEST_MAX_SMC_ALLOWED;

        for (uint32_t i = 0; i < count; i++) {
            list[i] = cpu_to_fdt32(partition->smc_allowed[i]);
        }
        bad = fdt_setprop(fdt, node, "smc_whitelist", list, (int)(count * sizeof(list[0])));
    }
    return bad;
}

/* Takes cpu nodes past the run's PEs out, so that the SPMC sees the machine that there is. */
static int trim_cpus(void *fdt, unsigned pe_count)
{
    unsigned seen = 0;
    int cpus = fdt_path_offset(fdt, "/cpus");
    int node = cpus < 0 ? cpus : fdt_first_subnode(fdt, cpus);

    while (node >= 0) {
        int next = fdt_next_subnode(fdt, node);

        if (seen++ >= pe_count) {
            int bad = fdt_del_node(fdt, node);

            if (bad != 0) {
                return bad;
            }
            /* Offsets moved: start again. */
            seen = 0;
            next = fdt_first_subnode(fdt, fdt_path_offset(fdt, "/cpus"));
        }
        node = next;
    }
    return seen >= pe_count ? 0 : -FDT_ERR_NOTFOUND;
}

static bool make_spmc_manifest(struct run *run, struct sim_error *err)
{
    const struct run_blob *base = &run->config.spmc_manifest;
    int bad;

    run->spmc_manifest_size =
        base->size_bytes + (size_t)run->config.partition_count * VM_NODE_BYTES + VM_NODE_BYTES;
    run->spmc_manifest = calloc(1, run->spmc_manifest_size);
    if (run->spmc_manifest == NULL) {
        return sim_fail(err, SIM_INTERNAL, "out of memory for the SPMC manifest");
    }
    bad = fdt_open_into(base->data, run->spmc_manifest, (int)run->spmc_manifest_size);
    bad = bad != 0 ? bad : trim_cpus(run->spmc_manifest, run->config.pe_count);
    if (bad == 0 && run->config.call_log) {
        bad = fdt_setprop(run->spmc_manifest, fdt_path_offset(run->spmc_manifest, "/hypervisor"),
                          "call-log", NULL, 0);
    }
    if (bad == 0 && run->config.per_vcpu_notifications) {
        bad = fdt_setprop(run->spmc_manifest, fdt_path_offset(run->spmc_manifest, "/hypervisor"),
                          "per-vcpu-notifications", NULL, 0);
    }
    for (uint32_t i = 0; bad == 0 && i < run->config.partition_count; i++) {
        bad = add_vm(run, run->spmc_manifest, i);
    }
    if (bad != 0) {
        return sim_fail(err, SIM_BAD_INPUT,
                        "%s: can not take %u PEs and %" PRIu32 " partitions: %s", base->where,
                        run->config.pe_count, run->config.partition_count, fdt_strerror(bad));
    }
    return true;
}

/* What the SPMC occupies. A tree that can not be read is found out when the machine is made. */
static uint64_t range_size(const struct run_blob *board)
{
    const void *value;
    int length;

    if (fdt_blob_check(board->data, board->size_bytes) != 0) {
        return HOST_SPMC_RANGE_BYTES;
    }
    value = fdt_getprop(board->data, 0, "spmc-range-size", &length);
    if (value == NULL) {
        return HOST_SPMC_RANGE_BYTES;
    }
    return length == 4   ? fdt32_ld(value) & ~(PAGE_SIZE_BYTES - 1u)
           : length == 8 ? fdt64_ld(value) & ~(uint64_t)(PAGE_SIZE_BYTES - 1u)
                         : 0;
}

static bool read_base(struct run *run, struct sim_error *err)
{
    const struct run_blob *base = &run->config.spmc_manifest;
    struct manifest_diag diag;
    struct spmd spmd;
    const char *why;

    if (!manifest_read_spmc(base->data, base->size_bytes, &run->decoded, &diag)) {
        return sim_fail(err, SIM_BAD_INPUT, "%s: %s", base->where, diag.text);
    }
    if (!spmd_init(&spmd, base->data, base->size_bytes, run->spmd_cpu, 1, &why)) {
        return sim_fail(err, SIM_BAD_INPUT, "%s: %s", base->where, why);
    }
    run->attribute = spmd.attribute;
    run->spmc_range.base = spmd.attribute.load_address;
    run->spmc_range.size_bytes = range_size(&run->config.board);
    run->spmc_image_bytes = align_up(spmd.attribute.binary_size_bytes, PAGE_SIZE_BYTES);
    if (run->spmc_range.size_bytes < SPMC_RANGE_MIN_BYTES ||
        run->spmc_image_bytes > run->spmc_range.size_bytes / 2) {
        return sim_fail(err, SIM_BAD_INPUT,
                        "%s: /attribute: binary_size: found 0x%" PRIx64
                        ", want at most half of the 0x%" PRIx64
                        " bytes that the board gives the SPMC (spmc-range-size), which are 0x%x or "
                        "more",
                        base->where, spmd.attribute.binary_size_bytes, run->spmc_range.size_bytes,
                        SPMC_RANGE_MIN_BYTES);
    }
    return true;
}

bool plan_run(struct run *run, struct sim_error *err)
{
    const struct run_config *config = &run->config;

    if (config->pe_count > RUN_MAX_PES || config->partition_count > RUN_MAX_PARTITIONS) {
        return sim_fail(err, SIM_BAD_INPUT,
                        "%s: %u PEs and %" PRIu32 " partitions; at most %d and %d can run",
                        config->name, config->pe_count, config->partition_count, RUN_MAX_PES,
                        RUN_MAX_PARTITIONS);
    }
    if (config->limit_ns > RUN_LIMIT_MAX_NS || config->until_ns > RUN_LIMIT_MAX_NS) {
        return sim_fail(err, SIM_BAD_INPUT, "%s: a run lasts at most 3600 s of simulated time",
                        config->name);
    }
    if (!read_base(run, err)) {
        return false;
    }
    for (uint32_t i = 0; i < config->partition_count; i++) {
        if (strlen(config->partition[i].name) >= MANIFEST_NAME_BYTES) {
            return sim_fail(err, SIM_BAD_INPUT, "partition %s: a name has at most %u characters",
                            config->partition[i].name, MANIFEST_NAME_BYTES - 1);
        }
        if (!make_package(&config->partition[i], &run->plan[i], err) ||
            (config->partition[i].vcpu_on_each_pe && !put_vcpu_on_each_pe(run, i, err)) ||
            !place(run, i, err)) {
            return false;
        }
    }
    return make_spmc_manifest(run, err);
}

bool plan_load(struct run *run, struct sim_error *err)
{
    const struct bus *bus = &run->machine->bus;

    if (bus_ram(bus, run->spmc_range.base, run->spmc_range.size_bytes, BUS_SECURE) == NULL) {
        return sim_fail(err, SIM_BAD_INPUT,
                        "%s: /attribute: load_address: 0x%" PRIx64 " has no 0x%" PRIx64
                        " bytes of secure memory on board %s",
                        run->config.spmc_manifest.where, run->spmc_range.base,
                        run->spmc_range.size_bytes, run->machine->board.name);
    }
    for (uint32_t i = 0; i < run->config.partition_count; i++) {
        const struct run_plan_partition *plan = &run->plan[i];

        if (!bus_copy_to(bus, plan->load_address, plan->package, plan->package_size, BUS_SECURE)) {
            return sim_fail(err, SIM_BAD_INPUT,
                            "partition %s: 0x%" PRIx64
                            " + %zu bytes is not secure memory on board %s",
                            run->config.partition[i].name, plan->load_address, plan->package_size,
                            run->machine->board.name);
        }
    }
    return true;
}

void plan_free(struct run *run)
{
    for (uint32_t i = 0; i < RUN_MAX_PARTITIONS; i++) {
        free(run->plan[i].package);
    }
    free(run->spmc_manifest);
}
