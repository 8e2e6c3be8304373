/* SPDX-License-Identifier: BSD-3-Clause */
/* One partition: from its package in memory to stage 2, vCPUs and buffers. */
#include "boot.h"

#include "spmc/format.h"
#include "spmc/hcr.h"
#include "spmc/mem.h"

static bool fail(struct spmc *spmc, enum manifest_code code, const char *name, const char *what)
{
    spmc->diag.code = code;
    format_text(spmc->diag.text, sizeof(spmc->diag.text), "%s: %s", name, what);
    return false;
}

/* Puts the partition's name in front of a diagnostic about its manifest. */
static bool name_diag(struct spmc *spmc, const struct manifest_vm *vm)
{
    struct manifest_diag diag = spmc->diag;

    format_text(spmc->diag.text, sizeof(spmc->diag.text), "%s: %s", vm->name, diag.text);
    return false;
}

/* Is the whole of [load_address, + mem_size) there? Its first byte is, when the header was read. */
static bool last_byte_is_memory(struct arch_pe *pe, const struct manifest_vm *vm)
{
    uint8_t last;

    return vm->mem_size_bytes == 0 ||
           arch_copy_from(pe, &last, paddr(vm->load_address + vm->mem_size_bytes - 1), sizeof(last),
                          PAS_SECURE);
}

static bool check_entry(struct spmc *spmc, const struct manifest_vm *vm,
                        const struct package_layout *layout,
                        const struct partition_manifest *manifest)
{
    uint64_t entry = manifest->entrypoint_offset;
    uint64_t end = (uint64_t)layout->image_offset + layout->image_size_bytes;

    /* A package without an image is that of a partition which is not code (a scripted one). */
    if (entry == 0 || layout->image_size_bytes == 0 ||
        (entry >= layout->image_offset && entry < end)) {
        return true;
    }
    spmc->diag.code = MANIFEST_NOT_COMPATIBLE;
    format_text(spmc->diag.text, sizeof(spmc->diag.text),
                "%s: /: entrypoint-offset: found 0x%lx, want 0x%x to 0x%lx, inside the image",
                vm->name, entry, layout->image_offset, end - 1);
    return false;
}

bool boot_read_package(struct arch_pe *pe, struct spmc *spmc, uint32_t index, uint8_t *scratch,
                       struct package_layout *layout, struct partition_manifest *out)
{
    const struct manifest_vm *vm = &spmc->manifest->vm[index];
    uint8_t header[PACKAGE_HEADER_BYTES];

    if (!arch_copy_from(pe, header, paddr(vm->load_address), sizeof(header), PAS_SECURE)) {
        return fail(spmc, MANIFEST_MEM_REGION_INVALID, vm->name,
                    "load_address is not secure memory of this board");
    }
    if (!package_read_header(header, vm->mem_size_bytes, layout, &spmc->diag)) {
        return name_diag(spmc, vm);
    }
    if (layout->manifest_size_bytes > BOOT_MANIFEST_MAX_BYTES) {
        return fail(spmc, MANIFEST_TOO_MANY, vm->name, "its manifest is larger than 64 KiB");
    }
    if (!arch_copy_from(pe, scratch, paddr(vm->load_address + layout->manifest_offset),
                        layout->manifest_size_bytes, PAS_SECURE)) {
        return fail(spmc, MANIFEST_MEM_REGION_INVALID, vm->name,
                    "its package is not in secure memory of this board");
    }
    if (!manifest_read_partition(scratch, layout->manifest_size_bytes, out, &spmc->diag)) {
        return name_diag(spmc, vm);
    }
    if (out->exception_level != MANIFEST_S_EL1) {
        return fail(spmc, MANIFEST_UNSUPPORTED, vm->name,
                    "/: exception-level: found 1 (S-EL0), this SPMC runs 2 (S-EL1) only");
    }
    if (!manifest_check_partition(spmc->manifest, index, out, &spmc->diag)) {
        return name_diag(spmc, vm);
    }
    if (!last_byte_is_memory(pe, vm)) {
        return fail(spmc, MANIFEST_MEM_REGION_INVALID, vm->name,
                    "mem_size reaches beyond the secure memory of this board");
    }
    if (!out->has_boot_order && vm->has_boot_order) {
        out->has_boot_order = true;
        out->boot_order = vm->boot_order;
    }
    return check_entry(spmc, vm, layout, out);
}

static uint8_t access_of(uint32_t attributes)
{
    return (uint8_t)(((attributes & MANIFEST_ATTR_READ) != 0 ? STAGE2_READ : 0) |
                     ((attributes & MANIFEST_ATTR_WRITE) != 0 ? STAGE2_WRITE : 0) |
                     ((attributes & MANIFEST_ATTR_EXECUTE) != 0 ? STAGE2_EXECUTE : 0));
}

static bool map(struct arch_pe *pe, struct partition *partition, uint64_t base, uint64_t size_bytes,
                uint32_t attributes, enum stage2_memory memory)
{
    enum pas pas = (attributes & MANIFEST_ATTR_NON_SECURE) != 0 ? PAS_NON_SECURE : PAS_SECURE;
    struct stage2_attr attr = {access_of(attributes), (uint8_t)memory};

    return stage2_map(pe, &partition->stage2, pas, ipaddr(base), paddr(base), size_bytes, attr);
}

static uint64_t region_base(const struct partition *partition,
                            const struct manifest_mem_region *region)
{
    return region->base + (region->relative ? partition->vm->load_address : 0);
}

