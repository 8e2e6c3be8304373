/* SPDX-License-Identifier: BSD-3-Clause */
/* One partition: from its package in memory to stage 2, vCPUs and buffers. */
#include "boot.h"
#include "boot_info.h"

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

/* What is zeroed must not be what was loaded. */
static bool check_no_bits(struct spmc *spmc, const struct manifest_vm *vm,
                          const struct package_layout *layout,
                          const struct partition_manifest *manifest)
{
    uint64_t end = (uint64_t)layout->image_offset + layout->image_size_bytes;

    for (uint32_t i = 0; i < manifest->mem_region_count; i++) {
        const struct manifest_mem_region *region = &manifest->mem_region[i];

        if (region->no_bits && region->relative && region->base < end) {
            spmc->diag.code = MANIFEST_MEM_REGION_OVERLAP;
            format_text(spmc->diag.text, sizeof(spmc->diag.text),
                        "%s: /memory-regions: region %u: found NOBITS at offset 0x%lx, want it "
                        "behind the image, from 0x%lx on",
                        vm->name, i + 1, region->base, end);
            return false;
        }
    }
    return true;
}

struct package_memory {
    struct arch_pe *pe;
    uint64_t base;
};

static bool read_memory(void *context, uint64_t offset, void *to, size_t size_bytes)
{
    const struct package_memory *memory = context;

    return arch_copy_from(memory->pe, to, paddr(memory->base + offset), size_bytes, PAS_SECURE);
}

bool boot_read_package(struct arch_pe *pe, struct spmc *spmc, uint32_t index, uint8_t *scratch,
                       struct package_layout *layout, struct partition_manifest *out)
{
    const struct manifest_vm *vm = &spmc->manifest->vm[index];
    uint8_t header[PACKAGE_HEADER_BYTES];
    struct package_memory memory = {pe, vm->load_address};
    const struct package_source source = {read_memory, &memory};

