/* SPDX-License-Identifier: BSD-3-Clause */
/* One partition's manifest against its vm node and the platform. */
#include <stdarg.h>

#include "manifest_range.h"
#include "spmc/format.h"
#include "spmc/stage2.h"

#define IPA_END           (1ull << STAGE2_IPA_BITS)
#define INSTRUCTION_BYTES 4u

bool check_fail(struct manifest_diag *diag, enum manifest_code code, const char *format, ...)
{
    va_list args;

    diag->code = code;
    va_start(args, format);
    format_text_v(diag->text, sizeof(diag->text), format, args);
    va_end(args);
    return false;
}

static bool is_inside(const struct manifest_range *range, const struct manifest_range *list,
                      uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (range->base >= list[i].base && range->size_bytes <= list[i].size_bytes &&
            range->base - list[i].base <= list[i].size_bytes - range->size_bytes) {
            return true;
        }
    }
    return false;
}

static bool is_translatable(const struct manifest_range *range)
{
    return range->base < IPA_END && range->size_bytes <= IPA_END - range->base;
}

static bool check_contexts(const struct spmc_manifest *spmc, const struct manifest_vm *vm,
                           const struct partition_manifest *partition, struct manifest_diag *diag)
{
    if (vm->vcpu_count != partition->execution_ctx_count) {
        return check_fail(diag, MANIFEST_NOT_COMPATIBLE,
                          "/: execution-ctx-count: found %u, want %u, the vm node's vcpu_count",
                          (unsigned)partition->execution_ctx_count, (unsigned)vm->vcpu_count);
    }
    if (vm->vcpu_count != 1 && vm->vcpu_count != spmc->cpu_count) {
        return check_fail(diag, MANIFEST_NOT_COMPATIBLE,
                          "/: execution-ctx-count: found %u, want 1 or the number of PEs, %u",
                          (unsigned)vm->vcpu_count, spmc->cpu_count);
    }
    return true;
}

static bool check_load(const struct spmc_manifest *spmc, const struct manifest_vm *vm,
                       const struct partition_manifest *partition, struct manifest_diag *diag)
{
    struct manifest_range range = range_of_load(vm);

    if (range.base == 0 || !is_page_aligned(range.base)) {
        return check_fail(diag, MANIFEST_MEM_REGION_UNALIGNED,
                          "load_address: found 0x%lx, want a multiple of 4096 above 0", range.base);
    }
    if (range.size_bytes == 0 || !is_page_aligned(range.size_bytes)) {
        return check_fail(diag, MANIFEST_MEM_REGION_UNALIGNED,
                          "mem_size: found 0x%lx, want a multiple of 4096 above 0",
                          range.size_bytes);
    }
    if (!is_translatable(&range) ||
        (spmc->secure_memory.count != 0 &&
         !is_inside(&range, spmc->secure_memory.range, spmc->secure_memory.count))) {
        return check_fail(
            diag, MANIFEST_MEM_REGION_INVALID,
            "load_address, mem_size: found 0x%lx + 0x%lx, want a range inside one memory node",
            range.base, range.size_bytes);
    }
    if (partition->entrypoint_offset >= range.size_bytes ||
        partition->entrypoint_offset % INSTRUCTION_BYTES != 0) {
        return check_fail(
            diag, MANIFEST_NOT_COMPATIBLE,
            "/: entrypoint-offset: found 0x%lx, want a multiple of 4 below mem_size 0x%lx",
            partition->entrypoint_offset, range.size_bytes);
    }
    return true;
}

static bool check_boot_order(const struct manifest_vm *vm,
                             const struct partition_manifest *partition, struct manifest_diag *diag)
{
    return !vm->has_boot_order || !partition->has_boot_order ||
           vm->boot_order == partition->boot_order ||
           check_fail(diag, MANIFEST_INVALID_BOOT_ORDER,
                      "/: boot-order: found %u, want %u as the vm node has, or none",
                      (unsigned)partition->boot_order, (unsigned)vm->boot_order);
}

static bool check_mem_region(const struct spmc_manifest *spmc, const struct manifest_vm *vm,
                             const struct partition_manifest *partition, uint32_t index,
                             struct manifest_diag *diag)
{
    const struct manifest_mem_region *region = &partition->mem_region[index];
    struct manifest_range range = range_of_memory(vm, region);
    struct manifest_range own = range_of_load(vm);
    bool ns = (region->attributes & MANIFEST_ATTR_NON_SECURE) != 0;
    const struct manifest_range *list = ns ? spmc->ns_memory.range : spmc->secure_memory.range;
    uint32_t count = ns ? spmc->ns_memory.count : spmc->secure_memory.count;