static bool map_all(struct arch_pe *pe, struct partition *partition)
{
    const struct partition_manifest *manifest = partition->manifest;
    bool ok = map(pe, partition, partition->vm->load_address, partition->vm->mem_size_bytes,
                  MANIFEST_ATTR_READ | MANIFEST_ATTR_WRITE | MANIFEST_ATTR_EXECUTE, STAGE2_NORMAL);

    for (uint32_t i = 0; ok && i < manifest->mem_region_count; i++) {
        const struct manifest_mem_region *region = &manifest->mem_region[i];

        ok = map(pe, partition, region_base(partition, region),
                 (uint64_t)region->page_count * PAGE_SIZE_BYTES, region->attributes, STAGE2_NORMAL);
    }
    for (uint32_t i = 0; ok && i < manifest->dev_region_count; i++) {
        const struct manifest_dev_region *region = &manifest->dev_region[i];

        ok = map(pe, partition, region->base, (uint64_t)region->page_count * PAGE_SIZE_BYTES,
                 region->attributes & ~MANIFEST_ATTR_EXECUTE, STAGE2_DEVICE_nGnRnE);
    }
    return ok;
}

/* Static RX/TX buffers of the manifest (rx_tx-info). */
static void map_mailbox(struct partition *partition)
{
    const struct partition_manifest *manifest = partition->manifest;

    if (manifest->has_rxtx) {
        const struct manifest_mem_region *rx = &manifest->mem_region[manifest->rx_region];
        const struct manifest_mem_region *tx = &manifest->mem_region[manifest->tx_region];

        partition->mailbox.mapped = true;
        partition->mailbox.state = MAILBOX_EMPTY;
        partition->mailbox.pas =
            (rx->attributes & MANIFEST_ATTR_NON_SECURE) != 0 ? PAS_NON_SECURE : PAS_SECURE;
        partition->mailbox.page_count = rx->page_count;
        partition->mailbox.rx = paddr(region_base(partition, rx));
        partition->mailbox.tx = paddr(region_base(partition, tx));
    }
}

static bool make_vcpus(struct arch_pe *pe, struct spmc *spmc, struct partition *partition)
{
    for (uint16_t i = 0; i < partition->vcpu_count; i++) {
        struct vcpu *vcpu = &partition->vcpu[i];
        const struct arch_vcpu_config config = {
            .partition_id = partition->id,
            .vcpu_index = i,
            .vmid = partition->vmid,
            .vsttbr = partition->stage2.root[PAS_SECURE],
            .vttbr = partition->stage2.root[PAS_NON_SECURE],
            .vtcr = stage2_vtcr(),
            .vstcr = stage2_vstcr(),
            .hcr = HCR_S_EL1,
        };

        vcpu->partition = partition;
        vcpu->index = i;
        vcpu->regs_available = true;
        vcpu->arch = arch_vcpu_create(pe, &config);
        if (vcpu->arch == NULL) {
            return false;
        }
        if (partition->vcpu_count > 1) {
            vcpu->cpu = &spmc->cpu[i];
        }
    }
    /* All or none: what can not be loaded whole stays NULL. */
    for (uint16_t i = 0; i < partition->vcpu_count; i++) {
        (void)vcpu_set_state(&partition->vcpu[i], VCPU_CREATED);
    }
    return true;
}

/* Legal wishes that this SPMC does not grant are told, not lost. */
static void warn_unused(struct arch_pe *pe, struct spmc *spmc, const struct partition *partition)
{
    const struct partition_manifest *manifest = partition->manifest;
    bool has_dma = false;

    for (uint32_t i = 0; i < manifest->dev_region_count; i++) {
        has_dma = has_dma || manifest->dev_region[i].stream_count != 0;
    }
    if (manifest->lifecycle_support) {
        spmc_log(pe, &spmc->log, SPMC_LOG_WARNING,
                 "%s: lifecycle-support: aborting stops it for good, live activation is refused",
                 partition->vm->name);
    }
    if (has_dma) {
        spmc_log(pe, &spmc->log, SPMC_LOG_WARNING, "%s: stream-ids: no SMMU is programmed",
                 partition->vm->name);
    }
}

bool boot_make_partition(struct arch_pe *pe, struct spmc *spmc, uint32_t index,
                         const struct package_layout *layout)
{
    struct partition *partition = &spmc->partition[index];
    const struct manifest_vm *vm = partition->vm;
    const struct partition_manifest *manifest = partition->manifest;

    partition->vmid = (uint16_t)(index + 1u);
    partition->ffa_version = manifest->ffa_version;
    partition->mailbox.pas = PAS_SECURE;
    partition->entry =
        vm->load_address +
        (manifest->entrypoint_offset != 0 ? manifest->entrypoint_offset : layout->image_offset);
    partition->secondary_entry = partition->entry;
    if (!stage2_init(pe, &partition->stage2, partition->vmid, &spmc->pool)) {
        return false;
    }
    if (!map_all(pe, partition) || !make_vcpus(pe, spmc, partition)) {
        stage2_destroy(pe, &partition->stage2);
        return false;
    }
    map_mailbox(partition);
    arch_cache_sync_code(pe, paddr(vm->load_address + layout->image_offset),
                         layout->image_size_bytes);
    partition->state = PARTITION_CREATED;
    warn_unused(pe, spmc, partition);
    spmc_log(pe, &spmc->log, SPMC_LOG_INFO, "loaded %s at 0x%lx, 0x%lx bytes, id 0x%x, vCPUs %u",
             vm->name, vm->load_address, vm->mem_size_bytes, (unsigned)partition->id,
             (unsigned)partition->vcpu_count);
    return true;
}
