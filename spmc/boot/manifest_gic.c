/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * /interrupt-controller of the SPMC manifest (binding arm,gic-v3): where the GIC is, when that is
 * not what the SPMC was built for.
 */
#include "manifest_spmc.h"

#define FRAME_BYTES 0x10000u

static uint64_t number_of_cells(const uint8_t *bytes, int count)
{
    uint64_t value = 0;

    for (int i = 0; i < count * 4; i++) {
        value = value << 8 | bytes[i];
    }
    return value;
}

/* reg: the distributor, the redistributor regions, and frames of the CPU interface, not used. */
static bool read_frames(const struct fdt_reader *r, int node, struct spmc_gic *gic)
{
    int address = fdt_address_cells(r->fdt, 0);
    int size = fdt_size_cells(r->fdt, 0);
    int length;
    const uint8_t *reg = fdt_getprop(r->fdt, node, "reg", &length);
    int entry = (address + size) * 4;
    int want = (int)gic->redistributor_count + 1;

    if (address < 1 || address > 2 || size < 1 || size > 2) {
        return read_fail(r, 0, NULL, MANIFEST_NOT_COMPATIBLE,
                         "found #address-cells %d, #size-cells %d, want 1 or 2", address, size);
    }
    if (reg == NULL || length % entry != 0 || length / entry < want) {
        return read_fail(r, node, "reg", MANIFEST_MALFORMED_INTEGER_LIST,
                         "found %d bytes, want at least %d base and size pairs of %d cells",
                         reg == NULL ? 0 : length, want, address + size);
    }
    for (int i = 0; i < want; i++) {
        uint64_t base = number_of_cells(reg + i * entry, address);
        uint64_t bytes = number_of_cells(reg + i * entry + address * 4, size);
        uint64_t least = i == 0 ? FRAME_BYTES : 2 * FRAME_BYTES;

        if (base % FRAME_BYTES != 0 || bytes < least || base + (bytes - 1) < base) {
            return read_fail(r, node, "reg", MANIFEST_MEM_REGION_INVALID,
                             "found 0x%lx + 0x%lx, want frames of 64 KiB, at least 0x%lx bytes",
                             base, bytes, least);
        }
        if (i == 0) {
            gic->distributor = paddr(base);
        } else {
            gic->redistributor[i - 1].base = base;
            gic->redistributor[i - 1].size_bytes = bytes;
        }
    }
    return true;
}

static bool read_counts(const struct fdt_reader *r, int node, struct spmc_gic *gic)
{
    uint64_t distributors = 1;
    uint64_t regions = 1;
    uint64_t stride = 0;

    if (!read_optional(r, node, "#distributor-regions", UINT32_MAX, &distributors, NULL) ||
        !read_optional(r, node, "#redistributor-regions", UINT32_MAX, &regions, NULL) ||
        !read_optional(r, node, "redistributor-stride", UINT64_MAX, &stride, NULL)) {
        return false;
    }
    if (distributors != 1) {
        return read_fail(r, node, "#distributor-regions", MANIFEST_UNSUPPORTED,
                         "found %lu, want 1: one distributor for all PEs", distributors);
    }
    if (regions < 1 || regions > SPMC_MAX_GICR_REGIONS) {
        return read_fail(r, node, "#redistributor-regions", MANIFEST_TOO_MANY,
                         "found %lu, want 1 to %u", regions, SPMC_MAX_GICR_REGIONS);
    }
    if (stride % FRAME_BYTES != 0 || stride == FRAME_BYTES || stride > UINT32_MAX) {
        return read_fail(r, node, "redistributor-stride", MANIFEST_NOT_COMPATIBLE,
                         "found 0x%lx, want a multiple of 64 KiB, 0x20000 or more", stride);
    }
    gic->redistributor_count = (uint32_t)regions;
    gic->redistributor_stride_bytes = stride;
    return true;
}

bool manifest_read_gic(const struct fdt_reader *r, struct spmc_manifest *out)
{
    int node = fdt_path_offset(r->fdt, "/interrupt-controller");

    if (node < 0) {
        return true;
    }
    out->gic.present = true;
    return read_compatible(r, node, "arm,gic-v3") && read_counts(r, node, &out->gic) &&
           read_frames(r, node, &out->gic);
}
