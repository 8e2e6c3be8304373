/* SPDX-License-Identifier: BSD-3-Clause */
#include "boot_info.h"

#include "spmc/format.h"
#include "spmc/mem.h"

/* FF-A v1.2, tables 5.8 and 5.9. Descriptors that give an address have no flag set. */
#define SIGNATURE        0x0ffau
#define HEADER_BYTES     32u
#define DESCRIPTOR_BYTES 32u
#define TYPE_FDT         0u
#define TYPE_HOB_LIST    1u

/* FF-A v1.0: a signature and a count, then triples of name, address and size. */
#define OLD_SIGNATURE    0x412d4646u /* "FF-A" */
#define OLD_HEADER_BYTES 8u
#define OLD_TRIPLE_BYTES 32u
#define OLD_NAME_BYTES   16u

static void put32(uint8_t *bytes, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)(value >> (8 * i));
    }
}

static void put64(uint8_t *bytes, uint64_t value)
{
    put32(bytes, (uint32_t)value);
    put32(bytes + 4, (uint32_t)(value >> 32));
}

bool boot_info_is_wanted(const struct partition_manifest *manifest)
{
    return manifest->has_gp_register && (manifest->boot_info_fdt || manifest->boot_info_hob);
}

static bool is_old(const struct partition_manifest *manifest)
{
    return manifest->ffa_version < FFA_VERSION_1_1;
}

/* FF-A 1.0 names a device tree only. */
static bool has_hob_list(const struct package_layout *layout,
                         const struct partition_manifest *manifest)
{
    return manifest->boot_info_hob && layout->hob_size_bytes != 0 && !is_old(manifest);
}

static size_t head_bytes(const struct package_layout *layout,
                         const struct partition_manifest *manifest)
{
    if (is_old(manifest)) {
        return OLD_HEADER_BYTES + (manifest->boot_info_fdt ? OLD_TRIPLE_BYTES : 0u);
    }
    return HEADER_BYTES + (manifest->boot_info_fdt ? DESCRIPTOR_BYTES : 0u) +
           (has_hob_list(layout, manifest) ? DESCRIPTOR_BYTES : 0u);
}

static void build_old(uint8_t *blob, uint64_t base, const struct package_layout *layout,
                      const struct partition_manifest *manifest)
{
    static const char name[OLD_NAME_BYTES] = "TYPE_DT";
    uint8_t *triple = blob + OLD_HEADER_BYTES;

    put32(blob, OLD_SIGNATURE);
    put32(blob + 4, manifest->boot_info_fdt ? 1 : 0);
    if (manifest->boot_info_fdt) {
        memcpy(triple, name, sizeof(name));
        put64(triple + OLD_NAME_BYTES, base + layout->manifest_offset);
        put64(triple + OLD_NAME_BYTES + 8, layout->manifest_size_bytes);
    }
}

/* Its name stays empty: the type tells what it is. */
static void put_descriptor(uint8_t *at, uint8_t type, uint32_t size_bytes, uint64_t address)
{
    at[16] = type;
    put32(at + 20, size_bytes);
    put64(at + 24, address);
}

static void build_new(uint8_t *blob, uint64_t base, const struct package_layout *layout,
                      const struct partition_manifest *manifest)
{
    uint8_t *next = blob + HEADER_BYTES;
    uint32_t end = (uint32_t)head_bytes(layout, manifest);
    uint32_t count = end / DESCRIPTOR_BYTES - 1u; /* the header is as large as a descriptor */

    if (manifest->boot_info_fdt) {
        put_descriptor(next, TYPE_FDT, layout->manifest_size_bytes, base + layout->manifest_offset);
        next += DESCRIPTOR_BYTES;
        end = layout->manifest_offset + layout->manifest_size_bytes;
    }
    if (has_hob_list(layout, manifest)) {
        uint32_t hob_end = layout->hob_offset + layout->hob_size_bytes;

        put_descriptor(next, TYPE_HOB_LIST, layout->hob_size_bytes, base + layout->hob_offset);
        end = hob_end > end ? hob_end : end;
    }
    put32(blob, SIGNATURE);
    put32(blob + 4, manifest->ffa_version);
    put32(blob + 8, end); /* the blob reaches to the end of what it names */
    put32(blob + 12, DESCRIPTOR_BYTES);
    put32(blob + 16, count);
    put32(blob + 20, HEADER_BYTES);
}

size_t boot_info_build(uint8_t blob[BOOT_INFO_MAX_BYTES], uint64_t base,
                       const struct package_layout *layout,
                       const struct partition_manifest *manifest)
{
    memset(blob, 0, BOOT_INFO_MAX_BYTES);
    if (is_old(manifest)) {
        build_old(blob, base, layout, manifest);
    } else {
        build_new(blob, base, layout, manifest);
    }
    return head_bytes(layout, manifest);
}

bool boot_info_has_room(const struct package_layout *layout,
                        const struct partition_manifest *manifest, struct manifest_diag *diag)
{
    uint32_t room = layout->manifest_offset; /* the image lies behind the manifest */
    size_t want;

    if (!boot_info_is_wanted(manifest)) {
        return true;
    }
    if (layout->hob_size_bytes != 0 && layout->hob_offset < room) {
        room = layout->hob_offset;
    }
    want = head_bytes(layout, manifest);
    if (want <= room) {
        return true;
    }
    diag->code = MANIFEST_NOT_COMPATIBLE;
    format_text(diag->text, sizeof(diag->text),
                "/boot-info: found 0x%x bytes in front of the manifest in the package, want 0x%lx: "
                "make it a package of version 2",
                room, (unsigned long)want);
    return false;
}

static void warn(struct arch_pe *pe, struct spmc *spmc, const struct partition *partition,
                 const char *what)
{
    spmc_log(pe, &spmc->log, SPMC_LOG_WARNING, "%s: boot-info: %s", partition->vm->name, what);
}

bool boot_info_hand_over(struct arch_pe *pe, struct spmc *spmc, struct partition *partition,
                         const struct package_layout *layout)
{
    const struct partition_manifest *manifest = partition->manifest;
    uint64_t base = partition->vm->load_address;
    uint8_t blob[BOOT_INFO_MAX_BYTES];
    size_t size_bytes;

    if (!boot_info_is_wanted(manifest)) {
        if (manifest->boot_info_fdt || manifest->boot_info_hob) {
            warn(pe, spmc, partition, "no gp-register-num says where to, nothing is handed over");
        }
        return true;
    }
    if (manifest->boot_info_hob && is_old(manifest)) {
        warn(pe, spmc, partition, "hob_list: FF-A 1.0 has no HOB list, it is left out");
    } else if (manifest->boot_info_hob && layout->hob_size_bytes == 0) {
        warn(pe, spmc, partition, "hob_list: the package has no HOB list, it is left out");
    }
    size_bytes = boot_info_build(blob, base, layout, manifest);
    if (!arch_copy_to(pe, paddr(base), blob, size_bytes, PAS_SECURE)) {
        warn(pe, spmc, partition, "the package is not in memory that can be written");
        return false;
    }
    /* The partition may read it, and what it names, before it has caches on. */
    arch_cache_sync_code(pe, paddr(base), layout->image_offset);
    partition->boot_info = base;
    return true;
}
