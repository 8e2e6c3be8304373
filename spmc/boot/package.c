/* SPDX-License-Identifier: BSD-3-Clause */
/* Partition packages: SPKG headers, versions 1 and 2. */
#include "package.h"

#include "spmc/format.h"

static bool fail(struct manifest_diag *diag, const char *field, uint32_t found, const char *want)
{
    diag->code = MANIFEST_NOT_COMPATIBLE;
    format_text(diag->text, sizeof(diag->text), "package header: %s: found 0x%x, want %s", field,
                found, want);
    return false;
}

bool package_read_header(const uint8_t header[PACKAGE_HEADER_BYTES], uint64_t mem_size_bytes,
                         struct package_layout *out, struct manifest_diag *diag)
{
    uint32_t magic = package_get32(header);
    uint64_t manifest_end;

    out->hob_offset = 0;
    out->hob_size_bytes = 0;
    out->version = package_get32(header + 4);
    out->manifest_offset = package_get32(header + 8);
    out->manifest_size_bytes = package_get32(header + 12);
    out->image_offset = package_get32(header + 16);
    out->image_size_bytes = package_get32(header + 20);
    manifest_end = (uint64_t)out->manifest_offset + out->manifest_size_bytes;
    if (magic != PACKAGE_MAGIC) {
        return fail(diag, "magic", magic, "0x474b5053 (\"SPKG\"): is the package loaded there?");
    }
    if (out->version != 1 && out->version != 2) {
        return fail(diag, "version", out->version, "1 or 2");
    }
    if (out->manifest_size_bytes == 0) {
        return fail(diag, "manifest size", 0, "a manifest");
    }
    if (out->manifest_offset < PACKAGE_HEADER_BYTES || (out->manifest_offset & 7u) != 0 ||
        (out->version == 2 && !is_page_aligned(out->manifest_offset))) {
        return fail(diag, "manifest offset", out->manifest_offset,
                    "behind the header, 8-byte aligned, page aligned in version 2");
    }
    if (manifest_end > out->image_offset || !is_page_aligned(out->image_offset)) {
        return fail(diag, "image offset", out->image_offset, "behind the manifest, page aligned");
    }
    if ((uint64_t)out->image_offset + out->image_size_bytes > mem_size_bytes) {
        return fail(diag, "image size", out->image_size_bytes,
                    "what fits into the partition's mem_size");
    }
    return true;
}

bool package_read(const uint8_t header[PACKAGE_HEADER_BYTES], const struct package_source *source,
                  uint64_t mem_size_bytes, struct package_layout *out, struct manifest_diag *diag)
{
    return package_get32(header) == PACKAGE_LIST_MAGIC
               ? package_read_list(header, source, mem_size_bytes, out, diag)
               : package_read_header(header, mem_size_bytes, out, diag);
}