    if (range.base < region->base) {
        return check_fail(diag, MANIFEST_INTEGER_OVERFLOW,
                          "/memory-regions: region %u: load-address-relative-offset: found 0x%lx, "
                          "want one that does not wrap",
                          index + 1, region->base);
    }
    const struct manifest_range nothing = {0, 0}; /* the SPMC's own range: manifest_check_all() */
    bool is_there = count == 0 || (ns ? manifest_is_ns_memory(spmc, nothing, range)
                                      : is_inside(&range, list, count));

    if (!is_translatable(&range) || !is_there) {
        return check_fail(
            diag, MANIFEST_MEM_REGION_INVALID,
            "/memory-regions: region %u: found 0x%lx + 0x%lx, want a range inside %s memory",
            index + 1, range.base, range.size_bytes, ns ? "non-secure" : "secure");
    }
    if (!region->relative && range_overlaps(&range, &own)) {
        return check_fail(diag, MANIFEST_MEM_REGION_OVERLAP,
                          "/memory-regions: region %u: found 0x%lx, which overlaps the partition's "
                          "own 0x%lx + 0x%lx, want it outside",
                          index + 1, range.base, own.base, own.size_bytes);
    }
    for (uint32_t k = 0; k < index; k++) {
        struct manifest_range other = range_of_memory(vm, &partition->mem_region[k]);

        if (range_overlaps(&range, &other)) {
            return check_fail(diag, MANIFEST_MEM_REGION_OVERLAP,
                              "/memory-regions: region %u: found 0x%lx, which overlaps region "
                              "%u at 0x%lx, want it outside",
                              index + 1, range.base, k + 1, other.base);
        }
    }
    return true;
}

static bool is_pe(const struct spmc_manifest *spmc, uint64_t mpidr)
{
    for (uint32_t i = 0; i < spmc->cpu_count; i++) {
        if (spmc->cpu_mpidr[i] == mpidr) {
            return true;
        }
    }
    return false;
}

static bool check_dev_region(const struct spmc_manifest *spmc,
                             const struct partition_manifest *partition, uint32_t index,
                             struct manifest_diag *diag)
{
    const struct manifest_dev_region *region = &partition->dev_region[index];
    struct manifest_range range = range_of_device(region);
    bool ns = (region->attributes & MANIFEST_ATTR_NON_SECURE) != 0;

    if (!is_translatable(&range) ||
        !is_inside(&range, ns ? spmc->ns_device.range : spmc->secure_device.range,
                   ns ? spmc->ns_device.count : spmc->secure_device.count)) {
        return check_fail(
            diag, MANIFEST_MEM_REGION_INVALID,
            "/device-regions: region %u: found 0x%lx + 0x%lx, want a range inside %sdevice-memory",
            index + 1, range.base, range.size_bytes, ns ? "ns-" : "");
    }
    for (uint32_t k = 0; k < index; k++) {
        struct manifest_range other = range_of_device(&partition->dev_region[k]);

        if (range_overlaps(&range, &other)) {
            return check_fail(diag, MANIFEST_MEM_REGION_OVERLAP,
                              "/device-regions: region %u: found 0x%lx, which overlaps region "
                              "%u at 0x%lx, want it outside",
                              index + 1, range.base, k + 1, other.base);
        }
    }
    for (uint32_t k = 0; k < region->interrupt_count; k++) {
        const struct manifest_interrupt *interrupt = &region->interrupt[k];

        if (interrupt->has_target && !is_pe(spmc, interrupt->target_mpidr)) {
            return check_fail(diag, MANIFEST_NOT_COMPATIBLE,
                              "/device-regions: region %u: interrupts-target: found MPIDR 0x%lx, "
                              "want that of a PE",
                              index + 1, interrupt->target_mpidr);
        }
    }
    return true;
}

bool manifest_check_partition(const struct spmc_manifest *spmc, uint32_t vm_index,
                              const struct partition_manifest *partition,
                              struct manifest_diag *diag)
{
    const struct manifest_vm *vm = &spmc->vm[vm_index];

    if (!check_contexts(spmc, vm, partition, diag) || !check_load(spmc, vm, partition, diag) ||
        !check_boot_order(vm, partition, diag)) {
        return false;
    }
    for (uint32_t i = 0; i < partition->mem_region_count; i++) {
        if (!check_mem_region(spmc, vm, partition, i, diag)) {
            return false;
        }
    }
    for (uint32_t i = 0; i < partition->dev_region_count; i++) {
        if (!check_dev_region(spmc, partition, i, diag)) {
            return false;
        }
    }
    return true;
}