    if (!arch_copy_from(pe, header, paddr(vm->load_address), sizeof(header), PAS_SECURE)) {
        return fail(spmc, MANIFEST_MEM_REGION_INVALID, vm->name,
                    "load_address is not secure memory of this board");
    }
    if (!package_read(header, &source, vm->mem_size_bytes, layout, &spmc->diag)) {
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
    if (!boot_info_has_room(layout, out, &spmc->diag)) {
        return name_diag(spmc, vm);
    }
    return check_entry(spmc, vm, layout, out) && check_no_bits(spmc, vm, layout, out);
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

static bool is_s_el0(const struct partition *partition)
{
    return partition->manifest->exception_level == MANIFEST_S_EL0;
}

static bool make_tables(struct arch_pe *pe, struct spmc *spmc, struct partition *partition)
{
    return is_s_el0(partition)
               ? stage2_init_el0(pe, &partition->stage2, partition->vmid, &spmc->pool)
               : stage2_init(pe, &partition->stage2, partition->vmid, &spmc->pool);
}

/* Stage 1 of S-EL0 is all that there is: it starts as code, and asks for what it writes to. */
static uint32_t load_attributes(const struct partition *partition)
{
    return MANIFEST_ATTR_READ | MANIFEST_ATTR_EXECUTE |
           (is_s_el0(partition) ? 0 : MANIFEST_ATTR_WRITE);
}

static bool map_all(struct arch_pe *pe, struct partition *partition)
{
    const struct partition_manifest *manifest = partition->manifest;
    bool ok = map(pe, partition, partition->vm->load_address, partition->vm->mem_size_bytes,
                  load_attributes(partition), STAGE2_NORMAL);

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

/* Regions that are in no file (load-flags: NOBITS) begin as zeros. */
static bool clear_regions(struct arch_pe *pe, struct spmc *spmc, const struct partition *partition)
{
    const struct partition_manifest *manifest = partition->manifest;

    for (uint32_t i = 0; i < manifest->mem_region_count; i++) {
        const struct manifest_mem_region *region = &manifest->mem_region[i];
        paddr_t base = paddr(region_base(partition, region));
        size_t size_bytes = (size_t)region->page_count * PAGE_SIZE_BYTES;

        if (!region->no_bits) {
            continue;
        }
        if (!arch_zero(pe, base, size_bytes, PAS_SECURE)) {
            spmc_log(pe, &spmc->log, SPMC_LOG_ERROR, "%s: region %u: no memory that can be cleared",
                     partition->vm->name, i + 1);
            return false;
        }
        arch_cache_sync_code(pe, base, size_bytes); /* it may be read before caches are on */
    }
    return true;
}

static bool take_buffers(struct arch_pe *pe, struct spmc *spmc, uint16_t owner,
                         const struct mailbox *mailbox)
{
    enum pas pas = (enum pas)mailbox->pas;
    uint32_t count = mailbox->page_count;

    if (ledger_take_buffer(pe, &spmc->ledger, mailbox->rx.pa, count, owner, pas) != 0) {
        return false;
    }
    if (ledger_take_buffer(pe, &spmc->ledger, mailbox->tx.pa, count, owner, pas) != 0) {
        ledger_give_buffer(pe, &spmc->ledger, mailbox->rx.pa, count, owner);
        return false;
    }
    return true;
}

/* Static RX/TX buffers of the manifest (rx_tx-info): the SPMC's too, so that nobody else gets them.
 */
static bool map_mailbox(struct arch_pe *pe, struct spmc *spmc, struct partition *partition)
{
    const struct partition_manifest *manifest = partition->manifest;
    struct mailbox *mailbox = &partition->mailbox;
    const struct manifest_mem_region *rx = &manifest->mem_region[manifest->rx_region];
    const struct manifest_mem_region *tx = &manifest->mem_region[manifest->tx_region];

    if (!manifest->has_rxtx) {
        return true;
    }
    mailbox->state = MAILBOX_EMPTY;
    mailbox->pas = (rx->attributes & MANIFEST_ATTR_NON_SECURE) != 0 ? PAS_NON_SECURE : PAS_SECURE;
    mailbox->page_count = rx->page_count;
    mailbox->rx = paddr(region_base(partition, rx));
    mailbox->tx = paddr(region_base(partition, tx));
    arch_lock(pe, &spmc->ledger.lock);
    mailbox->mapped = take_buffers(pe, spmc, partition->id, mailbox);
    arch_unlock(pe, &spmc->ledger.lock);
    return mailbox->mapped;
}

static void unmap_mailbox(struct arch_pe *pe, struct spmc *spmc, struct partition *partition)
{
    struct mailbox *mailbox = &partition->mailbox;

    if (mailbox->mapped) {
        arch_lock(pe, &spmc->ledger.lock);
        ledger_give_buffer(pe, &spmc->ledger, mailbox->rx.pa, mailbox->page_count, partition->id);
        ledger_give_buffer(pe, &spmc->ledger, mailbox->tx.pa, mailbox->page_count, partition->id);
        arch_unlock(pe, &spmc->ledger.lock);
        mailbox->mapped = false;
    }
}

static bool make_vcpus(struct arch_pe *pe, struct spmc *spmc, struct partition *partition)
{
    bool el0 = is_s_el0(partition);

    for (uint16_t i = 0; i < partition->vcpu_count; i++) {
        struct vcpu *vcpu = &partition->vcpu[i];
        const struct arch_vcpu_config config = {
            .partition_id = partition->id,
            .vcpu_index = i,
            .vmid = partition->vmid,
            .el0 = el0,
            .vsttbr = partition->stage2.root[PAS_SECURE],
            .vttbr = partition->stage2.root[PAS_NON_SECURE],
            .vtcr = el0 ? stage2_el0_tcr() : stage2_vtcr(),
            .vstcr = el0 ? 0 : stage2_vstcr(),
            .hcr = el0 ? HCR_S_EL0 : HCR_S_EL1,
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
    if (!boot_info_hand_over(pe, spmc, partition, layout)) {
        return false;
    }
    if (!clear_regions(pe, spmc, partition) || !make_tables(pe, spmc, partition)) {
        return false;
    }
    if (!map_all(pe, partition) || !map_mailbox(pe, spmc, partition) ||
        !make_vcpus(pe, spmc, partition)) {
        unmap_mailbox(pe, spmc, partition);
        stage2_destroy(pe, &partition->stage2);
        return false;
    }
    arch_cache_sync_code(pe, paddr(vm->load_address + layout->image_offset),
                         layout->image_size_bytes);
    partition->state = PARTITION_CREATED;
    warn_unused(pe, spmc, partition);
    spmc_log(pe, &spmc->log, SPMC_LOG_INFO, "loaded %s at 0x%lx, 0x%lx bytes, id 0x%x, vCPUs %u",
             vm->name, vm->load_address, vm->mem_size_bytes, (unsigned)partition->id,
             (unsigned)partition->vcpu_count);
    return true;
}
